"""Runs the checks of the program: as a Job in the cluster, or in this process with tokens of the same service account."""

import os
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from modules.acceptance import job
from modules.acceptance.program.__main__ import CHECKS
from modules.acceptance.program.objects import ACCOUNT
from modules.acceptance.program.outcome import Outcome, read_outcome
from modules.acceptance.program.running import outcomes, title_of
from modules.acceptance.program.world import World
from modules.live.api import Api, MissingObjectError

POLL_SECONDS = 3.0
QUIET_MINUTES = 10.0
"""Of a check, in addition to the time that one of its objects may take."""
TOKEN_SECONDS = 7200
ROLE = "eks.amazonaws.com/role-arn"
"""Annotation of a service account with IRSA.

Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
"""
PIPELINES_AUDIENCE = "pipelines.kubeflow.org"


def in_cluster(world: World, connect: Callable[[], Api], poll_seconds: float = POLL_SECONDS) -> Iterator[Outcome]:
    """Create the Job, and yield each outcome of its log as it appears; ConfigMap and Job are deleted at the end.

    Args:
        world: what the program knows.
        connect: a connection with a valid token; a run is longer than the 15 minutes of a token of EKS.
        poll_seconds: between two looks at the log.

    Raises:
        ValueError: the API server rejects one of the objects.
        UnreachableError: the API server does not answer.
    """
    namespace = f"/api/v1/namespaces/{world.team}"
    with (
        _created(connect, f"{namespace}/configmaps", job.config_map(world)),
        _created(connect, f"/apis/batch/v1/namespaces/{world.team}/jobs", job.job(world)) as path,
    ):
        seen: list[Outcome] = []
        patience = 60 * (world.wait_minutes + QUIET_MINUTES)
        end = time.monotonic() + patience
        while True:
            status = (connect().get(path) or {}).get("status") or {}
            for outcome in _log(connect(), world)[len(seen) :]:
                seen.append(outcome)
                end = time.monotonic() + patience
                yield outcome
            if len(seen) == len(CHECKS):
                return
            ended = status.get("failed") or status.get("succeeded")
            if ended or time.monotonic() > end:
                what = "ended" if ended else f"said nothing for {patience / 60:.0f} minutes"
                why = f"the pod {what} {f'after {seen[-1].id}' if seen else 'before its first check'}; {_why(connect(), world)}"
                yield Outcome("job", "The Job ends after its last check", "failed", 0.0, why)
                return
            time.sleep(poll_seconds)


def in_this_process(world: World, api: Api) -> Iterator[Outcome]:
    """Run the checks here, as the same service account. Names of the cluster must be reachable from here.

    Args:
        world: what the program knows.
        api: an administrator's connection, which issues the tokens.

    Raises:
        ValueError: the API server rejects a request.
        UnreachableError: the API server does not answer.
    """
    with tempfile.TemporaryDirectory() as folder, _environment(_variables(world, api, Path(folder))) as missing_role:
        files = {name: Path(folder) / name for name in ("kubernetes", "pipelines")}
        files["kubernetes"].write_text(_token(api, world.team))
        files["pipelines"].write_text(program_token(api, world.team))
        skip = dict(world.skip)
        if missing_role:  # boto3 would use the caller's own credentials, which says nothing about the team's
            for name in ("pipeline", "model", "other-team-artifacts"):
                skip.setdefault(
                    name, f"{ACCOUNT} has no {ROLE}, so that its credentials are not available outside of the cluster"
                )
        here = replace(
            world,
            skip=skip,
            kubernetes_address=api.address,
            kubernetes_ca=api.ca_file,
            account_token=str(files["kubernetes"]),
            pipelines_token=str(files["pipelines"]),
        )
        yield from outcomes({name: (title_of(one), partial(one, here)) for name, one in CHECKS.items()}, skip)


def _log(api: Api, world: World) -> list[Outcome]:
    """Outcomes so far; empty while the pod does not run."""
    pods = _pods(api, world)
    if not pods:
        return []
    path = f"/api/v1/namespaces/{world.team}/pods/{pods[0]['metadata']['name']}/log"
    try:
        text = api.text(path, {"container": "accept"})
    except (MissingObjectError, ValueError):  # 400 while the container is created; the reason is in its status
        return []
    return [found for line in text.splitlines() if (found := read_outcome(line)) is not None]


def _why(api: Api, world: World) -> str:
    """What Kubernetes says of the Job's pod: its containers, or why it has no node."""
    found = [pod.get("status", {}) for pod in _pods(api, world)]
    states = [
        f"{one['name']}: {details.get('reason') or state} {details.get('message', '')}".strip()
        for status in found
        for one in status.get("containerStatuses") or ()
        for state, details in one["state"].items()
    ]
    states += [
        f"{one.get('reason', '')}: {one.get('message', '')}"
        for status in found
        for one in status.get("conditions") or ()
        if (one["type"], one["status"]) == ("PodScheduled", "False")
    ]
    return "; ".join(states) or "it has no pod: look at the events of the Job"


def _pods(api: Api, world: World) -> list[Any]:
    selector = {"labelSelector": f"batch.kubernetes.io/job-name={world.run}"}
    return list((api.get(f"/api/v1/namespaces/{world.team}/pods", selector) or {}).get("items", ()))


@contextmanager
def _created(connect: Callable[[], Api], path: str, body: Mapping[str, Any]) -> Iterator[str]:
    made = connect().create(path, body)
    named = f"{path}/{body['metadata']['name']}"
    try:
        yield named
    finally:
        connect().delete(named, made["metadata"]["uid"], dependents=True)


def program_token(api: Api, team: str) -> str:
    """A token with which a program of a team signs in to Kubeflow."""
    return _token(api, team, PIPELINES_AUDIENCE)


def _token(api: Api, namespace: str, *audiences: str) -> str:
    """A token of the team's service account.

    Source: https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/
    """
    path = f"/api/v1/namespaces/{namespace}/serviceaccounts/{ACCOUNT}/token"
    spec = {"expirationSeconds": TOKEN_SECONDS, **({"audiences": list(audiences)} if audiences else {})}
    body = {"apiVersion": "authentication.k8s.io/v1", "kind": "TokenRequest", "spec": spec}
    return str(api.create(path, body)["status"]["token"])


def _variables(world: World, api: Api, folder: Path) -> dict[str, str]:
    """Where the artifacts are, and the team's role, as EKS and the PodDefault give them to a pod."""
    found = {}
    default = api.get(f"/apis/kubeflow.org/v1alpha1/namespaces/{world.team}/poddefaults/artifact-store")
    for one in (default or {}).get("spec", {}).get("env", ()):
        found[one["name"]] = one["value"]
    account = api.get(f"/api/v1/namespaces/{world.team}/serviceaccounts/{ACCOUNT}")
    role = (account or {}).get("metadata", {}).get("annotations", {}).get(ROLE)
    if role:
        file = folder / "aws"
        file.write_text(_token(api, world.team, "sts.amazonaws.com"))
        found |= {"AWS_ROLE_ARN": role, "AWS_WEB_IDENTITY_TOKEN_FILE": str(file)}
    return found


@contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[bool]:
    """The variables, without the caller's own credentials; whether a role is missing."""
    before = dict(os.environ)
    own = ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_PROFILE")
    try:
        for name in own:
            os.environ.pop(name, None)
        os.environ.update(variables)
        yield "AWS_ROLE_ARN" not in variables
    finally:
        os.environ.clear()
        os.environ.update(before)
