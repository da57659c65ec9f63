"""docs/traffic.md, read off the tables of `modules/checks/traffic`."""

from collections.abc import Iterable, Iterator

from docs.markdown import NOTE, table
from modules.checks.traffic.accepted import OPEN_TO_TEAMS, WITHOUT_POLICIES
from modules.checks.traffic.table import FORBIDDEN, OTHER_TEAM, OWN_TEAM, REQUIRED, Pods, Row
from modules.checks.traffic.verdict import Outside

NAMES = {OWN_TEAM: "a team", OTHER_TEAM: "another team"}


def traffic_page() -> str:
    """Open and closed connections, and their preconditions."""
    return "\n".join(
        [
            NOTE.format(source="modules/checks/traffic"),
            "# Open and closed connections\n",
            "Upstream has NetworkPolicies for each namespace; policies labelled `kubeflow-platform/policy` are added where upstream's",
            "policies block required traffic. Tests evaluate both on every platform, with Istio's sidecars, AuthorizationPolicies and the",
            "security groups: each row below, and connections that follow from the objects (webhooks, routes of the gateway, metrics,",
            "addresses in variables and arguments). `kubeflow-aws check --section traffic` evaluates those of your platform: [check.md](check.md#traffic).\n",
            "## Preconditions\n",
            "- **NetworkPolicies must be enforced.** The add-on `vpc-cni` of a new cluster enforces them. Nodes of EKS Auto Mode do",
            "  after the ConfigMap `amazon-vpc-cni` [enables it](https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html). Pods on",
            "  Fargate do not. On an existing cluster it depends on the cluster: [existing.md](existing.md).",
            "- **Security groups of an existing cluster are not evaluated.** Their rules are not in this project's JSON. For the ports of",
            "  webhooks the plan reads them and names each closed port: [existing.md](existing.md).",
            "- **The first seconds of a pod are open.** `vpc-cni` applies policies shortly after a pod starts (standard mode). Its strict",
            "  mode starts each pod closed, in both directions, until a policy selects it: every pod of the cluster, including CoreDNS and",
            "  `kube-system`, would then need egress policies, which neither Kubeflow nor the add-ons have. It is not",
            "  offered. An Istio AuthorizationPolicy applies from a pod's first request, if the pod has a sidecar.",
            "  [AWS's page](https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html) describes both modes.",
            "- **Webhooks are open to every pod.** The API server connects from addresses that no selector matches, so policies of webhooks",
            "  allow a port from all sources. Webhooks answer admission reviews and change nothing.",
            "- **Labels of pods are the team's own.** A policy that selects clients by labels (Katib, ML Metadata) prevents mistakes only. A team",
            "  that sets the labels on its pods is allowed.",
            "- **A port-forward bypasses policies.** `kubectl port-forward` connects to the pod's loopback address.",
            "- **A load balancer is an address.** In a new VPC the policy allows the public subnets (internet-facing) or the VPC",
            "  (internal); otherwise the subnets are not known, and every address can reach the gateway's port. The gateway authenticates",
            "  every request.\n",
            "## Models\n",
            "A serverless model is reached through a gateway and Knative's activator. The last hop carries no client identity: the",
            "activator's sidecar has no configuration for Services of teams. So a model with a sidecar rejects it (`ns-owner-access-istio` requires an",
            "identity), and a model without one (`sidecar.istio.io/inject: \"false\"`) serves every pod of every team through the",
            "cluster-local gateway, and every authenticated user if `Kubeflow.knative_domain` is set. Use the second for models",
            "that all teams can call. For others use KServe's `Standard` mode (no activator) with a sidecar: pods of the namespace",
            "reach it in the cluster, and members of the team at the gateway.\n",
            "## Open\n",
            table(("from", "to", "port", "purpose"), _rows(REQUIRED)),
            "## Closed\n",
            table(("from", "to", "port", "target"), _rows(FORBIDDEN)),
            "## All connections of a team's pods\n",
            "In addition to webhooks, with all components installed:\n",
            table(
                ("namespace", "pods", "port", "reason"),
                (
                    (f"`{place}`", f"`{pod.partition('/')[2]}`", str(port), why)
                    for (place, pod, port), why in OPEN_TO_TEAMS.items()
                ),
            ),
            "Pods without a policy, which every pod can reach:\n",
            table(("namespace", "reason"), ((f"`{place}`", why) for place, why in WITHOUT_POLICIES.items())),
        ]
    )  # fmt: skip


def _rows(rows: Iterable[Row]) -> Iterator[tuple[str, str, str, str]]:
    for row in rows:
        about = f"[{row.why}]({row.link})" if row.link else row.why
        yield (
            _end(row.source),
            _end(row.target),
            f"{row.port} of `{row.service}`" if row.service else str(row.port),
            about,
        )


def _end(end: Pods | Outside) -> str:
    if isinstance(end, Outside):
        return end.name
    labels = ", ".join(f"`{key}={value}`" for key, value in end.labels)
    return f"{NAMES.get(end.namespace, f'`{end.namespace}`')}: {labels}"
