"""Who reaches whom: NetworkPolicies, Istio's sidecars and policies, Services and security groups, read off the objects."""
