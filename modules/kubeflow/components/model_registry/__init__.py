"""The component model-registry."""
