"""Several platforms of one main.py, and two in one VPC: nothing of one has the name of another's."""

from collections import Counter
from typing import Any

from modules.settings import Dex, ExistingNetwork, Kubeflow, Network, Platform
from stacks.platform import build
from tests.documents import bodies
from tests.platforms import cluster

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@team.example.net",)))


def stage(name: str, **settings: Any) -> Platform:
    """One of several that differ in a few values."""
    return Platform(
        **{
            "name": f"ml{name}",
            "region": "us-west-2",
            "network": Network(),
            "cluster": cluster(),
            "kubeflow": KUBEFLOW,
            **settings,
        }
    )


def names(documents: dict[str, Any]) -> Counter[tuple[str, str]]:
    """Type and name of all that has a name in AWS; what is named in Kubernetes is in another cluster."""
    return Counter(
        (address.partition(".")[0], body[key])
        for document in documents.values()
        for address, body in bodies(document, "resource")
        for key in ("name", "bucket", "identifier", "cluster_identifier")
        if address.startswith("aws_")
        and isinstance(body.get(key), str)
        and "${" not in body[key]
        and "role" not in body
    )


def test_dev_stage_and_prod_share_no_name() -> None:
    documents = build(stage("dev", deletion_protection=False), stage("stage"), stage("prod")).documents
    found = names(documents)
    assert len(found) > 100
    assert [name for name, count in found.items() if count > 1] == []


def test_two_platforms_in_one_vpc_share_no_name_and_the_second_makes_no_network() -> None:
    shared = ExistingNetwork(
        vpc_id="vpc-0123456789abcdef0", private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
    )
    documents = build(stage("blue"), stage("green", network=shared)).documents
    assert [name for name, count in names(documents).items() if count > 1] == []
    assert documents["mlgreen-network"].get("resource", {}) == {}
