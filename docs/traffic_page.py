"""docs/traffic.md, read off the tables of `modules/checks/traffic`."""

from collections.abc import Iterable, Iterator

from docs.markdown import NOTE, table
from modules.checks.traffic.accepted import OPEN_TO_TEAMS, WITHOUT_POLICIES
from modules.checks.traffic.table import FORBIDDEN, OTHER_TEAM, OWN_TEAM, REQUIRED, Pods, Row
from modules.checks.traffic.verdict import Outside

NAMES = {OWN_TEAM: "a team", OTHER_TEAM: "another team"}


def traffic_page() -> str:
    """Which connections are open and which are closed, and what that hangs on."""
    return "\n".join(
        [
            NOTE.format(source="modules/checks/traffic"),
            "# Which connections are open and closed\n",
            "Upstream has NetworkPolicies for each namespace; policies labelled `kubeflow-platform/policy` are added here where upstream's",
            "leave closed what must be open. Tests evaluate both on every platform, with Istio's sidecars, AuthorizationPolicies and the",
            "security groups: each row below, and what the objects ask for by themselves (webhooks, routes of the gateway, metrics,",
            "addresses in variables and arguments).\n",
            "## What this depends on\n",
            "- **Something must enforce NetworkPolicies.** The add-on `vpc-cni` of a cluster made here does. Nodes of EKS Auto Mode do",
            "  after the ConfigMap `amazon-vpc-cni` [says so](https://docs.aws.amazon.com/eks/latest/userguide/auto-net-pol.html). Pods on",
            "  Fargate never do. On an existing cluster it depends on the cluster: [existing.md](existing.md).",
            "- **The first seconds of a pod are open.** `vpc-cni` applies policies shortly after a pod starts (standard mode). Its strict",
            "  mode starts each pod closed, in both directions, until a policy selects it: every pod of the cluster, CoreDNS and all of",
            "  `kube-system` among them, would then need policies for egress, too, which neither Kubeflow nor the add-ons have. It is not",
            "  offered here. An AuthorizationPolicy of Istio counts from a pod's first request on, where the pod has a sidecar.",
            "  [AWS's page](https://docs.aws.amazon.com/eks/latest/userguide/cni-network-policy.html) describes both modes.",
            "- **Webhooks are open to every pod.** The API server calls from addresses that no selector matches, so policies of webhooks",
            "  name a port and no caller. Webhooks answer reviews and change nothing by themselves.",
            "- **Labels of pods are the team's own.** A policy that names callers by labels (Katib, ML Metadata) keeps out mistakes. A team",
            "  that labels its pods accordingly gets through.",
            "- **A port-forward passes no policy.** `kubectl port-forward` enters at the pod's own loopback address.",
            "- **A load balancer is an address.** In a VPC made here the policy names the public subnets (internet-facing) or the VPC",
            "  (internal); elsewhere the subnets are not known, and every address reaches the gateway's port. The gateway requires a",
            "  sign-in of every caller.\n",
            "## Models\n",
            "A serverless model is reached through a gateway and Knative's activator. The last hop has no identity of the caller: the",
            "activator's sidecar does not know Services of teams. So a model with a sidecar refuses it (`ns-owner-access-istio` asks for an",
            "identity), and a model without one (`sidecar.istio.io/inject: \"false\"`) answers every pod of every team through the",
            "cluster-local gateway, and every person who is signed in where `Kubeflow.knative_domain` is set. Choose the second for models",
            "that all teams may call. For others use KServe's `Standard` mode (no activator) with a sidecar: in the cluster the namespace's",
            "own pods reach it, and at the gateway members of the team.\n",
            "## Open\n",
            table(("from", "to", "port", "for"), _rows(REQUIRED)),
            "## Closed\n",
            table(("from", "to", "port", "what it would reach"), _rows(FORBIDDEN)),
            "## What a team's pods reach in all\n",
            "Besides webhooks, and with everything installed:\n",
            table(
                ("namespace", "pods", "port", "why"),
                (
                    (f"`{place}`", f"`{pod.partition('/')[2]}`", str(port), why)
                    for (place, pod, port), why in OPEN_TO_TEAMS.items()
                ),
            ),
            "Pods that no policy selects, which every pod reaches:\n",
            table(("namespace", "why"), ((f"`{place}`", why) for place, why in WITHOUT_POLICIES.items())),
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
