"""The order that components are installed in, and the stacks that hold them."""

import difflib
import graphlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace

from modules.settings.component import LAYERS, Component, Layer


class InstallOrderError(ValueError):
    """Components that cannot be installed together; the message names them."""


def install_order(components: Iterable[Component], present: Collection[str] = ()) -> list[Component]:
    """Components so that each comes after all that it needs; alphabetical where the needs leave it open.

    Args:
        components: those to install.
        present: names that a cluster has already.

    Raises:
        InstallOrderError: two of one name, a need that nothing fulfils, or a cycle; both sides are named.
    """
    by_name: dict[str, Component] = {}
    for component in components:
        if component.name in by_name:
            raise InstallOrderError(f"components: two are named {component.name}; give each its own name")
        by_name[component.name] = component
    known = {*by_name, *present}
    for component in by_name.values():
        for need in component.needs:
            if need not in known:
                raise InstallOrderError(f"components: {component.name!r} needs {need!r}, {suggestion(need, known)}")
    sorter = graphlib.TopologicalSorter(
        {name: sorted(component.edges & set(by_name)) for name, component in sorted(by_name.items())}
    )
    try:
        sorter.prepare()
    except graphlib.CycleError as error:
        cycle = " needs ".join(reversed(error.args[1]))
        raise InstallOrderError(f"components: {cycle}: a dependency cycle; remove one of these needs") from error
    order: list[Component] = []
    while sorter.is_active():
        ready = sorted(sorter.get_ready())
        order += [by_name[name] for name in ready]
        sorter.done(*ready)
    return order


def suggestion(name: str, known: Collection[str]) -> str:
    """The second half of an error about a name: what it may have meant."""
    near = difflib.get_close_matches(name, sorted(known), n=1)
    return (
        f"which is not there; did you mean {near[0]!r}?"
        if near
        else "which is not there; switch it on, or say that it is preinstalled"
    )


PULL_MINUTES = 1
"""Added to each component of a path that runs pods, at a first apply: its images are pulled for the first time.

An assumption, not a measurement: pods of one component pull at the same time, and the largest images of Kubeflow's controllers are
below 1 GB, which takes less than a minute at 200 Mbit/s with unpacking.
"""


def first_install_minutes(components: Sequence[Component], pulling: Collection[str]) -> int:
    """Expected minutes of a first apply: the longest path, with images pulled for the first time.

    Args:
        components: those to install.
        pulling: names of those that have images.
    """
    return minutes_of_longest_path(
        [replace(one, minutes=one.minutes + PULL_MINUTES * (one.name in pulling)) for one in components]
    )


def minutes_of_longest_path(components: Sequence[Component]) -> int:
    """Expected minutes until the last of them is installed, when all that can runs side by side."""
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
    """0 when the layer is one stack; 1 for the foundation and 2 for the rest when it is cut."""
    components: tuple[Component, ...]

    @property
    def name(self) -> str:
        """Last part of the stack's name: `kubeflow`, `kubeflow-2`."""
        return self.layer if self.number == 0 else f"{self.layer}-{self.number}"


def parts(components: Sequence[Component], foundation: Collection[str] = ()) -> list[StackPart]:
    """Components in their order as stacks: add-ons, then Kubeflow, which may be cut in two.

    The cut is fixed, so that a component stays in its stack whatever else is chosen.

    Args:
        components: in their order.
        foundation: names of those that are in the first of two stacks; empty: Kubeflow is one stack.
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
