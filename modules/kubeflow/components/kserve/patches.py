"""Patches of KServe: official charts with the changes of its Kubeflow overlay and of Kubeflow's repository.

Source: https://github.com/kserve/kserve/tree/v0.18.1/config/overlays/kubeflow
Source: https://github.com/kubeflow/community-distribution/tree/master/applications/kserve/kserve
"""

from typing import Any

from modules.kubeflow.patching.network_policies import allow
from modules.kubeflow.patching.patch import Objects, RenderedChart, Variant

RELEASE = "kserve"
LABELS = {"app": "kserve", "app.kubernetes.io/name": "kserve"}
"""Labels of the overlay, also in selectors: a Deployment's selector is immutable."""
CONTROLLERS = ("kserve-controller-manager", "kserve-localmodel-controller-manager", "llmisvc-controller-manager")
WEBHOOK_PORT = 9443
GROUP = "serving.kserve.io"
LLM_KINDS = ("llminferenceservices", "llminferenceserviceconfigs")
EDITED = ("inferencegraphs", "inferenceservices", "servingruntimes", "trainedmodels", "llminferenceservices")
KNATIVE = tuple(
    f"{kind}{part}" for kind in ("services", "routes", "configurations", "revisions") for part in ("", "/status")
)
READ = ("get", "list", "watch")
WRITE = (*READ, "create", "delete", "deletecollection", "patch", "update")
AGGREGATE = "rbac.authorization.kubeflow.org/aggregate-to-"

RESOURCES = {
    "kserve": {
        # as in the overlay's ConfigMap: the chart's default is another annotation
        "storage": {"storageSecretNameAnnotation": "serving.kserve.io/storageSecretName"},
        "controller": {
            "gateway": {
                "domain": "@@knative_domain@@",
                "urlScheme": "@@knative_url_scheme@@",
                "pathTemplate": "/serving/{{ .Namespace }}/{{ .Name }}",
                "ingressGateway": {"gateway": "kubeflow/kubeflow-gateway"},
            },
        },
    }
}


def kubeflow_labels(objects: Objects) -> None:
    """The overlay's labels on all objects of the namespace and the cluster, and in the selectors of Services and Deployments."""
    for item in objects.items:
        if item["apiVersion"].startswith(f"{GROUP}/"):
            continue
        item["metadata"]["labels"] = {**(item["metadata"].get("labels") or {}), **LABELS}
        if item["kind"] == "Service":
            _select(item["spec"]["selector"])
        elif item["kind"] == "Deployment":
            _select(item["spec"]["selector"]["matchLabels"])
            item["spec"]["template"]["metadata"]["labels"] |= LABELS


def _select(selector: dict[str, str]) -> None:
    selector.pop("app.kubernetes.io/instance", None)
    selector.update(LABELS)


def kubeflow_namespace(objects: Objects) -> None:
    """Hard-coded references to the namespace `kserve`: two conversion webhooks and a certificate's names."""
    host = "localmodel-webhook-server-service.kubeflow.svc"
    objects.merge("Certificate", "localmodel-serving-cert", {"spec": {"commonName": host, "dnsNames": [host]}})
    for name in LLM_KINDS:
        crd = objects.one("CustomResourceDefinition", f"{name}.{GROUP}")
        service = crd["spec"]["conversion"]["webhook"]["clientConfig"]["service"]
        if service["namespace"] != "kserve":
            raise ValueError(f"patch: CRD {name}: its webhook is in {service['namespace']}; check upstream's change")
        service["namespace"] = "kubeflow"
        crd["metadata"]["annotations"]["cert-manager.io/inject-ca-from"] = "kubeflow/llmisvc-serving-cert"


def without_example(objects: Objects) -> None:
    """The ConfigMap without its example text, which names unused images."""
    objects.merge("ConfigMap", "inferenceservice-config", {"data": {"_example": None}})


def lean_schemas(objects: Objects) -> None:
    """The non-storage version of LLM CRDs gets the schema of the chart `kserve-llmisvc-crd-minimal`.

    With two full schemas each, the release of the CRDs takes 1001 KiB of its Secret's 1024; with this change 639. The webhook
    still validates objects of that version.
    """
    anything = {"type": "object", "x-kubernetes-map-type": "atomic", "x-kubernetes-preserve-unknown-fields": True}
    for name in LLM_KINDS:
        versions = objects.one("CustomResourceDefinition", f"{name}.{GROUP}")["spec"]["versions"]
        [old] = [version for version in versions if not version["storage"]]
        for part in ("spec", "status"):
            old["schema"]["openAPIV3Schema"]["properties"][part] = dict(anything)


