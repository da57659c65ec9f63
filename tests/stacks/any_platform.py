"""Hypothesis strategies: any platform that the settings take."""

from typing import Any

from hypothesis import strategies as st

from modules.aws_data.regions import region
from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    AccessEntry,
    Addon,
    Addons,
    AutoMode,
    Cluster,
    Disk,
    ExistingCluster,
    ExistingNetwork,
    FargateProfile,
    FargateSelector,
    FlowLogs,
    Network,
    NodeGroup,
    Platform,
    Schedule,
    ServiceAccountRole,
    Ssh,
    State,
    Statement,
    Taint,
    VpcCni,
)
from tests.stacks.any_kubeflow import Place, kubeflows, runs_pods

ACCOUNT = "111122223333"
REGIONS = ("us-west-2", "us-east-1", "eu-central-1", "ca-central-1", "us-gov-west-1", "cn-north-1")
Settings = dict[str, Any]


def names(most: int) -> st.SearchStrategy[str]:
    """Names of up to `most` characters, the longest ones among them."""
    short = st.from_regex(r"[a-z][a-z0-9]{0,5}(-[a-z0-9]{1,4})?", fullmatch=True)
    return short | st.from_regex(rf"[a-z][a-z0-9]{{{most - 3}}}-[a-z0-9]", fullmatch=True)


def some(**choices: st.SearchStrategy[Any]) -> st.SearchStrategy[Settings]:
    """Any of these settings, each there or left at its default."""
    return st.fixed_dictionaries({}, optional=choices)


