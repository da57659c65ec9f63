"""Run-time behaviour: its page on the dashboard."""

from modules.kubeflow.behaviour import Behaviour, Menu, menu_item

BEHAVIOUR = Behaviour("volumes-web-app", menu=Menu(2, menu_item("Volumes", "/volumes/", "device:storage")))
