"""Conversion of ClusterConfig."""

import copy
import functools
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.converting.combine import Conversion, convert
from modules.converting.document import read_documents
from modules.converting.eksctl.fields import FIELDS
from modules.converting.recognize import format_of
from modules.converting.row import Row
from modules.converting.walk import parts
from modules.settings import (
    AccessEntry,
    AccessPolicy,
    Cluster,
    Disk,
    ExistingNetwork,
    FargateSelector,
    Network,
    NodePorts,
    Platform,
    SchedulerScoring,
    Taint,
)
from modules.settings.section import given
from tests.built_once import build
from tests.modules.converting.complete import converted
from tests.modules.converting.eksctl.extract import paths

FOLDER = Path(__file__).with_name("eksctl")
INPUTS = sorted((FOLDER / "inputs").glob("*.yaml"))
"""One for each of eksctl's examples, with its number, and one with what is wrong."""


@functools.cache
def conversion(name: str) -> Conversion:
    (file,) = (FOLDER / "inputs").glob(f"{name}-*.yaml")
    return convert([file])


def platform(name: str) -> Platform:
    return conversion(name).platform


def cluster(name: str) -> Cluster:
    found = platform(name).cluster
    assert isinstance(found, Cluster)
    return found


def rows(name: str) -> dict[str, Row]:
    return {row.key: row for row in conversion(name).rows}


def is_known(field: str) -> bool:
    """Whether the table has a field, or takes what is around it."""
    wanted = parts(field)
    return any(
        len(path) <= len(wanted) and all(a in ("*", b) for a, b in zip(path, wanted, strict=False))
        for path in map(parts, FIELDS)
    )


def test_the_table_has_each_field_of_the_schema() -> None:
    listed = (FOLDER / "fields.txt").read_text(encoding="utf-8").split()
    assert len(listed) > 400
    assert [field for field in listed if not is_known(field)] == []


def test_the_table_has_only_fields_of_the_schema() -> None:
    listed = [parts(field) for field in (FOLDER / "fields.txt").read_text(encoding="utf-8").split()]
    unknown = [
        path
        for path in FIELDS
        if not any(
            all(a in ("*", b) for a, b in zip(parts(path), field, strict=False))
            for field in listed
            if len(parts(path)) <= len(field)
        )
    ]
    assert unknown == []


def test_paths_of_a_schema() -> None:
    schema = {
        "$ref": "#/definitions/A",
        "definitions": {
            "A": {
                "properties": {
                    "b": {"items": {"$ref": "#/definitions/B"}},
                    "c": {"type": "string"},
                    "a": {"$ref": "#/definitions/A"},
                }
            },
            "B": {"additionalProperties": {"$ref": "#/definitions/C"}},
            "C": {"properties": {"x": {"type": "object", "additionalProperties": {"type": "string"}}}},
        },
    }
    assert paths(schema) == ["b[].*.x", "c"]


@pytest.mark.parametrize("file", INPUTS, ids=lambda file: file.stem)
def test_each_example_converts_completely(file: Path) -> None:
    assert format_of(*read_documents(file)).name == "eksctl ClusterConfig"
    converted(file)


@pytest.mark.slow
def test_each_example_synthesizes() -> None:
    platforms = [convert([file]).platform for file in INPUTS]
    documents = build(*platforms).documents
    assert {f"{one.name}-cluster" for one in platforms} <= documents.keys()


def put(data: Any, path: list[str], value: Any) -> Any:
    """The data with a value at a path of the table."""
    if not path:
        return value
    part, *rest = path
    if part == "[]":
        return [put(data[0] if isinstance(data, list) and data else None, rest, value)]
    found = data if isinstance(data, dict) else {}
    key = "any" if part == "*" else part
    return {**found, key: put(found.get(key), rest, value)}


