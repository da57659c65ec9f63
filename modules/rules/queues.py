"""Rules about the queues of teams (Kueue)."""

from collections.abc import Iterator

from modules.kubeflow.queues import FLAVORS, KUEUE, MOST_TOLERATIONS, tolerations
from modules.rules.rule import Problem, of_each, rule
from modules.rules.selected import names_of
from modules.settings.platform import Platform
from modules.settings.team import Queue, Team

FIELDS = tuple(field for flavor in FLAVORS for field in flavor.resources.values())
"""Shares of a queue; a team's quota has limits of the same names."""


@rule(Platform)
def queues_need_kueue(platform: Platform) -> Iterator[Problem]:
    """Without Kueue's CRDs the apply of a team with a queue fails."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not (installed := names_of(kubeflow)) or KUEUE in installed:
        return
    for index, team in enumerate(kubeflow.teams):
        if team.queue is not None:
            yield (
                f"kubeflow.teams[{index}].queue",
                "a queue requires Kueue, which is not installed",
                f'add enable=("{KUEUE}",) to Kubeflow',
            )


@rule(Platform)
def shares_fit_quotas(platform: Platform) -> Iterator[Problem]:
    """What a queue admits must fit the quota of the namespace, or its pods are rejected after admission."""

    def check(team: Team) -> Iterator[Problem]:
        if team.queue is None or team.quota is None:
            return
        for field in FIELDS:
            share, limit = getattr(team.queue, field), getattr(team.quota, field)
            if limit is not None and share > limit:
                yield (
                    f"queue.{field}",
                    f"the queue admits {share}, and the team's quota allows {limit}: pods of admitted jobs would be rejected",
                    f"raise quota.{field}, or lower this to {limit}",
                )

    if platform.kubeflow is not None:
        yield from of_each("kubeflow.teams", platform.kubeflow.teams, check)


@rule(Platform)
def tolerations_fit_flavors(platform: Platform) -> Iterator[Problem]:
    """A ResourceFlavor tolerates few taints."""
    kubeflow = platform.kubeflow
    if kubeflow is None or KUEUE not in names_of(kubeflow):
        return
    for token, found in tolerations(kubeflow, platform.cluster).items():
        if len(found) > MOST_TOLERATIONS:
            flavor = next(one.name for one in FLAVORS if one.token == token)
            yield (
                "kubeflow.enable",
                f"jobs of the flavor {flavor} would tolerate {len(found)} taints, and Kueue accepts {MOST_TOLERATIONS}",
                "use the same taints for all nodes with these devices",
            )


@rule(Queue)
def shares(queue: Queue) -> Iterator[Problem]:
    """A queue without a share and without borrowing admits nothing."""
    if not queue.borrows and not any(getattr(queue, field) for field in FIELDS):
        yield "cpu", "the queue has no share and does not borrow, so no job ever starts", "set a share, or borrows=True"
