"""Expected minutes: the longest path through what changes, by the tables of durations."""

from cli.plan_table import Change
from cli.rehearsal.minutes import expected_minutes, references, release_minutes
from modules.aws_data.durations import TYPICAL_MINUTES
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.install_order import PULL_MINUTES

DOCUMENT = {
    "locals": {"values": {"version": "${aws_eks_cluster.this.version}"}},
    "data": {"aws_eks_cluster": {"read": {"name": "${aws_eks_cluster.this.name}"}}},
    "resource": {
        "aws_eks_cluster": {"this": {"//": "aws_eks_node_group.first", "name": "one"}},
        "aws_eks_node_group": {
            "first": {"cluster_name": "${aws_eks_cluster.this.name}"},
            "second": {"cluster_name": "${data.aws_eks_cluster.read.name}"},
        },
        "helm_release": {"istio": {"version": "${local.values.version}", "depends_on": ["aws_eks_node_group.first"]}},
        "aws_iam_role": {"alone": {"name": "r"}},
    },
}
CLUSTER, NODES = (TYPICAL_MINUTES[kind, "create"] for kind in ("aws_eks_cluster", "aws_eks_node_group"))


def made(*addresses: str, column: str = "add") -> list[Change]:
    return [Change(address, (column,)) for address in addresses]


def test_a_reference_is_found_in_strings_locals_data_and_depends_on() -> None:
    found = references(DOCUMENT)
    assert found["helm_release.istio"] == {"local.values", "aws_eks_node_group.first"}
    assert found["local.values"] == {"aws_eks_cluster.this"}
    assert found["aws_eks_node_group.second"] == {"data.aws_eks_cluster.read"}
    assert found["aws_eks_cluster.this"] == frozenset(), "a comment is not a reference"


def test_what_waits_adds_up_and_what_does_not_runs_at_the_same_time() -> None:
    every = made("aws_eks_cluster.this", "aws_eks_node_group.first", "aws_eks_node_group.second", "aws_iam_role.alone")
    assert expected_minutes(DOCUMENT, every, {}) == (CLUSTER[0] + NODES[0], CLUSTER[1] + NODES[1])
    assert expected_minutes(DOCUMENT, made("aws_eks_node_group.first"), {}) == NODES
    assert expected_minutes(DOCUMENT, [], {}) == (0, 0)


def test_a_release_has_the_minutes_of_its_component() -> None:
    releases = release_minutes(CATALOGUE)
    (istio,) = [one for one in CATALOGUE if one.name == "istio"]
    assert releases["helm_release.istio"] == (istio.minutes, istio.minutes + PULL_MINUTES)
    both = made("aws_eks_node_group.first", "helm_release.istio")
    assert expected_minutes(DOCUMENT, both, releases) == (
        NODES[0] + istio.minutes,
        NODES[1] + istio.minutes + PULL_MINUTES,
    )


def test_a_replacement_is_a_deletion_and_a_creation_also_of_what_the_stack_no_longer_has() -> None:
    low, high = TYPICAL_MINUTES["aws_nat_gateway", "delete"]
    assert expected_minutes(DOCUMENT, made("aws_nat_gateway.old", column="destroy"), {}) == (low, high)
    create = TYPICAL_MINUTES["aws_nat_gateway", "create"]
    both = expected_minutes(DOCUMENT, made("aws_nat_gateway.old", column="replace"), {})
    assert both == (low + create[0], high + create[1])
