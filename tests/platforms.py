"""Platforms that between them use every way of building one; synthesized once a process.

Programs, `main.py` and the examples, run when a test needs what they make, so that a broken one fails tests and not their
collection. Tests that are parametrized take names from NAMES.
"""

import functools
import runpy
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, TypeVar

from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    AccessEntry,
    Addon,
    Addons,
    ArtifactBucket,
    AuroraMysql,
    AutoMode,
    Backup,
    BackupCopy,
    BackupLock,
    BucketLink,
    Cluster,
    Cognito,
    CognitoGroup,
    Contributor,
    Dex,
    Disk,
    Dns01Issuer,
    Efs,
    ExistingCluster,
    ExistingLoadBalancer,
    ExistingNetwork,
    ExistingZone,
    FargateProfile,
    FargateSelector,
    FsxLustre,
    HcpRoles,
    HostedZone,
    InClusterDatabase,
    InClusterStore,
    KnativeDomain,
    Kubeflow,
    LoadBalancer,
    ManagedPrometheus,
    Moved,
    Network,
    NoAuth,
    NodeGroup,
    NodePool,
    Notebooks,
    Oidc,
    Platform,
    PullThrough,
    Quota,
    RdsMysql,
    Removed,
    Repositories,
    Schedule,
    ServiceAccountRole,
    Services,
    Ssh,
    State,
    Statement,
    Taint,
    Team,
    TeamPermissions,
    Waf,
)
from stacks.order import platform_layers
from stacks.platform import Synthesized, build
from tests.built_once import built_once

Made = TypeVar("Made")
ACCOUNT = "111122223333"
ADMINS = ("role/platform-admins",)
INSIDE = ("10.0.0.0/8",)
GROUP = NodeGroup(name="nodes")
FARGATE = FargateProfile(
    name="system", selectors=(FargateSelector(namespace="kube-system", labels={"k8s-app": "dns"}),)
)
BUCKET_READER = ServiceAccountRole(
    namespace="team-a",
    service_account="default-editor",
    statements=(
        Statement(
            actions=("s3:GetObject", "s3:ListBucket"),
            resources=("arn:aws:s3:::data", "arn:aws:s3:::data/*"),
            conditions={"StringEquals": {"aws:ResourceAccount": (ACCOUNT,)}},
        ),
    ),
)


def cluster(**settings: Any) -> Cluster:
    """A cluster that is valid as it is."""
    return Cluster(**{"private_access_cidrs": INSIDE, "admins": ADMINS, "node_groups": (GROUP,), **settings})


def platform(name: str, **settings: Any) -> Platform:
    """A platform that is valid as it is."""
    return Platform(**{"name": name, "region": "us-west-2", "network": Network(), "cluster": cluster(), **settings})


