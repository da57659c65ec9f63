"""The caller's public address, compared with the networks that can reach the API server."""

from collections.abc import Iterator
from ipaddress import AddressValueError, IPv4Address

import urllib3

from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.settings import Cluster, Platform
from modules.settings.runner import IN_HCP

ADDRESS_SERVICE = "https://checkip.amazonaws.com"
"""Returns the public IPv4 address of a request as text; operated by AWS.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/changing-security-group.html
"""
TIMEOUT_SECONDS = 5


def applies_to(platform: Platform) -> bool:
    """Whether the address of this machine matters: it connects to a public endpoint."""
    cluster = platform.cluster
    return isinstance(cluster, Cluster) and bool(cluster.public_access_cidrs) and platform.runner not in IN_HCP


def address_is_allowed(place: Place) -> Iterator[Finding]:
    """The public address is in `public_access_cidrs`; the service is called only if that is allowed."""
    cluster = place.platform.cluster
    if not applies_to(place.platform) or not isinstance(cluster, Cluster):
        return
    if not place.check_address:
        yield Finding(
            "not checked",
            "whether this machine's public address is in cluster.public_access_cidrs",
            f"--check-address requests the address from {ADDRESS_SERVICE}",
        )
        return
    try:
        address = public_address()
    except (urllib3.exceptions.HTTPError, AddressValueError) as error:
        yield Finding("not checked", f"this machine's public address: {ADDRESS_SERVICE} did not return one ({error})")
        return
    said = f"this machine's public address, by {ADDRESS_SERVICE}, is {address}"
    if any(address in block for block in cluster.public_access_cidrs):
        yield Finding("ok", f"{said} and in cluster.public_access_cidrs")
    else:
        networks = ", ".join(map(str, cluster.public_access_cidrs))
        yield Finding(
            "warning",
            f"{said}, which is not in cluster.public_access_cidrs ({networks}); only machines in the VPC or in "
            "private_access_cidrs reach the API server otherwise",
            f'add "{address}/32", or the network that it is in, to Cluster.public_access_cidrs in main.py',
        )


def public_address() -> IPv4Address:
    """This machine's public address.

    Raises:
        HTTPError: the service is unreachable.
        AddressValueError: the answer is not an address.
    """
    answer = urllib3.PoolManager().request("GET", ADDRESS_SERVICE, timeout=TIMEOUT_SECONDS, retries=False)
    return IPv4Address(answer.data.decode("ascii", "replace").strip())
