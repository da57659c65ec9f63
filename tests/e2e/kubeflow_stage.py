"""Add-ons and Kubeflow, staged for Terraform on a cluster that moto has already: no VPC and no nodes are applied for them."""

import zipfile
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, Literal

import pytest

from modules.cluster.webhook_ports import WEBHOOK_PORTS
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.install_order import StackPart
from modules.kubeflow.lock import read_lock
from modules.naming import slug
from modules.settings import Dex, ExistingCluster, Kubeflow, Platform
from modules.settings.component import Component, HelmChart
from modules.vendoring.vendor import vendor
from stacks.document import Document
from stacks.platform import Synthesized, build, write_all_charts
from tests.e2e.stage import place
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, ChartFolders, Cluster, Clusters, Graph, attached
from tests.terraform import Terraform
from tests.upstream_folders import CHART_FOLDERS, SEARCHED, UPSTREAM_FOLDERS

ROOT = Path(__file__).parents[2]
NAME, CLUSTER = "existing", "theirs"
LAYERS = ("services", "addons", "kubeflow")
FIRST_USER = "me@example.com"


def address(release: str) -> str:
    """Where Terraform has a release."""
    return f"helm_release.{slug(release)}"


def fill_cache() -> None:
    """Have all of upstream's objects, or skip the test: they are the charts."""
    if all(Cache().get(digest) is not None for digest in read_lock().chart_hashes()):
        return
    if not any((folder / "kubeflow").is_dir() for folder in UPSTREAM_FOLDERS):
        pytest.skip(f"{SEARCHED}: no upstream trees, and .cache/kubeflow lacks objects; run: make vendor")
    vendor(CATALOGUE, upstream=UPSTREAM_FOLDERS)


def official_charts() -> ChartFolders:
    """Charts of other projects, which Terraform downloads for a user."""
    if not CHART_FOLDERS:
        pytest.skip(f"{SEARCHED}: no official charts there")
    return ChartFolders.below(*CHART_FOLDERS)


def platform(deletion_protection: bool = True, **kubeflow: Any) -> Platform:
    """Kubeflow on a cluster that others made."""
    return Platform(
        name=NAME,
        region="us-west-2",
        # moto's security group of a cluster keeps them closed
        cluster=ExistingCluster(
            name=CLUSTER, oidc_provider="made", open_webhook_ports=WEBHOOK_PORTS, network_policies="other"
        ),
        kubeflow=Kubeflow(
            **{
                "auth": Dex(users=(FIRST_USER,)),
                "services": IN_CLUSTER,
                "provider_auth": "token",
                "split": False,
                **kubeflow,
            }
        ),
        deletion_protection=deletion_protection,
    )


def make_cluster(aws: Server) -> str:
    """An existing EKS cluster in an account, with a node group; the address of its API server."""
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    role = aws.client("iam").create_role(RoleName=CLUSTER, AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    made = aws.client("eks").create_cluster(
        name="theirs",
        roleArn=role,
        resourcesVpcConfig={"subnetIds": subnets},
        accessConfig={"authenticationMode": "API"},
    )
    template = aws.client("ec2").create_launch_template(
        LaunchTemplateName="theirs", LaunchTemplateData={"EbsOptimized": True}
    )["LaunchTemplate"]
    aws.client("eks").create_nodegroup(
        clusterName="theirs",
        nodegroupName="theirs",
        nodeRole=role,
        subnets=subnets,
        launchTemplate={"id": template["LaunchTemplateId"]},
    )
    return str(made["cluster"]["endpoint"])


@dataclass
class Staged:
    """The three stacks of a platform on one API server.

    Args:
        folder: of the test; holds copies of the stacks and their states.
        aws: moto, with a cluster.
        cluster: the API server.
        stacks: Terraform by layer, its Helm and Kubernetes providers attached.
        platform: the settings that were synthesized last.
        made: what was synthesized last.
    """

    folder: Path
    aws: Server
    cluster: Cluster
    stacks: dict[str, Terraform]
    platform: Platform
    made: Synthesized

    def synth(self, settings: Platform) -> None:
        """Exchange the configuration and the charts, and keep the states."""
        self.platform, self.made = settings, build(settings)
        place(self.folder, self.aws, self.made.tree)
        assert write_all_charts(self.made, self.folder / "generated") == []

    def state(self, layer: str) -> str:
        """Text of the state file of a stack."""
        return (self.folder / "state" / f"{NAME}-{layer}.tfstate").read_text()

    @property
    def documents(self) -> dict[str, Document]:
        """Configuration by layer."""
        return {stack.removeprefix(f"{NAME}-"): document for stack, document in self.made.documents.items()}

    def addresses(self, layer: str) -> set[str]:
        """Every release that a stack's configuration has."""
        return {f"helm_release.{name}" for name in self.documents[layer]["resource"]["helm_release"]}

    @property
    def settings(self) -> Kubeflow:
        """What is installed, by the settings that were synthesized last."""
        assert self.platform.kubeflow is not None
        return self.platform.kubeflow

    def releases(self, layer: str, component: Component) -> list[str]:
        """Addresses of a component's releases in their order: its object types, itself, its objects of own types."""
        names = [f"{component.name}-crds", component.name, f"{component.name}-crs"]
        if isinstance(component.source, HelmChart):
            names = [component.name]
        return [found for name in names if (found := address(name)) in self.addresses(layer)]

    def check_order(self, part: StackPart) -> int:
        """Assert that in Terraform's own graph every release waits for all that its component needs, namespaces first.

        Returns:
            How many needs were looked at.
        """
        graph = Graph.of_apply(self.stacks[part.name])
        releases = {one.name: self.releases(part.name, one) for one in part.components}
        for phases in releases.values():
            for before, after in pairwise(phases):
                assert before in graph.all_before(after)
        pairs = [(one.name, need) for one in part.components for need in one.needs if need in releases]
        for name, need in pairs:
            assert set(releases[need]) <= graph.all_before(releases[name][0]), f"{name} does not wait for {need}"
        namespaces = {address(f"{part.name}-namespaces")} & self.addresses(part.name)
        for release in self.addresses(part.name) - namespaces:
            assert namespaces <= graph.all_before(release), f"{release} does not wait for its namespace"
        return len(pairs)

    def credentials(self) -> dict[str, str]:
        """Every password in Secrets Manager by the name of its secret."""
        store = self.aws.client("secretsmanager")
        return {
            one["Name"]: store.get_secret_value(SecretId=one["ARN"])["SecretString"]
            for one in store.list_secrets()["SecretList"]
        }

    def stored(self) -> Iterator[tuple[Path, bytes]]:
        """Every file of the test: trees, charts, states and plans, these unpacked; not what providers are."""
        for file in sorted(self.folder.rglob("*")):
            if not file.is_file() or ".terraform" in file.parts:
                continue
            if zipfile.is_zipfile(file):
                with zipfile.ZipFile(file) as packed:
                    yield from ((file / name, packed.read(name)) for name in packed.namelist())
            else:
                yield file, file.read_bytes()


@contextmanager
def staged(
    folder: Path,
    aws: Server,
    settings: Platform,
    helm_provider: Literal["3.1", "2.17"] = "3.1",
    layers: Sequence[str] = LAYERS,
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
            for layer in layers
        }
        clusters.at(endpoint).appears |= MADE_BY_CONTROLLERS
        clusters.at(endpoint).refuses_at_first = True
        result = Staged(folder, aws, clusters.at(endpoint), stacks, settings, made)
        result.synth(settings)
        yield result