@pytest.mark.slow
@pytest.mark.parametrize("value", ["x", [None]], ids=repr)
def test_no_value_of_a_field_ends_the_conversion(value: Any, tmp_path: Path) -> None:
    data: Any = {}
    for field in (FOLDER / "fields.txt").read_text(encoding="utf-8").split():
        data = put(data, parts(field), copy.deepcopy(value))
    whole = {**data, "apiVersion": "eksctl.io/v1alpha5", "kind": "ClusterConfig"}
    file = tmp_path / "odd.yaml"
    file.write_text(yaml.safe_dump(whole), encoding="utf-8")
    made = converted(file)
    assert any(row.verdict == "by_hand" for row in made.rows)


def test_there_is_an_input_for_each_example() -> None:
    numbers = {file.name[:2] for file in INPUTS}
    assert numbers == {f"{number:02}" for number in range(1, 51)} - {"21"}


def test_a_group_keeps_sizes_disk_labels_and_taints() -> None:
    group = cluster("15").node_groups[0]
    assert (group.min_size, group.desired_size, group.max_size) == (2, 3, 4)
    assert group.disk == Disk(size_gib=20)
    assert group.zones == ("eu-west-1a", "eu-west-1b")
    assert group.taints == (
        Taint(key="a", value="b", effect="NO_SCHEDULE"),
        Taint(key="c", value="", effect="NO_EXECUTE"),
    )
    assert (group.max_unavailable, group.tags) == (3, {"team": "platform"})
    assert group.additional_security_group_ids == ("sg-0a1b2c3d4e5f60718",)


def test_defaults_of_eksctl_are_written_out() -> None:
    group = cluster("19").node_groups[0]
    assert (group.instance_types, group.disk.size_gib) == (("m5.large",), 80)
    assert (group.min_size, group.desired_size, group.max_size) == (2, 2, 2)
    assert rows("19")["managedNodeGroups[0].volumeSize"].note == "default of eksctl"
    assert given(platform("19"))["network"] == Network(cidr="192.168.0.0/16")


def test_mixed_instances_become_two_groups() -> None:
    first, second = cluster("08").node_groups
    assert (first.name, first.capacity_type, second.name, second.capacity_type) == (
        "mixed",
        "ON_DEMAND",
        "mixed-spot",
        "SPOT",
    )
    assert (first.min_size, first.max_size, second.min_size, second.max_size) == (2, 5, 0, 3)
    assert first.instance_types == second.instance_types == ("m6i.large", "m5.large")


def test_only_spot_is_one_group_with_drivers_of_its_devices() -> None:
    group = cluster("23").node_groups[2]
    assert (group.name, group.capacity_type, group.accelerator) == ("n-1-gpu-spot", "SPOT", "nvidia")
    assert "is not a name" in rows("23")["nodeGroups[2].name"].note


def test_an_old_version_has_a_way_up() -> None:
    row = rows("23")["metadata.version"]
    assert (row.value, row.verdict, row.matters) == ("1.14", "changed", True)
    assert "one minor version at a time" in row.note
    assert cluster("23").kubernetes_version == "1.35"


def test_a_name_that_is_not_a_platform_name_gets_a_proposal() -> None:
    assert platform("50").name == "my-very-long-cluster-n"
    assert rows("50")["metadata.name"].note.endswith("Proposed: my-very-long-cluster-n")


def test_unknown_keys_are_rows() -> None:
    row = rows("50")["metadata_typo"]
    assert (row.line, row.verdict, row.matters) == (6, "no_home", True)
    assert "unknown key" in row.note


def test_an_existing_vpc_is_kept() -> None:
    assert platform("04").network == ExistingNetwork(
        vpc_id="vpc-0a1b2c3d4e5f60718",
        private_subnet_ids=("subnet-0a1b2c3d4e5f60711", "subnet-0a1b2c3d4e5f60712"),
    )
    assert rows("24")["vpc.subnets.private.by-range.cidr"].verdict == "by_hand"


def test_a_private_cluster_has_its_endpoints() -> None:
    network = platform("37").network
    assert isinstance(network, Network)
    assert network.fully_private
    assert {"cloudformation", "ssm", "ecr.api"} <= set(network.interface_endpoints)
    assert cluster("37").public_access_cidrs == ()
    assert [str(block) for block in cluster("37").private_access_cidrs] == ["192.168.0.0/16"]