EVERY_GROUP = (
    NodeGroup(
        name="general",
        labels={"example.com/pool": "general"},
        taints=(Taint(key="dedicated", value="notebooks"), Taint(key="slow", effect="PREFER_NO_SCHEDULE")),
        ssh=Ssh(public_key="ssh-ed25519 AAAAC3Nza me", source_cidrs=("10.1.0.0/16",)),
        schedules=(
            Schedule(name="night", cron="0 20 * * MON-FRI", min_size=0, desired_size=0, max_size=5),
            Schedule(
                name="day", cron="0 7 * * MON-FRI", time_zone="Europe/Berlin", min_size=1, desired_size=3, max_size=5
            ),
        ),
    ),
    NodeGroup(
        name="spot",
        max_unavailable=2,
        additional_security_group_ids=("sg-0123456789abcdef0",),
        tags={"cost-center": "batch", "owner": "ml"},
        instance_types=("m6i.xlarge", "m6a.xlarge"),
        capacity_type="SPOT",
        zones=("us-west-2a", "us-west-2b"),
    ),
    NodeGroup(
        name="arm",
        instance_types=("m7gd.xlarge",),
        ami_family="BOTTLEROCKET",
        disk=Disk(volume_type="io2", iops=3000),
        local_disks="raid0",
    ),
    NodeGroup(
        name="training",
        instance_types=("p4d.24xlarge",),
        min_size=0,
        desired_size=0,
        accelerator="nvidia",
        efa=True,
        zones=("us-west-2b",),
        capacity_reservation_id="cr-0123456789abcdef0",
    ),
    NodeGroup(
        name="block",
        instance_types=("p5.48xlarge",),
        min_size=0,
        desired_size=0,
        accelerator="nvidia",
        capacity_type="CAPACITY_BLOCK",
        zones=("us-west-2a",),
        capacity_reservation_id="cr-0123456789abcdef1",
    ),
    NodeGroup(
        name="open",
        ami_id="ami-0123456789abcdef0",
        user_data_before_bootstrap="#!/bin/bash\necho before ${HOME}\n",
        user_data_after_bootstrap="#!/bin/bash\necho after\n",
        pods_use_node_role=True,
        role_policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess", f"arn:aws:iam::{ACCOUNT}:policy/team/data"),
    ),
)
EVERYTHING = platform(
    "everything",
    network=Network(
        secondary_cidr="100.64.0.0/16",
        nat="one_per_zone",
        gateway_endpoints=("s3", "dynamodb"),
        interface_endpoints=("ecr.api", "sts"),
    ),
    cluster=cluster(
        public_access_cidrs=("198.51.100.0/24", "203.0.113.0/24"),
        service_cidr="172.20.0.0/16",
        authentication_mode="API_AND_CONFIG_MAP",
        viewers=("user/auditor", f"arn:aws:iam::{ACCOUNT}:role/support"),
        access=(
            AccessEntry(
                name="ci",
                principal="role/ci",
                policy="AmazonEKSEditPolicy",
                namespaces=("team-a",),
                kubernetes_groups=("deployers",),
            ),
        ),
        addons=Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon(version="v1.6.0-eksbuild.1")),
        node_groups=EVERY_GROUP,
        fargate_profiles=(FARGATE,),
    ),
    service_account_roles=(BUCKET_READER,),
    state=State.s3(
        bucket="example-state",
        region="us-east-1",
        kms_key_arn=f"arn:aws:kms:us-east-1:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab",
    ),
    tags={"cost-center": "ml"},
    permissions_boundary_arn=f"arn:aws:iam::{ACCOUNT}:policy/boundary",
    iam_path="/kubeflow/",
    allowed_account_ids=(ACCOUNT,),
    assume_role_arn=f"arn:aws:iam::{ACCOUNT}:role/deploy",
    assume_role_external_id="kubeflow",
    moved=(Moved(layer="cluster", from_address="aws_kms_key.old", to_address="aws_kms_key.secrets"),),
    removed=(Removed(layer="network", from_address="aws_eip.nat_us_west_2d"),),
)
EXISTING_NETWORK = ExistingNetwork(
    vpc_id="vpc-0123456789abcdef0",
    private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    public_subnet_ids=("subnet-0123456789abcdef2",),
)
ONE_OF_EACH = {"argo-workflows": "pipelines", "nvidia-device-plugin": "gpu-operator"}
"""Entries that exclude another one, which the variants have instead."""
WITH_ITS_FILE_SYSTEM = {
    "dns01-issuer",
    "efs-storage-class",
    "fixed-user",
    "fsx-storage-class",
    "gateway-target-group",
    "machine-tokens",
}
"""Entries that a setting brings; the variants `storage`, `noauth` and `exposed` have them."""
IN_CLUSTER = Services(artifacts=InClusterStore(), database=InClusterDatabase(), credential_recovery_days=0)
"""Nothing in AWS but the credentials."""
FULL_KUBEFLOW = Kubeflow(
    auth=Dex(users=("ada@team.example.net",)),
    enable=tuple(
        one.name for one in CATALOGUE if not one.default and one.name not in {*ONE_OF_EACH, *WITH_ITS_FILE_SYSTEM}
    ),
    dns_zone_ids=("Z0123456789ABCDEFGHIJ",),
    node_pools=(NodePool(name="gpus", instance_categories=("g",)),),
    knative_domain=KnativeDomain(name="models.team.example.net", tls_secret_name="wildcard"),
    machine_tokens=True,
    services=IN_CLUSTER,
)
"""Everything that can be installed together."""
ONLY_SIGN_IN = Kubeflow(
    services=IN_CLUSTER,
    disable=tuple(
        one.name
        for one in CATALOGUE
        if one.default
        and one.name
        not in {
            *(
                "istio",
                "istio-crds",
                "istio-namespace",
                "kubeflow-namespace",
                "kubeflow-istio-resources",
                "kubeflow-roles",
            ),
            *("central-dashboard", "profiles", "dex", "oauth2-proxy"),
        }
    ),
)
"""The first user and the page after the sign-in; each variant says how."""
REACHED = ONLY_SIGN_IN.with_changes(
    auth=Dex(users=("ada@team.example.net",)),
    disable=tuple(name for name in ONLY_SIGN_IN.disable if name != "aws-load-balancer-controller"),
)
"""The same with what registers the gateway's pods; each variant says by what way."""
KNATIVE = ("knative-serving",)
"""Of a shared cluster, so that hosts of models are reached as well."""
STORAGE = Services(
    efs=Efs(),
    fsx=FsxLustre(zone="us-west-2b", linked_bucket=BucketLink(prefix="shared", export=True)),
    repositories=Repositories(
        names=("notebooks/gpu", "trainer"),
        pull_through=(
            PullThrough(registry="public.ecr.aws"),
            PullThrough(
                registry="docker.io",
                credential_arn=f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:ecr-pullthroughcache/hub-a1B2c3",
            ),
        ),
    ),
    metrics=ManagedPrometheus(),
    database=InClusterDatabase(),
)
"""Everything that holds files, images and metrics."""
TEAMS = Kubeflow(
    auth=Dex(users=("ada@team.example.net", "alan@team.example.net", "grace@team.example.net")),
    services=Services(database=InClusterDatabase()),
    teams=(
        Team(
            name="vision",
            owner="ada@team.example.net",
            contributors=(
                Contributor(user="grace@team.example.net"),
                Contributor(user="alan@team.example.net", role="view"),
            ),
            quota=Quota(cpu=32, memory_gib=128, gpus=0, neuron_devices=0, storage_gib=500, pods=100),
            aws=TeamPermissions(
                policy_arns=(f"arn:aws:iam::{ACCOUNT}:policy/team/data",),
                statements=(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",)),),
            ),
        ),
        Team(name="speech", owner="grace@team.example.net", deletion_protection=False),
    ),
    notebooks=Notebooks(idle_minutes=120, devices=("nvidia",)),
    disable=tuple(
        name
        for name in ONLY_SIGN_IN.disable
        if name not in {"admission-webhook", "cert-manager", "jupyter-web-app", "notebook-controller"}
    ),
)
"""Teams, and what they need."""
POD_IDENTITY = BUCKET_READER.with_changes(auth="pod_identity")
CHINA = Statement(actions=("s3:GetObject",), resources=("arn:aws-cn:s3:::data/*",))
GOV = Statement(actions=("s3:GetObject",), resources=("arn:aws-us-gov:s3:::data/*",))

ROOT = Path(__file__).parents[1]


class Later(Mapping[str, Made]):
    """A mapping whose names are known before its values are made.

    Args:
        names: its keys.
        make: the value of a name, made when it is first read.
    """

    def __init__(self, names: Iterable[str], make: Callable[[str], Made]) -> None:
        self._names = tuple(names)
        self._make = functools.cache(make)

    def __getitem__(self, name: str) -> Made:
        if name not in self._names:
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names)

    def __len__(self) -> int:
        return len(self._names)


