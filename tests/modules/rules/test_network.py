"""Networks made here and existing ones."""

import pytest

from modules.rules import problems_of_all
from modules.settings import FlowLogs
from tests.modules.settings.valid import Rows, on_existing_network, on_network

ROWS: Rows = {
    "cidr_too_large": (
        on_network(cidr="10.0.0.0/8"),
        "network.cidr: 10.0.0.0/8 is a /8; give a block from /16 (the largest AWS takes) to /20 (an eighth of which still has 507 addresses for nodes and pods)",
    ),
    "cidr_not_for_hosts": (
        on_network(cidr="169.254.0.0/16"),
        "network.cidr: 169.254.0.0/16 is not for hosts; give a private block, such as 10.0.0.0/16",
    ),
    "cidr_with_host_bits": (
        on_network(cidr="10.0.0.1/16"),
        "network.cidr: '10.0.0.1/16' has bits set behind its prefix; write 10.0.0.0/16",
    ),
    "cidr_no_block": (
        on_network(cidr="10.0.0/16"),
        "network.cidr: '10.0.0/16' is no IPv4 block; write it as 10.0.0.0/16 is written",
    ),
    "secondary_cidr_too_small": (
        on_network(secondary_cidr="100.64.0.0/24"),
        "network.secondary_cidr: 100.64.0.0/24 is a /24; give a block from /16 (the largest AWS takes) to /20 (an eighth of which still has 507 addresses for nodes and pods)",
    ),
    "secondary_cidr_overlaps": (
        on_network(secondary_cidr="10.0.0.0/18"),
        "network.secondary_cidr: 10.0.0.0/18 overlaps cidr 10.0.0.0/16; give a block outside of it, such as 100.64.0.0/16",
    ),
    "secondary_cidr_overlaps_in_part": (
        on_network(cidr="10.0.16.0/20", secondary_cidr="10.0.0.0/16"),
        "network.secondary_cidr: 10.0.0.0/16 overlaps cidr 10.0.16.0/20; give a block outside of it, such as 100.64.0.0/16",
    ),
    "secondary_cidr_of_another_private_range": (
        on_network(secondary_cidr="192.168.0.0/16"),
        "network.secondary_cidr: 192.168.0.0/16 cannot stand beside cidr 10.0.0.0/16: AWS takes a block of 192.168.0.0/16 only beside another of it; give a block such as 100.64.0.0/16",
    ),
    "one_zone": (
        on_network(zones=1),
        "network.zones: the number of zones is 1; EKS needs 2 or more, and the subnet plan has room for 6: give 2 to 6",
    ),
    "seven_zones": (
        on_network(zones=("us-west-2a",) * 7),
        "network.zones: the number of zones is 7; EKS needs 2 or more, and the subnet plan has room for 6: give 2 to 6",
        "network.zones: us-west-2a stands there twice; name it once",
    ),
    "zones_by_a_name": (
        on_network(zones="us-west-2a"),
        'network.zones: \'us-west-2a\' is neither a number of zones nor their names; write 3, or ("us-west-2a", "us-west-2b")',
    ),
    "fully_private_with_nat": (
        on_network(fully_private=True),
        "network.nat: a fully private network has no internet gateway for NAT 'single' to use; set nat=\"none\"",
    ),
    "no_nat_and_no_endpoints": (
        on_network(nat="none", gateway_endpoints=()),
        "network.interface_endpoints: without NAT, nodes reach AWS only through endpoints, and these are missing: autoscaling, ec2, ecr.api, ecr.dkr, eks, eks-auth, elasticloadbalancing, logs, sts; add them (`interface_endpoints=FULLY_PRIVATE_ENDPOINTS`)",
        'network.gateway_endpoints: without NAT, image layers come through the s3 gateway endpoint; add "s3"',
    ),
    "endpoint_twice": (
        on_network(interface_endpoints=("sts", "ecr.api", "sts")),
        "network.interface_endpoints: sts stands there twice; name it once",
    ),
    "endpoint_with_its_whole_name": (
        on_network(interface_endpoints=("com.amazonaws.us-west-2.sts",)),
        "network.interface_endpoints[0]: 'com.amazonaws.us-west-2.sts' is not a service name such as ecr.api, without the com.amazonaws.<region> before it",
    ),
    "gateway_endpoint_as_interface": (
        on_network(interface_endpoints=("s3",)),
        "network.interface_endpoints: s3 and dynamodb are gateway endpoints, free of charge; name them in gateway_endpoints",
    ),
    "gateway_endpoint_twice": (
        on_network(gateway_endpoints=("s3", "s3")),
        "network.gateway_endpoints: s3 stands there twice; name it once",
    ),
    "unknown_nat": (
        on_network(nat="two"),
        "network.nat: Input should be 'none', 'single' or 'one_per_zone'; it is 'two'",
    ),
    "unknown_retention": (
        on_network(flow_logs=FlowLogs(retention_days=100)),
        "network.flow_logs.retention_days: Input should be 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288 or 3653; it is 100",
    ),
    "unknown_key": (
        on_network(cird="10.0.0.0/16"),
        "network.cird: is not a setting; did you mean 'cidr'?",
    ),
    "unknown_key_without_likeness": (
        on_network(colour="blue"),
        "network.colour: is not a setting; docs/settings.md has their names",
    ),
    "existing_vpc_id": (
        on_existing_network(vpc_id="prod"),
        "network.vpc_id: 'prod' is not a VPC id such as vpc-0123456789abcdef0",
    ),
    "existing_subnet_id": (
        on_existing_network(public_subnet_ids=("subnet-1",)),
        "network.public_subnet_ids[0]: 'subnet-1' is not a subnet id such as subnet-0123456789abcdef0",
    ),
    "existing_one_subnet": (
        on_existing_network(private_subnet_ids=("subnet-0123456789abcdef0",)),
        "network.private_subnet_ids: the number of subnets is 1; EKS needs them in 2 zones: give 2 or more",
    ),
    "existing_subnet_twice": (
        on_existing_network(public_subnet_ids=("subnet-0123456789abcdef1",)),
        "network.private_subnet_ids: subnet-0123456789abcdef1 stands there twice; name it once",
    ),
    "existing_with_settings_of_a_made_one": (
        on_existing_network(secondary_cidr="100.64.0.0/16"),
        "network.secondary_cidr: is not a setting; docs/settings.md has their names",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"{bad._given.get('name', '?')}: {line}" for line in lines]
