"""How sections of `check` check, for docs/check.md."""

TRAFFIC = """\
Connections that components and teams require, and those that must be closed, are evaluated hop by hop: NetworkPolicies at both ends,
Istio's sidecars, PeerAuthentications, DestinationRules and AuthorizationPolicies, and the security groups of a new cluster. What is
required follows from the objects (webhooks, routes, metrics, addresses in variables and arguments) and from the tables of
[traffic.md](traffic.md). Two example teams represent those of the platform. Tables and JSON name for each connection the policy
that decides; the matrix counts open and closed connections between namespaces.
"""

ADMISSION = """\
Whether the API server takes the objects of the platform's components and teams, and the pods that are made of them.

- Pod Security: each pod against the level of its namespace, by the version of the cluster. Istio's sidecars are part of it.
- ResourceQuota and LimitRange, with the defaults that they set.
- Schemas: Kubernetes' own kinds by version, custom resources by the CustomResourceDefinitions of the platform, with their CEL rules.
- ValidatingAdmissionPolicies, for objects that the platform's administrator creates.
- Webhooks that refuse everything, since no pod answers or the API server does not reach it.
- Fields of pods that Knative refuses, by its flags.

CEL and schemas require the extra `kubeflow-aws[check]`; a clone has it. What is not evaluated is listed as *not checked*.
"""
