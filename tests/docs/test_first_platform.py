"""The first page says what its example creates: quantities to price, services to allow, quotas to have."""

import re
import runpy
from collections import Counter

import pytest

from modules.aws_data.service_quotas import CLUSTERS, ELASTIC_IPS, VPCS, vcpu_quota
from modules.settings import Cluster, Platform
from stacks.document import Document
from tests.built_once import build
from tests.docs.pages import ROOT, text

PAGE = text(ROOT / "docs" / "first-platform.md")
SERVICES = {
    "aws_eks_": "EKS",
    "aws_iam_": "IAM",
    "aws_kms_": "KMS",
    "aws_cloudwatch_log_": "CloudWatch Logs",
    "aws_secretsmanager_": "Secrets Manager",
    "aws_": "EC2",
}
"""First letters of a resource type: the service that creates it."""


@pytest.fixture(scope="module")
def quickstart() -> Platform:
    platform = runpy.run_path(str(ROOT / "examples" / "quickstart" / "main.py"))["QUICKSTART"]
    assert isinstance(platform, Platform)
    return platform


@pytest.fixture(scope="module")
def documents(quickstart: Platform) -> list[Document]:
    return list(build(quickstart).documents.values())


def counted(documents: list[Document]) -> Counter[str]:
    found: Counter[str] = Counter()
    for document in documents:
        for kind, resources in document.get("resource", {}).items():
            found[kind] += len(resources)
    return found


def rows(heading: str) -> dict[str, str]:
    """First and second cell of the rows below a heading."""
    part = PAGE.partition(f"### {heading}\n")[2].partition("\n## ")[0].partition("\n### ")[0]
    return dict(re.findall(r"^ *\| ([^|]+) \| ([^|]+) \|", part, re.MULTILINE))


def test_the_quantities_to_price_are_those_of_the_example(documents: list[Document], quickstart: Platform) -> None:
    have, table = counted(documents), rows("Cost")
    assert isinstance(quickstart.cluster, Cluster)
    (group,) = quickstart.cluster.node_groups
    (kind,) = group.instance_types
    assert f"{group.desired_size} instances of {kind}" in table["Amazon EC2"]
    assert f"{group.desired_size} volumes of {group.disk.size_gib} GiB gp3" in table["Amazon EBS"]
    assert f"{have['aws_nat_gateway']} NAT gateway with {have['aws_eip']} public IPv4 address" in table["Amazon VPC"]
    assert f"{have['aws_kms_key']} keys" == table["AWS KMS"]
    assert f"{have['aws_secretsmanager_secret']} secrets" == table["AWS Secrets Manager"]
    assert f"{have['aws_eks_cluster']} cluster" in table["Amazon EKS"]
    assert not [name for name in have if re.match("aws_(db|rds|lb|s3|efs|fsx|wafv2)_", name)], (
        "a part that the table lacks"
    )
    assert not re.search(r"[$€£]\s?\d|\d\s?(?:USD|EUR|dollars|euros)", PAGE), (
        "a price that is wrong elsewhere or next year"
    )


def test_every_service_that_the_example_calls_is_in_the_table_of_permissions(documents: list[Document]) -> None:
    called = {
        next(service for start, service in SERVICES.items() if kind.startswith(start))
        for kind in counted(documents)
        if kind.startswith("aws_")
    }
    assert called == rows("Account and permissions").keys() - {"service", "---"}


def test_the_quotas_are_those_that_the_example_needs(quickstart: Platform) -> None:
    assert isinstance(quickstart.cluster, Cluster)
    (group,) = quickstart.cluster.node_groups
    vcpus = vcpu_quota(group.instance_types[0], "ON_DEMAND")
    assert vcpus
    table = rows("Quotas")
    assert {vcpus.name, VPCS.name, ELASTIC_IPS.name, f"{CLUSTERS.name} (Amazon EKS)"} == table.keys() - {"quota", "---"}
    assert (
        f"{8 * group.desired_size} vCPU for {group.desired_size} nodes, {8 * group.max_size} for {group.max_size}"
        == table[vcpus.name]
    )


def test_the_tag_on_the_page_is_the_tag_of_the_resources(documents: list[Document]) -> None:
    tags = [
        document["provider"]["aws"][0]["default_tags"][0]["tags"]
        for document in documents
        if "aws" in document.get("provider", {})
    ]
    assert tags
    assert all(tag["kubeflow-platform"] == "quickstart" for tag in tags)
    assert "`kubeflow-platform: quickstart`" in PAGE
    assert "Key=kubeflow-platform,Values=quickstart" in PAGE
