"""Workloads, nodes and groups to place, made by Hypothesis or by hand."""

from typing import Any

from hypothesis import strategies as st

from modules.checks.fit.nodes import NodeKind
from modules.checks.fit.scheduling import Taint
from modules.checks.fit.search import Group
from modules.checks.fit.workloads import Workload

GPU = Taint("gpu", "", "NoSchedule")
SPECS: tuple[dict[str, Any], ...] = (
    {},
    {"tolerations": [{"operator": "Exists"}]},
    {"tolerations": [{"key": "gpu", "operator": "Exists"}]},
    {"nodeSelector": {"disk": "ssd"}},
)


def workload(name: str, replicas: int | None, cpu: int = 0, memory: int = 0, **spec: Any) -> Workload:
    return Workload(name, replicas, cpu, memory, spec=spec)


def kind(group: str = "a", cpu: int = 2000, memory: int = 4000, pods: int = 110, **more: Any) -> NodeKind:
    return NodeKind(group, "m6i.xlarge", cpu, memory, pods, **more)


def group(one: NodeKind, desired: int, most: int | None = None, sizes: tuple[NodeKind, ...] = ()) -> Group:
    return Group(one, sizes, desired, desired if most is None else most)


workloads = st.lists(
    st.tuples(
        st.one_of(st.none(), st.integers(0, 6)), st.integers(0, 1500), st.integers(0, 3000), st.sampled_from(SPECS)
    ),
    max_size=12,
).map(lambda found: [workload(f"n/D/{number}", *one[:3], **one[3]) for number, one in enumerate(found)])
kinds = st.builds(
    kind,
    cpu=st.integers(500, 4000),
    memory=st.integers(500, 8000),
    pods=st.integers(1, 20),
    labels=st.sampled_from(({}, {"disk": "ssd"})),
    taints=st.sampled_from(((), (GPU,))),
)
