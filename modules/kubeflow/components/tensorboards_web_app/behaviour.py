"""Run-time behaviour: its page on the dashboard."""

from modules.kubeflow.behaviour import Behaviour, Menu, menu_item

BEHAVIOUR = Behaviour("tensorboards-web-app", menu=Menu(1, menu_item("TensorBoards", "/tensorboards/", "assessment")))
