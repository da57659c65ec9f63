"""Which of Helm's records are in the way of an apply."""

import pytest

from modules.live.helm_records import Record
from modules.live.pending import leftovers
from modules.live.target import Target, Wanted


def going(*statuses: str, upgrade_install: bool = False) -> list[int]:
    """Revisions that go, of a release with these statuses, the oldest first."""
    wanted = Wanted("p-kubeflow", "helm_release.a", "shop", "a", upgrade_install)
    revisions = [Record("shop", "a", at, status, 0, "uid", "1") for at, status in enumerate(statuses, 1)]
    target = Target("p", "p", "us-west-2", None, (wanted,))
    return [one.record.revision for one in leftovers(target, {("shop", "a"): revisions})]


@pytest.mark.parametrize(
    ("statuses", "revisions"),
    [
        (("deployed",), []),
        (("superseded", "deployed"), []),
        (("deployed", "failed"), []),
        (("pending-install",), [1]),
        (("deployed", "pending-upgrade"), [2]),
        (("superseded", "deployed", "failed", "pending-rollback"), [4]),
        (("superseded", "uninstalling"), [2]),
        (("uninstalling",), [1]),
        (("failed",), [1]),
        (("failed", "failed", "pending-upgrade"), [3, 2, 1]),
        ((), []),
    ],
)
def test_only_what_stops_an_apply_goes(statuses: tuple[str, ...], revisions: list[int]) -> None:
    assert going(*statuses) == revisions


def test_a_failed_first_install_of_what_holds_data_goes_on_by_itself() -> None:
    assert going("failed", upgrade_install=True) == []
    assert going("pending-install", upgrade_install=True) == [1]


def test_other_releases_are_left_alone() -> None:
    foreign = [Record("shop", "theirs", 1, "pending-install", 0, "uid", "1")]
    wanted = Wanted("p-kubeflow", "helm_release.a", "shop", "a", False)
    assert leftovers(Target("p", "p", "us-west-2", None, (wanted,)), {("shop", "theirs"): foreign}) == []
