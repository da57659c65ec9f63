"""A platform whose stacks were all applied by runs in HCP Terraform: what the tests look at."""

import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import Addon, Addons, Cluster, Dex, HcpRoles, Kubeflow, NodeGroup, Platform, State, VpcCni
from stacks.order import platform_layers
from tests.e2e.kubeflow_stage import FIRST_USER, fill_cache
from tests.e2e.stage import ADMIN, admin_role, small
from tests.platforms import IN_CLUSTER
from tests.stand_ins.hcp import jail
from tests.stand_ins.hcp.records import Run
from tests.stand_ins.hcp.runs import InCluster
from tests.stand_ins.hcp.stage import Stage, staged
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, ChartFolders, Clusters

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"
NAME = "remote"
INSTALLED = {
    "cert-manager",
    "cluster-local-gateway",
    "default-storage-class",
    "dex",
    "istio",
    "istio-crds",
    "istio-namespace",
    "kubeflow-namespace",
    "kubeflow-roles",
    "oauth2-proxy",
}
JUNK = {"plan": "secret", "terraform.tfstate.backup": "secret", ".terraform/old": "x", ".git/config": "x"}
"""What may lie in a stack's folder and must not go up."""


def platform(**changes: object) -> Platform:
    return small(
        NAME,
        **{
            "runner": "hcp_remote",
            "state": State.hcp(
                organization="example", project="kubeflow", roles=HcpRoles(apply_policy_arns=(ADMINISTRATOR,))
            ),
            "cluster": Cluster(
                admins=(f"role/{ADMIN}",),
                public_access_cidrs=("0.0.0.0/0",),
                public_access_from_anywhere=True,
                addons=Addons(
                    **{
                        **dict.fromkeys(Addons.model_fields.keys() - {"others"}),
                        "vpc_cni": VpcCni(),
                        "coredns": Addon(),
                        "kube_proxy": Addon(),
                    }
                ),
                node_groups=(NodeGroup(name="nodes"),),
            ),
            "kubeflow": kubeflow(),
            **changes,
        },
    )


def kubeflow(**changes: object) -> Kubeflow:
    """Authentication, and no official chart: those are downloaded, local ones uploaded."""
    left_out = tuple(one.name for one in CATALOGUE if one.default and one.name not in INSTALLED)
    return Kubeflow(
        **{"auth": Dex(users=(FIRST_USER,)), "services": IN_CLUSTER, "disable": left_out, "split": False, **changes}
    )


@dataclass
class Applied:
    """All stacks, applied.

    Args:
        stage: the person's side.
        layers: in their order, without the runner's.
        too_early: a run of the cluster before the network's workspace shared its state.
        runs: the apply of each layer.
    """

    stage: Stage
    layers: tuple[str, ...]
    clusters: Clusters
    too_early: Run | None = None
    runs: dict[str, Run] = field(default_factory=dict)


@contextmanager
def applied_by_runs(folder: Path, aws: Server) -> Iterator[Applied]:
    """Apply all stacks in an emptied moto, as docs/hcp-terraform.md says; skip the tests where there can be no jail."""
    if reason := jail.why_not():
        pytest.skip(reason)
    fill_cache()
    aws.reset()
    admin_role(aws)
    settings, clusters = platform(), Clusters()
    with staged(folder, aws, settings, InCluster(clusters, ChartFolders())) as stage:
        stage.set_up()
        stage.init(f"{NAME}-runner")
        stage.terraform(f"{NAME}-runner", "apply", "-auto-approve", "-input=false", keys=True)
        stage.set_up()
        result = Applied(stage, platform_layers(settings)[1:], clusters)
        for layer in result.layers:
            apply(result, layer)
        yield result


def apply(result: Applied, layer: str) -> None:
    """What the page says of each workspace in its turn: init, apply."""
    stage, stack = result.stage, f"{NAME}-{layer}"
    stage.init(stack)
    stage.use_moto(stack)
    for name, content in JUNK.items():
        (stage.stack(stack) / name).parent.mkdir(exist_ok=True)
        (stage.stack(stack) / name).write_text(content)
    if layer == "cluster":
        stage.api.workspaces[f"{NAME}-network"].shares_state_with.clear()
        result.too_early = stage.remote(stack, "plan")
        assert stage.set_up().changes == [f"workspace {NAME}-network: share its state with {stack}"]
    if layer == "addons":
        endpoint = stage.outputs(f"{NAME}-cluster")["cluster_endpoint"]
        result.clusters.at(endpoint).appears |= MADE_BY_CONTROLLERS
    result.runs[layer] = stage.remote(stack, "apply", "-auto-approve")
    assert result.runs[layer].status == "applied", result.runs[layer].log


def files_of(run: Run) -> set[str]:
    """What was uploaded."""
    assert run.upload.archive is not None
    with tarfile.open(fileobj=BytesIO(run.upload.archive)) as packed:
        return {entry.name for entry in packed.getmembers() if entry.isfile()}
