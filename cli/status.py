"""`kubeflow-aws status`: releases, pods, certificates, targets and address of running platforms. Read-only."""

import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.heal import chosen
from cli.program import ExitCode
from modules.live import entrance, release_status, workloads
from modules.live.api import Api, UnreachableError, of_context, of_eks
from modules.live.aws import Aws, DeniedError, session_of
from modules.live.entrance import ListenerCertificate, TargetHealth
from modules.live.release_status import ReleaseStatus
from modules.live.target import Target
from modules.live.workloads import Counted

Answer = TypeVar("Answer")


@dataclass(frozen=True)
class Status:
    """What runs of one platform."""

    platform: str
    dashboard_url: str | None
    cluster: str
    kubernetes_version: str
    nodes: Counted
    releases: tuple[ReleaseStatus, ...]
    pods: Counted
    certificates: Counted
    targets: tuple[TargetHealth, ...]
    listener_certificates: tuple[ListenerCertificate, ...]
    not_checked: tuple[str, ...]
    """What the cluster or AWS refuses to report, with the missing permission."""

    @property
    def problems(self) -> int:
        """Number of things that are not as they should be."""
        return len(
            [
                *(one for one in self.releases if not one.is_deployed),
                *self.nodes.not_ready,
                *self.pods.not_ready,
                *self.certificates.not_ready,
                *(one for one in self.targets if one.state != "healthy"),
                *(one for one in self.listener_certificates if one.status != "ISSUED"),
            ]
        )


def of_platform(target: Target, api: Api) -> Status:
    """Read the state of a platform. What the cluster or AWS refuses is listed, so that a viewer sees the rest.

    Raises:
        UnreachableError: the API server does not answer.
    """
    refused: list[str] = []

    def read(what: str, answer: Callable[[], Answer], otherwise: Answer) -> Answer:
        try:
            return answer()
        except UnreachableError:
            raise
        except DeniedError as error:
            refused.append(f"{what}: needs {error.action}")
        except (ClientError, BotoCoreError, ValueError) as error:
            refused.append(f"{what}: {error}")
        return otherwise

    @cache
    def aws() -> Aws:
        return Aws(session_of(target.region, target.role_arn, target.external_id), target.region)

    none = Counted(0, ())
    groups: list[Any] = read("targets", lambda: entrance.target_groups(aws(), target.platform), [])
    return Status(
        platform=target.platform,
        dashboard_url=target.dashboard_url,
        cluster=target.cluster,
        kubernetes_version=read("version", lambda: workloads.kubernetes_version(api), "unknown"),
        nodes=read("nodes", lambda: workloads.nodes(api), none),
        releases=tuple(read("releases", lambda: release_status.of_platform(api, target), [])),
        pods=read("pods", lambda: workloads.pods(api), none),
        certificates=read("certificates", lambda: workloads.certificates(api), none),
        targets=tuple(read("target health", lambda: entrance.target_health(aws(), groups), [])),
        listener_certificates=tuple(
            read("certificates of the load balancer", lambda: entrance.listener_certificates(aws(), groups), [])
        ),
        not_checked=tuple(refused),
    )


def report(found: Status) -> str:
    """A platform as text: a line per kind, with those that are not ready below it."""
    lines = [
        f"{found.platform}: {found.dashboard_url or 'no dashboard'}",
        *_kind(f"cluster {found.cluster}, Kubernetes {found.kubernetes_version}, nodes", found.nodes),
        *(_releases(found.releases) if found.releases else []),
        *_kind("pods", found.pods),
        *_kind("certificates of cert-manager", found.certificates),
    ]
    if found.targets:
        healthy = sum(one.state == "healthy" for one in found.targets)
        lines.append(f"  targets: {healthy} of {len(found.targets)} healthy")
        lines += [
            f"    {one.target}: {one.state}{f' ({one.reason})' if one.reason else ''}"
            for one in found.targets
            if one.state != "healthy"
        ]
    lines += [
        f"  certificate of {one.domain}: {one.status}{f', valid until {one.not_after}' if one.not_after else ''}"
        for one in found.listener_certificates
    ]
    return "\n".join([*lines, *(f"  not checked: {line}" for line in found.not_checked)])


def _kind(what: str, counted: Counted) -> list[str]:
    ready = counted.total - len(counted.not_ready)
    return [f"  {what}: {ready} of {counted.total} ready", *(f"    {one}" for one in counted.not_ready)]


def _releases(releases: Iterable[ReleaseStatus]) -> list[str]:
    releases = list(releases)
    deployed = sum(one.is_deployed for one in releases)
    outdated = [one for one in releases if one.is_deployed and not one.is_current]
    versions = sorted({one.app_version for one in releases if one.app_version})
    said = f", versions {', '.join(versions)}" if versions else ""
    return [
        f"  releases: {deployed} of {len(releases)} deployed{said}",
        *(f"    {one.namespace}/{one.name}: {one.status}" for one in releases if not one.is_deployed),
        *(
            f"    {one.namespace}/{one.name}: a plan updates {one.chart_version} to {one.wanted_version}"
            for one in outdated
        ),
    ]


def document(found: Status) -> dict[str, Any]:
    """A platform as JSON."""
    return {**asdict(found), "problems": found.problems}


def main(
    platform: str | None = None, context: str | None = None, *, as_json: bool = False, exit_code: bool = False
) -> None:
    """Print the status of platforms.

    Args:
        platform: one platform; None: all of `generated/`.
        context: kubeconfig context; None: the AWS credentials.
        as_json: as one JSON document.
        exit_code: exit with `ExitCode.DIFFERENCES` if something is not ready.

    Raises:
        ValueError: the platform does not exist, or its cluster is unreachable.
        SystemExit: something is not ready.
    """
    found = []
    for target in chosen(platform):
        api = of_context(context) if context else of_eks(target)
        found.append(of_platform(target, api))
        if not as_json:
            print(report(found[-1]))
    if as_json:
        print(json.dumps({"platforms": [document(one) for one in found]}, indent=1, ensure_ascii=False))
    if exit_code and any(one.problems for one in found):
        sys.exit(ExitCode.DIFFERENCES)
