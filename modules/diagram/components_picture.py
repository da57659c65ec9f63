"""Components in steps of installation: each step needs only earlier ones."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from modules.diagram.blocks import WIDTH, Card, Frame, Row, Stack
from modules.diagram.svg import Arrow, Picture
from modules.kubeflow.install_order import install_order
from modules.settings.component import Component

MARGIN = 8


def components_picture(components: Sequence[Component]) -> Picture:
    """Draw components and what each needs."""
    steps = list(_steps(install_order(components)))
    frames = tuple(
        Frame(f"Step {number}", (Row(tuple(step), least=152),), style="account") for number, step in enumerate(steps, 1)
    )
    placed = Stack(frames, gap=22).place(MARGIN, MARGIN, WIDTH - 2 * MARGIN)
    return Picture(
        "Components in the order of installation",
        f"{len(components)} components in {len(steps)} steps; each names the components that it needs.",
        WIDTH,
        placed.bottom + MARGIN,
        (placed,),
        tuple(Arrow(((WIDTH / 2, a.bottom), (WIDTH / 2, b.y))) for a, b in pairwise(placed.children)),
    )


def direct_needs(components: Iterable[Component]) -> dict[str, list[str]]:
    """Component to its needs, without those that another need implies.

    Args:
        components: in the order of installation.
    """
    before: dict[str, set[str]] = {}
    direct: dict[str, list[str]] = {}
    for component in components:
        implied = {name for need in component.needs for name in before.get(need, ())}
        direct[component.name] = sorted(set(component.needs) - implied)
        before[component.name] = {*component.needs, *implied}
    return direct


def _steps(ordered: Sequence[Component]) -> Iterator[list[Card]]:
    depth: dict[str, int] = {}
    for component in ordered:
        depth[component.name] = 1 + max((depth[need] for need in component.needs), default=0)
    needs = direct_needs(ordered)
    for step in range(1, max(depth.values(), default=0) + 1):
        yield [
            Card(name, ("needs " + ", ".join(needs[name]),) if needs[name] else (), "kubeflow" if step > 1 else "plain")
            for name in sorted(needs)
            if depth[name] == step
        ]
