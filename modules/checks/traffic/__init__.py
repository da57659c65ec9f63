"""Evaluation of allowed traffic: NetworkPolicies, Istio sidecars and policies, Services and security groups."""
