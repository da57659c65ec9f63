"""KServe from its charts: names, webhooks, certificates and labels that fit the namespace `kubeflow` and each other."""

import json

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, load
from tests.platform_objects import needs_cache

pytestmark = [needs_cache, pytest.mark.upstream]

SELECTED = {"app": "kserve", "app.kubernetes.io/name": "kserve", "controller-tools.k8s.io": "1.0"}
CERTIFICATES = {"kserve": "serving-cert", "llmisvc": "llmisvc-serving-cert", "localmodel": "localmodel-serving-cert"}


@pytest.fixture(scope="module")
def objects() -> dict[tuple[str, str], Object]:
    found: dict[tuple[str, str], Object] = {}
    for phase in read_lock().entry("kserve", "default").phases.values():
        content = Cache().get(phase.sha256)
        assert content is not None
        found |= {(item["kind"], item["metadata"]["name"]): item for item in load(content)}
    return found


@pytest.mark.parametrize(
    "name", ["kserve-controller-manager", "kserve-localmodel-controller-manager", "llmisvc-controller-manager"]
)
def test_a_controllers_selector_is_that_of_the_version_before(
    name: str, objects: dict[tuple[str, str], Object]
) -> None:
    """Kubernetes never changes it; 26.03 was installed with these."""
    deployment = objects["Deployment", name]
    assert deployment["spec"]["selector"] == {"matchLabels": {**SELECTED, "control-plane": name}}
    template = deployment["spec"]["template"]["metadata"]
    assert deployment["spec"]["selector"]["matchLabels"].items() <= template["labels"].items()
    assert template["annotations"]["sidecar.istio.io/inject"] == "false"


def test_every_service_selects_a_controller(objects: dict[tuple[str, str], Object]) -> None:
    pods = [one["spec"]["template"]["metadata"]["labels"] for (kind, _), one in objects.items() if kind == "Deployment"]
    services = [one for (kind, _), one in objects.items() if kind == "Service"]
    assert len(services) == 6
    for service in services:
        assert [pod for pod in pods if service["spec"]["selector"].items() <= pod.items()], service["metadata"]["name"]


def test_every_webhook_has_a_certificate_for_its_service(objects: dict[tuple[str, str], Object]) -> None:
    """Of admission and of conversion; cert-manager writes the CA where the annotation names the certificate."""
    called = 0
    for (kind, name), item in objects.items():
        if kind.endswith("WebhookConfiguration"):
            clients = [webhook["clientConfig"] for webhook in item["webhooks"]]
        elif kind == "CustomResourceDefinition" and "webhook" in (item["spec"].get("conversion") or {}):
            clients = [item["spec"]["conversion"]["webhook"]["clientConfig"]]
        else:
            continue
        for client in clients:
            service = client["service"]
            assert service["namespace"] == "kubeflow", name
            certificate = CERTIFICATES[service["name"].removesuffix("-webhook-server-service")]
            assert item["metadata"]["annotations"]["cert-manager.io/inject-ca-from"] == f"kubeflow/{certificate}", name
            names = objects["Certificate", certificate]["spec"]["dnsNames"]
            assert f"{service['name']}.kubeflow.svc" in names, name
            called += 1
    assert called > 9


def test_nothing_runs_as_the_node_agent(objects: dict[tuple[str, str], Object]) -> None:
    """Its DaemonSet is privileged, and its account may read every Secret."""
    assert [name for _, name in objects if "localmodelnode-agent" in name] == []


def test_roles_keep_the_names_that_bindings_have(objects: dict[tuple[str, str], Object]) -> None:
    bound = {
        (one["roleRef"]["kind"], one["roleRef"]["name"])
        for (kind, _), one in objects.items()
        if kind.endswith("RoleBinding")
    }
    assert bound <= set(objects)
    assert ("ClusterRole", "llmisvc-manager-role") in bound


def test_models_are_published_at_kubeflows_gateway(objects: dict[tuple[str, str], Object]) -> None:
    data = objects["ConfigMap", "inferenceservice-config"]["data"]
    ingress = json.loads(data["ingress"])
    assert ingress["ingressGateway"] == "kubeflow/kubeflow-gateway"
    assert ingress["localGateway"] == "knative-serving/knative-local-gateway"
    assert ingress["ingressDomain"] == "@@knative_domain@@"
    assert ingress["urlScheme"] == "@@knative_url_scheme@@"
    assert ingress["domainTemplate"] == "{{ .Name }}-{{ .Namespace }}.{{ .IngressDomain }}"
    assert ingress["pathTemplate"] == "/serving/{{ .Namespace }}/{{ .Name }}"
    assert json.loads(data["credentials"])["storageSecretNameAnnotation"] == "serving.kserve.io/storageSecretName"
    assert json.loads(data["deploy"])["defaultDeploymentMode"] == "Knative"


def test_every_image_of_kserve_is_of_one_version() -> None:
    entry = read_lock().entry("kserve", "default")
    tags = {
        image.rpartition(":")[2].removesuffix("-gpu")
        for image in (*entry.images, *entry.hidden_images)
        if image.startswith("kserve/")
    }
    assert tags == {entry.app_version}


def test_the_version_of_llm_objects_that_is_not_stored_is_lean(objects: dict[tuple[str, str], Object]) -> None:
    """With whole schemas of both versions Helm could not store the release."""
    for name in ("llminferenceservices", "llminferenceserviceconfigs"):
        versions = objects["CustomResourceDefinition", f"{name}.serving.kserve.io"]["spec"]["versions"]
        spec = {
            (version["storage"], "properties" in version["schema"]["openAPIV3Schema"]["properties"]["spec"])
            for version in versions
        }
        assert spec == {(True, True), (False, False)}
    assert read_lock().entry("kserve", "default").phases["crds"].release_secret_kib < 700
