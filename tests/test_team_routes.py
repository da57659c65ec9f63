"""Nothing that a team's account or member can do makes a route or a public entry; what controllers do for it stays possible."""

from collections.abc import Mapping
from typing import Any

import pytest

from modules.checks.admission.policies import Write, decisions
from modules.checks.team_rights import ROLES, read_team_rights, team_rights, writes
from modules.kubeflow.manifest import Object
from tests.platform_objects import needs_everything, objects_of

pytestmark = [needs_everything, pytest.mark.upstream]

TEAM = {"app.kubernetes.io/part-of": "kubeflow-profile", "kubernetes.io/metadata.name": "team-a"}
POD, OTHER_POD = "system:serviceaccount:team-a:default-editor", "system:serviceaccount:team-b:default-editor"
MEMBERS = (POD, OTHER_POD, "system:serviceaccount:team-a:made-by-the-team", "ada@team.example.net", "eksctl-user")
CONTROLLERS = (
    "system:serviceaccount:kubeflow:kserve-controller-manager",
    "system:serviceaccount:kubeflow:profiles-controller-service-account",
    "system:serviceaccount:knative-serving:controller",
    "system:serviceaccount:istio-system:istiod",
    "system:serviceaccount:kube-system:endpoint-controller",
    "system:kube-controller-manager",
    "eks:cloud-controller-manager",
)
ROUTES = (
    *(("networking.k8s.io", "ingresses"), ("extensions", "ingresses"), ("", "endpoints")),
    ("discovery.k8s.io", "endpointslices"),
    *(
        ("networking.istio.io", resource)
        for resource in (
            *("gateways", "virtualservices", "serviceentries", "destinationrules", "envoyfilters", "sidecars"),
            *("workloadentries", "workloadgroups", "proxyconfigs"),
        )
    ),
    *(("security.istio.io", one) for one in ("authorizationpolicies", "requestauthentications", "peerauthentications")),
    *(("extensions.istio.io", "wasmplugins"), ("telemetry.istio.io", "telemetries")),
    *(
        ("gateway.networking.k8s.io", resource)
        for resource in (
            *("gateways", "httproutes", "grpcroutes", "tlsroutes", "tcproutes", "udproutes"),
            *("referencegrants", "backendtlspolicies", "listenersets"),
        )
    ),
    *(("networking.internal.knative.dev", one) for one in ("ingresses", "serverlessservices", "clusterdomainclaims")),
    ("serving.knative.dev", "domainmappings"),
    *(("elbv2.k8s.aws", "targetgroupbindings"), ("elbv2.k8s.aws", "ingressclassparams")),
    *(("gateway.k8s.aws", "loadbalancerconfigurations"), ("aga.k8s.aws", "globalaccelerators")),
    ("externaldns.k8s.io", "dnsendpoints"),
)
"""Every kind that istiod, Knative, KServe or a controller of AWS turns into a route, an entry or a record."""
SPARK = ("sparkoperator.k8s.io", "sparkapplications")
SCHEDULED = ("sparkoperator.k8s.io", "scheduledsparkapplications")
VIEWER = ("kubeflow.org", "pvcviewers")
MODEL = ("serving.kserve.io", "llminferenceservices")
SERVICE = ("", "services")
ENTRIES: Mapping[str, tuple[tuple[str, str], Any, str]] = {
    "load balancer": (SERVICE, {"spec": {"type": "LoadBalancer"}}, "spec.type: a team's Service"),
    "port of every node": (SERVICE, {"spec": {"type": "NodePort"}}, "spec.type: a team's Service"),
    "name of another": (SERVICE, {"spec": {"type": "ExternalName"}}, "spec.type: a team's Service"),
    "address of another": (SERVICE, {"spec": {"externalIPs": ["10.0.0.1"]}}, "spec.externalIPs"),
    "record": (
        SERVICE,
        {"metadata": {"annotations": {"external-dns.alpha.kubernetes.io/hostname": "kubeflow.example.com"}}},
        "metadata.annotations: records",
    ),
    "page of a driver": (SPARK, {"spec": {"sparkUIOptions": {"serviceType": "LoadBalancer"}}}, "sparkUIOptions"),
    "host of a driver": (
        SPARK,
        {"spec": {"driverIngressOptions": [{"ingressURLFormat": "kf"}]}},
        "driverIngressOptions",
    ),
    "page of a scheduled driver": (
        SCHEDULED,
        {"spec": {"template": {"sparkUIOptions": {"serviceType": "NodePort"}}}},
        "sparkUIOptions",
    ),
    "host of a scheduled driver": (
        SCHEDULED,
        {"spec": {"template": {"driverIngressOptions": [{"servicePort": 4040}]}}},
        "driverIngressOptions",
    ),
    "path without sign-in": (VIEWER, {"spec": {"networking": {"basePrefix": "/oauth2"}}}, "spec.networking.basePrefix"),
    "route of a model": (
        MODEL,
        {"spec": {"router": {"route": {"http": {"spec": {"hostnames": ["kubeflow.example.com"]}}}}}},
        "spec.router.route.http",
    ),
    "gateway of a model": (
        MODEL,
        {"spec": {"router": {"gateway": {"refs": [{"name": "any"}]}}}},
        "spec.router: gateways",
    ),
    "ingress of a model": (
        MODEL,
        {"spec": {"router": {"ingress": {"refs": [{"name": "any"}]}}}},
        "spec.router: gateways",
    ),
}
"""What a controller, or Kubernetes itself, would publish for a team: resource, object, and how the refusal begins."""
ALLOWED: Mapping[str, tuple[tuple[str, str], Any]] = {
    "service": (SERVICE, {"spec": {"ports": [{"port": 80}], "selector": {"app": "a"}}}),
    "service of the usual type": (SERVICE, {"spec": {"type": "ClusterIP", "externalIPs": []}}),
    "service without address": (SERVICE, {"metadata": {"annotations": {"a": "b"}}, "spec": {"clusterIP": "None"}}),
    "driver": (SPARK, {"spec": {"sparkUIOptions": {"servicePort": 4040}}}),
    "scheduled driver": (SCHEDULED, {"spec": {"template": {"sparkUIOptions": {"serviceType": "ClusterIP"}}}}),
    "viewer of the volumes page": (VIEWER, {"spec": {"networking": {"basePrefix": "/pvcviewers"}}}),
    "viewer without a page": (VIEWER, {"spec": {"pvc": "data"}}),
    "model": (("serving.kserve.io", "inferenceservices"), {"spec": {"predictor": {}}}),
    "language model": (MODEL, {"spec": {"router": {"route": {}, "gateway": {}}}}),
    "function": (("serving.knative.dev", "services"), {"spec": {"template": {}}}),
    "notebook": (("kubeflow.org", "notebooks"), {"spec": {}}),
}


