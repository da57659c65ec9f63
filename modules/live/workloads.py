"""Nodes, pods and certificates of a cluster that are not ready."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from modules.live.api import Reader


@dataclass(frozen=True)
class NotReady:
    """One object that is not ready, and why."""

    namespace: str
    name: str
    reason: str

    def __str__(self) -> str:
        return f"{self.namespace}/{self.name}: {self.reason}" if self.namespace else f"{self.name}: {self.reason}"


@dataclass(frozen=True)
class Counted:
    """Number of objects of one kind, and those that are not ready."""

    total: int
    not_ready: tuple[NotReady, ...]


def kubernetes_version(api: Reader) -> str:
    """Version of the API server, such as v1.35.2-eks-1234567."""
    return str((api.get("/version") or {}).get("gitVersion", "unknown"))


def nodes(api: Reader) -> Counted:
    """Nodes, and those whose kubelet does not report Ready."""
    found = _items(api, "/api/v1/nodes")
    return Counted(
        len(found), tuple(_unready("", one, found_ready(one)) for one in found if not _is_true(one, "Ready"))
    )


def pods(api: Reader) -> Counted:
    """Pods that run or have to run, and those with a container that is not ready.

    Completed pods, and failed pods of Jobs, which the Job replaces, are not counted.
    """
    found = [one for one in _items(api, "/api/v1/pods") if not _is_over(one)]
    return Counted(
        len(found),
        tuple(
            NotReady(one["metadata"]["namespace"], one["metadata"]["name"], pod_reason(one))
            for one in found
            if not _is_true(one, "Ready")
        ),
    )


def certificates(api: Reader) -> Counted:
    """Certificates of cert-manager, and those that are not issued or have expired; none without cert-manager."""
    found = _items(api, "/apis/cert-manager.io/v1/certificates")
    return Counted(
        len(found),
        tuple(
            _unready(one["metadata"]["namespace"], one, found_ready(one)) for one in found if not _is_true(one, "Ready")
        ),
    )


def _items(api: Reader, path: str) -> list[Any]:
    return list((api.get(path) or {}).get("items") or ())


def _conditions(one: Any) -> Mapping[str, Any]:
    return {condition["type"]: condition for condition in (one.get("status") or {}).get("conditions") or ()}


def _is_true(one: Any, kind: str) -> bool:
    return bool(_conditions(one).get(kind, {}).get("status") == "True")


def found_ready(one: Any) -> str:
    """Why the condition Ready of an object is not true."""
    condition = _conditions(one).get("Ready")
    if condition is None:
        return "has no status yet"
    return _sentence(condition.get("reason"), condition.get("message")) or f"Ready is {condition['status']}"


def _unready(namespace: str, one: Any, reason: str) -> NotReady:
    return NotReady(namespace, one["metadata"]["name"], reason)


def _is_over(pod: Any) -> bool:
    phase = (pod.get("status") or {}).get("phase")
    owners = {owner["kind"] for owner in pod["metadata"].get("ownerReferences") or ()}
    return phase == "Succeeded" or (phase == "Failed" and "Job" in owners)


def pod_reason(pod: Any) -> str:
    """Why a pod is not ready: a container that waits or has ended, the scheduler's message, or its phase."""
    status = pod.get("status") or {}
    for container in (*(status.get("initContainerStatuses") or ()), *(status.get("containerStatuses") or ())):
        said = next(_container(container), None)
        if said is not None:
            return said
    scheduled = _conditions(pod).get("PodScheduled", {})
    if scheduled.get("status") == "False":
        return _sentence(scheduled.get("reason"), scheduled.get("message"))
    if status.get("reason"):
        return _sentence(status["reason"], status.get("message"))
    if status.get("phase") == "Running":
        waiting = [one["name"] for one in status.get("containerStatuses") or () if not one.get("ready")]
        return f"not ready: {', '.join(waiting) or 'its readiness gates'}"
    return str(status.get("phase") or "has no status yet")


def _container(container: Any) -> Iterator[str]:
    state, restarts = container.get("state") or {}, container.get("restartCount") or 0
    after = f" ({restarts} restarts)" if restarts else ""
    waiting, ended = state.get("waiting"), state.get("terminated")
    if waiting and waiting.get("reason") not in ("PodInitializing", "ContainerCreating"):
        yield f"{container['name']}: {_sentence(waiting.get('reason'), waiting.get('message'))}{after}"
    if ended and ended.get("exitCode"):
        yield f"{container['name']}: {ended.get('reason') or 'ended'} with exit code {ended['exitCode']}{after}"


def _sentence(*parts: Any) -> str:
    return ": ".join(" ".join(str(part).split()) for part in _given(parts))


def _given(parts: Iterable[Any]) -> Iterator[Any]:
    return (part for part in parts if part)
