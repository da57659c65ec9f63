"""The cluster behind the stand-in providers: objects and releases in memory, credentials, faults to come, what happened.

Nothing is written to the disk: the record holds tokens and secret values in clear.
"""

import itertools
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Literal

from .kinds import CLUSTER_WIDE, NAMESPACED, Key, Object, described, group

RELEASE_NAME, RELEASE_NAMESPACE = "meta.helm.sh/release-name", "meta.helm.sh/release-namespace"


class Refused(Exception):  # noqa: N818  it is an answer, not a mistake of the program
    """What the cluster, Helm or a provider does not do; Terraform shows it as an error.

    Args:
        summary: first line of Terraform's error.
        detail: the rest.
        state: what is there nevertheless, for Terraform to store (and to taint, on a create).
    """

    def __init__(self, summary: str, detail: str = "", state: dict[str, Any] | None = None):
        super().__init__(f"{summary}: {detail}" if detail else summary)
        self.summary, self.detail, self.state = summary, detail, state


class Unauthorized(Refused):
    """The API server does not take the credentials."""


class Lost(Unauthorized):
    """The connection or the token ended in the middle of an operation of Helm: nothing is written any more, no status either."""


@dataclass(frozen=True)
class Event:
    """One thing that was done, in the order of `Cluster.events`.

    Args:
        action: `install`, `upgrade`, `uninstall`, `hook`, `create`, `update`, `delete`; with ` failed` after it when so.
        kind: `Release`, or the kind of the object.
        version: of the chart.
        values: all values of the release, merged.
    """

    action: str
    kind: str
    name: str
    namespace: str = ""
    version: str = ""
    values: Any = None


@dataclass
class Release:
    """What Helm keeps of a release: `objects` are as sent, `size_bytes` is that of its Secret (own charts only)."""

    name: str
    namespace: str
    revision: int
    chart: dict[str, Any]
    values: dict[str, Any]
    status: str
    objects: list[Object]
    hooks: list[Object]
    notes: str
    size_bytes: int | None
    first_deployed: int
    last_deployed: int
    previous: "Release | None" = None
    """The revision before; Helm has a Secret for each."""

    def revisions(self) -> "Iterator[Release]":
        """This one and those before it, the newest first."""
        one: Release | None = self
        while one is not None:
            yield one
            one = one.previous


def copied(value: Any) -> Any:
    """A copy of JSON; copy.deepcopy, which also keeps what occurs twice the same, takes twice the time."""
    if isinstance(value, dict):
        return {name: copied(one) for name, one in value.items()}
    return [copied(one) for one in value] if isinstance(value, list) else value


@dataclass
class Fault:
    """One failure to come; see Cluster.fail_once."""

    name: str | None
    nth: int | None
    how: Literal["refuse", "unready", "lost"]