def test_access_is_kept_by_principal() -> None:
    assert cluster("35").admins == ("arn:aws:iam::111122223333:role/Admin_Role",)
    assert cluster("35").access == (
        AccessEntry(
            name="dev-team",
            principal="arn:aws:iam::111122223333:role/dev.team",
            policy=None,
            kubernetes_groups=("developers",),
        ),
    )
    entries = {entry.name: entry for entry in cluster("40").access}
    assert entries["two"].policy == "AmazonEKSViewPolicy"
    assert entries["two"].more_policies == (AccessPolicy(policy="AmazonEKSEditPolicy", namespaces=("dev",)),)
    assert cluster("40").admins == ("arn:aws:iam::111122223333:role/admin",)
    assert cluster("40").authentication_mode == "API_AND_CONFIG_MAP"


def test_service_accounts_with_policies_get_roles() -> None:
    made = {role.service_account: role for role in platform("13").service_account_roles}
    assert sorted(made) == ["queue", "reader"]
    assert made["queue"].namespace == "default"
    assert made["queue"].statements[0].conditions == {"StringEquals": {"aws:SourceVpc": ("vpc-0a1b2c3d4e5f60718",)}}
    found = rows("13")
    assert "cluster-autoscaler" in found["iam.serviceAccounts[6].wellKnownPolicies.autoScaler"].note
    assert "only Allow" in found["iam.serviceAccounts[9].attachPolicy"].note


def test_pod_identity_associations_get_roles() -> None:
    made = {role.service_account: role for role in platform("39").service_account_roles}
    assert sorted(made) == ["cache", "inline", "other-account"]
    assert {role.auth for role in made.values()} == {"pod_identity"}
    assert platform("39").permissions_boundary_arn == "arn:aws:iam::111122223333:policy/boundary"


def test_two_boundaries_are_named() -> None:
    assert platform("17").permissions_boundary_arn == "arn:aws:iam::111122223333:policy/boundary"
    note = rows("17")["iam.serviceAccounts[0].permissionsBoundary"].note
    assert "17-permissions-boundary.yaml:" in note
    assert "which is used" in note


def test_addons_have_their_settings() -> None:
    addons = cluster("25").addons
    assert addons.vpc_cni is not None
    assert addons.vpc_cni.configuration == {"env": {"WARM_IP_TARGET": "5"}}
    assert addons.coredns is not None
    assert addons.coredns.configuration == {"replicaCount": 3}
    assert addons.kube_proxy is not None
    assert addons.kube_proxy.version == "v1.35.0-eksbuild.2"
    assert [(other.name, other.namespace, other.service_account) for other in addons.others] == [
        ("snapshot-controller", None, None),
        ("aws-mountpoint-s3-csi-driver", None, None),
        ("vendor-agent", "vendor", "agent"),
    ]
    roles = [other.role for other in addons.others]
    assert roles[0] is None
    assert roles[1] is not None
    assert roles[1].policy_arns == ("arn:aws:iam::111122223333:policy/models",)
    assert roles[2] is not None
    assert roles[2].policy_arns == ("arn:aws:iam::111122223333:policy/agent",)
    assert addons.vpc_cni.role is None


def test_an_instance_selector_becomes_types() -> None:
    groups = {group.name: group for group in cluster("28").node_groups}
    small, intel = groups["small"], groups["intel"]
    assert (small.instance_types[0], len(small.instance_types)) == ("c8a.large", 20)
    assert (intel.instance_types[0], len(intel.instance_types)) == ("m8a.xlarge", 20)
    note = rows("28")["managedNodeGroups[0].instanceSelector.memory"].note
    assert "m8a.xlarge, " in note
    assert ", the first 20 of 30;" in note


def test_the_control_plane_has_its_settings() -> None:
    found = cluster("46")
    assert found.control_plane_tier == "tier-xl"
    assert found.event_retention_minutes == 30
    assert found.node_ports == NodePorts(first=30000, last=30999)
    assert found.scheduler_scoring == SchedulerScoring(
        strategy="MostAllocated", weights={"cpu": 1, "nvidia.com/gpu": 5}
    )
    section = "kubeControllerManagerConfig.horizontalPodAutoscalerControllerConfig"
    assert rows("46")[section].verdict == "no_home"


