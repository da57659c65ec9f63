"""What all sections have in common: errors wait to be told together, each with its path."""

import copy
import pickle

import pytest
from pydantic import ValidationError

from modules.rules import problems, problems_of_all
from modules.rules.field_errors import dotted
from modules.settings import Cluster, Disk, Network, NodeGroup, Platform, ServiceAccountRole, State
from tests.modules.settings.valid import ADMINS, cluster, group, on_group, on_network, platform, role

BAD = Network(cidr="10.0.0.0/33", zones=1)


def refuse_every_kind_of_value() -> None:
    """Refusals that no platform's problems show, as they are raised."""
    with pytest.raises(TypeError, match="NodeGroup is not iterable"):
        iter(group())


def test_a_section_is_no_list() -> None:
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
    assert sorted(problems_of_all([first, second])) == sorted(
        [
            "prod: tags[aws:a]: AWS takes keys of 1 to 128 and values of up to 256 letters, digits, spaces and _ . : / = + - @, and no "
            "key that begins with aws:",
            "prod: assume_role_external_id: there is no role to take; give assume_role_arn, too",
            "prod: network.zones: an account sees only 2 of us-west-1a, us-west-1b, us-west-1c, and which ones differs; name yours "
            "(`aws ec2 describe-availability-zones`)",
            "prod: cluster.node_groups[1].zones: eu-west-1a is not a zone of the network, which has us-west-1a; choose among them",
            "prod: cluster.service_cidr: 10.0.0.0/25 overlaps the network's 10.0.0.0/8; give a block outside of it",
            "prod: network.nat: Input should be 'none', 'single' or 'one_per_zone'; it is 'two'",
            "prod: network.colour: is not a setting; docs/settings.md has their names",
            "prod: network.cidr: 10.0.0.0/8 is a /8; give a block from /16 (the largest AWS takes) to /20 (an eighth of which still has "
            "507 addresses for nodes and pods)",
            "prod: network.zones: the number of zones is 1; EKS needs 2 or more, and the subnet plan has room for 6: give 2 to 6",
            "prod: cluster.public_access_cidrs: the endpoint is private and nothing is let in; give private_access_cidrs (VPN, peering, "
            "or the VPC's own block for runners in it), or public_access_cidrs",
            "prod: cluster.admins: nobody could use the cluster; name at least one admin, such as role/platform-admins",
            "prod: cluster.node_groups: the name b stands twice; give each its own",
            "prod: cluster.service_cidr: 10.0.0.0/25 is refused by EKS; give a /12 to /24 within 10.0.0.0/8, 172.16.0.0/12 or "
            "192.168.0.0/16",
            "prod: cluster.kubernetes_version: '1.12' is not on EKS; choose one of 1.32, 1.33, 1.34, 1.35, 1.36",
            "prod: cluster.node_groups[0].name: is missing and has no default; give it",
            "prod: cluster.node_groups[0].min_size: Input should be greater than or equal to 0; it is -1",
            "prod: cluster.node_groups[0].nme: is not a setting; did you mean 'name'?",
            "prod: cluster.node_groups[0].disk.size_gib: Input should be greater than or equal to 20; it is 5",
            "prod: cluster.node_groups[1].desired_size: min_size 9, desired_size 3, max_size 5 are out of order; EKS needs min <= "
            "desired <= max",
            "prod: cluster.node_groups[2].accelerator: m6i.xlarge has no nvidia device; leave accelerator out, or choose another type",
            "prod: cluster.node_groups[2].disk.iops: 80000 of a gp3 volume of 100 GiB; AWS takes up to 500 a GiB and 80000 in all: give "
            "50000 or fewer",
            "prod: service_account_roles[0].namespace: 'X' is not a Kubernetes namespace: 1 to 63 lower-case letters, digits and inner "
            "hyphens",
            "prod: service_account_roles[0].policy_arns: the role has no rights; give policy_arns or statements",
            "prod: service_account_roles[1].policy_arns: the role has no rights; give policy_arns or statements",
            "prod: state.region: 'us-wset-2' is no region: not an EKS region of aws, aws-us-gov, aws-cn; did you mean us-west-2, "
            "us-west-1, us-east-2?",
            "dev: iam_path: 'kubeflow' is not an IAM path such as /kubeflow/",
            "dev: network: a cluster made here needs a VPC; give Network() or ExistingNetwork(…)",
        ]
    )


def test_a_bad_field_hides_no_rule_about_other_fields() -> None:
    """Of its own section, of those beside it, and of those above it."""
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


def test_a_dict_is_checked_as_the_section_it_stands_for() -> None:
    bad = platform(cluster=cluster(node_groups=({"name": "nodes", "disk": {"size_gb": 100}},)))
    assert problems_of_all([bad]) == [
        "prod: cluster.node_groups[0].disk.size_gb: is not a setting; did you mean 'size_gib'?"
    ]


def test_reading_a_bad_section_raises() -> None:
    for name in ("cidr", "zones", "nat"):
        with pytest.raises(ValidationError, match="is no IPv4 block"):
            getattr(BAD, name)


def test_reading_what_is_no_setting_raises_as_ever() -> None:
    for section in (BAD, Network()):
        with pytest.raises(AttributeError, match="colour"):
            section.colour  # type: ignore[attr-defined]  # noqa: B018


def test_sections_are_frozen() -> None:
    with pytest.raises(ValidationError, match="Instance is frozen"):
        Network().nat = "none"  # type: ignore[misc]


def test_with_changes_checks_anew() -> None:
    network = Network(zones=2)
    assert network.with_changes(nat="none").zones == 2
    assert dict(problems(network.with_changes(nat="two"))) == {
        "nat": "Input should be 'none', 'single' or 'one_per_zone'; it is 'two'"
    }
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
    assert dotted(("network", "union:Network", "cidr")) == "network[cidr]"
