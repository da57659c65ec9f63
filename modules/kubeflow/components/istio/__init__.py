"""The component istio."""
