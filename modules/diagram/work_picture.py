"""The way from settings to AWS: `main.py`, `generated/`, three ways to apply, stacks in order."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from modules.diagram.blocks import WIDTH, Card, Frame, Placed, Stack
from modules.diagram.found import Document, Found, counted
from modules.diagram.svg import Arrow, Picture

MARGIN = 8
GUTTER = 40
SHARES = (0.2, 0.25, 0.28, 0.27)
WAYS = (
    Card("Your machine or CI", ("kubeflow-aws deploy", "or cdktf deploy"), "users", "node"),
    Card("HCP Terraform", ("workspaces, remote runs, state",), "users", "cluster"),
    Card("Your Terraform pipeline", ("takes the JSON as an archive",), "users", "files"),
)


def work_picture(platform: str, documents: Mapping[str, Document]) -> Picture:
    """Draw the way of a platform.

    Args:
        platform: its name.
        documents: stack name to document, in apply order.
    """
    found = Found(platform, documents)
    width = (WIDTH - 2 * MARGIN - (len(SHARES) - 1) * GUTTER) / sum(SHARES)
    lefts = [MARGIN + width * sum(SHARES[:index]) + GUTTER * index for index in range(len(SHARES))]
    stacks = Frame("AWS", tuple(_stacks(found)), ("one Terraform state each",), "vpc", "globe", gap=18)
    ways = Stack(WAYS, gap=24)
    height = ways.place(0, 0, width * SHARES[2]).height
    last = stacks.place(lefts[3], MARGIN, width * SHARES[3], height)
    middle = last.y + last.height / 2
    third = ways.place(lefts[2], middle - height / 2, width * SHARES[2])
    first = _centred(Card("main.py", ("settings in Python",), "kubeflow", "files"), lefts[0], middle, width * SHARES[0])
    second = _centred(
        Card("generated/", ("Terraform JSON, one folder per stack", "to review and commit"), "cluster", "files"),
        lefts[1],
        middle,
        width * SHARES[1],
    )
    return Picture(
        "From main.py to AWS",
        "main.py is synthesized to Terraform JSON in generated/, which is applied by kubeflow-aws or cdktf, by HCP Terraform, or "
        f"by another Terraform pipeline, stack after stack: {', '.join(documents)}.",
        WIDTH,
        last.bottom + MARGIN,
        (first, second, third, last),
        (
            Arrow(((first.right, middle), (second.x, middle))),
            *_fork(second, third.children, middle),
            *(Arrow(((way.right, _middle(way)), (last.x, _middle(way)))) for way in third.children),
            *(
                Arrow(((_centre(upper), upper.bottom), (_centre(lower), lower.y)))
                for upper, lower in pairwise(last.children)
            ),
        ),
    )


def _stacks(found: Found) -> list[Card]:
    counts = {stack: len(Found(found.platform, {stack: one}).everything()) for stack, one in found.documents.items()}
    return [Card(stack, (counted(count, "resource"),), "plain") for stack, count in counts.items()]


def _centred(card: Card, x: float, middle: float, width: float) -> Placed:
    height = card.place(x, 0, width).height
    return card.place(x, middle - height / 2, width)


def _fork(source: Placed, targets: Sequence[Placed], y: float) -> list[Arrow]:
    """From one box to several at its right, with one line in common."""
    lane = source.right + GUTTER / 2 - 4
    trunk = Arrow(((source.right, y), (targets[len(targets) // 2].x, y)))
    others = [target for target in targets if target is not targets[len(targets) // 2]]
    return [
        trunk,
        *(Arrow(((lane, y), (lane, _middle(target)), (target.x, _middle(target)))) for target in others),
    ]


def _middle(box: Placed) -> float:
    return box.y + box.height / 2


def _centre(box: Placed) -> float:
    return box.x + box.width / 2
