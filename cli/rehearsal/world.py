"""The stand-ins of a rehearsal: AWS in this process, API servers in memory, providers for Helm and Kubernetes.

Imports moto, so `requirements.check_machine` comes first.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cli.rehearsal.existing import create_existing
from cli.rehearsal.requirements import published_charts, pull_command
from cli.rehearsal.trace import Trace
from modules.errors import ProblemsError
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.settings import ExistingCluster, Platform
from stacks.document import Document
from tests.stand_ins.moto_extension import ACCOUNT, CREDENTIALS, Server, leftovers, start
from tests.stand_ins.providers import MADE_BY_CONTROLLERS, ChartFolders, Cluster, Clusters, Refused, serving
from tests.stand_ins.providers.aws_provider import AwsProvider

HTTP_ERROR = 400
"""Status codes from here on are errors."""


class _Clusters(Clusters):
    """API servers on which controllers create what pods wait for, and whose webhooks refuse the first requests."""

    def at(self, host: str) -> Cluster:
        """The cluster of an address."""
        cluster = super().at(host)
        cluster.appears |= MADE_BY_CONTROLLERS
        cluster.refuses_at_first = True
        return cluster


@dataclass
class World:
    """Everything outside of Terraform.

    Args:
        server: the stand-in for AWS; one for each process.
        charts: published charts on this machine.
        clusters: API servers of the EKS clusters.
        account: number of the AWS account.
        credentials: environment variables with keys of the account.
        aws_provider: providers that keep running, so that each command is spared a start.
    """

    server: Server
    charts: ChartFolders
    clusters: Clusters = field(default_factory=_Clusters)
    account: str = ACCOUNT
    credentials: Mapping[str, str] = field(default_factory=lambda: CREDENTIALS)
    aws_provider: AwsProvider = field(default_factory=AwsProvider)
    _before: tuple[str, ...] = ()
    _region: str = ""

    @property
    def endpoint(self) -> str:
        """Address of the stand-in for AWS."""
        return self.server.endpoint

    @classmethod
    def of(cls, documents: Iterable[Document], folders: Sequence[Path]) -> "World":
        """Start the stand-ins.

        Args:
            documents: all stacks that will be applied.
            folders: where published charts are.

        Raises:
            ValueError: charts are missing; with the commands that download them.
        """
        charts = ChartFolders.below(*folders)
        missing = [one for one in sorted(published_charts(documents)) if not _is_there(charts, *one)]
        if missing:
            commands = [f"  {pull_command(*one)}" for one in missing]
            raise ProblemsError(
                [
                    f"charts are missing: {len(missing)}, and a rehearsal downloads nothing; run these, then add --charts charts:",
                    *commands,
                ]
            )
        return cls(start(), charts)

    def reset(self, platform: Platform, documents: Mapping[str, Document]) -> None:
        """An account and clusters with nothing but what the settings name as existing.

        Args:
            platform: the settings.
            documents: all of its stacks.

        Raises:
            ValueError: the settings name an existing resource that the stand-in cannot have.
        """
        self.server.reset()
        self.clusters = _Clusters()
        endpoint = create_existing(self.server, platform, documents)
        if endpoint is not None and isinstance(platform.cluster, ExistingCluster):
            _install_preinstalled(self.clusters.at(endpoint), platform)
        self._region = platform.region
        self._before = tuple(leftovers(platform.region))

    def left(self, platform: Platform) -> list[str]:
        """What AWS has in addition to what existed before, as `type id`; not what waits for its deletion, as secrets and keys do."""
        secrets = self.server.client("secretsmanager", platform.region)
        pages = secrets.get_paginator("list_secrets").paginate(IncludePlannedDeletion=True)
        waiting = {f"secret {one['Name']}" for page in pages for one in page["SecretList"] if "DeletedDate" in one}
        return [one for one in leftovers(platform.region) if one not in {*self._before, *waiting}]

    def mark(self) -> tuple[int, int]:
        """Where the record is now, for `since`."""
        return len(self.server.gate.calls), len(self._events())

    def since(self, mark: tuple[int, int], *, changed: bool) -> Trace:
        """What happened since a mark.

        Args:
            mark: from `mark`.
            changed: whether Terraform reported a change.
        """
        calls = self.server.gate.calls[mark[0] :]
        done = tuple((one.service, one.operation) for one in calls if one.answered < HTTP_ERROR)
        return Trace(done, tuple(self._events()[mark[1] :]), changed)

    def api_servers(self) -> list[Cluster]:
        """API servers of all EKS clusters of the account."""
        eks = self.server.client("eks", self._region)
        names = eks.list_clusters()["clusters"]
        return [self.clusters.at(eks.describe_cluster(name=name)["cluster"]["endpoint"]) for name in names]

    def disarm(self) -> None:
        """Forget failures that were not met."""
        self.server.gate.reset()
        for cluster in self.clusters.every():
            cluster.forget_failures()

    def _events(self) -> list[str]:
        return [
            event.name
            for cluster in self.clusters.every()
            for event in cluster.events
            if event.kind == "Release" and event.action in ("install", "upgrade", "uninstall")
        ]

    def close(self) -> None:
        """End the processes of the AWS provider."""
        self.aws_provider.close()

    @contextmanager
    def serving(self, folder: Path) -> Iterator[str]:
        """Providers for one stack; the value of its TF_REATTACH_PROVIDERS."""
        with serving(folder, self.clusters, self.charts) as reattach:
            yield reattach


def _is_there(charts: ChartFolders, repository: str, chart: str, version: str) -> bool:
    try:
        charts.find(chart, repository, version, Path())
    except Refused:
        return False
    return True


def _install_preinstalled(cluster: Cluster, platform: Platform) -> None:
    """Objects of the components that the settings name as installed; those of published charts are not known here."""
    for name in platform.kubeflow.preinstalled if platform.kubeflow else ():
        entry = read_lock().components.get(name)
        for phase in entry["default"].phases.values() if entry else ():
            for one in load(Cache().get(phase.sha256) or b""):
                if one["kind"] == "Namespace":
                    cluster.put(one)
        for phase in entry["default"].phases.values() if entry else ():
            for one in load(Cache().get(phase.sha256) or b""):
                namespace = one["metadata"].get("namespace")
                if namespace and cluster.get("Namespace", namespace) is None:
                    cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
                cluster.put(one)
