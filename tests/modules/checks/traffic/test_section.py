"""The section Traffic: no finding on the platforms of the tests but accepted ones, and each kind of finding is provoked."""

import functools
import pickle
from collections.abc import Callable, Iterable
from xml.etree import ElementTree

import pytest

from modules.checks.rendered import PlatformObjects, platform_objects
from modules.checks.traffic.assembly import TrafficInputs, traffic_inputs
from modules.checks.traffic.evaluation import evaluate
from modules.checks.traffic.findings import findings
from modules.checks.traffic.kinds import KINDS
from modules.checks.traffic.section import section
from modules.kubeflow.cache import Cache
from modules.kubeflow.manifest import Object
from modules.settings import (
    Addons,
    AutoMode,
    Cluster,
    ExistingCluster,
    FargateProfile,
    FargateSelector,
    Kubeflow,
    NodeGroup,
    Platform,
    TeamDefaults,
    VpcCni,
)
from tests.check_inputs import without_documents
from tests.modules.checks.traffic.pods import policy
from tests.platform_objects import needs_cache
from tests.platforms import EXAMPLES, NAMES_WITH_KUBEFLOW, PLATFORMS

pytestmark = needs_cache
PROD = "prod"


def ids(one: Platform) -> set[str]:
    return {finding.id for finding in section(without_documents(one)).findings if finding.severity != "not checked"}


def unenforced(one: Platform) -> bool:
    """Auto Mode before its ConfigMap, and a cluster whose plugin is not said."""
    cluster = one.cluster
    return cluster.auto_mode is not None if isinstance(cluster, Cluster) else cluster.network_policies is None


@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_platforms_have_no_finding_but_that_nothing_enforces_policies(name: str) -> None:
    assert ids(PLATFORMS[name]) == ({"TRF007"} if unenforced(PLATFORMS[name]) else set())


@pytest.mark.parametrize("name", EXAMPLES)
def test_examples_have_no_finding_but_that_nothing_enforces_policies(name: str) -> None:
    for one in EXAMPLES[name]:
        assert ids(one) == ({"TRF007"} if one.kubeflow is not None and unenforced(one) else set())


@functools.cache
def prod() -> tuple[Kubeflow, PlatformObjects, TrafficInputs]:
    platform = PLATFORMS[PROD]
    assert platform.kubeflow is not None
    known = platform_objects(platform, Cache())
    return platform.kubeflow, known, traffic_inputs(platform, platform.kubeflow, known)


@functools.cache
def pickled() -> bytes:
    return pickle.dumps(list(prod()[2].objects))


def objects_of_prod() -> list[Object]:
    """A copy that a test can change; from a pickle, since copy.deepcopy takes several times as long."""
    found: list[Object] = pickle.loads(pickled())
    return found


Change = Callable[[list[Object]], Iterable[Object]]


def found(change: Change) -> dict[str, str]:
    """Errors and warnings of the shipped platform with other objects."""
    kubeflow, known, given = prod()
    changed = TrafficInputs(tuple(change(objects_of_prod())), given.early, given.security_groups, given.balancer)
    made = findings(PLATFORMS[PROD], kubeflow, known, evaluate(changed))
    texts: dict[str, str] = {}
    for one in made:
        if one.severity != "not checked":
            texts[one.id] = f"{texts[one.id]}\n{one.text}" if one.id in texts else one.text
    return texts


def without(kind: str, name: str) -> Change:
    return lambda objects: [one for one in objects if (one["kind"], one["metadata"]["name"]) != (kind, name)]


def with_also(*more: Object) -> Change:
    return lambda objects: [*objects, *more]


def open_to_all(namespace: str) -> Object:
    made = policy(podSelector={}, policyTypes=["Ingress"], ingress=[{}])
    made["metadata"] = {"name": "everything", "namespace": namespace}
    return made


def deployment(namespace: str) -> Object:
    containers = [{"name": "main", "ports": [{"containerPort": 7000}]}]
    template = {"metadata": {"labels": {"app": "new"}}, "spec": {"containers": containers}}
    metadata = {"name": "new", "namespace": namespace}
    return {"apiVersion": "apps/v1", "kind": "Deployment", "metadata": metadata, "spec": {"template": template}}


def test_a_required_connection_that_is_closed_names_the_policy() -> None:
    text = found(without("NetworkPolicy", "katib-db-manager"))["TRF001"]
    assert "a team: katib-trial to kubeflow/katib-db-manager:6789 of Service katib-db-manager (the metrics" in text
    assert "closed by NetworkPolicy kubeflow/default-allow-same-namespace" in text


