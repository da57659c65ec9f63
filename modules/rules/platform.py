"""Rules about the platform as a whole: names, tags, ARNs, regions and accounts."""

import re
from collections.abc import Iterator, Mapping

from modules.aws_data.regions import PARTITIONS, REGIONS, SERVICES, region
from modules.errors import split_sentence
from modules.naming import aws_name
from modules.rules.reserved_role_names import reserved_role_names
from modules.rules.rule import Problem, of_each, repeated, rule, unique_names
from modules.rules.state import region_problems
from modules.settings.addons import setting_of
from modules.settings.cluster import Cluster, ExistingCluster
from modules.settings.node_group import NodeGroup
from modules.settings.platform import Moved, Platform, Removed
from modules.settings.section import Section
from modules.settings.service_account_role import ServiceAccountRole

OWN_TAGS = {"kubeflow-platform", "managed-by"}
"""Tags that modules/naming.py sets on every resource."""
RESERVED_TAG = re.compile(
    r"(eks:|eks\.amazonaws\.com/|([a-z0-9-]+\.)*(kubernetes\.io|k8s\.io|k8s\.aws)/|karpenter\.sh/|(ebs|efs|fsx)\.csi\.aws\.com/)"
)
"""Tags by which EKS, the autoscaler, Karpenter, the load balancer controller and CSI drivers find their resources.

Source: https://docs.aws.amazon.com/eks/latest/userguide/eks-using-tags.html, and the documentation of each controller
"""
RESERVED_TAGS = frozenset({"csivolumename", "csivolumesnapshotname", "kubernetescluster"})
"""Tags without a prefix: of the EBS CSI driver, which does not start with them as tags of volumes, and of the cloud controller.

Source: https://github.com/kubernetes-sigs/aws-ebs-csi-driver/blob/master/docs/tagging.md
Source: https://github.com/kubernetes/cloud-provider-aws/blob/master/pkg/providers/v1/tags.go
"""
MOST_TAGS = 40
TAG_KEY, TAG_VALUE = re.compile(r"[\w .:/=+@-]{1,128}"), re.compile(r"[\w .:/=+@-]{0,256}")
"""Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Tag.html; IAM takes the fewest characters."""


@rule(Platform)
def network_and_cluster(platform: Platform) -> Iterator[Problem]:
    """A new cluster requires a network, and an existing one brings its own."""
    if isinstance(platform.cluster, Cluster) and platform.network is None:
        yield "network", "Cluster(…) requires a VPC", "set Network() or ExistingNetwork(…)"
    if isinstance(platform.cluster, ExistingCluster) and platform.network is not None:
        yield "network", f"the existing cluster {platform.cluster.name} brings its own VPC", "remove network"


@rule(Platform)
def roles_of_service_accounts(platform: Platform) -> Iterator[Problem]:
    """Role names are valid and unique, and each service account has one role."""
    roles = platform.service_account_roles
    yield from unique_names("service_account_roles", roles)
    taken = reserved_role_names(platform)
    accounts: set[tuple[str, str]] = set()

    def check(role: ServiceAccountRole) -> Iterator[Problem]:
        parts = (platform.name, role.name)
        try:
            aws_name(*parts)
        except ValueError as error:
            yield "role_name", f"the role name is too long: {split_sentence(str(error))[0]}", "set a shorter role_name"
        if role.name in taken:
            yield "role_name", f"the platform has a role {platform.name}-{role.name} already", "set another role_name"
        account = (role.namespace, role.service_account)
        if account in accounts:
            yield "service_account", f"{'/'.join(account)} has a role already", "put all permissions in one entry"
        accounts.add(account)

    yield from of_each("service_account_roles", roles, check)


@rule(Platform)
def arns_of_the_place(platform: Platform) -> Iterator[Problem]:
    """ARNs are in the region's partition, and keys in the region (the state's key can be elsewhere)."""
    if platform.region not in REGIONS:
        return
    partition = region(platform.region).partition
    for path, arn in arns_in("", platform):
        parts = arn.split(":")
        if parts[1] != partition:
            yield (
                path,
                f"{arn} is not in partition {partition} of region {platform.region}",
                f"use one that begins with arn:{partition}:",
            )
        elif parts[2] == "kms" and parts[3] != platform.region and not path.startswith("state."):
            yield (
                path,
                f"the key is in {parts[3]}, and it must be in {platform.region}",
                "use a key of that region",
            )


