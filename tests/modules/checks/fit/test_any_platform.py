"""Fit of random platforms: it always has a result, and its placement breaks nothing."""

import pytest
from hypothesis import HealthCheck, given, settings

from modules.checks.fit.fit import fit, supply_of
from modules.checks.fit.kinds import KINDS
from modules.checks.fit.nodes import unknown_types
from modules.checks.fit.supply import settle
from modules.checks.fit.workloads import workloads
from modules.settings import Cluster, Platform
from tests.modules.checks.fit.cases import broken
from tests.stacks.any_platform import platforms

pytestmark = pytest.mark.slow

IDS = {kind.id for kind in KINDS}
ERRORS = {"FIT001", "FIT003"}


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(platforms())
def test_each_platform_has_a_result(platform: Platform) -> None:
    found = fit(platform)
    ids = {one.id for one in found.findings}
    assert ids <= IDS
    assert bool(ids & ERRORS) == (found.verdict == "does not fit" or "FIT003" in ids)
    assert bool(found.pending) == (found.verdict != "fits" and not {"FIT101"} & ids)
    assert found == fit(platform), "it is deterministic"
    if found.verdict == "fits":
        assert not found.changes


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(platforms())
def test_the_placement_of_each_platform_breaks_no_constraint(platform: Platform) -> None:
    cluster = platform.cluster
    if not isinstance(cluster, Cluster) or any(map(unknown_types, cluster.node_groups)):
        return
    supply = supply_of(platform, cluster)
    settled = settle(workloads(platform), supply, most=True)
    assert list(broken(settled.placement)) == []
    for group in supply.groups:
        assert group.desired <= settled.counts[group.kind.group] <= max(group.desired, group.most)
    for pool in supply.pools:
        cpus = sum(one.type.vcpus for one in settled.added if one.pool == pool)
        assert pool.cpu_limit is None or cpus <= pool.cpu_limit