def test_a_forbidden_connection_that_is_open_names_the_policy() -> None:
    text = found(with_also(open_to_all("auth")))["TRF002"]
    assert text.startswith("a team: pipeline-step to auth/dex:5556 ")
    assert "open by NetworkPolicy auth/everything" in text


def test_a_webhook_without_a_pod_is_an_error() -> None:
    text = found(without("Deployment", "katib-controller"))["TRF003"]
    assert "no pod is behind port 443 of Service kubeflow/katib-controller" in text


def test_pods_without_a_policy_are_named() -> None:
    made = found(with_also(deployment("shop")))
    assert made["TRF004"] == "namespace shop: Deployment/new"
    assert made["TRF005"].startswith("shop/new:7000: 9 pods, such as ")


def test_teams_of_a_platform_that_does_not_isolate_them() -> None:
    one = PLATFORMS[PROD]
    assert one.kubeflow is not None
    shared = one.with_changes(kubeflow=one.kubeflow.with_changes(team_defaults=TeamDefaults(isolated=False)))
    assert ids(shared) == {"TRF006"}, "open connections between teams are what the setting says"


def cluster(**settings: object) -> Platform:
    return PLATFORMS[PROD].with_changes(
        cluster=Cluster(admins=("role/a",), node_groups=(NodeGroup(name="nodes"),), **settings)
    )


FARGATE = FargateProfile(name="jobs", selectors=(FargateSelector(namespace="jobs"),))


@pytest.mark.parametrize(
    ("kind", "platform"),
    [
        ("TRF007", lambda: cluster(addons=Addons(vpc_cni=VpcCni(network_policy=False)))),
        ("TRF007", lambda: cluster(auto_mode=AutoMode())),
        ("TRF101", lambda: PLATFORMS[PROD]),
        ("TRF102", lambda: PLATFORMS["inside"]),
        ("TRF103", lambda: cluster(fargate_profiles=(FARGATE,))),
        ("TRF104", lambda: PLATFORMS[PROD]),
        ("TRF105", lambda: PLATFORMS["existing-bare"]),
    ],
)
def test_what_may_not_hold_or_is_not_checked(kind: str, platform: Callable[[], Platform]) -> None:
    assert kind in {one.id for one in section(without_documents(platform())).findings}


def test_a_cluster_that_enforces_policies_has_no_warning() -> None:
    one = PLATFORMS["inside"]
    assert isinstance(one.cluster, ExistingCluster)
    assert ids(one.with_changes(cluster=one.cluster.with_changes(network_policies="other"))) == set()


def test_every_kind_is_named_once() -> None:
    assert len({kind.id for kind in KINDS}) == len(KINDS)


def test_tables_name_the_deciding_policy_and_the_matrix_counts_all_connections() -> None:
    made = section(without_documents(PLATFORMS["production"]))
    tables = {table.title: table for table in made.tables}
    webhook = next(
        row for row in tables["Required connections"].rows if row[:2] == ("the API server", "istio-system/istiod")
    )
    assert webhook[-1].endswith("security group rule control_plane_to_nodes_15017")
    (dex,) = [row for row in tables["Forbidden connections"].rows if row[1] == "oauth2-proxy/oauth2-proxy"]
    assert dex[4:] == (
        "closed",
        "NetworkPolicy oauth2-proxy/allow-istio-ingressgateway, NetworkPolicy oauth2-proxy/default-allow-same-namespace-oauth2-proxy (ingress of the pod)",
    )
    matrix = tables["Connections between namespaces"]
    cells = dict(zip(matrix.headings, next(row for row in matrix.rows if row[0] == "a team"), strict=True))
    assert cells["another team"] == "5 closed"
    assert cells["cert-manager"] == ""
    assert len(made.document["required"]) + len(made.document["forbidden"]) == sum(
        int(part.split()[0]) for row in matrix.rows for cell in row[1:] for part in cell.split(", ") if part
    )


def test_the_picture_has_a_cell_for_each_pair_in_both_colours() -> None:
    (picture,) = section(without_documents(PLATFORMS["exposed"])).pictures
    texts = [element.text for element in ElementTree.fromstring(picture.svg).iter("{http://www.w3.org/2000/svg}text")]
    assert "the load balancer" in texts
    assert "2 / 0" in texts
    assert texts == [
        element.text for element in ElementTree.fromstring(picture.dark).iter("{http://www.w3.org/2000/svg}text")
    ]
    assert picture.svg != picture.dark