def arns_in(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every ARN in the settings that can be read, with its dotted path."""
    if isinstance(value, Section):
        for name, item in vars(value).items():
            yield from arns_in(f"{path}.{name}" if path else name, item)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from arns_in(f"{path}[{index}]", item)
    elif isinstance(value, str) and value.startswith("arn:"):
        yield path, value


@rule(Platform)
def services_of_the_region(platform: Platform) -> Iterator[Problem]:
    """The region has the services that settings require."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or platform.region not in REGIONS:
        return
    facts = region(platform.region)
    asked = {
        "eks-fargate": ("fargate_profiles", bool(cluster.fargate_profiles)),
        "eks-auto-mode": ("auto_mode", cluster.auto_mode is not None),
        "eks-auth": ("service_account_auth", cluster.service_account_auth == "pod_identity"),
        "arc-zonal-shift": ("zonal_shift", cluster.zonal_shift),
    }
    for service, (setting, wanted) in asked.items():
        if wanted and service in facts.lacks:
            yield f"cluster.{setting}", f"{platform.region} does not have {SERVICES[service]}", "remove the setting"
    for addon, _ in cluster.addons.chosen():
        if addon.name in PARTITIONS[facts.partition].lacks_eks_addons:
            yield (
                f"cluster.addons.{setting_of(addon)}",
                f"EKS does not have the add-on {addon.name} in {facts.partition}",
                "set it to None and install its Helm chart",
            )


@rule(Platform)
def pod_identity_of_roles(platform: Platform) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html."""
    cluster = platform.cluster
    if not isinstance(cluster, Cluster):
        return

    def check(role: ServiceAccountRole) -> Iterator[Problem]:
        if role.auth == "pod_identity" and cluster.fargate_profiles:
            yield "auth", "EKS Pod Identity is not available on Fargate", 'set auth="irsa"'
        elif role.auth == "pod_identity" and cluster.auto_mode is None and not cluster.addons.eks_pod_identity_agent:
            yield (
                "auth",
                "the cluster does not have the add-on eks_pod_identity_agent",
                'enable that add-on or set auth="irsa"',
            )

    yield from of_each("service_account_roles", platform.service_account_roles, check)


@rule(Platform)
def state_in_the_partition(platform: Platform) -> Iterator[Problem]:
    """Credentials are valid in one partition, so the state's bucket must be in it."""
    where = getattr(platform.state, "region", platform.region)
    if {where, platform.region} <= set(REGIONS) and region(where).partition != region(platform.region).partition:
        yield (
            "state.region",
            f"{where} is in partition {region(where).partition}, and {platform.region} in {region(platform.region).partition}",
            "use a bucket in the platform's partition",
        )


@rule(Moved)
def moved_within_type(moved: Moved) -> Iterator[Problem]:
    """A new address of the same resource type."""
    if moved.from_address == moved.to_address:
        yield "to_address", f"{moved.to_address} is the same address", "set the new address or remove the entry"
    elif moved.from_address.partition(".")[0] != moved.to_address.partition(".")[0]:
        yield (
            "to_address",
            f"{moved.to_address} and {moved.from_address} have different types",
            "move a resource within its type",
        )


@rule(Platform)
def known_region(platform: Platform) -> Iterator[Problem]:
    """EKS is in the region."""
    yield from region_problems(platform.region)


@rule(Platform)
def tags(platform: Platform) -> Iterator[Problem]:
    """Tags that AWS accepts on every resource."""
    yield from tag_problems(platform.tags)
    if len(platform.tags) > MOST_TAGS:
        yield (
            "tags",
            f"AWS accepts 50 tags per resource, of which the platform and EKS use up to 10, not {len(platform.tags)}",
            f"set {MOST_TAGS} or fewer",
        )


@rule(Platform)
def tags_of_node_groups(platform: Platform) -> Iterator[Problem]:
    """The same of each node group, whose resources have those of the platform, too."""

    def check(group: NodeGroup) -> Iterator[Problem]:
        yield from tag_problems(group.tags)
        if group.tags and (count := len({**platform.tags, **group.tags})) > MOST_TAGS:
            yield (
                "tags",
                f"AWS accepts 50 tags per resource, of which the platform and EKS use up to 10, not {count} with those of the platform",
                f"set {MOST_TAGS} or fewer in all",
            )

    if isinstance(platform.cluster, Cluster):
        yield from of_each("cluster.node_groups", platform.cluster.node_groups, check)


def tag_problems(tags: Mapping[str, str]) -> Iterator[Problem]:
    """Keys and values of a setting `tags` that AWS does not accept on every resource, or that have another owner."""
    for key, value in sorted(tags.items()):
        if key.lower().startswith("aws:") or not TAG_KEY.fullmatch(key) or not TAG_VALUE.fullmatch(value):
            yield (
                f"tags[{key}]",
                "not a valid tag",
                "use a key of 1 to 128 and a value of up to 256 letters, digits, spaces and _ . : / = + - @; keys cannot begin with aws:",
            )
        if RESERVED_TAG.match(key.lower()):
            yield (
                f"tags[{key}]",
                "AWS, EKS and controllers in the cluster find resources by tags of this prefix",
                "use another key",
            )
        if key.lower() in RESERVED_TAGS:
            yield f"tags[{key}]", "controllers in the cluster find resources by this tag", "use another key"
        if key.lower() in OWN_TAGS:
            yield f"tags[{key}]", "every platform has this tag already", "use another key"
    for key in repeated(key.lower() for key in tags):
        yield (
            f"tags[{key}]",
            "duplicate tag key (IAM keys are case-insensitive)",
            "keep one",
        )


@rule(Platform)
def external_id(platform: Platform) -> Iterator[Problem]:
    """The external ID is for a role."""
    if platform.assume_role_external_id is not None and platform.assume_role_arn is None:
        yield "assume_role_external_id", "assume_role_arn is not set", "set assume_role_arn or remove the external ID"


@rule(Platform)
def account_of_role(platform: Platform) -> Iterator[Problem]:
    """The role is in an allowed account."""
    if platform.assume_role_arn and platform.allowed_account_ids:
        account = platform.assume_role_arn.split(":")[4]
        if account not in platform.allowed_account_ids:
            yield "assume_role_arn", f"its account {account} is not in allowed_account_ids", "add it there"


@rule(Platform)
def imported_cluster(platform: Platform) -> Iterator[Problem]:
    """An imported cluster is an existing one."""
    if platform.imported is not None and not isinstance(platform.cluster, ExistingCluster):
        yield "imported", "imported resources require an existing cluster", 'set cluster=ExistingCluster(name="…")'


@rule(Platform)
def one_move_each(platform: Platform) -> Iterator[Problem]:
    """Each resource is moved or removed once."""
    leaving: list[Moved | Removed] = [*platform.moved, *platform.removed]
    for address in repeated(f"{entry.layer}/{entry.from_address}" for entry in leaving):
        yield "moved", f"{address} occurs more than once in moved and removed", "keep one"