def subsets(values: tuple[str, ...], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return st.lists(st.sampled_from(values), min_size=least, unique=True).map(tuple)


@st.composite
def networks(draw: st.DrawFn, zones: tuple[str, ...]) -> Network:
    private = draw(st.booleans())
    extra = draw(subsets(("kms", "ssm", "elasticfilesystem")))
    network: Settings = draw(
        some(
            zones=st.integers(2, len(zones)) | subsets(zones, 2),
            secondary_cidr=st.sampled_from(("100.64.0.0/16", "10.7.0.0/20")),
            flow_logs=st.sampled_from((None, FlowLogs(traffic="REJECT", retention_days=30))),
            gateway_endpoints=st.permutations(("s3", "dynamodb")).map(tuple),
            fully_private=st.booleans() if private else st.just(False),
            nat=st.sampled_from(("single", "one_per_zone")),
        )
    )
    if private:
        network |= {"nat": "none", "interface_endpoints": (*FULLY_PRIVATE_ENDPOINTS, *extra)}
    else:
        network |= {"interface_endpoints": extra}
    return Network(cidr=draw(st.sampled_from(("10.0.0.0/16", "10.1.16.0/20", "10.2.0.0/18"))), **network)


@st.composite
def existing_networks(draw: st.DrawFn) -> ExistingNetwork:
    ids = draw(st.lists(st.from_regex(r"subnet-[0-9a-f]{17}", fullmatch=True), min_size=2, max_size=5, unique=True))
    more = draw(some(internet_route=st.booleans(), tag_subnets=st.booleans(), minimum_free_addresses=st.just(6)))
    return ExistingNetwork(
        vpc_id="vpc-0123456789abcdef0", private_subnet_ids=tuple(ids[:2]), public_subnet_ids=tuple(ids[2:]), **more
    )


MACHINES: tuple[Settings, ...] = (
    {},
    {"instance_types": ("m7g.xlarge",), "ami_family": "BOTTLEROCKET", "fips": True},
    {"instance_types": ("m6i.xlarge", "m6a.xlarge"), "capacity_type": "SPOT"},
    {"instance_types": ("m99i.xlarge",), "architecture": "x86_64"},
    {"instance_types": ("g5.xlarge",), "accelerator": "nvidia", "ami_family": "BOTTLEROCKET"},
    {"instance_types": ("inf2.xlarge",), "accelerator": "neuron"},
    {"instance_types": ("p4d.24xlarge",), "accelerator": "nvidia", "efa": True},
    {"instance_types": ("p5.48xlarge",), "accelerator": "nvidia", "capacity_type": "CAPACITY_BLOCK"},
)
SSH = (
    Ssh(key_name="ops", source_cidrs=("10.9.0.0/16",)),
    Ssh(public_key="ssh-ed25519 AAAAC3Nza me@example.com", source_cidrs=("10.8.0.0/16", "198.51.100.7/32")),
)
SCHEDULES = (
    Schedule(name="night", cron="0 20 * * MON-FRI", min_size=0, desired_size=0, max_size=1),
    Schedule(name="day", cron="0 7 * * 1-5", time_zone="Europe/Berlin", min_size=1, desired_size=1, max_size=5),
)


@st.composite
def node_groups(draw: st.DrawFn, name: str, zones: tuple[str, ...], partition: str) -> NodeGroup:
    """A group that may start with no node, and with taints."""
    group: Settings = dict(draw(st.sampled_from(MACHINES)))
    if group.get("efa") or "CAPACITY_BLOCK" in group.values():
        group["zones"] = (draw(st.sampled_from(zones)),)
    if "CAPACITY_BLOCK" in group.values():
        group["capacity_reservation_id"] = "cr-0123456789abcdef0"
    if group.get("ami_family") is None:
        group |= draw(some(kubelet=st.just({"maxParallelImagePulls": 5, "registryPullQPS": 10})))
    return NodeGroup(
        name=name,
        **draw(
            some(
                min_size=st.just(0),
                desired_size=st.integers(1, 5),
                zones=subsets(zones),
                disk=st.sampled_from(
                    (Disk(size_gib=50), Disk(volume_type="io2", iops=4000), Disk(throughput_mibps=500))
                ),
                labels=st.dictionaries(st.sampled_from(("team", "example.com/pool", "a.b")), st.just("x-1")),
                taints=st.sampled_from(
                    ((), (Taint(key="gpu"),), (Taint(key="a", value="b", effect="PREFER_NO_SCHEDULE"),))
                ),
                ssh=st.sampled_from(SSH),
                session_manager=st.booleans(),
                max_pods=st.integers(4, 29),  # each type takes it, with its first interface left to the node, too
                sysctls=st.just({}),
                force_update=st.booleans(),
                node_repair=st.booleans(),
                autoscaler_tags=st.booleans(),
                schedules=st.sampled_from((SCHEDULES[:1], SCHEDULES)),
            )
        )
        | draw(
            some(rights=st.just(True)).map(
                lambda chosen: (
                    {
                        "pods_use_node_role": True,
                        "role_policy_arns": (f"arn:{partition}:iam::aws:policy/AmazonS3ReadOnlyAccess",),
                    }
                    if chosen
                    else {}
                )
            )
        )
        | group,
    )


@st.composite
def clusters(draw: st.DrawFn, zones: tuple[str, ...], where: str, pods_elsewhere: bool) -> Cluster:
    facts = region(where)
    partition = facts.partition
    group_names = draw(st.lists(names(36), min_size=1, max_size=3, unique=True))
    first = draw(
        st.sampled_from(
            (NodeGroup(name=group_names[0]), NodeGroup(name=group_names[0], desired_size=1, zones=zones[:1]))
        )
    )
    groups = (first, *(draw(node_groups(name, zones, partition)) for name in group_names[1:]))
    auto_mode = draw(
        st.sampled_from((None, None, AutoMode(), AutoMode(node_pools=("system",)), AutoMode(node_pools=())))
    )
    if auto_mode is not None and not pods_elsewhere and draw(st.booleans()):
        groups = ()
    profiles: tuple[FargateProfile, ...] = ()
    if partition != "aws-us-gov" and draw(st.booleans()):
        selectors = (
            FargateSelector(namespace="kube-system"),
            FargateSelector(namespace="jobs", labels={"run": "fargate"}),
        )
        profiles = (FargateProfile(name=draw(names(36)), selectors=selectors),)
    addons: Settings = {} if partition == "aws" else {"metrics_server": None}
    if groups:
        addons |= draw(
            some(
                vpc_cni=st.builds(VpcCni, prefix_delegation=st.booleans(), network_policy=st.booleans()),
                coredns=st.sampled_from((None, Addon(version="v1.12.4-eksbuild.1", configuration={"replicaCount": 3}))),
                aws_ebs_csi_driver=st.none(),
                aws_efs_csi_driver=st.just(Addon()),
                aws_fsx_csi_driver=st.just(Addon()),
            )
        )
    return Cluster(
        admins=draw(
            st.sampled_from((("role/platform-admins",), ("user/ada", f"arn:{partition}:iam::{ACCOUNT}:role/a/ops")))
        ),
        private_access_cidrs=("10.0.0.0/8",),
        addons=Addons(**addons),
        auto_mode=auto_mode,
        node_groups=groups,
        fargate_profiles=profiles,
        **draw(
            some(
                kubernetes_version=st.sampled_from(("1.33", "1.34", "1.36")),
                public_access_cidrs=st.just(("198.51.100.0/24", "203.0.113.7/32")),
                service_cidr=st.just("172.20.0.0/16"),
                secrets_kms_key_arn=st.just(
                    f"arn:{partition}:kms:{where}:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
                ),
                log_types=st.sampled_from(((), ("audit", "api"))),
                authentication_mode=st.just("API_AND_CONFIG_MAP"),
                viewers=st.just(("role/support",)),
                access=st.just((AccessEntry(name="ci", principal="role/ci", namespaces=("team-a",)),)),
                support_type=st.just("STANDARD"),
                zonal_shift=st.booleans(),
                service_account_auth=st.just("irsa" if profiles else "pod_identity"),
            )
        ),
    )


@st.composite
def roles(draw: st.DrawFn, partition: str, irsa: bool) -> tuple[ServiceAccountRole, ...]:
    accounts = draw(st.lists(st.tuples(st.sampled_from(("1st", "team-a")), names(20)), max_size=2, unique=True))
    rights = (
        Statement(actions=("s3:GetObject",), resources=(f"arn:{partition}:s3:::data/${{aws:PrincipalTag/team}}/*",)),
    )
    return tuple(
        ServiceAccountRole(
            namespace=namespace,
            service_account=account,
            statements=rights,
            role_name=f"sa-{index}" if draw(st.booleans()) else None,
            auth="irsa" if irsa else draw(st.sampled_from(("irsa", "pod_identity"))),
        )
        for index, (namespace, account) in enumerate(accounts)
    )


@st.composite
def platforms(draw: st.DrawFn) -> Platform:
    """Any platform: networks and clusters made or existing, every kind of compute and state, all partitions, and Kubeflow."""
    where = draw(st.sampled_from(REGIONS))
    facts = region(where)
    network = draw(networks(facts.zones[:3]) | existing_networks())
    cluster: Cluster | ExistingCluster
    if draw(st.integers(0, 6)) == 0:
        cluster = ExistingCluster(name="Shared_1", **draw(some(oidc_provider=st.just("made"))))
    else:
        zones = facts.zones[:2] if isinstance(network, ExistingNetwork) else _zones(network, facts.zones)
        elsewhere = isinstance(network, Network) and network.secondary_cidr is not None
        cluster = draw(clusters(zones, where, elsewhere))
    made = isinstance(cluster, Cluster)
    on_fargate = isinstance(cluster, Cluster) and bool(cluster.fargate_profiles)
    states = (
        State.local(),
        State.local(folder="states/terraform"),
        State.s3(
            bucket="example-state",
            region=where,
            kms_key_arn=f"arn:{facts.partition}:kms:{where}:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab",
        ),
        State.s3(bucket="example-state", region=where, key_prefix=""),
        State.hcp(organization="example", project="kubeflow", workspace_prefix="ml_"),
        State.none(),
        State.none(backend="s3"),
    )
    with_kubeflow = runs_pods(cluster) and draw(st.booleans())
    kubeflow = draw(kubeflows(Place(where, facts, network if made else None, cluster))) if with_kubeflow else None
    return Platform(
        name=draw(names(22)),
        region=where,
        network=network if made else None,
        cluster=cluster,
        kubeflow=kubeflow,
        service_account_roles=draw(roles(facts.partition, on_fargate)),
        state=draw(st.sampled_from(states)),
        **draw(
            some(
                tags=st.just({"Cost Center": "ml/42", "Owner": "ada@example.com"}),
                permissions_boundary_arn=st.just(f"arn:{facts.partition}:iam::{ACCOUNT}:policy/boundary"),
                iam_path=st.just("/kubeflow/"),
                allowed_account_ids=st.just((ACCOUNT,)),
                assume_role_arn=st.just(f"arn:{facts.partition}:iam::{ACCOUNT}:role/deploy"),
                deletion_protection=st.booleans(),
            )
        ),
    )


def _zones(network: Network, have: tuple[str, ...]) -> tuple[str, ...]:
    return have[: network.zones] if isinstance(network.zones, int) else tuple(sorted(network.zones))
