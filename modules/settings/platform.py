"""The whole description of one platform, and the rules that go across its sections."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from datetime import date
from typing import Annotated, Literal

from pydantic import Field, Tag, ValidationError

from modules.aws_data.regions import Region, region
from modules.kubeflow.component import StackPart
from modules.rules.platform import CROSS_CHECKS
from modules.rules.warnings import warnings_of
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.imported import Import
from modules.settings.kubeflow import Kubeflow
from modules.settings.network import ExistingNetwork, Network
from modules.settings.runner import Runner
from modules.settings.section import Problem, Section, readable, repeated, rule
from modules.settings.service_account_role import ServiceAccountRole
from modules.settings.state import AnyState, HcpState, LocalState, NoState, region_problems
from modules.settings.texts import printable
from modules.settings.types import AccountId, NonEmpty, PlatformName, PolicyArn, RoleArn, kind_of, matching

LAYERS = ("runner", "adopted", "network", "cluster", "services", "addons", "kubeflow", "teams")
"""The stacks of a platform in the order they are applied; each is one Terraform state."""
Layer = Annotated[
    str,
    matching(
        r"runner|adopted|network|cluster|services|(addons|kubeflow)(-\d+)?|teams",
        "a stack: runner, adopted, network, cluster, services, addons, kubeflow or teams",
    ),
]
"""Last part of a stack's name; add-ons and Kubeflow may be several stacks, numbered."""

OWN_TAGS = {"kubeflow-platform", "managed-by"}
"""What modules/naming.py tags everything with."""
MOST_TAGS = 40
TAG_KEY, TAG_VALUE = re.compile(r"[\w .:/=+@-]{1,128}"), re.compile(r"[\w .:/=+@-]{0,256}")
"""Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html; IAM takes the fewest characters."""

Address = Annotated[
    str, matching(r"(?!module\.|data\.)[a-z0-9_]+\.[A-Za-z0-9_-]+", "a Terraform address such as aws_kms_key.secrets")
]


class Moved(Section):
    """A resource that keeps its object under another address (Terraform's `moved` block)."""

    layer: Layer = Field(description="The stack it is in.")
    from_address: Address = Field(description="Address in the state, such as aws_kms_key.secrets.")
    to_address: Address = Field(description="Address now.")

    @rule
    def _way(self) -> Iterator[Problem]:
        if self.from_address == self.to_address:
            yield "to_address", f"{self.to_address} is where it was; give its new address, or leave the entry out"
        elif self.from_address.partition(".")[0] != self.to_address.partition(".")[0]:
            yield (
                "to_address",
                f"{self.to_address} is another type than {self.from_address}; move a resource within its type",
            )


class Removed(Section):
    """A resource that leaves the state (Terraform's `removed` block)."""

    layer: Layer = Field(description="The stack it is in.")
    from_address: Address = Field(description="Address in the state.")
    destroy: bool = Field(False, description="Destroy it in AWS, too. False: it stays, and nobody manages it.")


AnyNetwork = Annotated[
    Annotated[Network, Tag("union:Network")] | Annotated[ExistingNetwork, Tag("union:ExistingNetwork")],
    kind_of("Network(…)", "ExistingNetwork(…)"),
]
AnyCluster = Annotated[
    Annotated[Cluster, Tag("union:Cluster")] | Annotated[ExistingCluster, Tag("union:ExistingCluster")],
    kind_of("Cluster(…)", "ExistingCluster(…)"),
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
    imported: Import | None = Field(
        None,
        description="A VPC and a cluster of others that this platform takes over: read_import(…). The cluster itself is then ExistingCluster(…). None: nothing is taken over.",
    )
    service_account_roles: tuple[ServiceAccountRole, ...] = Field(
        (), description="IAM roles for service accounts of yours."
    )
    kubeflow: Kubeflow | None = Field(
        None, description="What is installed in the cluster. None: nothing but EKS's own add-ons."
    )
    state: AnyState = Field(LocalState(), description="Where Terraform keeps its state.")
    runner: Runner = Field(
        "local",
        description="Where Terraform runs: on a person's machine (local), in a CI job (ci), on HCP Terraform's own machines (hcp_remote) or on an "
        "agent of yours (hcp_agent). What does not work there is an error.",
    )
    tags: dict[str, str] = Field({}, description="Tags of everything that takes tags, besides the platform's own.")
    permissions_boundary_arn: PolicyArn | None = Field(
        None, description="Permissions boundary of every role made here. None: no boundary."
    )
    iam_path: Annotated[str, matching(r"/([\w./-]+/)?", "an IAM path such as /kubeflow/")] = Field(
        "/", description="Path of every role made here."
    )
    allowed_account_ids: tuple[AccountId, ...] = Field(
        (), description="Accounts that Terraform may work on; any other fails before anything is read. Empty: no guard."
    )
    assume_role_arn: RoleArn | None = Field(
        None, description="Role that Terraform takes before it works. None: it works as who runs it."
    )
    assume_role_external_id: NonEmpty | None = Field(
        None, description="External id that the role asks for. None: it asks for none."
    )
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

    @property
    def custom_networking(self) -> bool:
        """Whether pods take addresses from a block of their own: what vpc-cni calls custom networking."""
        return isinstance(self.network, Network) and self.network.secondary_cidr is not None

    def zone_names(self) -> tuple[str, ...]:
        """Zones of a network made here, in order of their names."""
        assert isinstance(self.network, Network)
        zones = self.network.zones
        return tuple(sorted(zones)) if isinstance(zones, tuple) else self.region_facts.zones[:zones]

    def layers(self) -> tuple[str, ...]:
        """The stacks that the platform has, in the order they are applied."""
        has = {
            "adopted": self.imported is not None,
            "runner": isinstance(self.state, HcpState) and self.state.roles is not None,
            "network": self.network is not None,
            "cluster": isinstance(self.cluster, Cluster),
            "services": bool(self.service_account_roles)
            or isinstance(self.cluster, ExistingCluster)
            or self.kubeflow is not None,
        }
        first = tuple(layer for layer in LAYERS if has.get(layer))
        if self.kubeflow is None:
            return first
        teams = ("teams",) if self.kubeflow.teams else ()
        return (*first, *(part.name for part in self.parts()), *teams)

    def provider_auth(self) -> Literal["token", "exec"]:
        """How Terraform signs in to the cluster, by who runs it; the machine is never looked at."""
        if self.kubeflow is not None and self.kubeflow.provider_auth is not None:
            return self.kubeflow.provider_auth
        by_token = self.runner == "hcp_remote" or isinstance(self.state, NoState)
        return "token" if by_token else "exec"

    def parts(self) -> list[StackPart]:
        """The stacks that hold add-ons and Kubeflow; call it when there are no problems."""
        if self.kubeflow is None:
            return []
        split = self.kubeflow.split
        return self.kubeflow.parts(split=self.provider_auth() == "token" if split is None else split)

    def has_component(self, name: str) -> bool:
        """Whether an entry of the catalogue is installed on this platform; call it when there are no problems."""
        return self.kubeflow is not None and any(component.name == name for component in self.kubeflow.components())

    @rule
    def _region(self) -> Iterator[Problem]:
        yield from region_problems(self.region)

    @rule
    def _tags(self) -> Iterator[Problem]:
        for key, value in sorted(self.tags.items()):
            if key.lower().startswith("aws:") or not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(value):
                yield (
                    f"tags[{key}]",
                    "AWS takes keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, and no key that "
                    "begins with aws:",
                )
            if key.lower() in OWN_TAGS:
                yield f"tags[{key}]", "is a tag that every platform has already; choose another key"
        for key in repeated(key.lower() for key in self.tags):
            yield (
                f"tags[{key}]",
                "stands twice, since IAM makes no difference between small and large letters; keep one",
            )
        if len(self.tags) > MOST_TAGS:
            yield (
                "tags",
                f"{len(self.tags)} tags; AWS takes 50 a resource, and the platform and EKS use up to 10: give {MOST_TAGS} or fewer",
            )

    @rule
    def _external_id(self) -> Iterator[Problem]:
        if self.assume_role_external_id is not None and self.assume_role_arn is None:
            yield "assume_role_external_id", "there is no role to take; give assume_role_arn, too"

    @rule
    def _account_of_the_role(self) -> Iterator[Problem]:
        if self.assume_role_arn and self.allowed_account_ids:
            account = self.assume_role_arn.split(":")[4]
            if account not in self.allowed_account_ids:
                yield "assume_role_arn", f"its account {account} is not among allowed_account_ids; add it there"

    @rule
    def _what_is_taken_over(self) -> Iterator[Problem]:
        if self.imported is not None and not isinstance(self.cluster, ExistingCluster):
            yield "imported", 'what is taken over is there already; give cluster=ExistingCluster(name="…")'

    @rule
    def _moves(self) -> Iterator[Problem]:
        layers = [(f"moved[{index}]", entry.layer) for index, entry in enumerate(self.moved)]
        layers += [(f"removed[{index}]", entry.layer) for index, entry in enumerate(self.removed)]
        if self.kubeflow is not None and any(self.kubeflow.problems()):
            return  # which stacks it has is not known yet
        for path, layer in layers:
            if layer not in self.layers():
                yield f"{path}.layer", f"this platform has no {layer} stack; give one of {', '.join(self.layers())}"

    @rule
    def _one_way_each(self) -> Iterator[Problem]:
        leaving: list[Moved | Removed] = [*self.moved, *self.removed]
        for address in repeated(f"{entry.layer}/{entry.from_address}" for entry in leaving):
            yield "moved", f"{address} stands twice among moved and removed, and a resource goes one way; keep one"

    def own_problems(self) -> Iterator[Problem]:
        """The rules above, and those that go across sections."""
        yield from super().own_problems()
        for check in CROSS_CHECKS:
            yield from readable(check(self))

    def warnings(self, today: date | None = None) -> Iterator[str]:
        """What is allowed and should still be seen: printed at each synth.

        Args:
            today: the day that ends of support are compared with; None for the real one.
        """
        for path, text in warnings_of(self, today or date.today()):
            yield printable(f"{self.name}: {path}: {text}")


def problems_of_all(platforms: Iterable[Platform]) -> list[str]:
    """Every error of a run, one line each: `prod: cluster.node_groups[0].desired_size: …`; empty when all is well."""
    platforms = list(platforms)
    lines = [
        f"{platform._given.get('name', '?')}: {path}: {text}"
        for platform in platforms
        for path, text in platform.problems()
    ]
    lines += [
        f"{name}: two platforms have this name; give each its own"
        for name in repeated(str(platform._given["name"]) for platform in platforms if "name" in platform._given)
    ]
    owners: dict[str, str] = {}
    for platform in (platform._readable() for platform in platforms):
        with suppress(ValidationError):  # told at the name or the state itself
            address = platform.state.address(platform.name, "network")
            other = owners.setdefault(address, platform.name)
            if other != platform.name:
                lines.append(
                    f"{platform.name}: state: {address} is the state of platform {other}, too; give one of them another place"
                )
    return list(map(printable, lines))
