"""Workloads, nodes and groups to place, made by Hypothesis or by hand, and an independent check of a placement."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st

from modules.checks.fit.board import Node
from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.placement import Placement
from modules.checks.fit.scheduling import Taint, selects, tolerates
from modules.checks.fit.search import Group
from modules.checks.fit.workloads import Workload

GPU = Taint("gpu", "", "NoSchedule")
ZONE, HOST = "topology.kubernetes.io/zone", "kubernetes.io/hostname"
REQUIRED = "requiredDuringSchedulingIgnoredDuringExecution"
PORTS: dict[str, Any] = {"containers": [{"ports": [{"containerPort": 80, "hostPort": 80}]}]}


def term(app: str, key: str = HOST, **more: Any) -> dict[str, Any]:
    """An affinity term about pods of an app."""
    return {"topologyKey": key, "labelSelector": {"matchLabels": {"app": app}}, **more}


def apart(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"affinity": {"podAntiAffinity": {REQUIRED: list(terms)}}}


def near(*terms: dict[str, Any]) -> dict[str, Any]:
    return {"affinity": {"podAffinity": {REQUIRED: list(terms)}}}


def spread(app: str, key: str = ZONE, **more: Any) -> dict[str, Any]:
    one = {"maxSkew": 1, "whenUnsatisfiable": "DoNotSchedule", **term(app, key), **more}
    return {"topologySpreadConstraints": [one]}


def workload(
    name: str,
    replicas: int | None,
    cpu: int = 0,
    memory: int = 0,
    *,
    labels: Mapping[str, str] | None = None,
    devices: Mapping[str, int] | None = None,
    volumes: int = 0,
    surge: int = 0,
    unavailable: int = 0,
    evictable: int | None = None,
    **spec: Any,
) -> Workload:
    """A workload with the label `app`, its name without namespace and kind."""
    return Workload(
        name,
        replicas,
        cpu,
        memory,
        devices=devices or {},
        block_volumes=volumes,
        labels={"app": name.rpartition("/")[2], **(labels or {})},
        surge=surge,
        unavailable=unavailable,
        evictable=evictable,
        spec=spec,
    )


def kind(
    group: str = "a", cpu: int = 2000, memory: int = 4000, pods: int = 110, volumes: int = 25, **more: Any
) -> NodeKind:
    return NodeKind(group, "m6i.xlarge", cpu, memory, pods, volumes, **more)


def group(
    one: NodeKind,
    desired: int,
    most: int | None = None,
    sizes: tuple[NodeKind, ...] = (),
    zones: tuple[str, ...] = (),
    *,
    tagged: bool = True,
) -> Group:
    return Group(one, sizes, desired, desired if most is None else most, zones, tagged)


APPS = ("0", "1", "2")
SPECS: tuple[dict[str, Any], ...] = (
    {},
    {"tolerations": [{"operator": "Exists"}]},
    {"tolerations": [{"key": "gpu", "operator": "Exists"}]},
    {"nodeSelector": {"disk": "ssd"}},
)
CONSTRAINED: tuple[dict[str, Any], ...] = (
    PORTS,
    *(apart(term(app, key)) for app in APPS for key in (HOST, ZONE)),
    *(near(term(app, key)) for app in APPS for key in (HOST, ZONE)),
    near(term("0"), term("0", ZONE)),
)


@st.composite
def _workloads(draw: st.DrawFn, specs: tuple[dict[str, Any], ...], spreads: bool) -> list[Workload]:
    found = []
    for number in range(draw(st.integers(0, 12))):
        name = f"n/D/{number}"
        spec = draw(st.sampled_from(specs))
        if spreads and draw(st.integers(0, 2)):
            # pods that it spreads are its own: another workload with its label could break what it keeps
            spec = {**spec, **spread(str(number), draw(st.sampled_from((HOST, ZONE))), maxSkew=draw(st.integers(1, 2)))}
        found.append(
            workload(
                name,
                draw(st.sampled_from((None, 0, 1, 2, 3, 6))),
                draw(st.integers(0, 400 if spreads else 1500)),
                draw(st.integers(0, 800 if spreads else 3000)),
                devices=draw(st.sampled_from(({}, {}, {"nvidia.com/gpu": 1}))),
                volumes=draw(st.sampled_from((0, 0, 0, 1, 2))),
                **spec,
            )
        )
    return found


workloads = _workloads(SPECS, spreads=False)
"""Without constraints on what else runs."""
constrained = _workloads((*SPECS, *CONSTRAINED), spreads=True)
kinds = st.builds(
    lambda zone, labels, **more: kind(labels={**labels, **({ZONE: zone} if zone else {})}, **more),
    zone=st.sampled_from(("a", "b", "c")),
    labels=st.sampled_from(({}, {"disk": "ssd"})),
    cpu=st.integers(500, 4000),
    memory=st.integers(500, 8000),
    pods=st.integers(1, 20),
    volumes=st.integers(0, 4),
    devices=st.sampled_from(({}, {"nvidia.com/gpu": 2})),
    taints=st.sampled_from(((), (GPU,))),
)


def broken(found: Placement) -> Iterator[str]:
    """Constraints that a placement breaks, computed from their definitions and not with the code that places."""
    for node in found.nodes:
        yield from _of_node(node)
    everywhere = [(node, pod) for node in found.nodes for pod in node.pods]
    for node, pod in everywhere:
        affinity = pod.spec.get("affinity") or {}
        for one in (affinity.get("podAntiAffinity") or {}).get(REQUIRED) or ():
            others = [(where, other) for where, other in everywhere if _same(one, where, node) and _means(one, other)]
            if len(others) > _means(one, pod):
                yield f"{pod.name}: apart from {one}"
        for one in (affinity.get("podAffinity") or {}).get(REQUIRED) or ():
            if not any(_same(one, where, node) and _means(one, other) for where, other in everywhere):
                yield f"{pod.name}: near {one}"
        for one in pod.spec.get("topologySpreadConstraints") or ():
            known = one["topologyKey"] == HOST or one["topologyKey"] in node.kind.labels
            if pod.replicas is not None and known and one["whenUnsatisfiable"] == "DoNotSchedule":
                yield from _skew(one, pod, found.nodes)


def _of_node(node: Node) -> Iterator[str]:
    sums = {
        "cpu_millicores": sum(pod.cpu_millicores for pod in node.pods),
        "memory_mib": sum(pod.memory_mib for pod in node.pods),
        "pods": len(node.pods),
        "volumes": sum(pod.block_volumes for pod in node.pods),
    }
    yield from (name for name, used in sums.items() if used > getattr(node.kind, name))
    devices: Counter[str] = Counter()
    for pod in node.pods:
        devices.update(pod.devices)
        if not tolerates(pod.spec.get("tolerations", ()), node.kind.taints) or not selects(pod.spec, node.kind.labels):
            yield f"{pod.name}: not admitted"
        if pod.replicas is None and node.pods.count(pod) > 1:
            yield f"{pod.name}: a DaemonSet has one pod on a node"
    yield from (name for name, used in devices.items() if used > node.kind.devices.get(name, 0))
    if sum(pod.spec.get("containers") == PORTS["containers"] for pod in node.pods) > 1:
        yield "port 80 twice"


def _means(one: Mapping[str, Any], pod: Workload) -> bool:
    return bool(one["labelSelector"]["matchLabels"].items() <= pod.labels.items())


def _domain(one: Mapping[str, Any], node: Node) -> object:
    """Without a known zone, each node is one of its own: what is required of zones is then not checked."""
    return node.number if one["topologyKey"] == HOST else node.kind.labels.get(one["topologyKey"], node.number)


def _same(one: Mapping[str, Any], where: Node, node: Node) -> bool:
    return _domain(one, where) == _domain(one, node)


def _skew(one: Mapping[str, Any], pod: Workload, nodes: Sequence[Node]) -> Iterator[str]:
    counts = {_domain(one, node): 0 for node in nodes if selects(pod.spec, node.kind.labels)}
    for node in nodes:
        if _domain(one, node) in counts:
            counts[_domain(one, node)] += sum(_means(one, other) for other in node.pods)
    if max(counts.values()) - min(counts.values()) > one["maxSkew"]:
        yield f"{pod.name}: skew {counts}"
