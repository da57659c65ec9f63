"""The component istio-namespace."""