def platforms_of(example: str) -> tuple[Platform, ...]:
    """What the program of an example makes."""
    made = runpy.run_path(str(EXAMPLE_FILES[example])).values()
    return tuple(one for one in made if isinstance(one, Platform))


EXAMPLE_FILES = {file.parent.name: file for file in sorted((ROOT / "examples").glob("*/main.py"))}
EXAMPLES = Later(EXAMPLE_FILES, platforms_of)
"""What each example makes, by its folder."""

ELSEWHERE = Kubeflow(
    auth=Dex(users=("ada@team.example.net",)),
    enable=("aws-for-fluent-bit", "external-dns", "karpenter-crds", "karpenter", "karpenter-node-pools"),
    dns_zone_ids=("Z0123456789ABCDEFGHIJ",),
    node_pools=(NodePool(name="general"),),
    services=Services(efs=Efs(), repositories=Repositories(names=("notebooks",))),
    exposure=LoadBalancer(
        host="kubeflow.team.example.net",
        allowed_cidrs=("10.0.0.0/8",),
        zone=ExistingZone(zone_id="Z0123456789ABCDEFGHIJ"),
        waf=Waf(),
    ),
    teams=(Team(name="team-a", owner="ada@team.example.net"),),
)
"""What there is in every partition."""


@functools.cache
def variants() -> dict[str, Platform]:
    """All of them by name: the shipped one, those of the examples, and one for each way that these do not have."""
    from docs.shipped_main import PROD

    # not a hundred teams, which tests/test_examples.py has, nor a program of its own
    examples = [one for name, made in EXAMPLES.items() if name not in {"many_teams", "own_main"} for one in made]
    return {one.name: one for one in (PROD, *examples, *ways())}


