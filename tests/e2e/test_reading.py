"""How stacks read stacks: local state (test_lifecycle.py), S3 state, and the variables of a hand-over."""

import json
from pathlib import Path

import pytest

from modules.settings import State
from tests.e2e.stage import admin_role, small, stage
from tests.stand_ins.moto_extension import Server
from tests.terraform import TerraformError

pytestmark = pytest.mark.terraform


def test_s3_state_is_locked_encrypted_and_read_by_the_next_stack(aws: Server, tmp_path: Path) -> None:
    admin_role(aws)
    s3 = aws.client("s3")
    s3.create_bucket(Bucket="tf-states", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    stacks = stage(tmp_path, aws, small(state=State.s3(bucket="tf-states", region="us-west-2")))
    stacks["small-network"].apply()
    keys = [found["Key"] for found in s3.list_objects_v2(Bucket="tf-states")["Contents"]]
    assert keys == ["kubeflow/small/network.tfstate"]
    assert s3.head_object(Bucket="tf-states", Key=keys[0])["ServerSideEncryption"] == "AES256"
    assert not list(tmp_path.rglob("*.tfstate")) or not (tmp_path / "state").exists()
    vpc_id = stacks["small-network"].output()["vpc_id"]
    plan = stacks["small-cluster"].plan()
    assert plan.change("aws_security_group.nodes")["after"]["vpc_id"] == vpc_id
    s3.put_object(Bucket="tf-states", Key="kubeflow/small/cluster.tfstate.tflock", Body=json.dumps({"ID": "somebody"}))
    with pytest.raises(TerraformError, match="Error acquiring the state lock"):
        stacks["small-cluster"].plan()


def test_a_hand_over_takes_typed_and_checked_variables(aws: Server, tmp_path: Path) -> None:
    admin_role(aws)
    stacks = stage(tmp_path, aws, small(state=State.none()))
    cluster = stacks["small-cluster"]
    good = (
        "-var=vpc_id=vpc-0123456789abcdef0",
        '-var=private_subnet_ids=["subnet-0123456789abcdef0","subnet-0123456789abcdef1"]',
    )
    plan = cluster.plan(*good)
    assert plan.change("aws_security_group.nodes")["after"]["vpc_id"] == "vpc-0123456789abcdef0"
    with pytest.raises(TerraformError, match="must begin with vpc-; it is output vpc_id of the network stack"):
        cluster.plan("-var=vpc_id=my-vpc", good[1])
    with pytest.raises(TerraformError, match="list of string required"):
        cluster.plan(good[0], "-var=private_subnet_ids=7")
    with pytest.raises(TerraformError, match="No value for required variable"):
        cluster.plan(good[0])
