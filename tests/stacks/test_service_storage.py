"""Files, artifacts, images and metrics of whole platforms, where they meet network, cluster and charts."""

import re
from pathlib import Path
from typing import Any

import yaml

from modules.kubeflow.manifest import load
from modules.settings import AutoMode, Cluster, ExistingCluster, ExistingFsxLustre, PullThrough, Repositories
from tests.built_once import build
from tests.documents import GONE, at, bodies
from tests.effects.storage import NONE, on
from tests.platforms import PLATFORMS, documents, stacks_of
from tests.release_values import release_values

PAGE = Path(__file__).parents[2] / "docs" / "storage.md"
WITH_LUSTRE = NONE.with_changes(fsx=ExistingFsxLustre(file_system_id="fs-0123456789abcdef0", mount_name="abcd1234"))
SUBNETS = "data.terraform_remote_state.network.outputs.private_subnet_ids_by_zone"


def services() -> Any:
    return stacks_of("storage")["services"]


def test_zones_of_a_new_network_are_names_in_the_json() -> None:
    targets = at(services(), "resource aws_efs_mount_target")
    assert {target["subnet_id"] for target in targets.values()} == {
        f'${{{SUBNETS}["{zone}"][0]}}' for zone in PLATFORMS["storage"].zone_names()
    }
    assert at(services(), "resource aws_fsx_lustre_file_system fsx subnet_ids") == [f'${{{SUBNETS}["us-west-2b"][0]}}']


def test_zones_of_anothers_cluster_are_looked_up_at_plan() -> None:
    on_a_foreign_cluster = PLATFORMS["storage"].with_changes(
        name="existing", network=None, cluster=ExistingCluster(name="shared"), backup=None
    )
    document = build(on_a_foreign_cluster).documents["existing-services"]
    assert at(document, "locals private_subnet_ids") == "${sort(data.aws_subnets.private.ids)}"
    assert "local.private_subnet_ids_by_zone" in at(document, "resource aws_efs_mount_target efs for_each")
    servers = "${aws_security_group.fsx.id}"
    changed = [
        address
        for address, body in bodies(document, "resource")
        if body.get("referenced_security_group_id") == servers and body["security_group_id"] != servers
    ]
    assert changed == [], "the group of another's nodes is left as it is"


def test_what_carries_the_clusters_own_group_mounts_files_too() -> None:
    rules = at(services(), "resource aws_vpc_security_group_ingress_rule")
    outputs = "data.terraform_remote_state.cluster.outputs"
    assert {name: rules[name]["referenced_security_group_id"] for name in rules if name.endswith("_to_efs_2049")} == {
        "nodes_to_efs_2049": f"${{{outputs}.node_security_group_id}}",
        "cluster_group_to_efs_2049": f"${{{outputs}.cluster_security_group_id}}",
    }


def test_only_a_linked_bucket_of_the_platform_lets_fsx_use_its_key() -> None:
    def statements(platform: str) -> list[str]:
        document = at(documents()[f"{platform}-services"], "data aws_iam_policy_document artifacts_key statement")
        return [statement["sid"] for statement in document]

    assert statements("storage") == ["AccountDecidesByIam", "FsxThroughS3"]
    assert statements("prod") == ["AccountDecidesByIam"]


def test_what_is_not_there_is_an_empty_output() -> None:
    outputs = documents()["full-services"]["output"]
    found = {
        name: outputs[name]["value"]
        for name in ("artifact_bucket", "efs_file_system_id", "repository_urls", "metrics_role_arn")
    }
    assert found == {"artifact_bucket": "", "efs_file_system_id": "", "repository_urls": {}, "metrics_role_arn": ""}
    assert at(documents()["full-addons"], "resource helm_release efs_storage_class") == GONE


