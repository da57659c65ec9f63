"""The whole description of one platform, and the rules that go across its sections."""

from collections.abc import Iterable, Iterator
from ipaddress import IPv4Network
from typing import Annotated, Literal

from pydantic import Discriminator, Field, Tag

from modules.facts.instance_types import instance_type, known
from modules.facts.regions import REGIONS, SERVICES, Region, region
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.network import ExistingNetwork, Network
from modules.settings.node_group import ServiceAccountRole
from modules.settings.section import Problem, Section, repeated, unique_names
from modules.settings.state import AnyState, LocalState
from modules.settings.types import AccountId, NonEmpty, PlatformName, PolicyArn, RoleArn, matching

Layer = Literal["network", "cluster", "services"]
LAYERS: tuple[Layer, ...] = ("network", "cluster", "services")
"""The stacks of a platform in the order they are applied; each is one Terraform state."""

Address = Annotated[str, matching(r"[a-z0-9_]+\.[A-Za-z0-9_-]+", "a Terraform address such as aws_kms_key.secrets")]


class Moved(Section):
    """A resource that keeps its object under another address (Terraform's `moved` block)."""

    layer: Layer = Field(description="The stack it is in.")
    from_address: Address = Field(description="Address in the state, such as aws_kms_key.secrets.")
    to_address: Address = Field(description="Address now.")


class Removed(Section):
    """A resource that leaves the state (Terraform's `removed` block)."""

    layer: Layer = Field(description="The stack it is in.")
    from_address: Address = Field(description="Address in the state.")
    destroy: bool = Field(False, description="Destroy it in AWS, too. False: it stays, and nobody manages it.")


AnyNetwork = Annotated[
    Annotated[Network, Tag("union:Network")] | Annotated[ExistingNetwork, Tag("union:ExistingNetwork")],
    Discriminator(lambda value: f"union:{type(value).__name__}"),
]
AnyCluster = Annotated[
    Annotated[Cluster, Tag("union:Cluster")] | Annotated[ExistingCluster, Tag("union:ExistingCluster")],
    Discriminator(lambda value: f"union:{type(value).__name__}"),
]


