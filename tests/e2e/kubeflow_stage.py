"""Add-ons and Kubeflow, staged for Terraform on a cluster that moto has already: no VPC and no nodes are applied for them."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.kubeflow.vendor import vendor
from modules.settings import ExistingCluster, Kubeflow, Platform
from stacks.platform import Synthesized, build, write_all_charts
from tests.e2e.stage import place
from tests.moto_extension import Server
from tests.providers import ChartFolders, Cluster, Clusters, attached
from tests.terraform import Terraform

ROOT = Path(__file__).parents[2]
UPSTREAM = Path(os.environ.get("KUBEFLOW_UPSTREAM") or ROOT.parent / "shared" / "upstream")
CHARTS = UPSTREAM / "charts"
NAME = "lent"
LAYERS = ("services", "addons", "kubeflow")
FIRST_USER = "me@example.com"
MADE_BY_CONTROLLERS = {
    ("ConfigMap", "*", "istio-ca-root-cert"),  # istiod puts it into every namespace
}
"""What pods wait for, and no release brings: running controllers do, which the stand-in does not have."""


def fill_cache() -> None:
    """Have all of upstream's objects, or skip the test: they are the charts."""
    if all(Cache().get(digest) is not None for digest in read_lock().chart_hashes()):
        return
    if not (UPSTREAM / "kubeflow").is_dir():
        pytest.skip(f"{UPSTREAM}: no upstream trees, and .cache/kubeflow lacks objects; run: make vendor")
    vendor(CATALOGUE, upstream=UPSTREAM)


def official_charts() -> ChartFolders:
    """Charts of other projects, which Terraform downloads for a user."""
    if not CHARTS.is_dir():
        pytest.skip(f"{CHARTS}: no official charts there")
    return ChartFolders.below(CHARTS)


def platform(deletion_protection: bool = True, **kubeflow: Any) -> Platform:
    """Kubeflow on a cluster that others made."""
    return Platform(
        name=NAME,
        region="us-west-2",
        cluster=ExistingCluster(name="theirs", oidc_provider="made"),
        kubeflow=Kubeflow(**{"first_user_email": FIRST_USER, "credential_recovery_days": 0, **kubeflow}),
        deletion_protection=deletion_protection,
    )


def make_cluster(aws: Server) -> str:
    """An EKS cluster `theirs` in an account; the address of its API server."""
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    role = aws.client("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = aws.client("eks").create_cluster(name="theirs", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    return str(made["cluster"]["endpoint"])


@dataclass
class Staged:
    """The three stacks of a platform on one API server.

    Args:
        folder: of the test; holds copies of the stacks and their states.
        aws: moto, with a cluster.
        cluster: the API server.
        stacks: Terraform by layer, its Helm and Kubernetes providers attached.
        made: what was synthesized last.
    """

    folder: Path
    aws: Server
    cluster: Cluster
    stacks: dict[str, Terraform]
    made: Synthesized

    def synth(self, settings: Platform) -> None:
        """Exchange the configuration and the charts, and keep the states."""
        self.made = build(settings)
        place(self.folder, self.aws, self.made.tree)
        assert write_all_charts(self.made, self.folder / "generated") == []

    def state(self, layer: str) -> str:
        """Text of the state file of a stack."""
        return (self.folder / "state" / f"{NAME}-{layer}.tfstate").read_text()


@contextmanager
def staged(
    folder: Path, aws: Server, settings: Platform, helm_provider: Literal["3.1", "2.17"] = "3.1"
) -> Iterator[Staged]:
    """A platform in an emptied moto, nothing applied."""
    fill_cache()
    charts = official_charts()
    aws.reset()
    endpoint = make_cluster(aws)
    clusters = Clusters(hosts=(endpoint,))
    made = build(settings)
    found = place(folder, aws, made.tree)
    with ExitStack() as open_:
        stacks = {
            layer: open_.enter_context(attached(found[f"{NAME}-{layer}"], clusters, charts, helm_provider))
            for layer in LAYERS
        }
        clusters.at(endpoint).appears |= MADE_BY_CONTROLLERS
        result = Staged(folder, aws, clusters.at(endpoint), stacks, made)
        result.synth(settings)
        yield result
