"""Where each subnet lies in the VPC: arithmetic, no AWS."""

from collections.abc import Sequence
from ipaddress import IPv4Network

PRIVATE_BLOCKS = 6
"""The VPC is cut in eighths: blocks 0 to 5 are the private subnets of zones a to f, block 6 the public ones', 7 is free."""


def block_of_zone(zone: str) -> int:
    """0 for zone a to 5 for zone f: by its letter, so that no zone's subnets move when another comes or goes."""
    return ord(zone[-1]) - ord("a")


def private_cidrs(vpc_cidr: IPv4Network, zones: Sequence[str]) -> dict[str, str]:
    """CIDR of each zone's private subnet: an eighth of the VPC (/19 of a /16)."""
    blocks = list(vpc_cidr.subnets(prefixlen_diff=3))
    return {zone: str(blocks[block_of_zone(zone)]) for zone in zones}


def public_cidrs(vpc_cidr: IPv4Network, zones: Sequence[str]) -> dict[str, str]:
    """CIDR of each zone's public subnet: an eighth of the seventh block (/22 of a /16); load balancers and NAT live there."""
    blocks = list(public_block(vpc_cidr).subnets(prefixlen_diff=3))
    return {zone: str(blocks[block_of_zone(zone)]) for zone in zones}


def public_block(vpc_cidr: IPv4Network) -> IPv4Network:
    """The block that all public subnets are in: the seventh eighth of the VPC."""
    return list(vpc_cidr.subnets(prefixlen_diff=3))[PRIVATE_BLOCKS]
