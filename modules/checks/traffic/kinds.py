"""Kinds of findings of the section Traffic."""

from modules.checks.finding import Kind

CLOSED = Kind(
    "TRF001",
    "error",
    "A required connection is closed",
    "Something that a component or a team calls does not answer: a NetworkPolicy, an AuthorizationPolicy or a security group does not "
    "allow it. The finding names the one that decides. The shipped components have no such connection; it follows from a component of "
    "your own or from another version.",
    "allow the connection in the policy that the finding names, or add one that does",
)
OPEN = Kind(
    "TRF002",
    "error",
    "A forbidden connection is open",
    "A pod of a team reaches what it must not: pods of another team, a database, or a program without authentication behind the gateway.",
    "remove the rule that the finding names, or install the component whose policies close it",
)
NOWHERE = Kind(
    "TRF003",
    "error",
    "A webhook or route leads to no pod",
    "The API server or the gateway calls a Service without a pod behind it. With a webhook, creating the objects that it admits fails.",
    "install the component that the Service is of",
)
UNPROTECTED = Kind(
    "TRF004",
    "warning",
    "Pods without a NetworkPolicy",
    "Every pod of the cluster can reach all ports of these pods. Accepted namespaces are in the table of "
    "[traffic.md](traffic.md#all-connections-of-a-teams-pods), with the reason.",
    "add a NetworkPolicy to the namespace",
)
REACHED = Kind(
    "TRF005",
    "warning",
    "Pods of teams reach a further port",
    "The port is neither a webhook, which every pod can reach, nor among the accepted ones of "
    "[traffic.md](traffic.md#all-connections-of-a-teams-pods).",
    "restrict the NetworkPolicy that the finding names",
)
NOT_ISOLATED = Kind(
    "TRF006",
    "warning",
    "Teams are not isolated",
    "`team_defaults=TeamDefaults(isolated=False)`: pods of each team reach those of all teams.",
    "set `isolated=True`, unless all teams may see each other's work",
)
UNENFORCED = Kind(
    "TRF007",
    "warning",
    "NetworkPolicies may not be enforced",
    "Kubernetes accepts a NetworkPolicy also where no program enforces it. Connections that only a NetworkPolicy closes are then open.",
    "do what the finding names",
)
CHARTS = Kind(
    "TRF101",
    "not checked",
    "Official charts",
    "Only Helm renders official charts, so their pods and policies are not known offline; nor are those of preinstalled components. "
    "Connections from and to them are not evaluated. The project's tests evaluate those of the catalogue.",
)
NO_GROUPS = Kind(
    "TRF102",
    "not checked",
    "Security groups of an existing cluster",
    "Their rules are not in the settings. For ports of webhooks the plan reads them.",
)
ON_FARGATE = Kind(
    "TRF103",
    "not checked",
    "Pods on Fargate",
    "NetworkPolicies are not enforced for pods on Fargate. Which pods a profile selects is not evaluated.",
)
ALWAYS = Kind(
    "TRF104",
    "not checked",
    "Other connections",
    "Connections to addresses outside the cluster, to the API server and to DNS; those of pods in the node's network; the first seconds "
    "of a pod, before its policies apply.",
)
NO_KUBEFLOW = Kind("TRF105", "not checked", "No Kubeflow", "The platform installs nothing in its cluster.")
KINDS = (
    *(CLOSED, OPEN, NOWHERE, UNPROTECTED, REACHED, NOT_ISOLATED, UNENFORCED),
    *(CHARTS, NO_GROUPS, ON_FARGATE, ALWAYS, NO_KUBEFLOW),
)
