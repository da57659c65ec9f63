"""Wrong types are refused with a message that names them, though the bindings' own checks are compiled away."""

from collections.abc import Callable
from typing import Any

import cdktf
import pytest
from cdktf_cdktf_provider_aws import eks_cluster, eks_node_group, security_group, vpc

# mypy refuses every call below; through Any it leaves the refusal at run time to be tested.
Vpc: Any = vpc.Vpc
EksNodeGroup: Any = eks_node_group.EksNodeGroup
EksNodeGroupScalingConfig: Any = eks_node_group.EksNodeGroupScalingConfig
EksClusterVpcConfig: Any = eks_cluster.EksClusterVpcConfig
SecurityGroup: Any = security_group.SecurityGroup
SecurityGroupIngress: Any = security_group.SecurityGroupIngress


@pytest.fixture
def stack() -> cdktf.TerraformStack:
    return cdktf.TerraformStack(cdktf.Testing.app(), "test")


GROUP = {"cluster_name": "c", "node_role_arn": "arn"}
SIZES = EksNodeGroupScalingConfig(desired_size=1, max_size=1, min_size=1)


class TestWrongTypes:
    """Node's kernel refuses what typeguard refused before, and names type, argument and value."""

    @pytest.mark.parametrize(
        ("make", "words"),
        [
            (lambda s: Vpc(s, "x", cidr_block=5), ("vpc.VpcConfig", "'cidrBlock'", "Value is not a string")),
            (lambda s: Vpc(s, "x", enable_dns_support="yes"), ("'enableDnsSupport'", "'yes'", "not a boolean")),
            (lambda s: Vpc(s, "x", tags=["a"]), ("'tags'", "map<string>", "Value is an array")),
            (lambda s: Vpc(s, "x", tags={"a": 1}), ("'tags'", "Key 'a'", "Value is not a string")),
            (lambda s: Vpc(s, "x", provider="aws"), ("'provider'", "cdktf.TerraformProvider")),
            (lambda s: Vpc(s, "x", depends_on="x"), ("'dependsOn'", "Value is not an array")),
            (lambda s: Vpc(s, "x", cidr_block=Vpc(s, "y")), ("'cidrBlock'", "Value is not a string")),
            (lambda s: Vpc(s, 5), ("parameter id of new @cdktf/provider-aws.vpc.Vpc", "Value is not a string")),
            (lambda s: Vpc("s", "x"), ("parameter scope", "constructs.Construct")),
            (lambda s: setattr(Vpc(s, "x"), "cidr_block", 5), ("vpc.Vpc.cidrBlock", "Value is not a string")),
            (
                lambda s: EksNodeGroup(s, "x", **GROUP, subnet_ids="z", scaling_config=SIZES),
                ("'subnetIds'", "'z'", "Value is not an array"),
            ),
            (
                lambda s: EksNodeGroup(s, "x", **GROUP, subnet_ids=[1], scaling_config=SIZES),
                ("'subnetIds'", "Index 0", "Value is not a string"),
            ),
            (
                lambda s: EksNodeGroup(s, "x", **GROUP, subnet_ids=["z"], scaling_config="big"),
                ("'scalingConfig'", "'big'", "Value is not an object"),
            ),
            (
                lambda s: EksNodeGroup(
                    s, "x", **GROUP, subnet_ids=["z"], scaling_config=EksClusterVpcConfig(subnet_ids=["a"])
                ),
                ("'scalingConfig'", "EksClusterVpcConfig"),
            ),
            (
                lambda s: EksNodeGroup(
                    s,
                    "x",
                    **GROUP,
                    subnet_ids=["z"],
                    scaling_config=EksNodeGroupScalingConfig(desired_size="1", max_size=1, min_size=1),
                ),
                ("'desiredSize'", "'1'", "Value is not a number"),
            ),
            (
                lambda s: EksNodeGroup(
                    s, "x", cluster_name=None, node_role_arn="arn", subnet_ids=["z"], scaling_config=SIZES
                ),
                ("Missing required properties", "'clusterName'"),
            ),
            (
                lambda s: SecurityGroup(s, "x", ingress=[SecurityGroupIngress(from_port="a")]),
                ("'ingress'", "'fromPort'", "Value is not a number"),
            ),
        ],
    )
    def test_are_refused_by_name(
        self, stack: cdktf.TerraformStack, make: Callable[[Any], object], words: tuple[str, ...]
    ) -> None:
        with pytest.raises(RuntimeError) as refused:
            make(stack)
        for word in words:
            assert word in str(refused.value)

    @pytest.mark.parametrize(
        ("make", "message"),
        [
            (lambda s: Vpc(s, "x", cidr="10.0.0.0/16"), "unexpected keyword argument 'cidr'"),
            (lambda s: EksNodeGroup(s, "x", cluster_name="c"), "missing 3 required keyword-only arguments: 'node_role"),
            (lambda _: EksNodeGroupScalingConfig(desired=1), "unexpected keyword argument 'desired'"),
            (
                lambda s: EksNodeGroup(s, "x", **GROUP, subnet_ids=["z"], scaling_config={"desired": 1}),
                "unexpected keyword argument 'desired'",
            ),
            (lambda s: Vpc(s, "x", lifecycle={"prevent_destroi": True}), "unexpected keyword argument 'prevent_dest"),
        ],
    )
    def test_unknown_and_missing_arguments_are_refused_by_python(
        self, stack: cdktf.TerraformStack, make: Callable[[Any], object], message: str
    ) -> None:
        with pytest.raises(TypeError, match=message):
            make(stack)
