"""What single charts must do with the platform's values, in addition to what all must."""

from modules.kubeflow.behaviours import SUPPLIED_SECRETS
from modules.kubeflow.secrets.pod_references import pod_specs
from modules.kubeflow.values import chart_values
from tests.official_charts import (
    ENTRIES,
    IRSA,
    POD_IDENTITY,
    arguments,
    containers,
    everything,
    rendered,
    runs_on,
)
from tests.upstream_folders import needs_charts

pytestmark = needs_charts


def test_jupyterhub_and_grafana_need_a_sign_in() -> None:
    hub = chart_values(ENTRIES["jupyterhub"], IRSA)["hub"]["config"]["JupyterHub"]
    assert hub == {"authenticator_class": "pam", "admin_access": False}
    (secret,) = SUPPLIED_SECRETS["kube-prometheus-stack"]
    assert not [one for one in everything("kube-prometheus-stack") if one["metadata"]["name"] == secret.name]
    references = {
        (variable["name"], variable["valueFrom"]["secretKeyRef"]["name"], variable["valueFrom"]["secretKeyRef"]["key"])
        for one in everything("kube-prometheus-stack")
        for _, spec in pod_specs(one)
        for container in containers(spec)
        for variable in container.get("env") or ()
        if "secretKeyRef" in variable.get("valueFrom", {}) and variable["name"].startswith("GF_SECURITY_ADMIN")
    }
    assert references == {
        ("GF_SECURITY_ADMIN_USER", secret.name, secret.keys[0]),
        ("GF_SECURITY_ADMIN_PASSWORD", secret.name, secret.keys[1]),
    }


def test_gpus_are_shared_as_often_as_settings_say() -> None:
    def config(context_name: str) -> list[str]:
        return [
            text
            for one in everything("nvidia-device-plugin", context_name)
            if one["kind"] == "ConfigMap"
            for text in (one.get("data") or {}).values()
            if "timeSlicing" in text
        ]

    assert ['"replicas": 4' in text for text in config("irsa")] == [True]
    assert config("pod_identity") == []


def test_the_load_balancer_controller_leaves_new_services_alone() -> None:
    hooked = [
        rule["resources"]
        for one in everything("aws-load-balancer-controller")
        if one["kind"] == "MutatingWebhookConfiguration"
        for webhook in one["webhooks"]
        for rule in webhook["rules"]
    ]
    assert ["pods"] in hooked
    assert ["services"] not in hooked


def test_argo_looks_at_its_own_namespace_and_its_own_workflows() -> None:
    assert "--namespaced" in arguments(everything("argo-workflows"))
    assert "instanceID: argo-workflows" in arguments(everything("argo-workflows"))
    assert not [one for one in rendered("argo-workflows").hooks if one["kind"] == "Job"], (
        "it would fetch CRDs from GitHub"
    )


def test_secrets_of_other_stores_become_secrets_and_roles_are_the_pods_own() -> None:
    objects = everything("secrets-store-csi-driver")
    assert [one for one in objects if one["kind"] == "ClusterRole" and "syncing" in one["metadata"]["name"]]
    (driver,) = (one for one in objects if one["kind"] == "CSIDriver")
    assert driver["spec"]["tokenRequests"] == [
        {"audience": "sts.amazonaws.com"},
        {"audience": "pods.eks.amazonaws.com"},
    ]
    assert not [one for one in everything("secrets-store-csi-driver-provider-aws") if one["kind"] == "CSIDriver"]


def test_what_is_only_protected_by_setting_is_so() -> None:
    def kept(name: str, context_name: str) -> set[str]:
        return {
            one["kind"]
            for one in everything(name, context_name)
            if (one["metadata"].get("annotations") or {}).get("helm.sh/resource-policy") == "keep"
        }

    assert kept("jupyterhub", "irsa") == {"PersistentVolumeClaim"}
    assert kept("jupyterhub", "pod_identity") == set()
    assert kept("argo-workflows", "irsa") == {"CustomResourceDefinition"}
    assert kept("argo-workflows", "pod_identity") == set()


def test_karpenter_is_twice_there_and_never_on_a_node_of_its_own() -> None:
    (deployment,) = (one for one in rendered("karpenter", "pod_identity").objects if one["kind"] == "Deployment")
    assert deployment["spec"]["replicas"] == 2
    spec = deployment["spec"]["template"]["spec"]
    assert runs_on(spec, {"kubernetes.io/os": "linux"}, {})
    assert not runs_on(spec, {"kubernetes.io/os": "linux", "karpenter.sh/nodepool": "default"}, {})
    assert "eks.amazonaws.com/nodegroup" not in spec["nodeSelector"]
    assert POD_IDENTITY.karpenter_node_group is None
