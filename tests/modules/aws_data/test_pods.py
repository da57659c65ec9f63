import pytest

from modules.aws_data.instance_types import instance_type, instance_types
from modules.aws_data.pods import address_pods, max_pods, max_pods_cap

# https://github.com/aws/amazon-vpc-cni-k8s/blob/master/misc/eni-max-pods.txt
PUBLISHED = {
    "t3.small": 11,
    "t3.medium": 17,
    "m5.large": 29,
    "m6i.xlarge": 58,
    "m7g.medium": 8,
    "m5.4xlarge": 234,
    "m8g.48xlarge": 737,
    "c8i.large": 59,
    "g4dn.xlarge": 29,
    "g5.xlarge": 58,
    "g5.48xlarge": 345,
    "g6e.12xlarge": 292,
    "inf1.24xlarge": 321,
    "p4d.24xlarge": 737,  # 15 interfaces of the default card, of 60
    "p5.48xlarge": 100,  # 2 of 64
    "p5en.48xlarge": 198,
    "trn1.32xlarge": 247,  # 5 of 40
    "t2.medium": 17,
}


@pytest.mark.parametrize("name", PUBLISHED)
def test_addresses_match_what_aws_publishes(name: str) -> None:
    assert address_pods(instance_type(name)) == PUBLISHED[name]


@pytest.mark.parametrize(
    ("name", "prefix_delegation", "custom_networking", "pods"),
    [
        ("t3.medium", False, False, 17),
        ("m6i.xlarge", False, False, 58),
        ("m6i.xlarge", True, False, 110),
        ("c5.large", True, False, 110),
        # https://docs.aws.amazon.com/eks/latest/userguide/choosing-instance-type.html: the calculator gives these
        ("m5.large", False, False, 29),
        ("m5.large", False, True, 20),
        ("m5.large", True, False, 110),
        ("m5.large", True, True, 110),
        # EKS caps managed node groups with prefixes or without
        ("m5.4xlarge", False, False, 110),
        ("m5.8xlarge", False, False, 234),
        ("m5.8xlarge", True, False, 250),
        ("m5.metal", True, False, 250),
        # too few addresses for the cap, even by prefixes: (2 ENIs - 1) * (4 - 1) * 16 + 2
        ("m7g.medium", True, True, 50),
        # no Nitro: the CNI gives single addresses
        ("t2.medium", True, False, 17),
    ],
)
def test_pods_of_a_managed_node(name: str, prefix_delegation: bool, custom_networking: bool, pods: int) -> None:
    assert max_pods(name, prefix_delegation=prefix_delegation, custom_networking=custom_networking) == pods


def test_bare_metal_takes_prefixes_and_xen_does_not() -> None:
    # https://github.com/aws/amazon-vpc-cni-k8s/blob/master/pkg/awsutils/awsutils.go (IsPrefixDelegationSupported)
    assert address_pods(instance_type("m5.metal"), prefix_delegation=True) == 15 * 49 * 16 + 2
    assert address_pods(instance_type("t2.medium"), prefix_delegation=True) == 3 * 5 + 2


def test_the_cap_jumps_at_30_vcpus() -> None:
    assert [max_pods_cap(vcpus) for vcpus in (1, 29, 30, 192)] == [110, 110, 250, 250]


def test_bounds_hold_for_every_type() -> None:
    for name, kind in instance_types().items():
        plain = max_pods(name, prefix_delegation=False)
        prefixes = max_pods(name, prefix_delegation=True)
        assert 4 <= plain <= prefixes <= 250, name
        assert max_pods(name, prefix_delegation=True, custom_networking=True) <= prefixes, name
        assert address_pods(kind, custom_networking=True) == address_pods(kind) - kind.ipv4_per_eni + 1, name


def test_an_unknown_type_is_refused() -> None:
    with pytest.raises(ValueError, match=r"instance type 'm99i\.xlarge': not in the table"):
        max_pods("m99i.xlarge", prefix_delegation=True)
