"""Subnet layout of the VPC, calculated without AWS."""

from collections.abc import Sequence
from ipaddress import IPv4Network

PRIVATE_BLOCKS = 6
"""The VPC is divided into eighths: 0 to 5 for private subnets of zones a to f, 6 for public subnets, 7 is unused."""


def block_of_zone(zone: str) -> int:
    """0 for zone a to 5 for zone f: by letter, so that subnets do not change when zones are added or removed."""
    return ord(zone[-1]) - ord("a")


def private_cidrs(vpc_cidr: IPv4Network, zones: Sequence[str]) -> dict[str, str]:
    """CIDR of each zone's private subnet: an eighth of the VPC (/19 of a /16)."""
    blocks = list(vpc_cidr.subnets(prefixlen_diff=3))
    return {zone: str(blocks[block_of_zone(zone)]) for zone in zones}


def public_cidrs(vpc_cidr: IPv4Network, zones: Sequence[str]) -> dict[str, str]:
    """CIDR of each zone's public subnet, for load balancers and NAT: an eighth of the seventh block (/22 of a /16)."""
    blocks = list(public_block(vpc_cidr).subnets(prefixlen_diff=3))
    return {zone: str(blocks[block_of_zone(zone)]) for zone in zones}


def public_block(vpc_cidr: IPv4Network) -> IPv4Network:
    """The block of all public subnets: the seventh eighth of the VPC."""
    return list(vpc_cidr.subnets(prefixlen_diff=3))[PRIVATE_BLOCKS]
