"""Stacks of a platform in apply order, and the outputs that each reads of earlier ones."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence

from modules.diagram.blocks import WIDTH, Card, Placed
from modules.diagram.found import Document, Found, counted
from modules.diagram.svg import Arrow, Picture

MARGIN = 8
LANES = 46
"""Room on either side for the arrows."""
GAP = 14
READ = re.compile(r"data\.terraform_remote_state\.([\w-]+)\.outputs\.(\w+)")


def stacks_picture(platform: str, documents: Mapping[str, Document]) -> Picture:
    """Draw the stacks of a platform.

    Args:
        platform: its name.
        documents: stack name to document, in apply order.
    """
    reads = {stack: outputs_read(document) for stack, document in documents.items()}
    placed: dict[str, Placed] = {}
    top: float = MARGIN
    for stack, document in documents.items():
        count = counted(len(Found(platform, {stack: document}).everything()), "resource")
        lines = (count, *(f"reads from {source}: {', '.join(names)}" for source, names in reads[stack].items()))
        placed[stack] = Card(stack, lines, "plain", "files").place(MARGIN + LANES, top, WIDTH - 2 * (MARGIN + LANES))
        top = placed[stack].bottom + GAP
    return Picture(
        f"Stacks of {platform} and their outputs",
        ". ".join(f"{stack} reads outputs of {', '.join(found)}" if found else stack for stack, found in reads.items())
        + ".",
        WIDTH,
        top - GAP + MARGIN,
        tuple(placed.values()),
        tuple(_arrows(platform, reads, placed)),
    )


def outputs_read(document: Document) -> dict[str, list[str]]:
    """Layer to the names of its outputs that a stack reads."""
    found: dict[str, set[str]] = {}
    for layer, output in READ.findall(json.dumps(document)):
        found.setdefault(layer, set()).add(output)
    return {layer: sorted(names) for layer, names in sorted(found.items())}


def _arrows(
    platform: str, reads: Mapping[str, Mapping[str, Sequence[str]]], placed: Mapping[str, Placed]
) -> Iterator[Arrow]:
    """One line per source, with a branch to each reader; in lanes on both sides, so that none crosses another."""
    ends: list[list[float]] = [[], []]  # by side, from the inner lane out: where the last line ends
    for source, box in placed.items():
        layer = source.removeprefix(f"{platform}-").replace("-", "_")
        readers = [placed[stack] for stack, sources in reads.items() if layer in {*sources, *_dashed(sources)}]
        if readers:
            start = box.bottom - 12
            side, lane = _free_lane(ends, start, readers[-1].y)
            yield from _bus(box, readers, start, side, lane)


def _dashed(names: Mapping[str, Sequence[str]]) -> set[str]:
    return {name.replace("-", "_") for name in names}


def _free_lane(ends: list[list[float]], start: float, end: float) -> tuple[int, int]:
    """The first lane that is free from `start` on: left, right, then further out."""
    for lane in range(max(len(ends[0]), len(ends[1])) + 1):
        for side in (0, 1):
            if lane == len(ends[side]):
                ends[side].append(end)
                return side, lane
            if ends[side][lane] < start:
                ends[side][lane] = end
                return side, lane
    raise AssertionError("a new lane is always free")


def _bus(box: Placed, readers: Sequence[Placed], start: float, side: int, lane: int) -> Iterator[Arrow]:
    edge = box.x if side == 0 else box.right
    x = edge + (20 + 12 * lane) * (-1 if side == 0 else 1)
    last = readers[-1].y + 14
    yield Arrow(((edge, start), (x, start), (x, last), (edge, last)))
    for reader in readers[:-1]:
        yield Arrow(((x, reader.y + 14), (edge, reader.y + 14)))