@pytest.mark.parametrize(("text", "minutes"), [("1h", 60), ("30m0s", 30), ("0h45m", 45), ("90s", None), ("soon", None)])
def test_the_lifetime_of_events_is_in_minutes(tmp_path: Path, text: str, minutes: int | None) -> None:
    file = tmp_path / "cluster.yaml"
    head = "apiVersion: eksctl.io/v1alpha5\nkind: ClusterConfig\nmetadata: {name: a, region: us-west-2}\n"
    file.write_text(f"{head}kubeAPIServerConfig: {{eventTTL: {text}}}\n", encoding="utf-8")
    made = convert([file])
    assert isinstance(made.platform.cluster, Cluster)
    assert made.platform.cluster.event_retention_minutes == minutes
    (row,) = (row for row in made.rows if row.key == "kubeAPIServerConfig.eventTTL")
    assert (row.verdict == "by_hand") is (minutes is None)


def test_settings_of_bottlerocket_become_toml() -> None:
    text = cluster("20").node_groups[0].user_data_before_bootstrap
    assert '"motd" = "say \\"hi\\""' in text
    assert "[settings.host-containers.admin]\nenabled = true" in text


def test_commands_become_one_script() -> None:
    assert cluster("05").node_groups[1].user_data_before_bootstrap.startswith("#!/bin/bash\nset -eux\necho proxy")


def test_windows_nodes_are_left_out() -> None:
    assert [group.name for group in cluster("14").node_groups] == ["linux"]
    assert "Windows" in rows("14")["nodeGroups[0].name"].note


def test_types_before_nitro_have_no_prefix_delegation() -> None:
    addon = cluster("26").addons.vpc_cni
    assert addon is not None
    assert not addon.prefix_delegation


def test_fargate_selectors_have_labels() -> None:
    assert cluster("16").fargate_profiles[1].selectors == (FargateSelector(namespace="dev", labels={"env": "dev"}),)


def test_two_clusters_are_refused() -> None:
    with pytest.raises(
        ValueError, match=r"two documents of eksctl ClusterConfig are two platforms; convert one at a time"
    ):
        convert(INPUTS[:2])


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "values.yaml"
    file.write_text("replicas: 1\nimage: x\n", encoding="utf-8")
    with pytest.raises(
        ValueError, match=r"line 1: is not a known format, its keys are replicas, image; convert reads: "
    ):
        convert([file])


KFDEF = FOLDER.parent / "inputs" / "kfdef-1.0-cognito.yaml"


def with_kubeflow(name: str) -> Conversion:
    (file,) = (FOLDER / "inputs").glob(f"{name}-*.yaml")
    return converted(file, KFDEF)


def test_kubeflow_on_a_small_cluster_gets_more_nodes() -> None:
    made = with_kubeflow("19")
    assert isinstance(made.platform.cluster, Cluster)
    (group,) = made.platform.cluster.node_groups
    assert (group.name, group.instance_types, group.min_size) == ("work", ("m5.large",), 2)
    assert group.desired_size == group.max_size > 2
    (row,) = [row for row in made.rows if row.key == "managedNodeGroups[0].desiredCapacity"]
    assert row.verdict == "by_hand"
    assert row.note.endswith(f"Proposed: {group.desired_size}")


def test_kubeflow_on_a_private_cluster_has_copies_of_images() -> None:
    kubeflow = with_kubeflow("37").platform.kubeflow
    assert kubeflow is not None
    assert kubeflow.services.repositories is not None
    assert kubeflow.services.repositories.mirror == "copies"


def test_karpenter_comes_with_kubeflow() -> None:
    kubeflow = with_kubeflow("29").platform.kubeflow
    assert kubeflow is not None
    assert {"karpenter-crds", "karpenter", "karpenter-node-pools"} <= set(kubeflow.enable)
    assert [pool.name for pool in kubeflow.node_pools] == ["default"]
    assert platform("29").kubeflow is None
    assert "no file has Kubeflow" in rows("29")["karpenter.version"].note
