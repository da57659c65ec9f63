"""How sections of `check` check, for docs/check.md."""

TRAFFIC = """\
Connections that components and teams require, and those that must be closed, are evaluated hop by hop: NetworkPolicies at both ends,
Istio's sidecars, PeerAuthentications, DestinationRules and AuthorizationPolicies, and the security groups of a new cluster. What is
required follows from the objects (webhooks, routes, metrics, addresses in variables and arguments) and from the tables of
[traffic.md](traffic.md). Two example teams represent those of the platform. Tables and JSON name for each connection the policy
that decides; the matrix counts open and closed connections between namespaces.
"""
