"""No uninstall waits for an aggregated ClusterRole: a rule over all releases of every variant."""

from collections.abc import Mapping
from itertools import product
from typing import Any

import pytest

from tests.platform_objects import Release, needs_everything, releases_of
from tests.platforms import NAMES_WITH_KUBEFLOW, documents
from tests.stand_ins.providers.aggregation import takes_in

pytestmark = [pytest.mark.upstream, needs_everything]


def before(name: str) -> Mapping[tuple[str, str], set[str]]:
    """Release (stack and name) to the releases of its stack that are installed before it, and so destroyed after it."""
    found: dict[tuple[str, str], set[str]] = {}
    for stack in {release.stack for release in releases_of(name)}:
        releases = documents()[stack].get("resource", {}).get("helm_release", {})
        direct = {
            key: [one.partition(".")[2] for one in body.get("depends_on", ()) if one.startswith("helm_release.")]
            for key, body in releases.items()
        }
        for key, body in releases.items():
            reached: set[str] = set()
            ahead = [key]
            while ahead:
                new = set(direct[ahead.pop()]) - reached
                reached |= new
                ahead += new
            found[stack, body["name"]] = {releases[one]["name"] for one in reached}
    return found


def found(name: str) -> list[str]:
    """Pairs of releases that an aggregated role and one of its sources would come back from."""
    order, releases = before(name), releases_of(name)
    return [
        f"{aggregated['metadata']['name']} ({home.stack}/{home.name}) and {source['metadata']['name']} ({other.stack}/{other.name})"
        for home, other in product(releases, releases)
        for aggregated in roles(home)
        if aggregated.get("aggregationRule")
        for source in roles(other)
        if source is not aggregated and takes_in(aggregated, source)
        if not apart(order, home, other)
    ]


def apart(order: Mapping[tuple[str, str], set[str]], one: Release, other: Release) -> bool:
    """Whether one of two releases is destroyed before the other, and never at the same time."""
    if one.stack != other.stack:
        return True
    return other.name in order[one.stack, one.name] or one.name in order[other.stack, other.name]


def roles(release: Release) -> list[dict[str, Any]]:
    return [one for one in release.objects if one["kind"] == "ClusterRole"]


@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_an_aggregated_role_is_never_destroyed_together_with_what_it_selects(name: str) -> None:
    assert found(name) == []


def test_teams_get_their_rights_from_all_components() -> None:
    """The rule is not kept by selecting nothing."""
    releases = releases_of("full")
    selected = {
        other.name
        for home, other in product(releases, releases)
        for aggregated in roles(home)
        for source in roles(other)
        if aggregated.get("aggregationRule") and takes_in(aggregated, source)
    }
    assert {"katib", "kserve", "kubeflow-roles-rights", "notebook-controller", "pipelines", "trainer"} <= selected
