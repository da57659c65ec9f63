"""Names and texts that AWS takes, in everything that is generated: it refuses others only at apply."""

import re
from collections import Counter
from collections.abc import Iterator

import pytest

from tests.documents import bodies
from tests.each_stack import in_each
from tests.platforms import documents

GROUP_TEXT = r"[\w .:/()#,@\[\]+=&;{}!$*-]"
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_SecurityGroupRuleDescription.html"""
DATABASE = r"(?=.{1,63}$)[a-z](-?[a-z0-9])*"
"""Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateDBInstance.html"""
TAKES = {
    ("aws_autoscaling_schedule", "scheduled_action_name"): r".{1,255}",
    ("aws_cloudwatch_log_group", "name"): r"[\w./#-]{1,512}",
    ("aws_db_instance", "identifier"): DATABASE,
    ("aws_db_parameter_group", "name"): r"[A-Za-z](-?[A-Za-z0-9]){0,254}",
    ("aws_db_subnet_group", "name"): r"[a-z0-9 ._-]{1,255}",
    ("aws_eks_cluster", "name"): r"[0-9A-Za-z][\w-]{0,99}",
    ("aws_eks_fargate_profile", "fargate_profile_name"): r"[0-9A-Za-z][\w-]{0,62}",
    ("aws_eks_node_group", "node_group_name"): r"[0-9A-Za-z][\w-]{0,62}",
    ("aws_ecr_pull_through_cache_rule", "ecr_repository_prefix"): r"(?=.{2,30}$)[a-z0-9]+([._/-][a-z0-9]+)*",
    ("aws_ecr_repository", "name"): r"(?=.{2,256}$)[a-z0-9]+([._/-][a-z0-9]+)*",
    ("aws_iam_policy", "name"): r"[\w+=,.@-]{1,128}",
    ("aws_iam_role", "name"): r"[\w+=,.@-]{1,64}",
    ("aws_iam_role", "path"): r"/([!-~]+/)?",
    ("aws_iam_role_policy", "name"): r"[\w+=,.@-]{1,128}",
    ("aws_key_pair", "key_name"): r"[ -~]{1,255}",
    ("aws_kms_alias", "name"): r"alias/(?!aws/)[\w/-]{1,250}",
    ("aws_kms_key", "description"): r".{0,8192}",
    ("aws_launch_template", "name"): r"[\w().\-/]{3,128}",
    ("aws_placement_group", "name"): r"[ -~]{1,255}",
    ("aws_prometheus_workspace", "alias"): r"[0-9A-Za-z][-.0-9A-Z_a-z]{0,99}",
    ("aws_rds_cluster", "cluster_identifier"): DATABASE,
    ("aws_rds_cluster_instance", "identifier"): DATABASE,
    ("aws_rds_cluster_parameter_group", "name"): r"[A-Za-z](-?[A-Za-z0-9]){0,254}",
    ("aws_security_group", "description"): GROUP_TEXT + "{1,255}",
    ("aws_security_group", "name"): r"(?!sg-)" + GROUP_TEXT + "{1,255}",
    ("aws_vpc_security_group_egress_rule", "description"): GROUP_TEXT + "{1,255}",
    ("aws_vpc_security_group_ingress_rule", "description"): GROUP_TEXT + "{1,255}",
}


def values(kind: str, attribute: str) -> dict[str, str]:
    """Stack and address to value, wherever a resource of the type is."""
    return {
        f"{stack}/{address}": body[attribute]
        for stack, document in documents().items()
        for address, body in bodies(document, "resource")
        if address.startswith(f"{kind}.")
    }


@pytest.mark.parametrize(("kind", "attribute"), TAKES, ids=" ".join)
def test_aws_takes_the_text(kind: str, attribute: str) -> None:
    found = values(kind, attribute)
    assert found, "no variant has one"
    refused = {where: text for where, text in found.items() if not re.fullmatch(TAKES[kind, attribute], text, re.ASCII)}
    assert refused == {}


def test_every_security_group_and_rule_says_what_it_is_for() -> None:
    for kind in ("aws_security_group", "aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule"):
        assert min(map(len, values(kind, "description").values())) > 5, kind


@in_each(documents)
def test_names_are_unique_in_a_stack(stack: str) -> Iterator[str]:
    names = [
        (address.partition(".")[0], body["name"])
        for address, body in bodies(documents()[stack], "resource")
        if "name" in body and not address.startswith("aws_iam_role_policy.")  # its names are per role
    ]
    yield from (f"{kind} {name}" for (kind, name), times in Counter(names).items() if times > 1)
