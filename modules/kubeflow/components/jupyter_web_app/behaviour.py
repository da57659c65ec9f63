"""Run-time behaviour: its page on the dashboard."""

from modules.kubeflow.behaviour import Behaviour, Menu, menu_item

BEHAVIOUR = Behaviour(
    "jupyter-web-app",
    menu=Menu(
        0,
        menu_item("Notebooks", "/jupyter/", "book"),
        ({"desc": "Kubeflow Notebooks", "link": "/jupyter/new", "text": "Create a new Notebook"},),
    ),
)