def without_agents(objects: Objects) -> None:
    """Remove objects that Kubeflow's repository deletes: a privileged hostNetwork DaemonSet, and a webhook that fails.

    The DaemonSet's account is removed, too: it can read every Secret of the cluster, and no pod uses it. The controller does
    not answer reviews of LLMInferenceServiceConfigs, and upstream installs none.

    Source: https://github.com/kubeflow/manifests/issues/3290
    """
    objects.remove("DaemonSet", "kserve-localmodelnode-agent")
    objects.remove("ServiceAccount", "kserve-localmodelnode-agent")
    objects.remove("ClusterRole", "kserve-localmodelnode-agent-role")
    objects.remove("ClusterRoleBinding", "kserve-localmodelnode-agent-rolebinding")
    objects.remove("ValidatingWebhookConfiguration", f"llminferenceserviceconfig.{GROUP}")


def without_sidecars(objects: Objects) -> None:
    """No sidecar: the API server, which is not in the mesh, calls the controllers' webhooks (the overlay does this for one)."""
    for name in CONTROLLERS:
        template = {"metadata": {"annotations": {"sidecar.istio.io/inject": "false"}}}
        objects.merge("Deployment", name, {"spec": {"template": template}})


def role_of_before(objects: Objects) -> None:
    """Keep the ClusterRole's name of 0.16: the roleRef of its binding is immutable."""
    role = objects.one("ClusterRole", "kserve-llmisvc-manager-role")
    objects.remove("ClusterRole", "kserve-llmisvc-manager-role")
    objects.add({**role, "metadata": {**role["metadata"], "name": "llmisvc-manager-role"}})
    objects.merge("ClusterRoleBinding", "llmisvc-manager-rolebinding", {"roleRef": {"name": "llmisvc-manager-role"}})


def team_roles(objects: Objects) -> None:
    """Roles of team members from the overlay, which are not in the charts."""
    objects.add(
        {
            **_role("kubeflow-kserve-admin", {f"{AGGREGATE}kubeflow-admin": "true"}, []),
            "aggregationRule": {
                "clusterRoleSelectors": [{"matchLabels": {f"{AGGREGATE}kubeflow-kserve-admin": "true"}}]
            },
        }
    )
    edit = {f"{AGGREGATE}kubeflow-edit": "true", f"{AGGREGATE}kubeflow-kserve-admin": "true"}
    objects.add(_role("kubeflow-kserve-edit", edit, [(GROUP, EDITED, WRITE), ("serving.knative.dev", KNATIVE, WRITE)]))
    view = {f"{AGGREGATE}kubeflow-view": "true"}
    objects.add(
        _role("kubeflow-kserve-view", view, [(GROUP, EDITED, READ), ("serving.knative.dev", KNATIVE, ("get", "list"))])
    )


def webhooks(objects: Objects) -> None:
    """Upstream's policy allows the API server only on the first of three controllers; all have a webhook.

    Source: https://github.com/kubeflow/community-distribution/pull/3327
    """
    for name in CONTROLLERS[1:]:
        # the API server calls from addresses that no selector matches
        pods = {"matchLabels": {"control-plane": name}}
        objects.add(allow("kubeflow", f"webhook-of-{name}", pods, [WEBHOOK_PORT], []))


def _role(
    name: str, labels: dict[str, str], rules: list[tuple[str, tuple[str, ...], tuple[str, ...]]]
) -> dict[str, Any]:
    return {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "ClusterRole",
        "metadata": {"name": name, "labels": {**labels, **LABELS}},
        "rules": [
            {"apiGroups": [group], "resources": list(resources), "verbs": list(verbs)}
            for group, resources, verbs in rules
        ],
    }


VARIANTS = {
    "default": Variant(
        (
            kubeflow_labels,
            kubeflow_namespace,
            lean_schemas,
            without_example,
            without_agents,
            without_sidecars,
            webhooks,
            role_of_before,
            team_roles,
        ),
        charts=(
            RenderedChart("kserve-crd", RELEASE),
            RenderedChart("kserve-llmisvc-crd", RELEASE),
            RenderedChart("kserve-localmodel-crd", RELEASE),
            RenderedChart("kserve-resources", RELEASE, RESOURCES),
            RenderedChart("kserve-llmisvc-resources", RELEASE, {"kserve": {"createSharedResources": False}}),
            RenderedChart("kserve-localmodel-resources", RELEASE),
            # upstream deletes the LLMInferenceServiceConfigs: their pods run as root with SYS_RAWIO
            RenderedChart("kserve-runtime-configs", RELEASE, {"kserve": {"servingruntime": {"enabled": True}}}),
        ),
    )
}
