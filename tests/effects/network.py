"""What the settings of a network do."""

from modules.settings import FULLY_PRIVATE_ENDPOINTS, ExistingNetwork, FlowLogs, Network
from tests.documents import GONE
from tests.effects import BASE, Effect, changed_network

EXISTING = ExistingNetwork(
    vpc_id="vpc-0123456789abcdef0", private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
)
FREE = "network data aws_subnet private_0123456789abcdef0 lifecycle postcondition 1 condition"


def existing(does: dict[str, dict[str, object]], **changes: object) -> Effect:
    before = BASE.with_changes(network=EXISTING)
    return Effect(BASE.with_changes(network=EXISTING.with_changes(**changes)), does, before)


LOGGED = BASE.with_changes(network=Network(zones=2, flow_logs=FlowLogs()))

EFFECTS = (
    changed_network(
        {
            "Network.cidr": {
                "network resource aws_vpc this cidr_block": "10.8.0.0/18",
                "network resource aws_subnet private_us_west_2a cidr_block": "10.8.0.0/21",
                "network resource aws_subnet public_us_west_2b cidr_block": "10.8.49.0/24",
                "network output vpc_cidr_blocks value": ["10.8.0.0/18"],
            }
        },
        cidr="10.8.0.0/18",
    ),
    changed_network(
        {
            "Network.zones": {
                "network resource aws_subnet private_us_west_2d availability_zone": "us-west-2d",
                "network resource aws_subnet private_us_west_2b": GONE,
                "network data aws_availability_zones available filter 0 values": ["us-west-2a", "us-west-2d"],
            }
        },
        zones=("us-west-2d", "us-west-2a"),
    ),
    changed_network(
        {
            "Network.secondary_cidr": {
                "network resource aws_vpc_ipv4_cidr_block_association pods cidr_block": "100.64.0.0/16",
                "network resource aws_subnet pods_us_west_2a cidr_block": "100.64.0.0/19",
                "network output vpc_cidr_blocks value": ["10.0.0.0/16", "100.64.0.0/16"],
                "network output pod_subnet_id_by_zone value us-west-2b": "${aws_subnet.pods_us_west_2b.id}",
            }
        },
        secondary_cidr="100.64.0.0/16",
    ),
    changed_network(
        {
            "Network.nat": {
                "network resource aws_nat_gateway us_west_2b subnet_id": "${aws_subnet.public_us_west_2b.id}",
                "network resource aws_route private_us_west_2b_internet nat_gateway_id": "${aws_nat_gateway.us_west_2b.id}",
            }
        },
        nat="one_per_zone",
    ),
    changed_network(
        {
            "Network.fully_private": {
                "network resource aws_internet_gateway": GONE,
                "network resource aws_subnet public_us_west_2a": GONE,
                "network output public_subnet_ids value": [],
            }
        },
        fully_private=True,
        nat="none",
        interface_endpoints=FULLY_PRIVATE_ENDPOINTS,
    ),
    changed_network(
        {"Network.gateway_endpoints": {"network resource aws_vpc_endpoint dynamodb vpc_endpoint_type": "Gateway"}},
        gateway_endpoints=("s3", "dynamodb"),
    ),
    changed_network(
        {"Network.interface_endpoints": {"network data aws_vpc_endpoint_service ecr_api service": "ecr.api"}},
        interface_endpoints=("ecr.api",),
    ),
    changed_network(
        {"Network.flow_logs": {"network resource aws_flow_log this traffic_type": "ALL"}},
        flow_logs=FlowLogs(),
    ),
    Effect(
        LOGGED.with_changes(network=Network(zones=2, flow_logs=FlowLogs(traffic="REJECT", retention_days=30))),
        {
            "FlowLogs.traffic": {"network resource aws_flow_log this traffic_type": "REJECT"},
            "FlowLogs.retention_days": {"network resource aws_cloudwatch_log_group flow_logs retention_in_days": 30},
        },
        LOGGED,
    ),
    existing(
        {
            "ExistingNetwork.vpc_id": {
                "network data aws_vpc this id": "vpc-0123456789abcdef9",
                "network data aws_route_table main vpc_id": "vpc-0123456789abcdef9",
            }
        },
        vpc_id="vpc-0123456789abcdef9",
    ),
    existing(
        {
            "ExistingNetwork.private_subnet_ids": {
                "network data aws_subnet private_0123456789abcdef7 id": "subnet-0123456789abcdef7",
                "network data aws_subnet private_0123456789abcdef1": GONE,
                "network output private_subnet_ids value": [
                    "${data.aws_subnet.private_0123456789abcdef0.id}",
                    "${data.aws_subnet.private_0123456789abcdef7.id}",
                ],
            }
        },
        private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef7"),
    ),
    existing(
        {
            "ExistingNetwork.public_subnet_ids": {
                "network output public_subnet_ids value": ["${data.aws_subnet.public_0123456789abcdef5.id}"]
            }
        },
        public_subnet_ids=("subnet-0123456789abcdef5",),
    ),
    existing(
        {"ExistingNetwork.minimum_free_addresses": {FREE: "${self.available_ip_address_count >= 200}"}},
        minimum_free_addresses=200,
    ),
    existing(
        {
            "ExistingNetwork.internet_route": {
                "network data aws_route_table": GONE,
                "network data aws_route_tables": GONE,
            }
        },
        internet_route=False,
    ),
    existing(
        {
            "ExistingNetwork.tag_subnets": {
                "network resource aws_ec2_tag private_0123456789abcdef0 key": "kubernetes.io/role/internal-elb",
                "network data aws_subnet private_0123456789abcdef0 lifecycle postcondition 2": GONE,
            }
        },
        tag_subnets=True,
    ),
)
