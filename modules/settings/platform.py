"""The whole description of one platform, and the rules that go across its sections."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from modules.aws_data.regions import Region, region
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.imported import Import
from modules.settings.kubeflow import Kubeflow
from modules.settings.network import ExistingNetwork, Network
from modules.settings.runner import Runner
from modules.settings.section import Section
from modules.settings.service_account_role import ServiceAccountRole
from modules.settings.state import AnyState, LocalState, NoState
from modules.settings.types import AccountId, NonEmpty, PlatformName, PolicyArn, RoleArn, kind_of, matching

Layer = Annotated[str, matching(r"[a-z]+(-\d+)?", "the last part of a stack's name, such as network or kubeflow-2")]
"""Which stacks there are is declared in `stacks/`; a rule there compares."""

Address = Annotated[
    str, matching(r"(?!module\.|data\.)[a-z0-9_]+\.[A-Za-z0-9_-]+", "a Terraform address such as aws_kms_key.secrets")
]


class Moved(Section):
    """A resource that keeps its object under another address (Terraform's `moved` block)."""

    layer: Layer
    """The stack it is in."""
    from_address: Address
    """Address in the state, such as aws_kms_key.secrets."""
    to_address: Address
    """Address now."""


class Removed(Section):
    """A resource that leaves the state (Terraform's `removed` block)."""

    layer: Layer
    """The stack it is in."""
    from_address: Address
    """Address in the state."""
    destroy: bool = False
    """Destroy it in AWS, too. False: it stays, and nobody manages it."""


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

    name: PlatformName
    """Name of the platform: first part of stack names and AWS names."""
    region: str
    """AWS region, such as us-west-2. The partition (aws, aws-us-gov, aws-cn) follows from it."""
    network: AnyNetwork | None = None
    """The VPC: Network(…) or ExistingNetwork(…). None with an existing cluster."""
    cluster: AnyCluster
    """The cluster: Cluster(…) or ExistingCluster(…)."""
    imported: Import | None = None
    """A VPC and a cluster of others that this platform takes over: read_import(…). The cluster itself is then
    ExistingCluster(…). None: nothing is taken over.
    """
    service_account_roles: tuple[ServiceAccountRole, ...] = ()
    """IAM roles for service accounts of yours."""
    kubeflow: Kubeflow | None = None
    """What is installed in the cluster. None: nothing but EKS's own add-ons."""
    state: AnyState = LocalState()
    """Where Terraform keeps its state."""
    runner: Runner = "local"
    """Where Terraform runs: on a person's machine (local), in a CI job (ci), on HCP Terraform's own machines (hcp_remote)
    or on an agent of yours (hcp_agent). What does not work there is an error.
    """
    tags: dict[str, str] = Field(default={})
    """Tags of everything that takes tags, besides the platform's own."""
    permissions_boundary_arn: PolicyArn | None = None
    """Permissions boundary of every role made here. None: no boundary."""
    iam_path: Annotated[str, matching(r"/([\w./-]+/)?", "an IAM path such as /kubeflow/")] = "/"
    """Path of every role made here."""
    allowed_account_ids: tuple[AccountId, ...] = ()
    """Accounts that Terraform may work on; any other fails before anything is read. Empty: no guard."""
    assume_role_arn: RoleArn | None = None
    """Role that Terraform takes before it works. None: it works as who runs it."""
    assume_role_external_id: NonEmpty | None = None
    """External id that the role asks for. None: it asks for none."""
    deletion_protection: bool = True
    """Refuse plans that destroy what holds data (prevent_destroy), here and in AWS where it can. To take a platform down:
    False, apply, destroy.
    """
    moved: tuple[Moved, ...] = ()
    """Resources under a new address."""
    removed: tuple[Removed, ...] = ()
    """Resources that leave the state."""

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

    def provider_auth(self) -> Literal["token", "exec"]:
        """How Terraform signs in to the cluster, by who runs it; the machine is never looked at."""
        if self.kubeflow is not None and self.kubeflow.provider_auth is not None:
            return self.kubeflow.provider_auth
        by_token = self.runner == "hcp_remote" or isinstance(self.state, NoState)
        return "token" if by_token else "exec"