class Platform(Section):
    """One platform: a network, a cluster, and what stands on them."""

    name: PlatformName = Field(description="Name of the platform: first part of stack names and AWS names.")
    region: str = Field(
        description="AWS region, such as us-west-2. The partition (aws, aws-us-gov, aws-cn) follows from it."
    )
    network: AnyNetwork | None = Field(
        None, description="The VPC: Network(…) or ExistingNetwork(…). None with an existing cluster."
    )
    cluster: AnyCluster = Field(description="The cluster: Cluster(…) or ExistingCluster(…).")
    service_account_roles: tuple[ServiceAccountRole, ...] = Field(
        (), description="IAM roles for service accounts of yours."
    )
    state: AnyState = Field(LocalState(), description="Where Terraform keeps its state.")
    tags: dict[str, str] = Field({}, description="Tags of everything that takes tags, besides the platform's own.")
    permissions_boundary_arn: PolicyArn | None = Field(
        None, description="Permissions boundary of every role made here."
    )
    iam_path: Annotated[str, matching(r"/([\w./-]+/)?", "an IAM path such as /kubeflow/")] = Field(
        "/", description="Path of every role made here."
    )
    allowed_account_ids: tuple[AccountId, ...] = Field(
        (), description="Accounts that Terraform may work on; any other fails before anything is read. Empty: no guard."
    )
    assume_role_arn: RoleArn | None = Field(None, description="Role that Terraform takes before it works.")
    assume_role_external_id: NonEmpty | None = Field(None, description="External id that the role asks for.")
    deletion_protection: bool = Field(
        True,
        description="Refuse plans that destroy what holds data (prevent_destroy), here and in AWS where it can. To take a "
        "platform down: False, apply, destroy.",
    )
    moved: tuple[Moved, ...] = Field((), description="Resources under a new address.")
    removed: tuple[Removed, ...] = Field((), description="Resources that leave the state.")

    @property
    def region_facts(self) -> Region:
        """Partition, zones and gaps of the region."""
        return region(self.region)

    @property
    def partition(self) -> str:
        """`aws`, `aws-us-gov` or `aws-cn`."""
        return self.region_facts.partition

    def zone_names(self) -> tuple[str, ...]:
        """Zones of a network made here, in order of their names."""
        assert isinstance(self.network, Network)
        zones = self.network.zones
        return tuple(sorted(zones)) if isinstance(zones, tuple) else self.region_facts.zones[:zones]

    def own_problems(self) -> Iterator[Problem]:
        """Rules across sections. Each tells of valid sections only; a bad one has told its own errors."""
        if self.region not in REGIONS:
            try:
                region(self.region)
            except ValueError as error:
                yield "region", str(error).partition(": ")[2]
            return
        yield from self._reference_problems()
        yield from self._tag_problems()
        network = self.network if isinstance(self.network, Network) and not list(self.network.problems()) else None
        cluster = self.cluster if isinstance(self.cluster, Cluster) and not list(self.cluster.problems()) else None
        if isinstance(self.cluster, Cluster) and self.network is None:
            yield "network", "a cluster made here needs a VPC; give Network() or ExistingNetwork(…)"
        if isinstance(self.cluster, ExistingCluster) and self.network is not None:
            yield "network", f"the existing cluster {self.cluster.name} has its VPC already; leave network out"
        if network is not None:
            yield from self._network_problems(network)
        if cluster is not None:
            yield from self._cluster_problems(cluster, network)
        yield from self._partition_problems(cluster)

    def _reference_problems(self) -> Iterator[Problem]:
        """ARNs of another partition, and roles that two entries would share."""
        yield from unique_names("service_account_roles", self.service_account_roles)
        for path, arn in arns_in("", self):
            if arn.split(":")[1] != self.partition:
                yield (
                    path,
                    f"{arn} is of another partition than region {self.region}; ARNs here begin with arn:{self.partition}:",
                )
        if self.assume_role_external_id is not None and self.assume_role_arn is None:
            yield "assume_role_external_id", "there is no role to take; give assume_role_arn, too"
        if (
            self.assume_role_arn
            and self.allowed_account_ids
            and self.assume_role_arn.split(":")[4] not in self.allowed_account_ids
        ):
            yield (
                "assume_role_arn",
                f"its account {self.assume_role_arn.split(':')[4]} is not among allowed_account_ids; add it there",
            )

    def _tag_problems(self) -> Iterator[Problem]:
        for key, value in sorted(self.tags.items()):
            if key.lower().startswith("aws:") or not 1 <= len(key) <= 128 or len(value) > 256:
                yield (
                    f"tags[{key}]",
                    "AWS takes keys of 1 to 128 characters that do not begin with aws:, and values up to 256",
                )
        if len(self.tags) > 40:
            yield (
                "tags",
                f"{len(self.tags)} tags; AWS takes 50 a resource, and the platform and EKS use up to 10: give 40 or fewer",
            )

    def _network_problems(self, network: Network) -> Iterator[Problem]:
        """Zones that the region has."""
        have = self.region_facts.zones
        usable = self.region_facts.zones_per_account
        if isinstance(network.zones, int) and network.zones > len(have):
            yield (
                "network.zones",
                f"{network.zones} zones, and {self.region} has {len(have)}: {', '.join(have)}; give {len(have)} or fewer",
            )
        elif isinstance(network.zones, int) and usable < len(have):
            yield (
                "network.zones",
                f"an account sees only {usable} of {', '.join(have)}, and which ones differs; name yours "
                "(`aws ec2 describe-availability-zones`)",
            )
        for zone in network.zones if isinstance(network.zones, tuple) else ():
            if zone not in have:
                yield "network.zones", f"{zone} is not a zone of {self.region}; it has {', '.join(have)}"

    def _cluster_problems(self, cluster: Cluster, network: Network | None) -> Iterator[Problem]:
        """Groups in zones of the network, addresses that do not overlap, pods that fit."""
        if network is not None and cluster.service_cidr is not None:
            for block in (network.cidr, network.secondary_cidr):
                if block is not None and block.overlaps(cluster.service_cidr):
                    yield (
                        "cluster.service_cidr",
                        f"{cluster.service_cidr} overlaps the network's {block}; give another block",
                    )
        if network is not None and not list(self._network_problems(network)):
            zones = self.zone_names()
            for index, group in enumerate(cluster.node_groups):
                for zone in sorted(set(group.zones) - set(zones)):
                    yield (
                        f"cluster.node_groups[{index}].zones",
                        f"{zone} is not a zone of the network; it has {', '.join(zones)}",
                    )
        if network is not None and network.secondary_cidr is not None and cluster.addons.vpc_cni is None:
            yield (
                "network.secondary_cidr",
                "pods take its addresses through the vpc-cni add-on; leave addons.vpc_cni on",
            )
        if cluster.addons.vpc_cni is not None and cluster.addons.vpc_cni.prefix_delegation:
            for index, group in enumerate(cluster.node_groups):
                for name in group.instance_types:
                    if known(name) and instance_type(name).hypervisor == "xen":
                        yield (
                            f"cluster.node_groups[{index}].instance_types",
                            f"{name} is not a Nitro type and takes no prefixes; choose a Nitro type, or set "
                            "addons.vpc_cni.prefix_delegation=False",
                        )

    def _partition_problems(self, cluster: Cluster | None) -> Iterator[Problem]:
        """Services that the region lacks."""
        if cluster is not None and cluster.fargate_profiles and "eks-fargate" in self.region_facts.lacks:
            yield "cluster.fargate_profiles", f"{self.region} has no {SERVICES['eks-fargate']}; use node groups there"
        for facts, _ in cluster.addons.chosen() if cluster is not None else ():
            if self.partition in facts.lacks:
                yield (
                    f"cluster.addons.{facts.name.replace('-', '_')}",
                    f"EKS does not have the add-on {facts.name} in {self.partition}; set it to None there, and install its Helm chart",
                )
        pod_identity = [
            role for role in self.service_account_roles if role._error is None and role.auth == "pod_identity"
        ]
        if pod_identity and cluster is not None and cluster.fargate_profiles:
            yield "service_account_roles", 'pods on Fargate cannot use EKS Pod Identity; set auth="irsa" on each role'

    def warnings(self) -> Iterator[str]:
        """What is allowed and should still be seen: printed at each synth."""
        if not isinstance(self.cluster, Cluster):
            return
        for block in (*self.cluster.public_access_cidrs, *self.cluster.private_access_cidrs):
            if any(block.subnet_of(example) for example in DOCUMENTATION_CIDRS):
                yield (
                    f"{self.name}: cluster: {block} is a documentation range that nobody has; write your own network in its place in main.py"
                )
        if self.cluster.public_access_from_anywhere:
            yield f"{self.name}: cluster: the API server answers the whole internet (public_access_from_anywhere)"
        for group in self.cluster.node_groups:
            if group.pods_use_node_role:
                yield f"{self.name}: cluster: every pod on node group {group.name} can use the rights of the nodes' role (pods_use_node_role)"


