"""A platform, and what goes across its sections."""

import pytest

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
from tests.modules.settings.valid import (
    KEY,
    KUBE_SYSTEM,
    Rows,
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
        "name: 'Prod' is not a platform name: 1 to 22 lower-case letters, digits and single inner hyphens, a letter first (22 leaves room for the rest of AWS names, which end at 64)",
    ),
    "name_too_long": (
        platform(name="a-name-of-23-characters"),
        "name: 'a-name-of-23-characters' is not a platform name: 1 to 22 lower-case letters, digits and single inner hyphens, a letter first (22 leaves room for the rest of AWS names, which end at 64)",
    ),
    "nothing_given": (
        Platform(**{}),
        "name: is missing and has no default; give it",
        "region: is missing and has no default; give it",
        "cluster: is missing and has no default; give it",
    ),
    "region": (
        platform(region="us-wset-2"),
        "region: 'us-wset-2' is no region: not an EKS region of aws, aws-us-gov, aws-cn; did you mean us-west-2, us-west-1, us-east-2?",
    ),
    "region_without_likeness": (
        platform(region="mars"),
        "region: 'mars' is no region: not an EKS region of aws, aws-us-gov, aws-cn; see https://docs.aws.amazon.com/general/latest/gr/eks.html",
    ),
    "tag_of_aws": (
        platform(tags={"AWS:team": "a"}),
        "tags[AWS:team]: AWS takes keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, and no key that begins with aws:",
    ),
    "tag_characters": (
        platform(tags={"team": "a|b"}),
        "tags[team]: AWS takes keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, and no key that begins with aws:",
    ),
    "tag_not_text": (
        platform(tags={"team": 7}),
        "tags[team]: Input should be a valid string; it is 7",
    ),
    "tag_of_ours": (
        platform(tags={"Managed-By": "me"}),
        "tags[Managed-By]: is a tag that every platform has already; choose another key",
    ),
    "tag_twice": (
        platform(tags={"team": "a", "Team": "b"}),
        "tags[team]: stands twice, since IAM makes no difference between small and large letters; keep one",
    ),
    "too_many_tags": (
        platform(tags={f"tag-{i}": "x" for i in range(41)}),
        "tags: 41 tags; AWS takes 50 a resource, and the platform and EKS use up to 10: give 40 or fewer",
    ),
    "external_id_without_a_role": (
        platform(assume_role_external_id="x"),
        "assume_role_external_id: there is no role to take; give assume_role_arn, too",
    ),
    "role_of_an_account_that_is_not_allowed": (
        platform(assume_role_arn="arn:aws:iam::111122223333:role/deploy", allowed_account_ids=("444455556666",)),
        "assume_role_arn: its account 111122223333 is not among allowed_account_ids; add it there",
    ),
    "account_as_a_number": (
        platform(allowed_account_ids=(111122223333,)),
        "allowed_account_ids[0]: Input should be a valid string; it is 111122223333",
    ),
    "account_too_short": (
        platform(allowed_account_ids=("1234",)),
        "allowed_account_ids[0]: '1234' is not an AWS account id of 12 digits, in quotes",
    ),
    "role_arn": (
        platform(assume_role_arn="deploy"),
        "assume_role_arn: 'deploy' is not the ARN of an IAM role, such as arn:aws:iam::111122223333:role/deploy",
    ),
    "iam_path": (
        platform(iam_path="kubeflow"),
        "iam_path: 'kubeflow' is not an IAM path such as /kubeflow/",
    ),
    "moved_nowhere": (
        platform(moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_vpc.a"),)),
        "moved[0].to_address: aws_vpc.a is where it was; give its new address, or leave the entry out",
    ),
    "moved_to_another_type": (
        platform(moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_subnet.a"),)),
        "moved[0].to_address: aws_subnet.a is another type than aws_vpc.a; move a resource within its type",
    ),
    "moved_and_removed": (
        platform(
            moved=(Moved(layer="network", from_address="aws_vpc.a", to_address="aws_vpc.b"),),
            removed=(Removed(layer="network", from_address="aws_vpc.a"),),
        ),
        "moved: network/aws_vpc.a stands twice among moved and removed, and a resource goes one way; keep one",
    ),
    "address": (
        platform(removed=(Removed(layer="network", from_address="module.vpc"),)),
        "removed[0].from_address: 'module.vpc' is not a Terraform address such as aws_kms_key.secrets",
    ),
    "cluster_without_a_network": (
        platform(network=None),
        "network: a cluster made here needs a VPC; give Network() or ExistingNetwork(…)",
    ),
    "existing_cluster_with_a_network": (
        platform(cluster=ExistingCluster(name="shared")),
        "network: the existing cluster shared has its VPC already; leave network out",
    ),
    "network_as_a_dict": (
        platform(network={"cidr": "10.0.0.0/16"}),
        "network: is none of the sections that may stand here; give Network(…) or ExistingNetwork(…)",
    ),
    "cluster_of_another_kind": (
        platform(cluster=Network()),
        "cluster: is none of the sections that may stand here; give Cluster(…) or ExistingCluster(…)",
    ),
    "more_zones_than_the_region": (
        platform(network=Network(zones=5)),
        "network.zones: 5 zones, and us-west-2 has 4: us-west-2a, us-west-2b, us-west-2c, us-west-2d; give 4 or fewer",
    ),
    "zones_that_differ_by_account": (
        platform(region="us-west-1", network=Network(zones=2)),
        "network.zones: an account sees only 2 of us-west-1a, us-west-1b, us-west-1c, and which ones differs; name yours (`aws ec2 describe-availability-zones`)",
    ),
    "zone_of_another_region": (
        platform(network=Network(zones=("us-west-2a", "eu-west-1b"))),
        "network.zones: eu-west-1b is not a zone of us-west-2; it has us-west-2a, us-west-2b, us-west-2c, us-west-2d: choose among them",
    ),
    "group_in_a_zone_that_the_network_lacks": (
        on_group(zones=("us-west-2d",)),
        "cluster.node_groups[1].zones: us-west-2d is not a zone of the network, which has us-west-2a, us-west-2b, us-west-2c; choose among them",
    ),
    "group_in_a_zone_of_another_region": (
        platform(network=existing_network(), cluster=cluster(node_groups=(group(zones=("eu-west-1a",)),))),
        "cluster.node_groups[0].zones: eu-west-1a is not a zone of us-west-2, which has us-west-2a, us-west-2b, us-west-2c, us-west-2d; choose among them",
    ),
    "services_in_the_network": (
        on_cluster(service_cidr="10.0.128.0/20"),
        "cluster.service_cidr: 10.0.128.0/20 overlaps the network's 10.0.0.0/16; give a block outside of it",
    ),
    "subnets_too_small_for_the_nodes": (
        platform(network=Network(cidr="10.0.0.0/20"), cluster=cluster(node_groups=(group(max_size=60),))),
        "network.cidr: 10.0.0.0/20 is too small: its private subnet in us-west-2a has 507 addresses, and 20 nodes take 660 when they start; give a larger block (up to /16), a secondary_cidr, more zones, or a smaller max_size",
    ),
    "more_pods_than_addresses": (
        on_group(instance_types=("t3.medium",), max_pods=200),
        "cluster.node_groups[1].max_pods: 200, and a node of t3.medium takes 110 (addresses, and EKS's own limit): the others would wait for ever; give 110 or fewer",
    ),
    "more_pods_than_addresses_without_prefixes": (
        on_cluster(node_groups=(group(max_pods=60),), addons=Addons(vpc_cni=VpcCni(prefix_delegation=False))),
        "cluster.node_groups[0].max_pods: 60, and a node of m6i.xlarge takes 58 (addresses, and EKS's own limit): the others would wait for ever; give 58 or fewer",
    ),
    "no_prefixes_on_xen": (
        on_group(instance_types=("m4.xlarge",)),
        "cluster.node_groups[1].instance_types: m4.xlarge is not a Nitro type and takes no prefixes; choose a Nitro type, or set addons.vpc_cni.prefix_delegation=False",
    ),
    "pods_elsewhere_without_nodes": (
        platform(
            network=Network(secondary_cidr="100.64.0.0/16"), cluster=cluster(node_groups=(), auto_mode=AutoMode())
        ),
        "network.secondary_cidr: pods take its addresses on nodes of a node group, and there is none; leave it out, or give a node group",
    ),
    "arn_of_another_partition": (
        platform(permissions_boundary_arn="arn:aws-cn:iam::111122223333:policy/boundary"),
        "permissions_boundary_arn: arn:aws-cn:iam::111122223333:policy/boundary is of another partition than region us-west-2; give one that begins with arn:aws:",
    ),
    "key_of_another_region": (
        on_cluster(secrets_kms_key_arn=KEY.replace("us-west-2", "eu-west-1")),
        "cluster.secrets_kms_key_arn: the key is in eu-west-1, and what it encrypts in us-west-2; give a key of that region",
    ),
    "fargate_in_govcloud": (
        platform(
            region="us-gov-west-1",
            cluster=cluster(
                addons=Addons(metrics_server=None),
                fargate_profiles=(FargateProfile(name="jobs", selectors=(KUBE_SYSTEM,)),),
            ),
        ),
        "cluster.fargate_profiles: us-gov-west-1 has no EKS on Fargate; leave it out there",
    ),
    "addon_that_the_partition_lacks": (
        platform(region="cn-north-1"),
        "cluster.addons.metrics_server: EKS does not have the add-on metrics-server in aws-cn; set it to None there, and install its Helm chart",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]


ONE_NAME = (platform(region="mars"), platform(state=State.s3(bucket="state", region="us-west-2")), platform(name="dev"))
ONE_STATE = (
    platform(name="a", state=State.hcp(organization="example", workspace_prefix="team-")),
    platform(name="b", cluster=cluster(admins=())),
    platform(name="team-a", state=State.hcp(organization="example"), network=None),
    platform(name="c", state=State.hcp(organization=7)),
)


def test_two_platforms_of_one_name_are_told_though_one_has_other_errors() -> None:
    assert problems_of_all(ONE_NAME) == [
        "prod: region: 'mars' is no region: not an EKS region of aws, aws-us-gov, aws-cn; see "
        "https://docs.aws.amazon.com/general/latest/gr/eks.html",
        "prod: two platforms have this name; give each its own",
    ]


def test_two_platforms_of_one_state_are_told_though_one_has_other_errors() -> None:
    assert problems_of_all(ONE_STATE) == [
        "b: cluster.admins: nobody could use the cluster; name at least one admin, such as role/platform-admins",
        "team-a: network: a cluster made here needs a VPC; give Network() or ExistingNetwork(…)",
        "c: state.organization: Input should be a valid string; it is 7",
        "team-a: state: app.terraform.io/example/team-a-network is the state of platform a, too; give one of them another place",
    ]


def test_many_platforms_without_a_problem() -> None:
    assert problems_of_all(platform(name=f"team-{number}") for number in range(20)) == []
