"""The ingress gateway as a real Envoy, configured from the rendered policies, and the programs around it."""
