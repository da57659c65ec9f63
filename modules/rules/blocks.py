"""IPv4 blocks that several rules compare with."""

from collections.abc import Iterable
from ipaddress import IPv4Network, collapse_addresses


def _networks(*blocks: str) -> tuple[IPv4Network, ...]:
    return tuple(map(IPv4Network, blocks))


ANYWHERE = IPv4Network("0.0.0.0/0")
PRIVATE_RANGES = _networks("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16")
"""Source: https://www.rfc-editor.org/rfc/rfc1918"""
NOT_PUBLIC = (*PRIVATE_RANGES, *_networks("100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "224.0.0.0/3"))
"""Blocks without public addresses.

Source: https://www.iana.org/assignments/iana-ipv4-special-registry/iana-ipv4-special-registry.xhtml
"""
DOCUMENTATION = _networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
"""Source: https://www.rfc-editor.org/rfc/rfc5737"""


def cover_internet(blocks: Iterable[IPv4Network]) -> bool:
    """Whether blocks together are all addresses."""
    return ANYWHERE in collapse_addresses(blocks)


def is_within(block: IPv4Network, ranges: Iterable[IPv4Network]) -> bool:
    """Whether a block is in one of several ranges."""
    return any(block.subnet_of(outer) for outer in ranges)
