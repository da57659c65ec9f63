"""What teams reach of the platform, whole; and that no pod of the platform is left without a policy unnoticed."""

import pytest

from modules.checks.traffic.accepted import OPEN_TO_TEAMS, WITHOUT_POLICIES
from modules.checks.traffic.assembly import TEAMS
from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.reach import Reached, reached, unprotected
from modules.kubeflow.manifest import Object
from tests.modules.checks.traffic.pods import policy
from tests.platform_objects import needs_everything
from tests.platforms import NAMES_WITH_KUBEFLOW
from tests.traffic_world import world


def of_team(name: str) -> list[Reached]:
    cluster = world(name).cluster
    return reached(cluster, cluster.select(TEAMS[0], {}))


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_no_pod_is_left_without_a_policy(name: str) -> None:
    left = unprotected(world(name).cluster)
    assert {place: pods for place, pods in left.items() if place not in WITHOUT_POLICIES} == {}


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", ["full", "backed", "exposed", "inside"])
def test_teams_reach_what_is_listed_and_webhooks(name: str) -> None:
    found = of_team(name)
    webhooks = {
        (flow.target.namespace, flow.target.name, flow.port) for flow in world(name).required if flow.is_webhook
    }
    for one in found:
        key = (one.namespace, one.pod, one.port)
        assert one.namespace in WITHOUT_POLICIES or key in webhooks or key in OPEN_TO_TEAMS, one


@needs_everything
@pytest.mark.upstream
def test_all_that_is_listed_is_reached_on_some_platform() -> None:
    found = [*of_team("full"), *of_team("inside")]
    assert set(OPEN_TO_TEAMS) <= {(one.namespace, one.pod, one.port) for one in found}


def deployment(name: str, namespace: str = "a") -> Object:
    template = {
        "metadata": {"labels": {"app": name}},
        "spec": {"containers": [{"name": "main", "ports": [{"containerPort": 80}]}]},
    }
    return {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": name, "namespace": namespace},
        "spec": {"template": template},
    }


def test_a_pod_that_a_release_adds_without_a_policy_is_found() -> None:
    closed = policy(podSelector={"matchLabels": {"app": "old"}})
    cluster = Cluster([deployment("old"), deployment("new"), closed, deployment("caller", "b")])
    assert unprotected(cluster) == {"a": ["Deployment/new"], "b": ["Deployment/caller"]}
    found = reached(cluster, cluster.select("b", {}))
    assert found == [Reached("a", "Deployment/new", 80, ("Deployment/caller",), "no policy selects the pod")]