@dataclass
class Cluster:
    """One API server. Tests read `objects`, `releases`, `events` and set the rest.

    Args:
        host: its address, by which alone clusters differ.
        appears: `(kind, namespace or "*", name)` of what controllers make while they run: certificates of webhooks, say.
        asks_webhooks: off where objects are only what an inventory records of them, so that no pod could answer.
        hook_effects: what the Job of a chart hook does, by the Job's name; it is called with the cluster.
    """

    host: str
    appears: set[tuple[str, str, str]] = field(default_factory=set)
    hook_effects: dict[str, Callable[["Cluster"], None]] = field(default_factory=dict)
    objects: dict[Key, Object] = field(default_factory=dict)
    releases: dict[tuple[str, str], Release] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    tokens: list[str] = field(default_factory=list)
    starting: set[Key] = field(default_factory=set)
    refuses_at_first: bool = False
    """Whether a webhook refuses connections in the first seconds after its pod is Ready: until a Job has waited for it."""
    warming: set[Key] = field(default_factory=set)
    """What runs the pods of such webhooks."""
    lock: Any = field(default_factory=threading.RLock)
    asks_webhooks: bool = True

    def __post_init__(self) -> None:
        self._faults: list[Fault] = []
        self._writes = itertools.count(1)
        self._versions = itertools.count(1)
        self._expired: set[str] = set()
        self._calls_left: int | None = None
        for name in ("default", "kube-node-lease", "kube-public", "kube-system"):
            self.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name}})

    # --- what tests arrange ---------------------------------------------------------------------------------------------

    def expire_token(self, after_calls: int) -> None:
        """Refuse the token in use after so many more calls, for good; another token works, as after the next sign-in."""
        self._calls_left = after_calls

    @staticmethod
    def wait_for_another_token() -> None:
        """Wait until the AWS provider signs another token: a signature carries the second, so within one they are equal."""
        time.sleep(1)

    def fail_once(
        self, name: str | None = None, nth: int | None = None, how: Literal["refuse", "unready", "lost"] = "refuse"
    ) -> None:
        """Let one write fail: a release or object by its name, or the n-th write from now on.

        Args:
            name: of the release or of the object's metadata.
            nth: 1 is the next write of either provider: a release or an object of the Kubernetes provider.
            how: `refuse`: the API server says no and nothing is stored. `unready`: everything is stored and the pods do
                not get ready in time (releases only). `lost`: half of it is written, or deleted, and Helm's record says that
                the operation is still going on, as after SIGKILL, an expired token or a lost connection (releases only).
        """
        self._writes = itertools.count(1) if nth else self._writes
        self._faults.append(Fault(name, nth, how))

    def forget_failures(self) -> None:
        """Leave out all failures that are still to come."""
        self._faults.clear()

    # --- what tests and providers read ----------------------------------------------------------------------------------

    def release(self, name: str) -> Release:
        """The one release of this name, in whatever namespace."""
        (found,) = [release for (_, key), release in self.releases.items() if key == name]
        return found

    def done(self, action: str) -> list[str]:
        """Names of all that one action was done to, in order."""
        return [event.name for event in self.events if event.action == action]

    def of_kind(self, kind: str) -> Iterator[Object]:
        """All objects of a kind."""
        return (one for key, one in list(self.objects.items()) if key[1] == kind)

    def get(self, kind: str, name: str, namespace: str = "", api_group: str = "") -> Object | None:
        """One object, None when it is not there."""
        return self.objects.get((api_group, kind, namespace, name))

    def is_namespaced(self, one: Object) -> bool | None:
        """Whether objects of this kind live in a namespace; None: the server does not know the kind."""
        kind = (one["apiVersion"], one["kind"])
        if kind in NAMESPACED or kind in CLUSTER_WIDE:
            return kind in NAMESPACED
        for crd in self.of_kind("CustomResourceDefinition"):
            spec = crd["spec"]
            served = [f"{spec['group']}/{version['name']}" for version in spec["versions"] if version["served"]]
            if spec["names"]["kind"] == one["kind"] and one["apiVersion"] in served:
                return bool(spec["scope"] == "Namespaced")
        return None

    def key(self, one: Object, namespace: str = "default") -> Key:
        """Where an object is stored; `namespace` is taken when it names none itself."""
        meta = one["metadata"]
        place = (meta.get("namespace") or namespace) if self.is_namespaced(one) else ""
        return group(one["apiVersion"]), one["kind"], place, meta["name"]

    # --- what providers do ----------------------------------------------------------------------------------------------

    def authenticate(self, token: str | None) -> None:
        """Check the token of one call; None: other credentials, which do not expire.

        Raises:
            Unauthorized: it has expired.
        """
        if token is None:
            return
        with self.lock:
            if not self.tokens or self.tokens[-1] != token:
                self.tokens.append(token)
            if self._calls_left is not None:
                self._calls_left -= 1
                if self._calls_left < 0:
                    self._expired.add(token)
                    self._calls_left = None
            if token in self._expired:
                raise Unauthorized("Unauthorized", "the server has asked for the client to provide credentials")

    def fault(self, name: str) -> Fault | None:
        """The failure that this write is to meet; it is used up."""
        count = next(self._writes)
        for fault in self._faults:
            if fault.name == name or fault.nth == count:
                self._faults.remove(fault)
                return fault
        return None

    def loses(self, name: str) -> bool:
        """Whether the connection ends while this release is uninstalled; the failure is used up."""
        found = [fault for fault in self._faults if (fault.name, fault.how) == (name, "lost")]
        for fault in found[:1]:
            self._faults.remove(fault)
        return bool(found)

    def fail_if_due(self, name: str) -> None:
        """Meet the failure that is to come for this object.

        Raises:
            Refused: there is one.
        """
        if self.fault(name) is not None:
            raise Refused("injected failure", f"the API server refuses {name} this once")

    def put(self, one: Object, namespace: str = "default") -> Object:
        """Store an object as the API server does: its own copy, with uid, versions and what comes with a namespace.

        Raises:
            Refused: its namespace is not there.
        """
        key = self.key(one, namespace)
        if key[2] and self.get("Namespace", key[2]) is None:
            raise Refused(f'namespaces "{key[2]}" not found', f"wanted by {described(one)}")
        stored: Object = copied(one)
        old = self.objects.get(key)
        meta = stored["metadata"]
        before: dict[str, Any] = old["metadata"] if old else {"uid": str(uuid.uuid4()), "generation": 0}
        meta |= {
            "uid": before["uid"],
            "generation": before["generation"] + 1,
            "resourceVersion": str(next(self._versions)),
        }
        if key[2]:
            meta["namespace"] = key[2]
        self.objects[key] = stored
        if key[1] == "Namespace":
            meta["labels"] = {**(meta.get("labels") or {}), "kubernetes.io/metadata.name": key[3]}
            for kind, name in (("ServiceAccount", "default"), ("ConfigMap", "kube-root-ca.crt")):
                self.objects.setdefault(
                    ("", kind, key[3], name),
                    {"apiVersion": "v1", "kind": kind, "metadata": {"name": name, "namespace": key[3]}},
                )
        return stored

    def delete(self, key: Key) -> None:
        """Delete an object; a namespace with all that is in it, a CRD with its objects.

        Raises:
            Refused: something inside carries a finalizer, or a release lives in the namespace. A real cluster would take
                the release along; here it shows that the order of a destroy is wrong.
        """
        _, kind, _, name = key
        inside: list[Key] = []
        if kind == "Namespace":
            lodgers = sorted(release for place, release in self.releases if place == name)
            if lodgers:
                raise Refused(f'namespace "{name}" is still in use', f"by the releases {', '.join(lodgers)}")
            inside = [one for one in self.objects if one[2] == name]
        elif kind == "CustomResourceDefinition" and key in self.objects:
            spec = self.objects[key]["spec"]
            inside = [one for one in self.objects if one[:2] == (spec["group"], spec["names"]["kind"])]
        stuck = [one for one in inside if self.objects[one]["metadata"].get("finalizers")]
        if stuck:
            held = ", ".join(described(self.objects[one]) for one in stuck)
            raise Refused(f'{kind.lower()} "{name}" is stuck in Terminating', f"finalizers are on {held}")
        for one in (*inside, key):
            self.objects.pop(one, None)
            self.starting.discard(one)
            self.warming.discard(one)
