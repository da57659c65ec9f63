"""The component cluster-local-gateway."""
