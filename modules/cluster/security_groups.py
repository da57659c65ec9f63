"""Allowed traffic as one table, and the security groups that implement it.

Nodes have a dedicated security group instead of the cluster security group created by EKS, which allows all traffic.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Literal

from cdktf_cdktf_provider_aws.security_group import SecurityGroup
from cdktf_cdktf_provider_aws.vpc_security_group_egress_rule import VpcSecurityGroupEgressRule
from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.naming import addressed, aws_name
from modules.security_scan import accepted

Party = Literal["control_plane", "nodes", "load_balancer", "cluster_group"]


@dataclass(frozen=True)
class Rule:
    """Allowed traffic: an ingress rule at the target, and an egress rule at the source if needed."""

    source: Party
    target: Party
    port: int | None
    """TCP or UDP port; None: all traffic."""
    reason: str
    """Description; AWS allows letters, digits, spaces and . _ - : / ( ) # , @ [ ] + = & ; { } ! $ * in it, and no apostrophe."""
    protocol: Literal["tcp", "udp", "-1"] = "tcp"

    @property
    def name(self) -> str:
        """Terraform name: `control_plane_to_nodes_15017`."""
        kind = (
            "all" if self.port is None else f"{self.port}" if self.protocol == "tcp" else f"{self.port}_{self.protocol}"
        )
        return f"{self.source}_to_{self.target}_{kind}"

    @property
    def needs_egress(self) -> bool:
        """Whether the source's group needs an egress rule for it.

        Nodes have egress to any address (`allow_egress`), but a rule for 0.0.0.0/0 does not cover EFA: its traffic is not IP
        and requires a rule that allows all traffic within the security group. This applies to node groups here and to other
        nodes in the group, such as Karpenter's. The cluster security group created by EKS has such a rule.

        Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/efa-start.html#efa-start-security
        Source: https://docs.aws.amazon.com/eks/latest/userguide/sec-group-reqs.html
        """
        return self.source in {"control_plane", "load_balancer"} or self.source == self.target


RULES = (
    Rule("nodes", "control_plane", 443, "kubelet, pods and add-ons call the API server"),
    Rule("control_plane", "nodes", 443, "webhooks and aggregated APIs that listen on 443"),
    Rule("control_plane", "nodes", 4443, "admission webhook of Kubeflow PodDefaults, metrics-server"),
    Rule("control_plane", "nodes", 8443, "webhooks of Katib, Knative and the cache of Pipelines"),
    Rule("control_plane", "nodes", 9443, "webhooks of KServe, training operators, load balancer controller, pvcviewer"),
    Rule("control_plane", "nodes", 10250, "kubelet (logs, exec), webhook of cert-manager"),
    # https://github.com/istio/istio/issues/46746: without it sidecars are not injected, and pods fail ten seconds later
    Rule("control_plane", "nodes", 15017, "injection and validation webhooks of istiod"),
    Rule("nodes", "nodes", None, "pods of different nodes talk, DNS and EFA included; NetworkPolicies say which", "-1"),
    Rule("load_balancer", "nodes", 8080, "HTTP to the pods of the ingress gateway"),
    Rule("load_balancer", "nodes", 15021, "health checks of the ingress gateway"),
)
"""Webhook ports are pod ports: the API server calls pods, not Services."""

CLUSTER_GROUP_RULES = (
    Rule("cluster_group", "nodes", None, "pods on Fargate or Auto Mode talk to pods on nodes, DNS included", "-1"),
    Rule("nodes", "cluster_group", None, "pods on nodes talk to pods on Fargate or Auto Mode, DNS included", "-1"),
    Rule("load_balancer", "cluster_group", 8080, "HTTP to the pods of the ingress gateway"),
    Rule("load_balancer", "cluster_group", 15021, "health checks of the ingress gateway"),
)
"""Rules of the cluster security group created by EKS, used by control plane, Fargate pods and Auto Mode nodes."""


