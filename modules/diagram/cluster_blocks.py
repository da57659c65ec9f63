"""The EKS cluster: its control plane, its access, its nodes and its add-ons."""

import re
from collections.abc import Iterator

from modules.diagram.blocks import Block, Card, Row
from modules.diagram.found import Found, Resource, addresses, some

TIMES = "\N{MULTIPLICATION SIGN}"
ZONE_LIST = re.compile(r'for zone in \[("[^\]]*")\]')


def cluster_name(found: Found) -> str:
    """Name of the cluster; empty for a platform without one."""
    return next((one.text("name") for one in clusters(found)), "")


def clusters(found: Found) -> list[Resource]:
    """The cluster of the platform, or the existing one that it reads."""
    return found.of("aws_eks_cluster") or found.read("aws_eks_cluster")


def control_plane(found: Found) -> Iterator[Block]:
    """The managed part of EKS, outside of the VPC."""
    for cluster in clusters(found)[:1]:
        lines = [f"Kubernetes {cluster.text('version')}"] if cluster.text("version") else []
        endpoint = cluster.body.get("vpc_config", {})
        if endpoint.get("endpoint_public_access"):
            lines.append("API open to " + some(endpoint.get("public_access_cidrs", ["any address"]), 2))
        elif endpoint:
            lines.append("API private")
        title = "Existing EKS control plane" if cluster.data else "EKS control plane"
        yield Card(title, tuple(lines), "cluster", "cluster", addresses(clusters(found)), "control-plane")


def access(found: Found) -> Iterator[Block]:
    """Roles and users with access to the Kubernetes API."""
    entries = [entry for entry in found.of("aws_eks_access_entry") if entry.text("type") in {"", "STANDARD"}]
    policies = {one.name: one for one in found.of("aws_eks_access_policy_association")}
    lines = []
    for entry in entries:
        policy = policies[entry.name].text("policy_arn").rpartition("/")[2] if entry.name in policies else ""
        right = policy.removeprefix("AmazonEKS").removesuffix("Policy")
        lines.append(f"{_principal(found, entry)}: {right}" if right else _principal(found, entry))
    if entries:
        shown = lines[:4] + ([f"and {len(lines) - 4} more"] if len(lines) > 4 else [])
        yield Card(
            "Access by kubectl", tuple(shown), "users", "user", addresses(entries, policies.values()), "administrators"
        )


def _principal(found: Found, entry: Resource) -> str:
    if arn := entry.text("principal_arn"):
        return arn.rpartition(":")[2]
    reference = re.search(r"data\.aws_iam_(role|user)\.(\w+)\.arn", entry.body["principal_arn"])
    if reference:
        for principal in found.read(f"aws_iam_{reference[1]}"):
            if principal.name == reference[2]:
                return f"{reference[1]}/{principal.body.get('name') or principal.body.get('user_name')}"
    return entry.name


def nodes(found: Found) -> Iterator[Block]:
    """All that runs pods."""
    cards = [*_node_groups(found), *_auto_mode(found), *_fargate(found), *_karpenter(found)]
    if cards:
        yield Row(tuple(cards), least=118)


def _node_groups(found: Found) -> Iterator[Card]:
    for group in found.of("aws_eks_node_group"):
        sizes = group.body["scaling_config"]
        types = list(group.body.get("instance_types", ())) or [
            template.text("instance_type")
            for template in found.of("aws_launch_template")
            if template.name == group.name and template.text("instance_type")
        ]
        facts = [f"{sizes['desired_size']} {TIMES} {' or '.join(types)}" if types else f"{sizes['desired_size']} nodes"]
        facts.append(f"{sizes['min_size']} to {sizes['max_size']} nodes")
        if (capacity := group.text("capacity_type")) not in {"", "ON_DEMAND"}:
            facts.append(capacity.lower().replace("_", " "))
        if zones := ZONE_LIST.search(str(group.body.get("subnet_ids"))):
            facts.append("in " + ", ".join(re.findall(r'"([^"]+)"', zones[1])))
        yield Card(
            f"Node group {group.text('node_group_name')}", (", ".join(facts),), "plain", "node", (group.address,)
        )


def _auto_mode(found: Found) -> Iterator[Card]:
    for cluster in found.of("aws_eks_cluster"):
        mode = cluster.body.get("compute_config", {})
        if mode.get("enabled"):
            yield Card("EKS Auto Mode", tuple(mode.get("node_pools", ())), "plain", "node", (cluster.address,))


def _fargate(found: Found) -> Iterator[Card]:
    for profile in found.of("aws_eks_fargate_profile"):
        spaces = some({one["namespace"] for one in profile.body["selector"]}, 3)
        title = f"Fargate {profile.text('fargate_profile_name')}"
        yield Card(title, (f"pods of {spaces}",), "plain", "node", (profile.address,))


def _karpenter(found: Found) -> Iterator[Card]:
    releases = [one for one in found.of("helm_release") if one.name.startswith("karpenter")]
    entries = [entry for entry in found.of("aws_eks_access_entry") if entry.text("type") not in {"", "STANDARD"}]
    if releases:
        events = found.of("aws_sqs_queue", "aws_cloudwatch_event_rule")
        lines = ("nodes for pending pods", *(["interruptions from SQS"] if events else []))
        yield Card("Karpenter", lines, "plain", "node", addresses(releases, entries, events))
    elif entries:
        yield Card("Other nodes", tuple(entry.name for entry in entries), "plain", "node", addresses(entries))


def addons(found: Found) -> Iterator[Block]:
    """Add-ons of EKS, and releases of the stack `addons`."""
    managed = found.of("aws_eks_addon")
    releases = [one for one in found.layer("addons").of("helm_release") if not one.name.startswith("karpenter")]
    names = {one.text("addon_name") for one in managed}
    parts = {component_of(one) for one in releases} - HELPERS
    if managed or releases:
        yield Card("Add-ons", (", ".join(sorted(names | parts)),), "plain", None, addresses(managed, releases))


HELPERS = frozenset(
    f"{layer}-{what}" for layer in ("addons", "kubeflow") for what in ("drain", "namespaces", "service-accounts")
)
"""Releases that prepare or remove others."""


def component_of(release: Resource) -> str:
    """Name of the component that a release belongs to: the construct around it."""
    return str(release.body["//"]["metadata"]["path"].split("/")[1])
