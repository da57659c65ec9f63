"""A destroy begins with an apply without deletion protection, which changes what Kubernetes does not let change in a StorageClass."""

import json
from pathlib import Path

import pytest

from modules.cluster.webhook_ports import WEBHOOK_PORTS
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import ExistingCluster, Kubeflow, Platform
from tests.e2e.kubeflow_stage import CLUSTER, NAME, staged
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform

pytestmark = pytest.mark.terraform
OTHERS = tuple(one.name for one in CATALOGUE if one.default and one.name != "default-storage-class")
PROTECTED = Platform(
    name=NAME,
    region="us-west-2",
    cluster=ExistingCluster(
        name=CLUSTER, oidc_provider="made", network_policies="other", open_webhook_ports=WEBHOOK_PORTS
    ),
    kubeflow=Kubeflow(disable=OTHERS, services=IN_CLUSTER, split=False),
)


def apply_as_before(addons: Terraform) -> None:
    """Apply what versions without a replacement of the release wrote."""
    path = addons.folder / "cdk.tf.json"
    document = json.loads(path.read_text())
    del document["resource"]["terraform_data"]
    del document["resource"]["helm_release"]["default_storage_class"]["lifecycle"]["replace_triggered_by"]
    path.write_text(json.dumps(document))
    addons.apply()


def test_a_storage_class_is_replaced_when_deletion_protection_is_switched(aws: Server, tmp_path: Path) -> None:
    with staged(tmp_path, aws, PROTECTED, layers=("services", "addons")) as stage:
        addons = stage.stacks["addons"]
        stage.stacks["services"].apply()
        apply_as_before(addons)
        stage.synth(PROTECTED)
        upgrade = addons.plan()
        assert upgrade.actions == {"terraform_data.default_storage_class": "create"}
        addons.apply(plan=upgrade)
        policies = [one["reclaimPolicy"] for one in stage.cluster.of_kind("StorageClass")]
        stage.synth(PROTECTED.with_changes(deletion_protection=False))
        plan = addons.plan()
        assert plan.of("replace") == ["helm_release.default_storage_class"]
        addons.apply(plan=plan)
        assert addons.plan().is_empty
        assert [*policies, *(one["reclaimPolicy"] for one in stage.cluster.of_kind("StorageClass"))] == [
            "Retain",
            "Delete",
        ]
        addons.destroy()
        assert list(stage.cluster.of_kind("StorageClass")) == []
