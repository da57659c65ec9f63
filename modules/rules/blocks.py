"""IPv4 blocks that several rules compare with."""

import re
from collections.abc import Iterable, Iterator
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
MOST_RULES = 60
"""Rules that a security group has in each direction.

Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-security-groups
"""
MOST_NETWORKS = MOST_RULES - 15
"""Networks for which a security group of the platform can get a rule each; 15 are left for the platform's own (a test counts 11)."""
DOCUMENTATION = _networks("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24")
"""Source: https://www.rfc-editor.org/rfc/rfc5737"""


DOCUMENTATION_DOMAIN = re.compile(r"(^|[@.])example(\.(com|net|org))?$", re.IGNORECASE)
"""The end of a host name or of an e-mail address.

Source: https://www.rfc-editor.org/rfc/rfc2606
"""


def documentation_blocks(blocks: Iterable[IPv4Network]) -> Iterator[tuple[str, str, str]]:
    """A problem for each block that is reserved for documentation."""
    for block in blocks:
        if is_within(block, DOCUMENTATION):
            yield "", f"{block} is reserved for documentation", "replace it with your own network in main.py"


def documentation_hosts(path: str, *hosts: str) -> Iterator[tuple[str, str, str]]:
    """A problem for each host name in a domain reserved for documentation."""
    for host in hosts:
        if DOCUMENTATION_DOMAIN.search(host):
            yield (
                path,
                f"{host} is in a domain reserved for documentation",
                "replace it with your own domain in main.py",
            )


def documentation_addresses(addresses: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    """A problem for each e-mail address in a domain reserved for documentation."""
    for address in addresses:
        if DOCUMENTATION_DOMAIN.search(address):
            yield (
                "",
                f"{address} is in a domain reserved for documentation",
                "replace it with a real address in main.py",
            )


def cover_internet(blocks: Iterable[IPv4Network]) -> bool:
    """Whether blocks together are all addresses."""
    return ANYWHERE in collapse_addresses(blocks)


def is_within(block: IPv4Network, ranges: Iterable[IPv4Network]) -> bool:
    """Whether a block is in one of several ranges."""
    return any(block.subnet_of(outer) for outer in ranges)
