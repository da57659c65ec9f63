"""Each kind of finding of Admission, and none on the shipped platforms."""

import importlib.util
from datetime import date

import pytest

from modules.checks.admission import kinds
from modules.checks.admission.platform import Admission
from modules.checks.admission.section import section, started_findings
from modules.checks.inputs import Inputs
from modules.checks.section import Section
from modules.kubeflow.cache import Cache
from modules.kubeflow.manifest import Object
from modules.settings import ExistingCluster
from tests.modules.checks.admission.made import (
    ANYTHING,
    container,
    crd,
    deployment,
    found,
    head,
    ids,
    namespace,
    platform,
    pod,
)
from tests.platform_objects import needs_everything
from tests.platforms import NAMES_WITH_KUBEFLOW, PLATFORMS

ALWAYS = {"ADM105"}
QUOTA = head("v1", "ResourceQuota", "place", "quota", {"hard": {"requests.cpu": "1", "pods": "2"}})
THING = head("example.com/v1", "Thing", "place", "one", {"size": 3})
SIZE = {"type": "object", "properties": {"size": {"type": "integer", "maximum": 5}}}
RULED = {**SIZE, "x-kubernetes-validations": [{"rule": "self.size > 3", "message": "size must be above 3"}]}


def webhook(policy: str = "Fail") -> Object:
    rules = [{"apiGroups": [""], "resources": ["pods"], "operations": ["CREATE"], "apiVersions": ["v1"]}]
    hook = {
        "name": "hook.example.com",
        "clientConfig": {"service": {"namespace": "place", "name": "hook"}},
        "failurePolicy": policy,
        "rules": rules,
        "sideEffects": "None",
        "admissionReviewVersions": ["v1"],
    }
    kind = "ValidatingWebhookConfiguration"
    return head("admissionregistration.k8s.io/v1", kind, "", "hook", webhooks=[hook])


SERVICE = head("v1", "Service", "place", "hook", {"selector": {"app": "a"}, "ports": [{"port": 443}]})
SERVER = deployment(containers=[container(ports=[{"containerPort": 443}])])
CLOSED = head(
    "networking.k8s.io/v1", "NetworkPolicy", "place", "closed", {"podSelector": {}, "policyTypes": ["Ingress"]}
)
REFUSING = (
    head(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicy",
        "",
        "no-things",
        {
            "matchConstraints": {
                "resourceRules": [
                    {"apiGroups": ["example.com"], "apiVersions": ["*"], "operations": ["*"], "resources": ["things"]}
                ]
            },
            "validations": [{"expression": "object.spec.size < 3", "message": "too large"}],
        },
    ),
    head(
        "admissionregistration.k8s.io/v1",
        "ValidatingAdmissionPolicyBinding",
        "",
        "no-things",
        {"policyName": "no-things", "validationActions": ["Deny"]},
    ),
)
FEATURES = head("v1", "ConfigMap", "knative-serving", "config-features", data={})
REVISION = head("serving.knative.dev/v1", "Service", "place", "web", {"template": pod(nodeSelector={"a": "b"})})
CASES: dict[str, tuple[Object, ...]] = {
    "ADM001": (namespace(), deployment(containers=[container(securityContext={})])),
    "ADM002": (crd(SIZE), head("example.com/v1", "Thing", "place", "one", {"size": 9})),
    "ADM003": (crd(RULED), THING),
    "ADM004": (*REFUSING, crd(SIZE), THING),
    "ADM005": (webhook(),),
    "ADM006": (webhook(), SERVICE, SERVER, CLOSED),
    "ADM007": (namespace(), QUOTA, deployment(containers=[container(resources={})])),
    "ADM008": (
        head("v1", "LimitRange", "place", "range", {"limits": [{"type": "Container", "max": {"memory": "32Mi"}}]}),
        deployment(),
    ),
    "ADM009": (QUOTA, deployment() | {"spec": {**deployment()["spec"], "replicas": 3}}),
    "ADM010": (FEATURES, crd(ANYTHING, "serving.knative.dev", "Service"), REVISION),
    "ADM011": (THING,),
    "ADM103": (
        crd({**SIZE, "x-kubernetes-validations": [{"rule": "quantity('1Gi').isGreaterThan(quantity('1Mi'))"}]}),
        THING,
    ),
    "ADM108": (
        namespace(),
        head("v1", "ResourceQuota", "place", "best-effort", {"hard": {"pods": "1"}, "scopes": ["BestEffort"]}),
        deployment(),
    ),
    "ADM107": (crd(SIZE), head("example.com/v1", "Thing", "place", "one", {"size": "@@json:size@@"})),
}


