"""Networks made here and existing ones."""

from modules.settings import FlowLogs
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_existing_network, on_network

ROWS: Rows = {
    "cidr_too_large": (
        on_network(cidr="10.0.0.0/8"),
        "network.cidr: 10.0.0.0/8",
    ),
    "cidr_not_for_hosts": (
        on_network(cidr="169.254.0.0/16"),
        "network.cidr: 169.254.0.0/16",
    ),
    "cidr_with_host_bits": (
        on_network(cidr="10.0.0.1/16"),
        "network.cidr: 10.0.0.1/16",
    ),
    "cidr_no_block": (
        on_network(cidr="10.0.0/16"),
        "network.cidr: 10.0.0/16",
    ),
    "secondary_cidr_too_small": (
        on_network(secondary_cidr="100.64.0.0/24"),
        "network.secondary_cidr: 100.64.0.0/24",
    ),
    "secondary_cidr_overlaps": (
        on_network(secondary_cidr="10.0.0.0/18"),
        "network.secondary_cidr: 10.0.0.0/18",
    ),
    "secondary_cidr_overlaps_in_part": (
        on_network(cidr="10.0.16.0/20", secondary_cidr="10.0.0.0/16"),
        "network.secondary_cidr: 10.0.16.0/20",
    ),
    "secondary_cidr_of_another_private_range": (
        on_network(secondary_cidr="192.168.0.0/16"),
        "network.secondary_cidr: 192.168.0.0/16",
    ),
    "one_zone": (
        on_network(zones=1),
        "network.zones: plan",
    ),
    "seven_zones": (
        on_network(zones=("us-west-2a",) * 7),
        "network.zones: plan",
        "network.zones: us-west-2a",
    ),
    "zones_by_a_name": (
        on_network(zones="us-west-2a"),
        "network.zones: us-west-2a",
    ),
    "fully_private_with_nat": (
        on_network(fully_private=True),
        "network.nat: internet",
    ),
    "no_nat_and_no_endpoints": (
        on_network(nat="none", gateway_endpoints=()),
        "network.interface_endpoints: elasticloadbalancing",
        "network.gateway_endpoints: endpoint",
    ),
    "endpoint_twice": (
        on_network(interface_endpoints=("sts", "ecr.api", "sts")),
        "network.interface_endpoints: sts",
    ),
    "endpoint_with_its_whole_name": (
        on_network(interface_endpoints=("com.amazonaws.us-west-2.sts",)),
        "network.interface_endpoints[0]: com.amazonaws.us-west-2.sts",
    ),
    "gateway_endpoint_as_interface": (
        on_network(interface_endpoints=("s3",)),
        "network.interface_endpoints: endpoints",
    ),
    "gateway_endpoint_twice": (
        on_network(gateway_endpoints=("s3", "s3")),
        "network.gateway_endpoints: once",
    ),
    "unknown_nat": (
        on_network(nat="two"),
        "network.nat: one_per_zone",
    ),
    "unknown_retention": (
        on_network(flow_logs=FlowLogs(retention_days=100)),
        "network.flow_logs.retention_days: must be",
    ),
    "unknown_key": (
        on_network(cird="10.0.0.0/16"),
        "network.cird: setting",
    ),
    "unknown_key_without_likeness": (
        on_network(colour="blue"),
        "network.colour: setting",
    ),
    "existing_vpc_id": (
        on_existing_network(vpc_id="prod"),
        "network.vpc_id: vpc-0123456789abcdef0",
    ),
    "existing_subnet_id": (
        on_existing_network(public_subnet_ids=("subnet-1",)),
        "network.public_subnet_ids[0]: subnet-0123456789abcdef0",
    ),
    "existing_one_subnet": (
        on_existing_network(private_subnet_ids=("subnet-0123456789abcdef0",)),
        "network.private_subnet_ids: subnets",
    ),
    "existing_subnet_twice": (
        on_existing_network(public_subnet_ids=("subnet-0123456789abcdef1",)),
        "network.private_subnet_ids: subnet-0123456789abcdef1",
    ),
    "existing_with_settings_of_a_made_one": (
        on_existing_network(secondary_cidr="100.64.0.0/16"),
        "network.secondary_cidr: setting",
    ),
    "reserved_secondary_block": (
        on_network(secondary_cidr="198.19.0.0/16"),
        "network.secondary_cidr: 198.19.0.0/16",
    ),
    "secondary_block_excluded_by_the_first": (
        on_network(cidr="172.16.0.0/16", secondary_cidr="172.31.0.0/16"),
        "network.secondary_cidr: 172.31.0.0/16 is excluded",
    ),
    "secondary_block_excluded_next_to_10_1": (
        on_network(cidr="10.1.0.0/16", secondary_cidr="10.0.0.0/16"),
        "network.secondary_cidr: 10.0.0.0/16 is excluded",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []
