"""Run-time behaviour: its page on the dashboard."""

from modules.kubeflow.behaviour import Behaviour, Menu, menu_item

BEHAVIOUR = Behaviour(
    "kserve-models-web-app", menu=Menu(4, menu_item("KServe Endpoints", "/kserve-endpoints/", "kubeflow:models"))
)
