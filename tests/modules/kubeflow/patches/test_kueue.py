"""Kueue from its chart: webhooks for teams alone, integrations for job types that exist, no aggregated API."""

import pytest
import yaml

from modules.checks.traffic.selectors import matches
from modules.kubeflow.cache import Cache
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.patching.network_policies import TEAMS
from modules.teams.objects import LABELS
from tests.platform_objects import needs_cache

pytestmark = [needs_cache, pytest.mark.upstream]

PLURALS = {
    "jaxjob": "jaxjobs.kubeflow.org",
    "mpijob": "mpijobs.kubeflow.org",
    "paddlejob": "paddlejobs.kubeflow.org",
    "pytorchjob": "pytorchjobs.kubeflow.org",
    "tfjob": "tfjobs.kubeflow.org",
    "xgboostjob": "xgboostjobs.kubeflow.org",
    "trainjob": "trainjobs.trainer.kubeflow.org",
    "jobset": "jobsets.jobset.x-k8s.io",
    "sparkapplication": "sparkapplications.sparkoperator.k8s.io",
}
"""Job type of an integration to the CRD of the platform; those of Ray come with an official chart."""
OF_KUBERNETES = {"batch/job", "pod", "deployment", "statefulset"}


@pytest.fixture(scope="module")
def objects() -> list[Object]:
    found: list[Object] = []
    for phase in read_lock().entry("kueue", "default").phases.values():
        content = Cache().get(phase.sha256)
        assert content is not None
        found += load(content)
    return found


@pytest.fixture(scope="module")
def configuration(objects: list[Object]) -> Object:
    (text,) = [
        one["data"]["controller_manager_config.yaml"]
        for one in objects
        if one["metadata"]["name"] == "kueue-manager-config"
    ]
    read: Object = yaml.safe_load(text)
    return read


def test_no_pod_outside_of_teams_waits_for_kueue(objects: list[Object], configuration: Object) -> None:
    selector = TEAMS["namespaceSelector"]
    assert configuration["managedJobsNamespaceSelector"] == selector
    checked = 0
    for one in objects:
        for hook in one.get("webhooks") or ():
            for rule in hook["rules"]:
                if rule["apiGroups"] != ["kueue.x-k8s.io"]:
                    assert hook["namespaceSelector"] == selector, hook["name"]
                    checked += 1
    assert checked > 30
    assert matches(selector, LABELS)
    assert not matches(selector, {"kubernetes.io/metadata.name": "kube-system"})


def test_every_integration_is_for_a_type_that_can_be_installed(configuration: Object) -> None:
    lock = read_lock().components
    crds = {crd for variants in lock.values() for entry in variants.values() for crd in entry.crds}
    frameworks = configuration["integrations"]["frameworks"]
    assert {*frameworks} >= OF_KUBERNETES
    for framework in {*frameworks} - OF_KUBERNETES:
        group, kind = framework.split("/")
        if group == "ray.io":
            assert any(component.name == "kuberay" for component in CATALOGUE)
        else:
            assert PLURALS[kind] in crds, framework
            assert PLURALS[kind].endswith(group)


def test_gates_fit_the_integrations(objects: list[Object], configuration: Object) -> None:
    """Source: https://github.com/kubernetes-sigs/kueue/blob/v0.19.2/pkg/controller/jobs/sparkapplication/sparkapplication_controller.go (CanSupportIntegration)."""
    (deployment,) = [one for one in objects if one["kind"] == "Deployment"]
    (container,) = deployment["spec"]["template"]["spec"]["containers"]
    (gates,) = [one for one in container["args"] if one.startswith("--feature-gates=")]
    assert gates == "--feature-gates=SparkApplicationIntegration=true,VisibilityOnDemand=false"
    assert "sparkoperator.k8s.io/sparkapplication" in configuration["integrations"]["frameworks"]
    assert not [one for one in objects if one["kind"] == "APIService"]
    assert deployment["spec"]["replicas"] == 2


def test_members_of_teams_read_queues_and_write_none(objects: list[Object]) -> None:
    prefix = "rbac.authorization.kubeflow.org/aggregate-to-"
    ours = [
        one
        for one in objects
        if one["kind"] == "ClusterRole" and any(key.startswith(prefix) for key in one["metadata"].get("labels") or {})
    ]
    assert [one["metadata"]["name"] for one in ours] == ["kubeflow-kueue-view"]
    assert {verb for rule in ours[0]["rules"] for verb in rule["verbs"]} == {"get", "list", "watch"}
    kubernetes = "rbac.authorization.k8s.io/aggregate-to-"
    for one in objects:
        labels = one["metadata"].get("labels") or {}
        if one["kind"] == "ClusterRole" and any(f"{kubernetes}{role}" in labels for role in ("edit", "admin", "view")):
            verbs = {verb for rule in one["rules"] for verb in rule["verbs"]}
            assert verbs <= {"get", "list", "watch"}, one["metadata"]["name"]