def test_prometheus_signs_with_a_role_that_only_it_may_take() -> None:
    trust = at(services(), "data aws_iam_policy_document prometheus_trust statement 0 condition")
    assert ["system:serviceaccount:monitoring:prometheus"] in [condition["values"] for condition in trust]
    values = release_values(documents()["storage-kubeflow"], "kube_prometheus_stack")
    account = values["prometheus"]["serviceAccount"]
    role = "${data.terraform_remote_state.services.outputs.metrics_role_arn}"
    assert account == {"name": "prometheus", "annotations": {"eks.amazonaws.com/role-arn": role}}
    (target,) = values["prometheus"]["prometheusSpec"]["remoteWrite"]
    assert target["sigv4"] == {"region": "us-west-2"}


def test_with_pod_identity_the_association_hands_the_role_out() -> None:
    before = PLATFORMS["storage"].kubeflow
    assert before is not None
    kubeflow = before.with_changes(service_account_auth="pod_identity", dns01_issuer=None)
    made = build(PLATFORMS["storage"].with_changes(kubeflow=kubeflow)).documents
    association = at(made["storage-services"], "resource aws_eks_pod_identity_association prometheus")
    assert (association["namespace"], association["service_account"]) == ("monitoring", "prometheus")
    values = release_values(made["storage-kubeflow"], "kube_prometheus_stack")
    assert values["prometheus"]["serviceAccount"]["annotations"] == {}


def test_nodes_of_karpenter_may_copy_images_too() -> None:
    copies = NONE.with_changes(repositories=Repositories(pull_through=(PullThrough(registry="quay.io"),)))
    settings = on(copies, "karpenter-crds", "karpenter").with_changes(name="grown")
    attachment = at(
        build(settings).documents["grown-addons"], "resource aws_iam_role_policy_attachment karpenter_node_pull_through"
    )
    assert attachment["role"] == "${aws_iam_role.karpenter_node.name}"
    assert attachment["policy_arn"] == "${data.terraform_remote_state.services.outputs.pull_through_policy_arn}"


def test_nodes_of_auto_mode_may_copy_images_too() -> None:
    """With every image from the cache, nothing of Kubeflow would start on them."""
    copies = NONE.with_changes(repositories=Repositories(pull_through=(PullThrough(registry="quay.io"),)))
    cluster = Cluster(admins=("role/a",), public_access_cidrs=("198.51.100.0/24",), auto_mode=AutoMode())
    settings = on(copies).with_changes(name="auto", cluster=cluster)
    documents = build(settings).documents
    attachment = at(documents["auto-services"], "resource aws_iam_role_policy_attachment auto_mode_node_pull_through")
    assert attachment["role"] == at(documents["auto-cluster"], "resource aws_iam_role auto_mode_node name")
    assert attachment["policy_arn"] == "${aws_iam_policy.pull_through.arn}"


def test_the_recipe_for_a_further_namespace_is_what_a_team_gets() -> None:
    chart = next(one for one in build(on(WITH_LUSTRE)).charts["base-addons"] if one.release == "fsx-storage-class")
    assert chart.content is not None
    (ours,) = [one for one in load(chart.content.decode()) if one["kind"] == "PersistentVolume"]
    blocks = re.findall(r"```yaml\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    (recipe,) = [one for one in map(yaml.safe_load, blocks) if one["kind"] == "PersistentVolume"]
    assert kept(recipe) == kept(ours)


def kept(volume: dict[str, Any]) -> dict[str, Any]:
    """A volume without the values that differ from one to another."""
    spec = volume["spec"]
    csi = {**spec["csi"], "volumeHandle": "", "volumeAttributes": sorted(spec["csi"]["volumeAttributes"])}
    return {**spec, "claimRef": sorted(spec["claimRef"]), "csi": csi}


def test_pods_logs_are_encrypted_and_end() -> None:
    group = at(documents()["full-addons"], "resource aws_cloudwatch_log_group pod_logs")
    assert (group["retention_in_days"], group["kms_key_id"]) == (365, "${aws_kms_key.pod_logs.arn}")


def test_a_platform_without_any_of_it_makes_nothing() -> None:
    made = build(on(NONE)).documents["base-services"]
    assert {kind for kind in made.get("resource", {}) if not kind.startswith("aws_secretsmanager")} <= {
        "aws_kms_key",
        "aws_kms_alias",
    }
