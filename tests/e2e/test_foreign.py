"""Kubeflow on a cluster of another Terraform configuration, of which nothing is changed."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import ExistingBucket, ExistingCluster, ExistingCognito, Kubeflow, Platform
from stacks.platform import build, write_all_charts
from tests.e2e.foreign import Foreign
from tests.e2e.kubeflow_stage import fill_cache
from tests.e2e.stage import place
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, Clusters, attached
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
KEPT = {
    "cert-manager",
    "default-storage-class",
    "istio",
    "istio-crds",
    "istio-namespace",
    "katib",
    "kubeflow-namespace",
    "kubeflow-roles",
    "oauth2-proxy",
}
PORTS = [443, 4443, 6443, 8443, 9443, 10250]
LAYERS = ("services", "addons", "kubeflow")


def guest(theirs: Foreign, **cluster: object) -> Platform:
    """A platform on the existing cluster."""
    return Platform(
        name="guest",
        region="us-west-2",
        cluster=ExistingCluster(**{"name": "legacy", **cluster}),
        kubeflow=Kubeflow(
            auth=ExistingCognito(
                user_pool_id=theirs.outputs["user_pool_id"],
                client_id=theirs.outputs["user_pool_client_id"],
                domain="legacy.auth.us-west-2.amazoncognito.com",
            ),
            disable=tuple(one.name for one in CATALOGUE if one.default and one.name not in KEPT),
            services=IN_CLUSTER.with_changes(artifacts=ExistingBucket(name=theirs.outputs["bucket"])),
        ),
        deletion_protection=False,
    )


@contextmanager
def staged(folder: Path, aws: Server, settings: Platform) -> Iterator[dict[str, Terraform]]:
    """Our stacks, with the stand-ins of Helm and Kubernetes on their API server."""
    fill_cache()
    made = build(settings)
    found = place(folder, aws, made.tree)
    assert write_all_charts(made, folder / "generated") == []
    clusters = Clusters()
    endpoint = aws.client("eks").describe_cluster(name="legacy")["cluster"]["endpoint"]
    clusters.at(endpoint).appears |= MADE_BY_CONTROLLERS
    with ExitStack() as open_:
        yield {layer: open_.enter_context(attached(found[f"guest-{layer}"], clusters)) for layer in LAYERS}


def test_a_closed_port_is_named_and_nothing_existing_is_changed(aws: Server, tmp_path: Path) -> None:
    theirs = Foreign(tmp_path / "theirs", aws, node_ports=PORTS)
    with staged(tmp_path / "ours", aws, guest(theirs)) as stacks:
        with pytest.raises(TerraformError) as refused:
            stacks["services"].plan()
        told = " ".join(str(refused.value).replace("│", "").split())
        group = theirs.outputs["node_security_group_id"]
        assert f"the security group {group} of the nodes does not allow the control plane on port 15017," in told
        assert "set open_webhook_ports=(15017,)" in told
        theirs.change(node_ports=[*PORTS, 15017])
        for layer in LAYERS:
            stacks[layer].apply()
        for layer in LAYERS:
            plan = stacks[layer].plan()
            assert plan.is_empty, plan.explain()
        theirs.check_untouched()
        for layer in reversed(LAYERS):
            stacks[layer].destroy()
    theirs.check_untouched()


def test_a_port_is_opened_in_addition_to_existing_rules_when_it_is_set(aws: Server, tmp_path: Path) -> None:
    theirs = Foreign(tmp_path / "theirs", aws, inline_node_rules=False, node_ports=PORTS)
    group = theirs.outputs["node_security_group_id"]
    with staged(
        tmp_path / "ours", aws, guest(theirs, node_security_group_id=group, open_webhook_ports=(15017,))
    ) as stacks:
        stacks["services"].apply()
        plan = stacks["services"].plan()
        assert plan.is_empty, plan.explain()
        theirs.check_untouched()
        stacks["services"].destroy()
    theirs.check_untouched()
