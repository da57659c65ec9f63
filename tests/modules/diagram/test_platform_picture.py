"""The picture of a platform shows what its JSON contains, all of it, and nothing else."""

import json
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
from modules.settings import (
    Addon,
    Addons,
    ExistingBucket,
    ExistingCognito,
    ExistingDatabase,
    ExistingEfs,
    ExistingFsxLustre,
    ExistingPrometheus,
    Kubeflow,
    Services,
)
from tests.built_once import build
from tests.modules.diagram.geometry import crossings, faults
from tests.platforms import ACCOUNT, PLATFORMS, cluster, documents, platform

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


EXISTING = {
    "aws_efs_file_system",
    "aws_eks_cluster",
    "aws_lb",
    "aws_prometheus_workspace",
    "aws_route53_zone",
    "aws_s3_bucket",
    "aws_subnet",
    "aws_vpc",
}
"""Kinds that exist without the platform; other data sources look up values."""


@of_each_platform
def test_an_existing_resource_is_drawn_unless_the_platform_has_its_own(name: str) -> None:
    drawn = {address for box in boxes(name) for address in box.resources}
    for kind in EXISTING:
        if not found(name).of(kind):
            assert {one.address for one in found(name).read(kind)} <= drawn


def test_existing_services_are_drawn_as_existing() -> None:
    arn = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret"
    services = Services(
        database=ExistingDatabase(
            host="mysql.example.net", username="kubeflow", password_secret_arn=f"{arn}:mysql-a1B2c3"
        ),
        artifacts=ExistingBucket(name="example-ml-data"),
        efs=ExistingEfs(file_system_id="fs-0123456789abcdef0"),
        fsx=ExistingFsxLustre(file_system_id="fs-0123456789abcdef1", mount_name="abcdefgh"),
        metrics=ExistingPrometheus(workspace_id="ws-01234567-89ab-cdef-0123-456789abcdef"),
    )
    auth = ExistingCognito(
        user_pool_id="us-west-2_AbCdEfGhI", client_id="0123456789abcdefghijklmnop", domain="sign-in.example.net"
    )
    addons = Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon())
    kubeflow = Kubeflow(auth=auth, services=services, enable=("kube-prometheus-stack",))
    made = build(platform("borrowed", cluster=cluster(addons=addons), kubeflow=kubeflow))
    drawn = platform_picture("borrowed", made.documents)
    assert faults(drawn) == []
    assert crossings(drawn.arrows) == 0
    text = " ".join(line.text for whole in drawn.boxes for box in whole.all() for line in box.words)
    for words in (
        "Existing database mysql.example.net",
        "Existing S3 bucket",
        "Existing EFS fs-0123456789abcdef0",
        "Existing FSx for Lustre fs-0123456789abcdef1",
        "Existing Managed Prometheus",
        "Existing Cognito pool us-west-2_AbCdEfGhI",
    ):
        assert words in text
    assert "RDS" not in text


@pytest.mark.parametrize("name", ["production", "everything", "handover", "storage"])
def test_long_names_stay_in_their_boxes(name: str) -> None:
    """Names as long as AWS takes them, and longer."""
    written = json.dumps(found(name).documents)
    for short, long in (
        ("ada@", "augusta.ada.king-noel.countess.of.lovelace.who.wrote.programs@"),
        ("us-west-2", "us-gov-northwest-12"),
        ("m6i.xlarge", "hpc7a-flex.metal-48xlarge"),
        ("10.64.", "2001:db8:1234:1234:1234:1234:"),
        ("kubeflow.ml.example.com", f"{'kubeflow-' * 7}.machine-learning.company.example.com"),
        ('"platform"', f'"{"p" * 63}"'),
    ):
        written = written.replace(short, long)
    documents = {f"{'n' * 40}-{stack}": one for stack, one in json.loads(written).items()}
    drawn = platform_picture(f"{'n' * 40}-{name}", documents)
    assert faults(drawn) == []


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


def test_counts_are_in_the_right_number() -> None:
    assert "4 roles, 3 pod identity associations" in shown("guest")
    assert "2 roles, 1 pod identity association" in shown("existing")


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
