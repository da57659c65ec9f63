"""Rules about SSH access to nodes."""

from collections.abc import Iterator

from modules.rules.blocks import MOST_NETWORKS, cover_internet
from modules.rules.rule import Problem, each_once, rule
from modules.settings.cluster import Cluster
from modules.settings.node_group import Ssh


@rule(Ssh)
def ssh_key(ssh: Ssh) -> Iterator[Problem]:
    """Exactly one key."""
    if (ssh.key_name is None) == (ssh.public_key is None):
        yield (
            "key_name",
            "SSH requires exactly one key",
            "set either key_name (an EC2 key pair) or public_key (your ~/.ssh/id_ed25519.pub)",
        )


@rule(Ssh)
def ssh_networks(ssh: Ssh) -> Iterator[Problem]:
    """Networks that can connect, never the internet."""
    yield from each_once("source_cidrs", ssh.source_cidrs)
    if not ssh.source_cidrs:
        yield (
            "source_cidrs",
            "SSH requires at least one network that can connect",
            "list your networks, such as 10.0.0.0/8",
        )
    if cover_internet(ssh.source_cidrs):
        yield (
            "source_cidrs",
            "0.0.0.0/0 exposes SSH to the internet",
            "list the networks that need it",
        )


@rule(Cluster)
def networks_of_ssh(cluster: Cluster) -> Iterator[Problem]:
    """All groups share one security group, with a rule for each network."""
    networks = {block for group in cluster.node_groups if group.ssh is not None for block in group.ssh.source_cidrs}
    if len(networks) > MOST_NETWORKS:
        yield (
            "node_groups",
            f"the security group of nodes has room for {MOST_NETWORKS} networks in ssh.source_cidrs, not {len(networks)}",
            "merge them into larger blocks",
        )
