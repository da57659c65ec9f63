"""Rules and warnings between the platforms of one run. Their cost is linear in the number of platforms."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import suppress
from ipaddress import IPv4Network

from modules.rules.program_databases import databases_on_existing_servers
from modules.rules.rule import Problem
from modules.settings.cluster import Cluster
from modules.settings.network import Network
from modules.settings.platform import Platform
from modules.settings.section import InvalidFieldError, view

Between = tuple[str, Problem]
"""Name of the platform that reports, and the problem."""
MOST_NAMED = 5
"""Platforms that a warning names."""


def problems_between(platforms: Sequence[Platform]) -> Iterator[Between]:
    """Platforms that would overwrite each other."""
    seen = [*map(view, platforms)]
    yield from _shared_states(seen)
    yield from _shared_clusters(seen)


def warnings_between(platforms: Sequence[Platform]) -> Iterator[Between]:
    """What platforms share and may be unintended.

    Args:
        platforms: without problems.
    """
    yield from _overlapping_networks(platforms)
    yield from _shared_databases(platforms)


def _shared_states(platforms: Sequence[Platform]) -> Iterator[Between]:
    """Each platform has its own state."""
    owners: dict[str, str] = {}
    for platform in platforms:
        with suppress(InvalidFieldError):  # reported at the name or the state itself
            address = platform.state.address(platform.name, "network")
            other = owners.setdefault(address, platform.name)
            if other != platform.name:
                yield (
                    platform.name,
                    ("state", f"{address} is the state of platform {other} as well", "change one of them"),
                )


def _shared_clusters(platforms: Sequence[Platform]) -> Iterator[Between]:
    """A cluster has one Kubeflow: names of its namespaces, releases and types are the same in each."""
    owners: defaultdict[tuple[str, str], list[tuple[set[str], str]]] = defaultdict(list)
    for platform in platforms:
        with suppress(InvalidFieldError):  # reported at the field itself
            if platform.kubeflow is None:
                continue
            cluster = platform.cluster
            name = platform.name if isinstance(cluster, Cluster) else cluster.name
            accounts = _accounts(platform)
            for others, other in owners[platform.region, name]:
                if other != platform.name and (accounts & others or not (accounts and others)):
                    yield (
                        platform.name,
                        (
                            "cluster",
                            f"{name} has the Kubeflow of platform {other} already, and a cluster has one",
                            "use another cluster, or put the teams of both into one platform",
                        ),
                    )
                    break
            else:
                owners[platform.region, name].append((accounts, platform.name))


def _accounts(platform: Platform) -> set[str]:
    """Accounts that the platform can be in; empty: not known."""
    role = {platform.assume_role_arn.split(":")[4]} if platform.assume_role_arn else set()
    return {*platform.allowed_account_ids, *role}


def _overlapping_networks(platforms: Sequence[Platform]) -> Iterator[Between]:
    """VPCs with overlapping ranges cannot be connected later: one warning for all that overlap.

    Source: https://docs.aws.amazon.com/vpc/latest/peering/invalid-peering-configurations.html
    """
    ranges: list[tuple[IPv4Network, str]] = sorted(
        (platform.network.cidr, platform.name) for platform in platforms if isinstance(platform.network, Network)
    )
    while ranges:
        widest, first = ranges[0]  # sorted by address, the widest first: blocks that overlap are within it
        names = [name for block, name in ranges if block.overlaps(widest)]
        ranges = ranges[len(names) :]
        if len(names) > 1:
            more = f" and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else ""
            yield (
                first,
                (
                    "network.cidr",
                    f"{widest} overlaps with the networks of {', '.join(names[1:MOST_NAMED])}{more}: these VPCs cannot be connected by "
                    "peering or a transit gateway",
                    "give each platform a range of its own unless they stay apart",
                ),
            )


def _shared_databases(platforms: Sequence[Platform]) -> Iterator[Between]:
    """Programs of two platforms in one database overwrite each other's rows, and upgrade tables under each other."""
    owners: dict[tuple[str, int, str], str] = {}
    for platform in platforms:
        if platform.kubeflow is None:
            continue
        for database in sorted(databases_on_existing_servers(platform.kubeflow)):
            other = owners.setdefault(database, platform.name)
            if other != platform.name:
                host, port, name = database
                yield (
                    platform.name,
                    (
                        "kubeflow.services.program_databases",
                        f"platform {other} uses the database {name} on {host}:{port} as well",
                        "use another name, unless only one of them runs at a time",
                    ),
                )
