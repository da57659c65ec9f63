"""The component jupyter-web-app."""