@pytest.mark.parametrize("wanted", CASES)
def test_it_finds(wanted: str) -> None:
    assert ids(found(*CASES[wanted])) - ALWAYS == {wanted}


def test_a_sound_workload_has_no_finding() -> None:
    made = found(namespace(), deployment(), crd(RULED), head("example.com/v1", "Thing", "place", "one", {"size": 4}))
    assert ids(made) == ALWAYS
    assert made.verdict == "no finding"


def test_what_may_fail_is_not_a_finding() -> None:
    assert ids(found(webhook("Ignore"))) == ALWAYS
    assert ids(found(webhook(), SERVICE, SERVER)) == ALWAYS


def test_charts_and_existing_clusters_are_not_checked() -> None:
    small = platform()
    assert small.kubeflow is not None
    existing = small.kubeflow.with_changes(preinstalled=("cert-manager",))
    made = found(THING, kubeflow=existing)
    assert ids(made) - ALWAYS == {"ADM102", "ADM104"}
    assert "ADM106" in ids(found(THING, cluster=ExistingCluster(name="old"), network=None))


def test_without_the_extra_objects_are_not_checked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("modules.checks.admission.section.find_spec", lambda name: None)
    made = found(*CASES["ADM002"])
    assert ids(made) - ALWAYS == {"ADM101"}
    assert importlib.util.find_spec("celpy") is not None


def test_every_kind_is_provoked() -> None:
    here = {*CASES, *ALWAYS, "ADM101", "ADM102", "ADM104", "ADM106"}
    assert here == {one.id for one in kinds.KINDS}


def checked(name: str) -> Section:
    return section(Inputs(PLATFORMS[name], Cache(), lambda _: {}, date(2026, 1, 1)))


@needs_everything
@pytest.mark.upstream
@pytest.mark.parametrize("name", NAMES_WITH_KUBEFLOW)
def test_a_platform_has_no_error(name: str) -> None:
    made = checked(name)
    assert [str(one) for one in made.findings if one.severity != "not checked"] == []
    assert not {"ADM101", "ADM103"} & ids(made)


@needs_everything
@pytest.mark.upstream
def test_tables_of_a_platform() -> None:
    pods, hooks = checked("quickstart").tables
    assert ("kubeflow", "restricted") in {row[:2] for row in pods.rows}
    assert {row[3] for row in pods.rows} == {"0"}
    assert {row[3] for row in hooks.rows} == {"reachable"}
    assert "namespace.sidecar-injector.istio.io" in {row[0] for row in hooks.rows}


def test_without_kubeflow_nothing_is_admitted() -> None:
    assert checked("auto").findings == ()


def test_pods_that_controllers_start_for_teams() -> None:
    strict = Admission("1.35", (namespace("restricted", "research"),))
    refused = {one.text.partition(":")[0] for one in started_findings(strict, platform())}
    assert {"notebook of team research", "pipeline step of team research"} <= refused
    assert "artifact proxy of team research" not in refused
    quota = head("v1", "ResourceQuota", "research", "quota", {"hard": {"requests.memory": "8Gi"}})
    counted = Admission("1.35", (namespace("baseline", "research"), quota))
    lacking = {one.text.partition(":")[0] for one in started_findings(counted, platform()) if one.id == "ADM007"}
    assert {"pipeline step of team research", "Tensorboard of team research", "model of team research"} == lacking - {
        "volume viewer of team research"
    }