@pytest.fixture(scope="module", params=["prod", "full"])
def objects(request: pytest.FixtureRequest) -> list[Object]:
    return objects_of(request.param)


def refusals(objects: list[Object], write: Write) -> list[str]:
    """`<policy>: <message>` of every validation that refuses the write; all expressions are evaluated."""
    found = decisions(objects, write)
    assert all(one.evaluated for one in found)
    return [str(one) for one in found]


def write(user: str, what: tuple[str, str], body: Any = None, **more: Any) -> Write:
    return Write(user, *what, body=body or {}, labels=TEAM, **more)


def test_a_team_writes_no_route(objects: list[Object]) -> None:
    for what in ROUTES:
        for user in MEMBERS:
            for operation in ("CREATE", "UPDATE"):
                found = refusals(objects, write(user, what, operation=operation))
                assert found == [
                    "team-routes: Routes and public entries are the platform's: a team's service accounts and members cannot write them."
                ], (user, what)


@pytest.mark.parametrize("entry", ENTRIES)
def test_a_team_publishes_nothing_through_a_controller(objects: list[Object], entry: str) -> None:
    what, body, begins = ENTRIES[entry]
    for user in MEMBERS:
        (found,) = refusals(objects, write(user, what, body))
        assert found.partition(": ")[2].startswith(begins)


@pytest.mark.parametrize("thing", ALLOWED)
def test_what_a_team_works_with_is_not_refused(objects: list[Object], thing: str) -> None:
    what, body = ALLOWED[thing]
    assert [refusals(objects, write(user, what, body)) for user in MEMBERS] == [[]] * len(MEMBERS)


def test_controllers_and_administrators_are_not_refused(objects: list[Object]) -> None:
    wanted = [(what, None) for what in ROUTES] + [(what, body) for what, body, _ in ENTRIES.values()]
    for what, body in wanted:
        for user in CONTROLLERS:
            assert refusals(objects, write(user, what, body)) == [], (user, what)
        assert refusals(objects, write("arn:aws:iam::1:role/platform-admins", what, body, administers=True)) == []


def test_other_namespaces_are_not_looked_at(objects: list[Object]) -> None:
    for what in ROUTES:
        assert (
            refusals(objects, Write("ada@team.example.net", *what, labels={"kubernetes.io/metadata.name": "apps"}))
            == []
        )


def test_every_team_has_the_label_that_the_policies_look_for(objects: list[Object]) -> None:
    """Teams of settings, and those that users create at the dashboard."""
    labels = [
        one
        for one in objects
        if one["kind"] == "ConfigMap" and one["metadata"]["name"].startswith("profiles-namespace-labels-data")
    ]
    (only,) = labels
    assert 'app.kubernetes.io/part-of: "kubeflow-profile"' in only["data"]["namespace-labels.yaml"].splitlines()


def test_no_role_of_a_team_writes_a_route(objects: list[Object]) -> None:
    found = team_rights(objects)
    assert {
        (role, what): verbs for role in ROLES for what in ROUTES if (verbs := writes(found[role], what[0], what[1]))
    } == {}


def test_no_role_of_a_team_reaches_what_holds_the_policies_up(objects: list[Object]) -> None:
    """A team that could label its namespace, or write an admission policy, would lift them."""
    held = (
        *(("", "namespaces"), ("", "resourcequotas"), ("admissionregistration.k8s.io", "validatingadmissionpolicies")),
        ("rbac.authorization.k8s.io", "clusterroles"),
    )
    found = team_rights(objects)
    assert {(role, what) for role in ROLES for what in held if writes(found[role], *what)} == set()


def test_the_reviewed_rights_are_those_of_the_rendered_roles() -> None:
    """A release that widens them fails here: run `kubeflow-aws team-rights` and review its diff."""
    reviewed = read_team_rights()
    assert team_rights(objects_of("full")) == reviewed
    for role, rights in team_rights(objects_of("prod")).items():
        for resource, verbs in rights.items():
            assert set(verbs) <= set(reviewed[role][resource]), (role, resource)
