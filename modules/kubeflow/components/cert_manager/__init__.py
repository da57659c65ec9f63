"""The component cert-manager."""
