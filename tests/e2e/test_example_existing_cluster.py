"""examples/existing_cluster on infrastructure of another Terraform configuration: applied, and the other one is unchanged."""

from pathlib import Path

import pytest

from modules.settings import ExistingBucket, ExistingCluster, Kubeflow, Platform
from tests.e2e.example_stage import example, namespace, objects_of, staged
from tests.e2e.foreign import Foreign
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform
PORTS = [443, 4443, 6443, 8443, 9443, 10250, 15017]
"""What their nodes let the control plane in on: all that Kubeflow's webhooks listen on."""


def on(theirs: Foreign, platform: Platform) -> Platform:
    """The example with the ids and the bucket of the account; all else is as in its file."""
    cluster, kubeflow = platform.cluster, platform.kubeflow
    assert isinstance(cluster, ExistingCluster)
    assert isinstance(kubeflow, Kubeflow)
    outputs = theirs.outputs
    return platform.with_changes(
        cluster=cluster.with_changes(
            node_security_group_id=outputs["node_security_group_id"],
            private_subnet_ids=tuple(outputs["private_subnet_ids"][:2]),
        ),
        kubeflow=kubeflow.with_changes(
            services=kubeflow.services.with_changes(artifacts=ExistingBucket(name=outputs["bucket"]))
        ),
    )


def test_kubeflow_is_applied_on_an_existing_cluster(aws: Server, tmp_path: Path) -> None:
    theirs = Foreign(tmp_path / "theirs", aws, node_ports=PORTS)
    platform = on(theirs, example("existing_cluster"))
    with staged(tmp_path / "ours", aws, platform) as stage:
        for one in (namespace("cert-manager"), *objects_of("cert-manager")):
            stage.cluster.put(one)
        stage.apply()
        stage.check_settled()
        stage.check_releases()
        assert "team-team-a" in {name for _, name in stage.cluster.releases}
        assert "cert-manager" not in {name for _, name in stage.cluster.releases}
    theirs.check_untouched()
