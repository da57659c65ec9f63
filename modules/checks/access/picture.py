"""Principals, the roles that they may assume, and what these reach: three columns, roles by stack."""

from collections.abc import Mapping, Sequence
from itertools import pairwise

from modules.checks.access.roles import Role
from modules.diagram.blocks import WIDTH, Card, Frame, Placed, Row, Stack
from modules.diagram.svg import Arrow, Picture

MARGIN = 8
MOST = 6
"""Lines of a box; the table has all."""
MOST_ROLES = 12
"""Roles of a stack; the table has all."""


def access_picture(roles: Sequence[Role], services: Mapping[str, Sequence[str]]) -> Picture:
    """Draw roles that can be assumed.

    Args:
        roles: roles of a platform.
        services: address of a role, with its stack, to what it reaches, one line for each service.
    """
    stacks = dict.fromkeys(role.stack for role in roles)
    drawn = {stack: [role for role in roles if role.stack == stack and role.trusted] for stack in stacks}
    frames = tuple(_frame(stack, own, services) for stack, own in drawn.items() if own)
    heading = Row((Card("may assume"), Card("the role"), Card("and reaches")), weights=(1, 1, 1), gap=22)
    placed = Stack((heading, *frames)).place(MARGIN, MARGIN, WIDTH - 2 * MARGIN)
    rows = [row for frame in placed.children[1:] for row in frame.children if row.children]
    return Picture(
        "Permissions in AWS",
        f"{sum(map(len, drawn.values()))} roles, with the principals that may assume each and the services that it reaches.",
        WIDTH,
        placed.bottom + MARGIN,
        (placed,),
        tuple(arrow for row in rows for arrow in _arrows(row)),
    )


def _frame(stack: str, own: Sequence[Role], services: Mapping[str, Sequence[str]]) -> Frame:
    left = len(own) - MOST_ROLES
    more = (Card(f"{left} more roles, in the table"),) if left > 0 else ()
    return Frame(stack, (*(_row(role, services) for role in own[:MOST_ROLES]), *more))


def _row(role: Role, services: Mapping[str, Sequence[str]]) -> Row:
    who = Card(role.trusted[0].name, (*_more(role), role.trusted[0].how), "users")
    reached = [*services[f"{role.stack}/{role.address}"], *(arn.rpartition("/")[2] for arn in role.managed)]
    if len(reached) > MOST:
        reached = [*reached[: MOST - 1], f"{len(reached) - MOST + 1} more"]
    first, *rest = reached or ["nothing"]
    return Row((who, Card(role.name, (), "kubeflow"), Card(first, tuple(rest), "data")), weights=(1, 1, 1), gap=22)


def _more(role: Role) -> tuple[str, ...]:
    others = [one.name for one in role.trusted[1:]]
    return tuple(others) if len(others) <= 2 else (f"and {len(others)} more",)


def _arrows(row: Placed) -> list[Arrow]:
    return [
        Arrow(((left.right, left.y + left.height / 2), (right.x, left.y + left.height / 2)))
        for left, right in pairwise(row.children)
    ]
