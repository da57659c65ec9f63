"""What all sections have in common: errors are collected and reported together, each with its path."""

import copy
import pickle
from typing import Any

import pytest

from modules.errors import ProblemsError
from modules.rules import problems, problems_of_all
from modules.settings import Cluster, Disk, Network, NodeGroup, Platform, ServiceAccountRole, State
from modules.settings.field_errors import dotted
from tests.modules.settings.valid import ADMINS, cluster, group, on_group, on_network, platform, role

BAD = Network(cidr="10.0.0.0/33", zones=1)


def refuse_every_kind_of_value() -> None:
    """Refusals that no platform's problems show, as they are raised."""
    with pytest.raises(TypeError, match="NodeGroup is not iterable"):
        iter(group())
    refused: list[dict[str, Any]] = [{"kubeflow": {7: 7}}, {"network": Network(cidr=7)}]
    assert [len(problems_of_all([platform(**one)])) for one in refused] == [1, 1]


def test_a_section_is_not_a_list() -> None:
    refuse_every_kind_of_value()


def test_all_errors_of_a_run_at_once() -> None:
    first = platform(
        region="us-west-1",
        network=Network(cidr="10.0.0.0/8", zones=1, nat="two", flow_logs=None, **{"colour": "blue"}),
        cluster=Cluster(
            kubernetes_version="1.12",
            service_cidr="10.0.0.0/25",
            node_groups=(
                NodeGroup(**{"nme": "a", "min_size": -1, "disk": Disk(size_gib=5, iops=80000)}),
                group(name="b", min_size=9, zones=("eu-west-1a",)),
                group(name="b", accelerator="nvidia", disk=Disk(iops=80000)),
            ),
        ),
        service_account_roles=(ServiceAccountRole(namespace="X", service_account="y"), role(policy_arns=())),
        state=State.s3(bucket="state", region="us-wset-2"),
        tags={"aws:a": "b"},
        assume_role_external_id="x",
    )
    second = platform(name="dev", iam_path="kubeflow", network=None)
    expected = [
        "prod: tags[aws:a]",
        "prod: assume_role_external_id",
        "prod: network.zones",
        "prod: cluster.node_groups[1].zones",
        "prod: cluster.service_cidr",
        "prod: network.nat",
        "prod: network.colour",
        "prod: network.cidr",
        "prod: network.zones",
        "prod: cluster.public_access_cidrs",
        "prod: cluster.admins",
        "prod: cluster.node_groups",
        "prod: cluster.service_cidr",
        "prod: cluster.kubernetes_version",
        "prod: cluster.node_groups[0].name",
        "prod: cluster.node_groups[0].min_size",
        "prod: cluster.node_groups[0].nme",
        "prod: cluster.node_groups[0].disk.size_gib",
        "prod: cluster.node_groups[1].desired_size",
        "prod: cluster.node_groups[2].accelerator",
        "prod: cluster.node_groups[2].disk.iops",
        "prod: service_account_roles[0].namespace",
        "prod: service_account_roles[0].policy_arns",
        "prod: service_account_roles[1].policy_arns",
        "prod: state.region",
        "dev: iam_path",
        "dev: network",
    ]
    found = problems_of_all([first, second])
    assert sorted(": ".join(line.split(": ")[:2]) for line in found) == sorted(expected)


def test_a_bad_field_hides_no_rule_about_other_fields() -> None:
    """Of its own section, of its neighbours, and of those above it."""
    bad = platform(
        iam_path="kubeflow",
        network=Network(cidr="10.0.0.0/16", nat="two"),
        cluster=cluster(
            service_cidr="10.0.0.0/20", log_types=("kubelet",), node_groups=(group(labels={"a": 1}, zones=("mars",)),)
        ),
    )
    assert [line.split(": ")[1] for line in problems_of_all([bad])] == [
        "iam_path",
        "cluster.node_groups[0].zones",
        "cluster.service_cidr",
        "network.nat",
        "cluster.log_types[0]",
        "cluster.node_groups[0].labels[a]",
    ]


def test_a_dict_is_checked_as_its_section() -> None:
    bad = platform(cluster=cluster(node_groups=({"name": "nodes", "disk": {"size_gb": 100}},)))
    assert problems_of_all([bad]) == [
        "prod: cluster.node_groups[0].disk.size_gb: is not a setting; did you mean 'size_gib'?"
    ]


def test_reading_a_bad_section_raises() -> None:
    for name in ("cidr", "zones", "nat"):
        with pytest.raises(ProblemsError, match=r"Network\.cidr: .* is not a valid IPv4 block; write it like"):
            getattr(BAD, name)


def test_reading_an_unknown_setting_raises_an_attribute_error() -> None:
    for section in (BAD, Network()):
        with pytest.raises(AttributeError, match="colour"):
            section.colour  # type: ignore[attr-defined]  # noqa: B018


def test_sections_are_frozen() -> None:
    with pytest.raises(AttributeError, match=r"Network\.nat cannot be changed; write with_changes\(nat=…\)"):
        Network().nat = "none"  # type: ignore[misc]


def test_with_changes_checks_again() -> None:
    network = Network(zones=2)
    assert network.with_changes(nat="none").zones == 2
    assert list(problems(network.with_changes(nat="two"))) == [
        ("nat", "must be 'none', 'single' or 'one_per_zone', not 'two'", "use one of these")
    ]
    assert list(problems(BAD.with_changes(cidr="10.0.0.0/16", zones=2))) == []


def test_lists_are_taken_for_tuples() -> None:
    assert problems_of_all([platform(cluster=cluster(admins=[*ADMINS], node_groups=[group()]))]) == []


@pytest.mark.parametrize("one", [platform(), on_group(min_size=9), on_network(cidr="x")], ids=["good", "rule", "value"])
def test_copies_say_the_same(one: Platform) -> None:
    for other in (pickle.loads(pickle.dumps(one)), copy.deepcopy(one), copy.copy(one)):
        assert problems_of_all([other]) == problems_of_all([one])
        assert repr(other) == repr(one)


def test_paths_are_written_as_in_python() -> None:
    assert dotted(("tags", "cost center")) == "tags[cost center]"
    assert dotted(("zones", 0)) == "zones[0]"
    assert dotted(("network", "union:Network", "cidr")) == "network.cidr"
    assert (
        dotted(("extra_components", 0, "source", "union:HelmChart", "version")) == "extra_components[0].source.version"
    )