class ClusterSecurityGroups(Construct):
    """Security groups of control plane, nodes and load balancers. `allow` adds rules once the cluster security group is known.

    Args:
        platform_name: name prefix.
        vpc_id: the VPC (token).
        node_groups: whether there are node groups, which use the security group of the nodes.
    """

    def __init__(self, scope: Construct, id_: str, *, platform_name: str, vpc_id: str, node_groups: bool) -> None:
        super().__init__(scope, id_)
        self.node_groups = node_groups
        self.platform_name = platform_name
        self.vpc_id = vpc_id
        self.ids: dict[Party, str] = {
            "control_plane": self._group("control_plane", "Interfaces of the EKS control plane"),
            "nodes": self._group("nodes", "Nodes of the cluster"),
            "load_balancer": self._group("load_balancer", "Load balancers that reach the pods of the ingress gateway"),
        }

    def _group(self, party: Party, description: str) -> str:
        name = aws_name(self.platform_name, party.replace("_", "-"))
        group = addressed(
            party,
            SecurityGroup(self, party, name=name, vpc_id=self.vpc_id, description=description, tags={"Name": name}),
        )
        if party == "load_balancer":
            accepted(
                group,
                CKV2_AWS_5="Created with its rules to the nodes, and attached to a load balancer in a later stack.",
            )
        if party == "nodes" and not self.node_groups:
            accepted(
                group, CKV2_AWS_5="No node group yet; it is an output of this stack and is used by later node groups."
            )
        return group.id

    def allow(self, rules: Sequence[Rule]) -> None:
        """Create each rule as ingress at its target, and as egress at its source if needed (`needs_egress`)."""
        for rule in rules:
            addressed(
                rule.name,
                VpcSecurityGroupIngressRule(
                    self,
                    f"in-{rule.name}",
                    security_group_id=self.ids[rule.target],
                    referenced_security_group_id=self.ids[rule.source],
                    ip_protocol=rule.protocol,
                    description=rule.reason,
                    from_port=rule.port,
                    to_port=rule.port,
                ),
            )
            if rule.needs_egress:
                addressed(
                    rule.name,
                    VpcSecurityGroupEgressRule(
                        self,
                        f"out-{rule.name}",
                        security_group_id=self.ids[rule.source],
                        referenced_security_group_id=self.ids[rule.target],
                        ip_protocol=rule.protocol,
                        description=rule.reason,
                        from_port=rule.port,
                        to_port=rule.port,
                    ),
                )

    def allow_egress(self) -> None:
        """Allow egress of nodes on all ports, for images, package indexes, git and data."""
        addressed(
            "nodes_to_anywhere",
            VpcSecurityGroupEgressRule(
                self,
                "nodes-out",
                security_group_id=self.ids["nodes"],
                cidr_ipv4="0.0.0.0/0",
                ip_protocol="-1",
                description="images, package indexes, git, data: notebooks use whatever port these have",
            ),
        )

    def allow_ingress(self, cidrs: Sequence[IPv4Network]) -> None:
        """Allow networks outside the VPC on the private API endpoint."""
        for name, cidr in named(cidrs):
            addressed(
                f"control_plane_from_{name}",
                VpcSecurityGroupIngressRule(
                    self,
                    f"in-api-{name}",
                    security_group_id=self.ids["control_plane"],
                    cidr_ipv4=cidr,
                    ip_protocol="tcp",
                    from_port=443,
                    to_port=443,
                    description="private API endpoint",
                ),
            )

    def let_ssh_in(self, cidrs: Sequence[IPv4Network]) -> None:
        """Allow networks on port 22 of nodes: one rule each, since AWS rejects duplicates for several node groups."""
        for name, cidr in named(cidrs):
            addressed(
                f"nodes_ssh_{name}",
                VpcSecurityGroupIngressRule(
                    self,
                    f"in-ssh-{name}",
                    security_group_id=self.ids["nodes"],
                    cidr_ipv4=cidr,
                    ip_protocol="tcp",
                    from_port=22,
                    to_port=22,
                    description="SSH to nodes of the groups that have a key",
                ),
            )


def named(cidrs: Sequence[IPv4Network]) -> Iterator[tuple[str, str]]:
    """Each network with its part of a Terraform address: `10_0_0_0_8`."""
    for cidr in sorted(set(cidrs)):
        yield str(cidr).replace(".", "_").replace("/", "_"), str(cidr)
