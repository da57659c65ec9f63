"""All settings of one platform."""

from typing import Annotated, Any, Literal

from pydantic import Field, Tag

from modules.aws_data.regions import Region, region
from modules.settings.backup import Backup
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.imported import Import
from modules.settings.kubeflow import AutoModePart, Kubeflow
from modules.settings.network import ExistingNetwork, Network
from modules.settings.runner import Runner
from modules.settings.section import Section, valid_fields
from modules.settings.service_account_role import ServiceAccountRole
from modules.settings.state import AnyState, LocalState, NoState
from modules.settings.types import AccountId, ExternalId, PlatformName, PolicyArn, RoleArn, kind_of, matching

Layer = Annotated[str, matching(r"[a-z]+(-\d+)?", "the last part of a stack's name, such as network or kubeflow-2")]
"""Which stacks there are is declared in `stacks/`; a rule there compares."""

Address = Annotated[
    str, matching(r"(?!module\.|data\.)[a-z0-9_]+\.[A-Za-z0-9_-]+", "a Terraform address such as aws_kms_key.secrets")
]


class Moved(Section):
    """A resource whose address changes (Terraform's `moved` block)."""

    layer: Layer
    """Stack of the resource."""
    from_address: Address
    """Previous address, such as aws_kms_key.secrets."""
    to_address: Address
    """New address."""


class Removed(Section):
    """A resource that leaves the state (Terraform's `removed` block)."""

    layer: Layer
    """Stack of the resource."""
    from_address: Address
    """Address in the state."""
    destroy: bool = False
    """Destroy it in AWS as well. False: it remains, unmanaged."""


AnyNetwork = Annotated[
    Annotated[Network, Tag("union:Network")] | Annotated[ExistingNetwork, Tag("union:ExistingNetwork")],
    kind_of("Network(…)", "ExistingNetwork(…)"),
]
AnyCluster = Annotated[
    Annotated[Cluster, Tag("union:Cluster")] | Annotated[ExistingCluster, Tag("union:ExistingCluster")],
    kind_of("Cluster(…)", "ExistingCluster(…)"),
]


class Platform(Section):
    """One platform: a network, a cluster and its components."""

    name: PlatformName
    """Name of the platform: prefix of stack names and AWS names."""
    region: str
    """AWS region, such as us-west-2. It determines the partition (aws, aws-us-gov, aws-cn)."""
    network: AnyNetwork | None = None
    """The VPC: Network(…) or ExistingNetwork(…). None with an existing cluster."""
    cluster: AnyCluster
    """The cluster: Cluster(…) or ExistingCluster(…)."""
    imported: Import | None = None
    """An existing VPC and cluster to import: read_import(…). Requires cluster=ExistingCluster(…). None: no import."""
    service_account_roles: tuple[ServiceAccountRole, ...] = ()
    """IAM roles for your own service accounts."""
    kubeflow: Kubeflow | None = None
    """Components in the cluster. None: EKS add-ons only."""
    backup: Backup | None = None
    """Backups of what holds data, by AWS Backup. None: only those that RDS, EFS and S3 keep themselves."""
    state: AnyState = LocalState()
    """Backend of the Terraform states."""
    runner: Runner = "local"
    """Where Terraform runs: a workstation (local), a CI job (ci), HCP Terraform (hcp_remote) or an HCP Terraform agent
    (hcp_agent). Settings that do not work there are errors.
    """
    tags: dict[str, str] = Field(default={})
    """Tags of all taggable resources, in addition to the platform's own."""
    permissions_boundary_arn: PolicyArn | None = None
    """Permissions boundary of all roles that the platform creates. None: no boundary."""
    iam_path: Annotated[str, matching(r"/([\w./-]+/)?", "an IAM path such as /kubeflow/")] = "/"
    """IAM path of all roles that the platform creates."""
    allowed_account_ids: tuple[AccountId, ...] = ()
    """AWS accounts that Terraform may change; in any other account it fails before reading anything. Empty: no check.
    """
    assume_role_arn: RoleArn | None = None
    """Role that the AWS provider assumes. None: the caller's identity."""
    assume_role_external_id: ExternalId | None = None
    """External id for assuming the role. None: no external id."""
    deletion_protection: bool = True
    """Reject plans that destroy stateful resources (prevent_destroy), with deletion protection in AWS where available.
    To destroy a platform: set False, apply, destroy.
    """
    moved: tuple[Moved, ...] = ()
    """Resources with a new address."""
    removed: tuple[Removed, ...] = ()
    """Resources that leave the state."""

    @classmethod
    def completed(cls, given: dict[str, Any]) -> dict[str, Any]:
        """The components of a platform know what its cluster does by itself: the default set depends on it."""
        kubeflow = given.get("kubeflow")
        if not isinstance(kubeflow, Kubeflow):
            return given
        return {**given, "kubeflow": kubeflow.on_auto_mode(_auto_mode(given.get("cluster")))}

    @property
    def region_facts(self) -> Region:
        """Partition, zones and unavailable features of the region."""
        return region(self.region)

    @property
    def partition(self) -> str:
        """`aws`, `aws-us-gov` or `aws-cn`."""
        return self.region_facts.partition

    @property
    def custom_networking(self) -> bool:
        """Whether pods use their own block (vpc-cni custom networking)."""
        return isinstance(self.network, Network) and self.network.secondary_cidr is not None

    def zone_names(self) -> tuple[str, ...]:
        """Zones of a new network, by name."""
        assert isinstance(self.network, Network)
        zones = self.network.zones
        return tuple(sorted(zones)) if isinstance(zones, tuple) else self.region_facts.zones[:zones]

    def provider_auth(self) -> Literal["token", "exec"]:
        """How Terraform's providers authenticate to the cluster, by runner; independent of the machine."""
        if self.kubeflow is not None and self.kubeflow.provider_auth is not None:
            return self.kubeflow.provider_auth
        by_token = self.runner == "hcp_remote" or isinstance(self.state, NoState)
        return "token" if by_token else "exec"


def _auto_mode(cluster: object) -> frozenset[AutoModePart]:
    """What EKS Auto Mode operates on a new cluster: load balancers, and nodes unless there are node groups."""
    if not isinstance(cluster, Cluster):
        return frozenset()
    fields = valid_fields(cluster)
    if fields.get("auto_mode") is None:
        return frozenset()
    alone: tuple[AutoModePart, ...] = () if fields.get("node_groups") else ("nodes",)
    return frozenset({"cluster", *alone})
