"""What moto has no API for (placement groups, capacity reservations): `terraform test` with a mocked AWS provider.

The real provider still checks every argument against its schema; only its calls are mocked.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from modules.settings import Cluster, NodeGroup, State
from tests.e2e.stage import ADMIN, CIDRS, small, stage
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform
ARN = "arn:aws:iam::123456789012:role/made-up"
POLICY = json.dumps({"Version": "2012-10-17", "Statement": []})
MOCKS: dict[str, Any] = {
    "mock_data": {
        "aws_iam_policy_document": {"defaults": {"json": POLICY}},
        "aws_caller_identity": {"defaults": {"account_id": "123456789012"}},
        "aws_eks_addon_version": {"defaults": {"version": "v1.2.3-eksbuild.1"}},
        "aws_iam_role": {"defaults": {"arn": ARN}},
        "aws_ec2_instance_type_offerings": {"defaults": {"locations": ["us-west-2a"]}},
        "aws_ec2_instance_type": {
            "defaults": {"maximum_network_interfaces": 15, "maximum_ipv4_addresses_per_interface": 50}
        },
    },
    "mock_resource": {
        "aws_iam_role": {"defaults": {"arn": ARN}},
        "aws_kms_key": {
            "defaults": {"arn": "arn:aws:kms:us-west-2:123456789012:key/00000000-0000-0000-0000-000000000000"}
        },
        "aws_cloudwatch_log_group": {"defaults": {"arn": "arn:aws:logs:us-west-2:123456789012:log-group:made-up"}},
        "aws_iam_openid_connect_provider": {
            "defaults": {"arn": "arn:aws:iam::123456789012:oidc-provider/made.up/id/0"}
        },
        "aws_eks_node_group": {"defaults": {"resources": [{"autoscaling_groups": [{"name": "made-up"}]}]}},
        "aws_launch_template": {"defaults": {"id": "lt-0123456789abcdef0", "latest_version": 1}},
        "aws_eks_cluster": {
            "defaults": {
                "identity": [{"oidc": [{"issuer": "https://made.up/id/0"}]}],
                "certificate_authority": [{"data": "bWFkZSB1cA=="}],
                "endpoint": "https://made.up",
            }
        },
    },
}
CARDS = [
    {
        "target": f"data.aws_ec2_instance_type.{name}",
        "values": {
            "default_network_card_index": 0,
            "maximum_ipv4_addresses_per_interface": addresses,
            "network_cards": [{"index": 0, "maximum_interfaces": interfaces}],
        },
    }
    for name, interfaces, addresses in (("m6i_xlarge", 4, 15), ("p5_48xlarge", 2, 50))
]
TRAINING = NodeGroup(
    name="training",
    instance_types=("p5.48xlarge",),
    accelerator="nvidia",
    efa=True,
    zones=("us-west-2a",),
    capacity_type="CAPACITY_BLOCK",
    capacity_reservation_id="cr-0123456789abcdef0",
    min_size=0,
    desired_size=0,
    max_size=4,
)


def test_efa_with_a_placement_group_and_a_capacity_block(aws: Server, tmp_path: Path) -> None:
    cluster = Cluster(
        admins=(f"role/{ADMIN}",),
        public_access_cidrs=CIDRS,
        node_groups=(NodeGroup(name="nodes", zones=("us-west-2a",)), TRAINING),
    )
    stack = stage(tmp_path, aws, small(cluster=cluster, state=State.none()))["small-cluster"]
    template = "aws_launch_template.training"
    run = {
        "command": "apply",
        "variables": {
            "vpc_id": "vpc-0123456789abcdef0",
            "private_subnet_ids": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
            "private_subnet_ids_by_zone": {"us-west-2a": ["subnet-0123456789abcdef0"]},
        },
        "assert": [
            {
                "condition": f"${{length({template}.network_interfaces) == 32}}",
                "error_message": "a p5.48xlarge has 32 network cards with EFA",
            },
            {
                "condition": f'${{{template}.instance_market_options[0].market_type == "capacity-block"}}',
                "error_message": "a capacity block is bought, not on demand",
            },
            {
                "condition": f"${{{template}.placement[0].group_name == aws_placement_group.training.name}}",
                "error_message": "the nodes stand close to each other",
            },
            {
                "condition": '${aws_eks_node_group.training.subnet_ids == toset(["subnet-0123456789abcdef0"])}',
                "error_message": "the group is in its one zone",
            },
        ],
    }
    (stack.folder / "tests").mkdir()
    (stack.folder / "tests" / "training.tftest.json").write_text(
        json.dumps({"mock_provider": {"aws": MOCKS}, "override_data": CARDS, "run": {"training": run}})
    )
    assert "1 passed, 0 failed" in stack.test()
