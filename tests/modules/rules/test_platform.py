"""A platform, and what goes across its sections."""

from modules.rules import problems_of_all
from modules.settings import (
    Addons,
    AutoMode,
    ExistingCluster,
    FargateProfile,
    Moved,
    Network,
    Platform,
    Removed,
    State,
    VpcCni,
)
from tests.modules.rules.rows import Rows, differences, match
from tests.modules.settings.valid import (
    KEY,
    KUBE_SYSTEM,
    cluster,
    existing_network,
    group,
    on_cluster,
    on_group,
    platform,
)

ROWS: Rows = {
    "name": (
        platform(name="Prod"),
        "name: lower-case",
    ),
    "name_too_long": (
        platform(name="a-name-of-23-characters"),
        "name: a-name-of-23-characters",
    ),
    "nothing_given": (
        Platform(**{}),
        "name: is",
        "region: is",
        "cluster: is",
    ),
    "region": (
        platform(region="us-wset-2"),
        "region: aws-us-gov",
    ),
    "region_without_likeness": (
        platform(region="mars"),
        "region: aws-us-gov",
    ),
    "tag_of_aws": (
        platform(tags={"AWS:team": "a"}),
        "tags[AWS:team]: valid",
    ),
    "tag_characters": (
        platform(tags={"team": "a|b"}),
        "tags[team]: valid",
    ),
    "tag_not_text": (
        platform(tags={"team": 7}),
        "tags[team]: must be",
    ),
    "tag_of_ours": (
        platform(tags={"Managed-By": "me"}),
        "tags[Managed-By]: already",
    ),
    "tag_twice": (
        platform(tags={"team": "a", "Team": "b"}),
        "tags[team]: case-insensitive",
    ),
    "too_many_tags": (
        platform(tags={f"tag-{i}": "x" for i in range(41)}),
        "tags: resource",
    ),
    "external_id_without_a_role": (
        platform(assume_role_external_id="handshake"),
        "assume_role_external_id: assume_role_arn",
    ),
    "role_of_an_account_that_is_not_allowed": (
        platform(assume_role_arn="arn:aws:iam::111122223333:role/deploy", allowed_account_ids=("444455556666",)),
        "assume_role_arn: allowed_account_ids",
    ),
    "account_as_a_number": (
        platform(allowed_account_ids=(111122223333,)),
        "allowed_account_ids[0]: must be",
    ),
    "account_too_short": (
        platform(allowed_account_ids=("1234",)),
        "allowed_account_ids[0]: quotes",
    ),
    "role_arn": (
        platform(assume_role_arn="deploy"),
        "assume_role_arn: arn:aws:iam::111122223333:role/deploy",
    ),
    "iam_path": (
        platform(iam_path="kubeflow"),
        "iam_path: kubeflow",
    ),
    "moved_nowhere": (
        platform(moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_vpc.a"),)),
        "moved[0].to_address: aws_vpc.a",
    ),
    "moved_to_another_type": (
        platform(moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_subnet.a"),)),
        "moved[0].to_address: aws_subnet.a",
    ),
    "moved_in_a_stack_of_an_invalid_name": (
        platform(moved=(Moved(layer="Kubeflow 2", from_address="aws_vpc.a", to_address="aws_vpc.b"),)),
        "moved[0].layer: Kubeflow",
    ),
    "moved_and_removed": (
        platform(
            moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_vpc.b"),),
            removed=(Removed(layer="network", from_address="aws_vpc.a"),),
        ),
        "moved: network/aws_vpc.a",
    ),
    "address": (
        platform(removed=(Removed(layer="network", from_address="module.vpc"),)),
        "removed[0].from_address: aws_kms_key.secrets",
    ),
    "cluster_without_a_network": (
        platform(network=None),
        "network: VPC",
    ),
    "existing_cluster_with_a_network": (
        platform(cluster=ExistingCluster(name="shared")),
        "network: existing",
    ),
    "network_as_a_dict": (
        platform(network={"cidr": "10.0.0.0/16"}),
        "network: here",
    ),
    "cluster_of_another_kind": (
        platform(cluster=Network()),
        "cluster: here",
    ),
    "more_zones_than_the_region": (
        platform(network=Network(zones=5)),
        "network.zones: us-west-2a",
    ),
    "zones_that_differ_by_account": (
        platform(region="us-west-1", network=Network(zones=2)),
        "network.zones: us-west-1a",
    ),
    "zone_of_another_region": (
        platform(network=Network(zones=("us-west-2a", "eu-west-1b"))),
        "network.zones: eu-west-1b",
    ),
    "group_in_a_zone_that_the_network_lacks": (
        on_group(zones=("us-west-2d",)),
        "cluster.node_groups[1].zones: us-west-2d",
    ),
    "group_in_a_zone_of_another_region": (
        platform(network=existing_network(), cluster=cluster(node_groups=(group(zones=("eu-west-1a",)),))),
        "cluster.node_groups[0].zones: eu-west-1a",
    ),
    "services_in_the_network": (
        on_cluster(service_cidr="10.0.128.0/20"),
        "cluster.service_cidr: 10.0.128.0/20",
    ),
    "subnets_too_small_for_the_nodes": (
        platform(network=Network(cidr="10.0.0.0/20"), cluster=cluster(node_groups=(group(max_size=60),))),
        "network.cidr: 10.0.0.0/20",
    ),
    "more_pods_than_addresses": (
        on_group(instance_types=("t3.medium",), max_pods=200),
        "cluster.node_groups[1].max_pods: t3.medium",
    ),
    "more_pods_than_addresses_without_prefixes": (
        on_cluster(node_groups=(group(max_pods=60),), addons=Addons(vpc_cni=VpcCni(prefix_delegation=False))),
        "cluster.node_groups[0].max_pods: m6i.xlarge",
    ),
    "no_prefixes_on_xen": (
        on_group(instance_types=("m4.xlarge",)),
        "cluster.node_groups[1].instance_types: m4.xlarge",
    ),
    "pods_elsewhere_without_nodes": (
        platform(
            network=Network(secondary_cidr="100.64.0.0/16"), cluster=cluster(node_groups=(), auto_mode=AutoMode())
        ),
        "network.secondary_cidr: nodes",
    ),
    "arn_of_another_partition": (
        platform(permissions_boundary_arn="arn:aws-cn:iam::111122223333:policy/boundary"),
        "permissions_boundary_arn: arn:aws-cn:iam::111122223333:policy/boundary",
    ),
    "key_of_another_region": (
        on_cluster(secrets_kms_key_arn=KEY.replace("us-west-2", "eu-west-1")),
        "cluster.secrets_kms_key_arn: eu-west-1",
    ),
    "fargate_in_govcloud": (
        platform(
            region="us-gov-west-1",
            cluster=cluster(
                addons=Addons(metrics_server=None),
                fargate_profiles=(FargateProfile(name="jobs", selectors=(KUBE_SYSTEM,)),),
            ),
        ),
        "cluster.fargate_profiles: us-gov-west-1",
    ),
    "addon_that_the_partition_lacks": (
        platform(region="cn-north-1"),
        "cluster.addons.metrics_server: metrics-server",
    ),
    "external_id_of_one_character": (
        platform(assume_role_arn="arn:aws:iam::111122223333:role/deploy", assume_role_external_id="x"),
        "assume_role_external_id: 2 to 1,224",
    ),
    **{
        f"tag_of_{prefix}": (platform(tags={f"{prefix}x": "y"}), f"tags[{prefix}x]: tags of this prefix")
        for prefix in (
            "eks:",
            "kubernetes.io/cluster/",
            "k8s.io/cluster-autoscaler/",
            "karpenter.sh/",
            "elbv2.k8s.aws/",
            "ebs.csi.aws.com/",
        )
    },
    "tag_of_the_csi_driver": (platform(tags={"CSIVolumeName": "y"}), "tags[CSIVolumeName]: find resources by this tag"),
}


def test_rows() -> None:
    assert differences(ROWS) == []


ONE_NAME = (platform(region="mars"), platform(state=State.s3(bucket="state", region="us-west-2")), platform(name="dev"))
ONE_STATE = (
    platform(name="a", state=State.hcp(organization="example", workspace_prefix="team-")),
    platform(name="b", cluster=cluster(admins=())),
    platform(name="team-a", state=State.hcp(organization="example"), network=None),
    platform(name="c", state=State.hcp(organization=7)),
)


def test_two_platforms_of_one_name_are_reported_though_one_has_other_errors() -> None:
    assert match(["prod: region: region 'mars'", "prod: two platforms"], problems_of_all(ONE_NAME))


def test_two_platforms_of_one_state_are_reported_though_one_has_other_errors() -> None:
    expected = ["b: cluster.admins", "team-a: network", "c: state.organization", "team-a: state: app.terraform.io"]
    assert match(expected, problems_of_all(ONE_STATE))


def test_many_platforms_without_a_problem() -> None:
    assert problems_of_all(platform(name=f"team-{number}") for number in range(20)) == []