def ways() -> tuple[Platform, ...]:
    """Those that only tests build."""
    return (
        EVERYTHING,
        platform(
            "private",
            network=Network(zones=2, nat="none", fully_private=True, interface_endpoints=FULLY_PRIVATE_ENDPOINTS),
            cluster=cluster(service_account_auth="pod_identity"),
            service_account_roles=(POD_IDENTITY,),
            runner="hcp_agent",
            state=State.hcp(
                organization="example",
                project="kubeflow",
                roles=HcpRoles(apply_policy_arns=("arn:aws:iam::aws:policy/AdministratorAccess",)),
            ),
        ),
        platform(
            "handover", network=EXISTING_NETWORK, service_account_roles=(BUCKET_READER,), state=State.none(backend="s3")
        ),
        platform("tagged", network=EXISTING_NETWORK.with_changes(tag_subnets=True, internet_route=False)),
        platform("full", kubeflow=FULL_KUBEFLOW, deletion_protection=False),
        platform("teams", kubeflow=TEAMS),
        platform(
            "guest",
            network=None,
            cluster=ExistingCluster(name="shared", network_policies="vpc_cni_addon"),
            kubeflow=Kubeflow(
                machine_tokens=True,
                auth=Dex(users=("ada@team.example.net",)),
                disable=("aws-load-balancer-controller",),
                preinstalled=("cert-manager", "default-storage-class"),
                service_account_auth="pod_identity",
                provider_auth="token",
                split=False,
            ),
        ),
        platform(
            "databases",
            cluster=cluster(auto_mode=AutoMode(node_pools=("system",))),
            kubeflow=Kubeflow(
                auth=Dex(users=("ada@team.example.net",)),
                services=Services(
                    artifacts=InClusterStore(), database=AuroraMysql(engine_version="8.4.mysql_aurora.8.4.7")
                ),
            ),
            deletion_protection=False,
        ),
        platform(
            "storage",
            cluster=cluster(
                addons=Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon()), auto_mode=AutoMode()
            ),
            backup=Backup(
                retention_days=120,
                cold_storage_after_days=30,
                lock=BackupLock(max_retention_days=365),
                copies=(BackupCopy(vault_arn=f"arn:aws:backup:us-east-1:{ACCOUNT}:backup-vault:copies"),),
                volumes=False,  # of EKS Auto Mode
                cluster=True,
            ),
            kubeflow=Kubeflow(
                auth=Dex(users=("ada@team.example.net",)),
                enable=("kube-prometheus-stack",),
                services=STORAGE,
                dns01_issuer=Dns01Issuer(zone_id="Z0123456789ABCDEFGHIJ", domain="team.example.net"),
            ),
        ),
        platform(
            "fetching",
            kubeflow=Kubeflow(
                auth=Dex(users=("ada@team.example.net",)),
                enable=("kube-prometheus-stack", "model-registry"),
                service_account_auth="pod_identity",
                services=Services(credential_delivery="csi"),
            ),
        ),
        platform(
            "cognito",
            kubeflow=ONLY_SIGN_IN.with_changes(
                auth=Cognito(
                    domain_prefix="team-kubeflow",
                    users=("ada@team.example.net", "bob@team.example.net"),
                    groups=(CognitoGroup(name="ml", users=("ada@team.example.net",)),),
                )
            ),
        ),
        platform(
            "oidc",
            kubeflow=ONLY_SIGN_IN.with_changes(
                auth=Oidc(
                    issuer="https://login.example.net/realms/team",
                    client_id="kubeflow",
                    client_secret_arn=f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:login-a1B2c3",
                    logout_url="https://login.example.net/realms/team/logout?client_id=kubeflow",
                )
            ),
        ),
        platform(
            "backed",
            kubeflow=Kubeflow(
                auth=Dex(users=("ada@team.example.net",)),
                enable=("model-registry",),
                services=Services(artifacts=ArtifactBucket(), database=RdsMysql()),
            ),
        ),
        platform(
            "exposed",
            kubeflow=REACHED.with_changes(
                exposure=LoadBalancer(
                    host="kubeflow.team.example.net",
                    scheme="internet-facing",
                    allowed_cidrs=("0.0.0.0/0",),
                    from_anywhere=True,
                    zone=HostedZone(name="team.example.net", parent_zone_id="Z0123456789ABCDEFGHIJ"),
                    waf=Waf(),
                ),
                disable=tuple(name for name in REACHED.disable if name not in KNATIVE),
                preinstalled=KNATIVE,
                knative_domain=KnativeDomain(name="models.team.example.net"),
            ),
        ),
        platform(
            "edge",
            cluster=cluster(auto_mode=AutoMode()),
            kubeflow=REACHED.with_changes(
                node_pools=(NodePool(name="gpus", instance_families=("g6",), zones=("us-west-2a",)),),
                exposure=ExistingLoadBalancer(
                    host="kubeflow.team.example.net",
                    listener_arn=f"arn:aws:elasticloadbalancing:us-west-2:{ACCOUNT}:listener/app/edge/0123456789abcdef/0123456789abcdef",
                    security_group_id="sg-0123456789abcdef0",
                    zone=ExistingZone(
                        zone_id="Z0123456789ABCDEFGHIJ", role_arn="arn:aws:iam::444455556666:role/dns-of-the-company"
                    ),
                ),
            ),
        ),
        platform(
            "inside",
            network=None,
            cluster=ExistingCluster(name="internal"),
            kubeflow=REACHED.with_changes(
                preinstalled=("aws-load-balancer-controller",),
                exposure=LoadBalancer(
                    host="kubeflow.team.example.net",
                    allowed_cidrs=INSIDE,
                    certificate_arn=f"arn:aws:acm:us-west-2:{ACCOUNT}:certificate/12345678-1234-1234-1234-123456789012",
                    access_logs=None,
                ),
            ),
            deletion_protection=False,
        ),
        platform("noauth", kubeflow=ONLY_SIGN_IN.with_changes(auth=NoAuth(user="ada@team.example.net"))),
        platform("auto", cluster=cluster(node_groups=(), auto_mode=AutoMode())),
        platform("both", cluster=cluster(auto_mode=AutoMode(node_pools=("system",)))),
        platform("fargate", cluster=cluster(node_groups=(), fargate_profiles=(FARGATE,))),
        platform(
            "old",
            network=Network(flow_logs=None),
            cluster=cluster(kubernetes_version="1.32", node_groups=(GROUP.with_changes(ami_family="AL2"),)),
            deletion_protection=False,
        ),
        platform(
            "existing",
            network=None,
            cluster=ExistingCluster(name="shared"),
            service_account_roles=(BUCKET_READER, POD_IDENTITY.with_changes(namespace="team-b")),
        ),
        platform(
            "existing-bare",
            network=None,
            cluster=ExistingCluster(name="shared", oidc_provider="made"),
            service_account_roles=(BUCKET_READER,),
        ),
        platform(
            "gov",
            region="us-gov-west-1",
            cluster=cluster(addons=Addons(metrics_server=None)),
            service_account_roles=(BUCKET_READER.with_changes(statements=(GOV,)),),
        ),
        *(
            platform(
                name,
                region=region,
                cluster=cluster(addons=Addons(metrics_server=None, aws_efs_csi_driver=Addon())),
                kubeflow=ELSEWHERE,
            )
            for name, region in (("federal", "us-gov-west-1"), ("beijing", "cn-north-1"))
        ),
        platform(
            "china",
            region="cn-north-1",
            cluster=cluster(addons=Addons(metrics_server=None), fargate_profiles=(FARGATE,), auto_mode=AutoMode()),
            service_account_roles=(BUCKET_READER.with_changes(statements=(CHINA,)),),
        ),
    )


