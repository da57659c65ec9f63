"""The component notebook-controller."""
