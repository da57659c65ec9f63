"""The picture of a platform shows what its JSON contains, all of it, and nothing else."""

import runpy
import xml.etree.ElementTree as ET
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import pytest

from modules.diagram.blocks import Placed
from modules.diagram.found import Found, platforms_in
from modules.diagram.kubeflow_blocks import GROUPS, PART_OF
from modules.diagram.left_out import LEFT_OUT
from modules.diagram.palette import THEMES
from modules.diagram.platform_picture import platform_picture
from modules.diagram.svg import Picture, svg
from modules.kubeflow.catalogue import CATALOGUE
from stacks.platform import build
from tests.modules.diagram.geometry import crossings, faults
from tests.platforms import PLATFORMS, documents

of_each_platform = pytest.mark.parametrize("name", PLATFORMS)


@cache
def found(name: str) -> Found:
    return Found(name, platforms_in(documents())[name])


@cache
def picture(name: str) -> Picture:
    return platform_picture(name, found(name).documents)


def boxes(name: str) -> list[Placed]:
    return [box for whole in picture(name).boxes for box in whole.all()]


def shown(name: str) -> str:
    """All text of a picture."""
    return "\n".join(" ".join(line.text for line in box.words) for box in boxes(name))


@of_each_platform
def test_every_resource_is_drawn_or_its_kind_is_left_out_with_a_reason(name: str) -> None:
    drawn = {address for box in boxes(name) for address in box.resources}
    missing = [one.address for one in found(name).everything() if one.kind not in LEFT_OUT and one.address not in drawn]
    assert missing == []


@of_each_platform
def test_every_drawn_resource_is_in_the_json(name: str) -> None:
    there = {one.address for one in found(name).everything()}
    kinds = {kind for document in found(name).documents.values() for kind in document.get("data", {})}
    there |= {one.address for one in found(name).read(*kinds)}
    assert {address for box in boxes(name) for address in box.resources} <= there


@of_each_platform
def test_nothing_overlaps_or_leaves_its_box(name: str) -> None:
    assert faults(picture(name)) == []
    assert crossings(picture(name).arrows) == 0


def releases(name: str) -> Callable[[Found], bool]:
    return lambda found: any(one.name == name for one in found.of("helm_release"))


def has(*kinds: str) -> Callable[[Found], bool]:
    return lambda found: bool(found.of(*kinds))


SIGNS: Mapping[str, Callable[[Found], Any]] = {
    "Application Load Balancer": has("aws_lb"),
    "Existing load balancer": lambda found: found.read("aws_lb"),
    "Aurora": has("aws_rds_cluster"),
    "AWS WAF": has("aws_wafv2_web_acl"),
    "Certificate": has("aws_acm_certificate"),
    "Cognito": has("aws_cognito_user_pool"),
    "ECR": has("aws_ecr_repository", "aws_ecr_pull_through_cache_rule"),
    "EFS": has("aws_efs_file_system"),
    "EKS Auto Mode": lambda found: any(one.body.get("compute_config") for one in found.of("aws_eks_cluster")),
    "Existing EKS cluster": lambda found: not found.of("aws_eks_cluster"),
    "Existing S3 bucket": lambda found: found.read("aws_s3_bucket"),
    "Existing VPC": lambda found: not found.of("aws_vpc"),
    "Fargate": has("aws_eks_fargate_profile"),
    "FSx for Lustre": has("aws_fsx_lustre_file_system"),
    "Interface endpoints": lambda found: any("Interface" in str(one.body) for one in found.of("aws_vpc_endpoint")),
    "Karpenter": releases("karpenter"),
    "Kubeflow": releases("istio"),
    "NAT gateway": has("aws_nat_gateway"),
    "Node group": has("aws_eks_node_group"),
    "Public subnets": lambda found: any(
        one.name.startswith("public_") for one in found.of("aws_subnet") + found.read("aws_subnet")
    ),
    "RDS": has("aws_db_instance"),
    "Managed Prometheus": has("aws_prometheus_workspace"),
    "S3 bucket": lambda found: found.of("aws_s3_bucket") + found.read("aws_s3_bucket"),
    "Secrets Manager": has("aws_secretsmanager_secret"),
}
"""Words in a picture to whether they must be there."""


@of_each_platform
def test_words_are_there_if_and_only_if_the_resource_is(name: str) -> None:
    text = shown(name)
    for words, there in SIGNS.items():
        assert (words in text) == bool(there(found(name))), words


def test_the_platforms_have_every_sign() -> None:
    assert [words for words, there in SIGNS.items() if not any(there(found(name)) for name in PLATFORMS)] == []


def test_every_kind_that_is_left_out_is_used_and_has_a_reason() -> None:
    used = {one.kind for name in PLATFORMS for one in found(name).everything()}
    assert LEFT_OUT.keys() - used <= {"aws_s3_bucket_logging"}  # of a bucket that the variants do not have
    assert all(LEFT_OUT.values())


def test_every_component_of_the_catalogue_for_kubeflow_is_in_one_group() -> None:
    grouped = [name for names in GROUPS.values() for name in names]
    assert sorted(grouped) == sorted(one.name for one in CATALOGUE if one.layer == "kubeflow")
    assert {*PART_OF, *PART_OF.values()} <= {*grouped}


def test_users_are_named_and_say_where_they_sign_in() -> None:
    assert "ada@team.example.net, bob@team.example.net http://localhost:8080" in shown("cognito")
    assert "accounts of https://login.example.net/realms/team" in shown("oidc")
    assert "ada@team.example.net https://kubeflow.team.example.net" in shown("exposed")
    assert "role/ci: Edit" in shown("everything")


def test_a_group_in_some_zones_says_which() -> None:
    assert "in us-west-2a, us-west-2b" in shown("everything").replace("\n", " ")
    assert "\N{MULTIPLICATION SIGN} p5.48xlarge" in shown("everything")


def test_many_teams_are_counted() -> None:
    many = runpy.run_path("examples/many_teams/main.py")["MANY"]
    drawn = platform_picture("many", build(many).documents)
    assert faults(drawn) == []
    text = svg(drawn, "light")
    assert "100 teams" in text
    assert "and 92 more" in text


def test_the_same_input_is_the_same_file() -> None:
    backwards = dict(reversed(list(found("production").documents.items())))
    for theme in THEMES:
        assert svg(platform_picture("production", backwards), theme) == svg(picture("production"), theme)


def test_the_file_loads_nothing_runs_nothing_and_has_a_description() -> None:
    root = ET.fromstring(svg(picture("production"), "dark"))
    names = {element.tag.removeprefix("{http://www.w3.org/2000/svg}") for element in root.iter()}
    assert names == {"svg", "title", "desc", "rect", "g", "path", "text"}
    assert {key for element in root.iter() for key in element.attrib if "href" in key or key.startswith("on")} == set()
    assert root.attrib["role"] == "img"
    ids = {element.get("id"): element.text for element in root.iter() if element.get("id")}
    assert ids.keys() == set(root.attrib["aria-labelledby"].split())
    assert "Cognito" in str(ids["description"])


def test_names_are_escaped() -> None:
    one = {**documents()["prod-network"]}
    vpc = {"this": {"cidr_block": '<script>"&', "//": {}}}
    text = svg(platform_picture("prod", {"prod-network": {**one, "resource": {"aws_vpc": vpc}}}), "light")
    assert 'VPC &lt;script&gt;"&amp;' in text
    assert "<script" not in text