NAMES_WITH_KUBEFLOW = (
    *("prod", "shared", "training", "team", "production", "quickstart", "irsa", "noderole", "full", "teams", "guest"),
    *("databases", "storage", "fetching", "cognito", "oidc", "backed", "exposed", "edge", "inside", "noauth"),
    *("federal", "beijing"),
)
"""Names of the platforms with Kubeflow, for tests that are parametrized; tests/stacks/test_platform.py compares."""
NAMES = (
    *NAMES_WITH_KUBEFLOW,
    *(
        "everything",
        "private",
        "handover",
        "tagged",
        "auto",
        "both",
        "fargate",
        "old",
        "existing",
        "existing-bare",
        "gov",
        "china",
    ),
)
PLATFORMS = Later(NAMES, lambda name: variants()[name])
"""All of them, by name."""


def all_stacks_of(name: str) -> dict[str, Mapping[str, Any]]:
    """Layer to document, of every stack of one of them."""
    return {layer: documents()[f"{name}-{layer}"] for layer in platform_layers(PLATFORMS[name])}


@functools.cache
def everything_built() -> Synthesized:
    """All of them in one run."""
    return built_once(lambda: build(*PLATFORMS.values()))


@functools.cache
def documents() -> Mapping[str, Mapping[str, Any]]:
    """Stack name to document, of all of them."""
    return everything_built().documents


def owner(stack: str) -> str:
    """Name of the platform that a stack is of."""
    (found,) = (
        name for name, one in PLATFORMS.items() if stack in {f"{name}-{layer}" for layer in platform_layers(one)}
    )
    return found


def built(name: str) -> Synthesized:
    """What one of them is synthesized to, without what a run writes for all platforms."""
    stacks = {f"{name}-{layer}" for layer in platform_layers(PLATFORMS[name])}
    everything = everything_built()
    return Synthesized(
        {path: content for path, content in everything.tree.items() if {*path.split("/")} & stacks},
        {stack: seconds for stack, seconds in everything.seconds.items() if stack in stacks},
        {stack: charts for stack, charts in everything.charts.items() if stack in stacks},
    )


def stacks_of(name: str) -> dict[str, Mapping[str, Any]]:
    """Layer to document, of one of them."""
    prefix = f"{name}-"
    return {
        stack.removeprefix(prefix): document
        for stack, document in documents().items()
        if stack.removeprefix(prefix) in {"network", "cluster", "services"} and stack.startswith(prefix)
    }
