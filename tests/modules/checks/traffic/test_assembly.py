"""What is known offline about traffic is what Terraform installs: objects, order, security groups."""

import pytest

from modules.checks.rendered import PlatformObjects, platform_objects
from modules.checks.traffic.assembly import before_injector, security_groups
from modules.checks.traffic.security_groups import rules
from modules.kubeflow.cache import Cache
from modules.kubeflow.manifest import identity
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.settings import Cluster
from tests.platform_objects import needs_cache, needs_everything
from tests.platforms import NAMES, NAMES_WITH_KUBEFLOW, PLATFORMS, built
from tests.traffic_world import world

PARTIES = {"control_plane", "nodes", "load_balancer", "cluster_group"}


@pytest.mark.parametrize("name", NAMES)
def test_security_groups_of_the_tables_are_those_of_the_json(name: str) -> None:
    if not isinstance(PLATFORMS[name].cluster, Cluster):
        assert security_groups(PLATFORMS[name]).rules == ()
        return
    of_json = {
        one
        for one in rules(built(name).documents.values())
        if one.other is not None and {one.group, one.other} <= PARTIES
    }
    assert of_json == set(security_groups(PLATFORMS[name]).rules)


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_pods_that_do_not_wait_for_the_injector_are_those_of_the_json(name: str) -> None:
    found = platform_objects(PLATFORMS[name], Cache())
    known = {identity(one) for one in found if any(pod_specs(one))}
    assert known & before_injector(PLATFORMS[name], found) == known & world(name).early


@needs_cache
def test_without_the_injector_no_pod_waits_for_it() -> None:
    found = platform_objects(PLATFORMS["prod"], Cache())
    rest = PlatformObjects({name: objects for name, objects in found.components.items() if name != "istio"})
    assert {identity(one) for one in rest} == before_injector(PLATFORMS["prod"], rest)
