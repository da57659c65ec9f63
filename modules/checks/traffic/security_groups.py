"""Evaluation of security group rules, of the tables of modules.cluster or in a platform's JSON."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address, ip_network
from typing import Any

from modules.cluster.security_groups import CLUSTER_GROUP_RULES, RULES, Rule
from modules.settings import Cluster


@dataclass(frozen=True)
class GroupRule:
    """One rule; groups by the Terraform expression of their id."""

    direction: str
    """`ingress` or `egress`."""
    group: str
    other: str | None
    """The referenced group; None for a block of addresses."""
    cidr: str | None
    protocol: str
    from_port: int | None
    to_port: int | None
    address: str
    """Terraform address of the rule."""

    def covers(self, other: str | None, address: str | None, port: int, protocol: str) -> bool:
        """Whether the rule matches a connection with peer group `other`."""
        if self.protocol not in ("-1", protocol):
            return False
        if self.from_port is not None and not self.from_port <= port <= (self.to_port or self.from_port):
            return False
        if self.other is not None:
            return self.other == other
        return self.cidr is not None and (
            self.cidr == "0.0.0.0/0" or (address is not None and ip_address(address) in ip_network(self.cidr))
        )


def rules(documents: Iterable[Mapping[str, Any]]) -> Iterator[GroupRule]:
    """All rules of a platform's stacks.

    Args:
        documents: its stacks; references to outputs of other stacks are resolved by name.
    """
    for document in documents:
        for direction in ("ingress", "egress"):
            bodies = document.get("resource", {}).get(f"aws_vpc_security_group_{direction}_rule", {})
            for name, body in bodies.items():
                yield GroupRule(
                    direction,
                    group_name(body["security_group_id"]),
                    group_name(body["referenced_security_group_id"])
                    if "referenced_security_group_id" in body
                    else None,
                    body.get("cidr_ipv4"),
                    body["ip_protocol"],
                    body.get("from_port"),
                    body.get("to_port"),
                    f"aws_vpc_security_group_{direction}_rule.{name}",
                )


def rules_of(cluster: Cluster) -> list[GroupRule]:
    """Rules between control plane, nodes and load balancer of a new cluster, without its JSON.

    Rules for addresses are not among them: no flow of the evaluator comes from an address outside these groups.

    Args:
        cluster: settings of the cluster.
    """
    wanted = (*RULES, *(CLUSTER_GROUP_RULES if cluster.uses_cluster_group else ()))
    into = [_between("ingress", rule.target, rule.source, rule) for rule in wanted]
    return into + [_between("egress", rule.source, rule.target, rule) for rule in wanted if rule.needs_egress]


def _between(direction: str, group: str, other: str, rule: Rule) -> GroupRule:
    address = f"aws_vpc_security_group_{direction}_rule.{rule.name}"
    return GroupRule(direction, group, other, None, rule.protocol, rule.port, rule.port, address)


def group_name(expression: str) -> str:
    """`nodes` of `${aws_security_group.nodes.id}`, the same from another stack's output, or an id as it is."""
    text = expression.removeprefix("${").removesuffix("}")
    if text.startswith("aws_security_group."):
        return text.split(".")[1]
    if "cluster_security_group_id" in text:
        return "cluster_group"
    if "security_group_id" in text:
        return text.split(".")[-1].removesuffix("_security_group_id")
    return text


def allowed(found: Iterable[GroupRule], source: str, target: str, port: int, protocol: str = "tcp") -> tuple[bool, str]:
    """Whether the security groups allow a connection, and by which rules.

    Args:
        found: result of `rules`.
        source: security group of the caller.
        target: security group of the target.
        port: port on the target.
        protocol: `tcp` or `udp`.
    """
    all_rules = list(found)
    into = [
        one
        for one in all_rules
        if (one.direction, one.group) == ("ingress", target) and one.covers(source, None, port, protocol)
    ]
    out = [
        one
        for one in all_rules
        if (one.direction, one.group) == ("egress", source) and one.covers(target, None, port, protocol)
    ]
    if not into:
        return False, f"no rule of group {target} allows ingress from {source} on {port}"
    if not out:
        return False, f"no rule of group {source} allows egress to {target} on {port}"
    return True, f"{out[0].address}, {into[0].address}"
