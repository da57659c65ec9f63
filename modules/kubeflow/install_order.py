"""Install order of components, and their grouping into stacks."""

import functools
import graphlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from modules.settings.component import LAYERS, Component, Layer


class InstallOrderError(ValueError):
    """Components that cannot be installed together; the message names them."""


def install_order(components: Iterable[Component], present: Collection[str] = ()) -> list[Component]:
    """Components sorted by dependency, then alphabetically.

    Args:
        components: components to install.
        present: names of components already in the cluster.

    Raises:
        InstallOrderError: two of one name, a need that nothing fulfils, or a cycle; both sides are named.
    """
    return [*_ordered(tuple(components), frozenset(present))]


@functools.lru_cache(maxsize=256)
def _ordered(components: tuple[Component, ...], present: frozenset[str]) -> tuple[Component, ...]:
    """The order, computed once for the many rules and stacks that need it."""
    by_name: dict[str, Component] = {}
    for component in components:
        if component.name in by_name:
            raise InstallOrderError(f"components: duplicate name {component.name}; names must be unique")
        by_name[component.name] = component
    known = {*by_name, *present}
    for component in by_name.values():
        for need in component.needs:
            if need not in known:
                raise InstallOrderError(f"components: {component.name!r} needs {need!r}, which is not among them")
    sorter = graphlib.TopologicalSorter(
        {name: sorted(component.edges & set(by_name)) for name, component in sorted(by_name.items())}
    )
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        cycle = " needs ".join(reversed(error.args[1]))
        raise InstallOrderError(f"components: {cycle}: dependency cycle; remove one of these dependencies") from error
    order: list[Component] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [by_name[name] for name in ready]
        sorter.done(*ready)
    return tuple(order)


PULL_MINUTES = 1
"""Added per component with pods at a first apply, for image pulls.

An assumption, not a measurement: pods of one component pull in parallel, and the largest images of Kubeflow's
controllers are below 1 GB, which takes less than a minute at 200 Mbit/s including unpacking.
"""


def first_install_minutes(components: Sequence[Component], pulling: Collection[str]) -> int:
    """Expected minutes of a first apply: the longest path, with images pulled for the first time.

    Args:
        components: components to install.
        pulling: names of components with images.
    """
    return minutes_of_longest_path(
        [replace(one, minutes=one.minutes + PULL_MINUTES * (one.name in pulling)) for one in components]
    )


def minutes_of_longest_path(components: Sequence[Component]) -> int:
    """Expected minutes until all are installed, with maximum parallelism."""
    done: dict[str, int] = {}
    present = {need for component in components for need in component.needs}
    for component in install_order(components, present):
        done[component.name] = component.minutes + max((done.get(one, 0) for one in component.edges), default=0)
    return max(done.values(), default=0)


@dataclass(frozen=True)
class StackPart:
    """The components of one stack, in order."""

    layer: Layer
    number: int
    """0 if the layer is one stack; 1 for the foundation and 2 for the rest if it is split."""
    components: tuple[Component, ...]

    @property
    def name(self) -> str:
        """Suffix of the stack's name: `kubeflow`, `kubeflow-2`."""
        return self.layer if self.number == 0 else f"{self.layer}-{self.number}"


def parts(components: Sequence[Component], foundation: Collection[str] = ()) -> list[StackPart]:
    """Components grouped by stack: add-ons, then Kubeflow, which may be split in two.

    The split is fixed, so that a component stays in its stack regardless of the selection.

    Args:
        components: in install order.
        foundation: names of components in the first of two stacks; empty: Kubeflow is one stack.
    """
    found: list[StackPart] = []
    for layer in LAYERS:
        chosen = [component for component in components if component.layer == layer]
        groups = [
            [component for component in chosen if component.name in foundation],
            [component for component in chosen if component.name not in foundation],
        ]
        groups = [group for group in groups if group]
        found += [
            StackPart(layer, index if len(groups) > 1 else 0, tuple(group)) for index, group in enumerate(groups, 1)
        ]
    return found
