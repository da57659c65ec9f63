"""Whether the platform's nodes take the pods of a manifest, by the placement of Fit."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from modules.checks.admission.problem import Problem
from modules.checks.admission.templates.template import Template
from modules.checks.finding import Kind
from modules.checks.fit.fargate import split
from modules.checks.fit.fit import supply_of
from modules.checks.fit.nodes import unknown_types
from modules.checks.fit.not_checked import own_pools
from modules.checks.fit.placement import place
from modules.checks.fit.search import best
from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.workloads import Workload, of_objects, workloads
from modules.checks.manifest import kinds
from modules.checks.manifest.files import Document
from modules.checks.manifest.target import Target, body_of
from modules.kubeflow.manifest import Object
from modules.settings import Cluster

INJECTION = ("MutatingWebhookConfiguration", "ConfigMap")
"""Kinds of the injector, which adds sidecars."""


@dataclass(frozen=True)
class Mine:
    """Pods of one template as the scheduler sees them."""

    number: int
    """Of the object in the files."""
    template: Template
    workload: Workload

    def problem(self, kind: Kind, text: str) -> tuple[int, Problem]:
        """A finding at the template."""
        return self.number, Problem(kind, self.template.spec_path, text, kind.fix)


@dataclass(frozen=True)
class Room:
    """Nodes of a platform, and what runs on them."""

    target: Target
    documents: Mapping[int, Document]

    @cached_property
    def cluster(self) -> Cluster | None:
        """The cluster; None: its nodes are not known."""
        found = self.target.platform.cluster
        return None if not isinstance(found, Cluster) or any(map(unknown_types, found.node_groups)) else found

    def mine(self, templates: Mapping[int, Sequence[Template]]) -> list[Mine]:
        """Pods of the files with their sidecars."""
        found = [(number, one) for number, many in templates.items() for one in many]
        return [Mine(*one, self._workload(f"manifest-{place}", one[1])) for place, one in enumerate(found)]

    def _workload(self, name: str, template: Template) -> Workload:
        team = self.target.team.name
        kind = "DaemonSet" if template.pods is None else "Deployment"
        made: Object = {
            "apiVersion": "apps/v1",
            "kind": kind,
            "metadata": {"name": name, "namespace": team},
            "spec": {
                "replicas": template.pods,
                "selector": {"matchLabels": {}},
                "template": {"metadata": template.metadata, "spec": template.running},
            },
        }
        others = [one for one in self.target.admission.objects if one["kind"] in INJECTION]
        claims = [one for one in self.documents.values() if one.body["kind"] == "PersistentVolumeClaim"]
        others += [body_of(one, team) for one in claims if one.body["metadata"].get("name") and one.body.get("spec")]
        return next(of_objects([*others, made], {team: self.target.namespace.labels}))


def of_room(
    target: Target, documents: Mapping[int, Document], templates: Mapping[int, Sequence[Template]]
) -> Iterator[tuple[int, Problem]]:
    """Pods that no node takes, and pods that wait for further nodes.

    Args:
        target: the team.
        documents: objects of the right form by number.
        templates: number of an object to its pods.
    """
    room = Room(target, documents)
    cluster = room.cluster
    if cluster is None:
        for number in templates:
            yield number, Problem(kinds.ROOM_UNKNOWN, (), "the platform's settings do not have the nodes")
        return
    supply = supply_of(target.platform, cluster)
    unknown = bool(own_pools(target.platform, cluster))
    placed = []
    for one in room.mine(templates):
        alone = split([replace(one.workload, replicas=1)], cluster.fargate_profiles)
        if alone.refused or (alone.on_nodes and settle(alone.on_nodes, supply, most=True).waiting):
            reasons = [what for what, _ in alone.refused[0].obstacles] if alone.refused else _reasons(one, supply)
            text = f"{_size(one.workload)}: {', '.join(reasons) or 'no node group'}"
            yield one.problem(kinds.ROOM_UNKNOWN if unknown else kinds.NO_ROOM, text)
        elif alone.on_nodes:
            placed.append(one)
    running = split(workloads(target.platform), cluster.fargate_profiles).on_nodes
    yield from _waiting(placed, running, supply)


def _size(one: Workload) -> str:
    devices = [f", {count} {name}" for name, count in sorted(one.devices.items())]
    return f"{one.cpu_millicores} m CPU, {one.memory_mib} MiB{''.join(devices)} each"


def _reasons(one: Mine, supply: Supply) -> list[str]:
    """For each group, what an empty node of it lacks."""
    found = []
    for group in supply.groups:
        pending = place([replace(one.workload, replicas=1)], [group.node(0)]).pending
        lacking = [what for each in pending for what, _ in each.obstacles]
        found.append(f"{group.kind.group} ({group.kind.instance_type}) {' and '.join(lacking) or 'has no nodes'}")
    return found + [f"pool {one.name}" for one in supply.pools]


def _waiting(placed: Sequence[Mine], running: Sequence[Workload], supply: Supply) -> Iterator[tuple[int, Problem]]:
    """Pods without a place in addition to what the platform runs, on the desired nodes and on those added by themselves."""
    if not placed or best(running, supply.groups).waiting:
        return
    mine = {one.workload.name: one for one in placed}
    settled = settle([*running, *(one.workload for one in placed)], supply)
    for pending in settled.pending:
        if pending.workload.name in mine:
            lacking = ", ".join(f"{what} on {count} nodes" if count else what for what, count in pending.obstacles)
            yield mine[pending.workload.name].problem(
                kinds.WAITS, f"no place for {pending.pods} pods (not enough or not matching: {lacking})"
            )
