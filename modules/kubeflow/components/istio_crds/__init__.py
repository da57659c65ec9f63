"""The component istio-crds."""
