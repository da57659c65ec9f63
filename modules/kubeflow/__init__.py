"""Kubeflow: the catalogue, how upstream becomes charts, and the construct that installs any entry."""
