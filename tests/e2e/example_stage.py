"""An example of examples/, applied stack after stack: moto is AWS, and Helm and Kubernetes are the stand-ins."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.settings import Platform
from stacks.platform import build, write_all_charts
from tests.e2e.kubeflow_stage import fill_cache, official_charts
from tests.e2e.stage import place
from tests.platforms import EXAMPLES
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, Cluster, Clusters, attached
from tests.terraform import Terraform

ROLES = ("platform-admins", "auditors")
"""Principals that exist already in the examples."""


@dataclass
class Staged:
    """One platform.

    Args:
        aws: moto.
        cluster_name: of its cluster in EKS.
        clusters: API servers, by the addresses that moto gives.
        stacks: Terraform by layer, in the order of their application.
    """

    aws: Server
    cluster_name: str
    clusters: Clusters
    stacks: dict[str, Terraform]

    @property
    def cluster(self) -> Cluster:
        """Its API server, once there is one."""
        found = self.aws.client("eks").describe_cluster(name=self.cluster_name)["cluster"]
        return self.clusters.at(found["endpoint"])

    def apply(self) -> None:
        """Apply everything once, in order."""
        for layer, stack in self.stacks.items():
            if layer == "services":  # the first one after the cluster, if the platform creates it
                self.cluster.appears |= MADE_BY_CONTROLLERS
            stack.apply()

    def check_settled(self) -> None:
        """Assert that no stack has anything left to do."""
        for stack in self.stacks.values():
            plan = stack.plan()
            assert plan.is_empty, plan.explain()

    def check_releases(self) -> None:
        """Assert that all that was installed is there, at the first try."""
        assert {release.status for release in self.cluster.releases.values()} == {"deployed"}
        assert not [event for event in self.cluster.events if event.action.endswith("failed")]


def example(name: str) -> Platform:
    """The platform of an example, as its file has it."""
    (found,) = EXAMPLES[name]
    return found


def make_roles(aws: Server) -> None:
    """Administrators and viewers, which exist before a platform."""
    for role in ROLES:
        aws.client("iam").create_role(RoleName=role, AssumeRolePolicyDocument="{}")


def namespace(name: str) -> dict[str, Any]:
    """A namespace that others made."""
    return {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}}


def objects_of(component: str) -> list[dict[str, Any]]:
    """What a component brings, for a cluster in which others installed it."""
    phases = read_lock().components[component]["default"].phases.values()
    return [one for phase in phases for one in load(Cache().get(phase.sha256) or b"")]


@contextmanager
def staged(folder: Path, aws: Server, platform: Platform) -> Iterator[Staged]:
    """All stacks of a platform, nothing applied."""
    fill_cache()
    charts, clusters, made = official_charts(), Clusters(), build(platform)
    found = place(folder, aws, made.tree)
    assert write_all_charts(made, folder / "generated") == []
    with ExitStack() as open_:
        stacks = {
            name.removeprefix(f"{platform.name}-"): open_.enter_context(attached(found[name], clusters, charts))
            for name in made.seconds
        }
        cluster_name = getattr(platform.cluster, "name", None) or platform.name
        yield Staged(aws, cluster_name, clusters, stacks)