DOCUMENTATION_CIDRS = tuple(IPv4Network(block) for block in ("192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24"))
"""Source: https://www.rfc-editor.org/rfc/rfc5737"""


def arns_in(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every ARN in the settings, with its dotted path."""
    if isinstance(value, Section):
        if value._error is None:
            for name in type(value).model_fields:
                yield from arns_in(f"{path}.{name}" if path else name, getattr(value, name))
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from arns_in(f"{path}[{index}]", item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield path, value


def problems_of_all(platforms: Iterable[Platform]) -> list[str]:
    """Every error of a run, one line each: `prod: cluster.node_groups[0].desired_size: …`; empty when all is well."""
    lines: list[str] = []
    valid: list[Platform] = []
    for platform in platforms:
        own = [f"{platform._given.get('name', '?')}: {path}: {text}" for path, text in platform.problems()]
        lines += own
        if not own:
            valid.append(platform)
    lines += [
        f"{name}: two platforms have this name; give each its own"
        for name in repeated(platform.name for platform in valid)
    ]
    owners: dict[str, str] = {}
    for platform in valid:
        address = platform.state.address(platform.name, "network")
        other = owners.setdefault(address, platform.name)
        if other != platform.name:
            lines.append(
                f"{platform.name}: state: {address} is the state of platform {other}, too; give one of them another place"
            )
    return lines
