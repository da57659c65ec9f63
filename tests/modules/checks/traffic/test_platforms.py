"""Required connections are open and forbidden ones closed on every platform, and each policy of the platform is needed for it."""

import copy
from collections.abc import Iterator

import pytest

from modules.checks.traffic.cluster import Cluster
from modules.checks.traffic.derived import missing, webhooks
from modules.checks.traffic.istio import Request
from modules.checks.traffic.table import FORBIDDEN, REQUIRED, flows, forbidden
from modules.checks.traffic.verdict import Flow, SecurityGroups, judge
from modules.kubeflow.manifest import Object, identity
from modules.kubeflow.patching.network_policies import OURS
from tests.platform_objects import needs_everything
from tests.platforms import NAMES_WITH_KUBEFLOW
from tests.traffic_world import World, world

pytestmark = [needs_everything, pytest.mark.upstream]
WHOLE = ("full", "exposed")
"""Platforms that together have every policy of the project."""


def closed(wanted: list[Flow], cluster: Cluster, security_groups: SecurityGroups) -> list[str]:
    return [str(verdict) for flow in wanted if not (verdict := judge(flow, cluster, security_groups)).open]


def opened(unwanted: list[Flow], cluster: Cluster) -> list[str]:
    return [str(verdict) for flow in unwanted if (verdict := judge(flow, cluster)).open]


@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_what_is_needed_is_open(name: str) -> None:
    here = world(name)
    assert missing(here.cluster) == []
    assert len(here.required) > 20
    assert closed(here.required, here.cluster, here.security_groups) == []


@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_what_is_forbidden_is_closed(name: str) -> None:
    here = world(name)
    assert opened(forbidden(here.cluster), here.cluster) == []


def test_every_row_is_about_something() -> None:
    clusters = [world(name).cluster for name in (*WHOLE, "fetching")]
    for row in (*REQUIRED, *FORBIDDEN):
        assert any(list(flows(cluster, row)) for cluster in clusters), row


def ours(here: World) -> list[Object]:
    return [
        one
        for one in here.objects
        if one["kind"] == "NetworkPolicy" and (one["metadata"].get("labels") or {}).items() >= OURS.items()
    ]


def narrower(policy: Object) -> Iterator[Object]:
    """The policy with one port or one peer less."""
    for number, rule in enumerate(policy["spec"]["ingress"]):
        for key in ("ports", "from"):
            for position in range(len(rule.get(key) or ())) if len(rule.get(key) or ()) > 1 else ():
                changed = copy.deepcopy(policy)
                del changed["spec"]["ingress"][number][key][position]
                yield changed


def needed(here: World, cluster: Cluster, namespace: str) -> bool:
    """Whether something that is needed in a namespace is closed in this cluster."""
    mine = [flow for flow in here.required if flow.target.namespace == namespace]
    return bool(closed(mine, cluster, here.security_groups))


def test_each_policy_of_the_platform_is_needed_with_all_that_it_opens() -> None:
    worlds = [world(name) for name in WHOLE]
    policies = {str(identity(one)): one for here in worlds for one in ours(here)}
    assert len(policies) >= 9
    for name, policy in policies.items():
        place = policy["metadata"]["namespace"]
        there = [(here, one) for here in worlds for one in ours(here) if str(identity(one)) == name]
        assert any(needed(here, here.without(one), place) for here, one in there), name
        for changed in narrower(policy):
            assert any(needed(here, here.with_instead(one, changed), place) for here, one in there), changed


@pytest.mark.parametrize(
    "namespace", ["auth", "istio-system", "knative-serving", "kubeflow", "oauth2-proxy", "team-one"]
)
def test_without_its_policies_a_namespace_lets_in_what_is_forbidden(namespace: str) -> None:
    here = world("full")
    kept = [one for one in here.objects if one["kind"] != "NetworkPolicy" or one["metadata"]["namespace"] != namespace]
    assert opened(forbidden(here.cluster), Cluster(kept, here.early))


@pytest.mark.parametrize(("policy", "label"), [("katib-db-manager", "katib"), ("metadata-grpc-server", "pipelines")])
def test_callers_of_what_all_teams_share_are_named(policy: str, label: str) -> None:
    here = world("full")
    (old,) = [one for one in here.objects if one["kind"] == "NetworkPolicy" and one["metadata"]["name"] == policy]
    new = copy.deepcopy(old)
    for rule in new["spec"]["ingress"]:
        for peer in rule["from"]:
            if label in str(peer.get("podSelector")):
                del peer["podSelector"]
    assert new != old
    assert opened(forbidden(here.cluster), here.with_instead(old, new))


def test_a_pod_that_starts_before_istiod_is_seen() -> None:
    """Trainer's webhook is selected by a label that only the injector writes."""
    here = world("full")
    early = {
        identity(one)
        for one in here.objects
        if one["kind"] == "Deployment" and one["metadata"]["namespace"] == "kubeflow-system"
    }
    cluster = Cluster(here.objects, here.early | early)
    assert [line for line in closed(list(webhooks(cluster)), cluster, here.security_groups) if "trainer" in line]


def test_a_model_with_a_sidecar_refuses_the_activator_as_docs_say() -> None:
    cluster = world("full").cluster
    (activator,) = cluster.select("knative-serving", {"app": "activator"})
    (model,) = cluster.select("team-one", {"serving.knative.dev/service": "model"})
    verdict = judge(Flow(activator, model, 8012, "port 8012", request=Request("/v1/models/m:predict")), cluster)
    assert [hop.place for hop in verdict.hops if not hop.decision.open] == ["proxy of the pod"]
    assert judge(Flow(activator, model, 8012, "port 8012", request=Request("/healthz")), cluster).open
