"""What the stand-in cluster does and refuses, without Terraform."""

import re
from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.providers import ChartFolders, Cluster, Refused, Release, why_not_ready
from tests.stand_ins.providers.charts import documents
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.trial import CONFIG_MAP, CRD, DEPLOYMENT, HOOK_SERVICE, THING, WEBHOOK, write_chart

KEPT = "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: kept, annotations: {helm.sh/resource-policy: keep}}\n"
JOB = """
apiVersion: batch/v1
kind: Job
metadata: {{name: drain, annotations: {{helm.sh/hook: {event}}}}}
spec: {{template: {{spec: {{serviceAccountName: {account}, containers: [{{name: one, image: one}}]}}}}}}
"""


class Helm:
    """A cluster, a folder of charts, and one line to install."""

    def __init__(self, folder: Path):
        self.cluster, self._folder = Cluster("https://trial.example"), folder

    def install(self, name: str, *templates: str, values: dict[str, Any] | None = None, **options: Any) -> Release:
        namespace = options.pop("namespace", "default")
        files = options.pop("files", {})
        chart = write_chart(self._folder, name, *templates, **files)
        return HelmClient(self.cluster).install(chart, values or {}, (namespace, name), Options(**options))

    def uninstall(self, name: str) -> None:
        HelmClient(self.cluster).uninstall(("default", name), Options())


@pytest.fixture
def helm(tmp_path: Path) -> Helm:
    return Helm(tmp_path)


def pod_with(spec: str) -> str:
    return f"apiVersion: v1\nkind: Pod\nmetadata: {{name: one}}\nspec: {{containers: [{{name: one, image: one}}], {spec}}}\n"


def test_an_install_is_recorded_with_version_values_and_owned_objects(helm: Helm) -> None:
    helm.install("a", values={"x": {"y": 1}})

    stored = helm.cluster.get("ConfigMap", "a", "default")
    assert stored is not None
    assert stored["data"] == {"all": '{"x":{"y":1}}'}
    assert stored["metadata"]["annotations"] == {
        "meta.helm.sh/release-name": "a",
        "meta.helm.sh/release-namespace": "default",
    }
    (event,) = helm.cluster.events
    assert (event.action, event.name, event.version, event.values) == ("install", "a", "1.0.0", {"x": {"y": 1}})


@pytest.mark.parametrize(
    ("templates", "said"),
    [
        ((THING,), r'no matches for kind "Thing" in version "example.org/v1" \(Thing default/one\); ensure CRDs are installed first'),
        ((CRD, THING), r'no matches for kind "Thing"'),
        ((CONFIG_MAP, CONFIG_MAP), r"ConfigMap a is there twice"),
        (("a: [",), r"error parsing: .*did not find expected node content"),
        (("apiVersion: v1\nkind: ConfigMap\n",), r"no kind or no name in"),
        (("{{ .Values.gone.gone }}",), r"nil pointer evaluating"),
        ((DEPLOYMENT.replace("default \"default\"", "default \"gone\""),), r'Deployment default/a: serviceaccount "gone" not found'),
        ((pod_with("volumes: [{name: v, secret: {secretName: gone}}]"),), r'Pod default/one: secret "gone" not found'),
        ((pod_with("volumes: [{name: v, secret: {secretName: gone, optional: true}}]"),), None),
        ((pod_with("volumes: [{name: v, projected: {sources: [{configMap: {name: gone}}]}}]"),), r'configmap "gone" not found'),
        ((pod_with("volumes: [{name: v, persistentVolumeClaim: {claimName: gone}}]"),), r'persistentvolumeclaim "gone" not found'),
        ((pod_with("initContainers: [{name: i, envFrom: [{secretRef: {name: gone}}]}]"),), r'secret "gone" not found'),
        ((pod_with("initContainers: [{name: i, env: [{name: E, valueFrom: {configMapKeyRef: {name: gone, key: k}}}]}]"),), "gone"),
        ((pod_with("imagePullSecrets: [{name: gone}]"),), None),
        ((pod_with("priorityClassName: system-node-critical"),), None),
        ((pod_with("priorityClassName: gone"),), r'priorityclass "gone" not found'),
    ],
)  # fmt: skip
def test_what_helm_and_the_cluster_refuse(helm: Helm, templates: tuple[str, ...], said: str | None) -> None:
    if said is None:
        assert helm.install("a", *templates).status == "deployed"
    else:
        with pytest.raises(Refused, match=said):
            helm.install("a", *templates)


def test_a_release_needs_its_namespace(helm: Helm) -> None:
    with pytest.raises(Refused, match='namespaces "gone" not found'):
        helm.install("a", namespace="gone")

    assert helm.install("a", namespace="gone", create_namespace=True).status == "deployed"


def test_custom_resources_go_in_once_their_definition_is_there(helm: Helm) -> None:
    helm.install("crds", CRD)

    assert helm.install("a", THING).status == "deployed"


def test_definitions_of_the_crds_folder_come_first_and_belong_to_no_release(helm: Helm) -> None:
    helm.install("a", THING, files={"crds__things": CRD, "crds__kustomization": "kind: Kustomization"})
    helm.uninstall("a")

    assert [one["metadata"]["name"] for one in helm.cluster.of_kind("CustomResourceDefinition")] == [
        "things.example.org"
    ]


def test_an_object_of_another_release_is_not_taken_unless_requested(helm: Helm) -> None:
    shared = CONFIG_MAP.replace("{{ .Release.Name }}", "shared")
    helm.install("a", shared)

    with pytest.raises(
        Refused,
        match=r'install: ConfigMap "shared" in namespace "default" exists and cannot be imported into the current release: '
        r'invalid ownership metadata; annotation .*release-name" must equal "b": current value is "a"$',
    ):
        helm.install("b", shared)
    assert helm.install("b", shared, take_ownership=True).status == "deployed"


def test_an_object_moves_once_its_annotations_say_so(helm: Helm) -> None:
    shared = CONFIG_MAP.replace("{{ .Release.Name }}", "shared")
    helm.install("a", shared, HOOK_SERVICE)
    stored = helm.cluster.get("ConfigMap", "shared", "default")
    assert stored is not None
    stored["metadata"]["annotations"] |= {"meta.helm.sh/release-name": "b", "helm.sh/resource-policy": "keep"}
    helm.install("b", shared)
    helm.install("a", HOOK_SERVICE)

    moved = helm.cluster.get("ConfigMap", "shared", "default")
    assert moved is not None, "the release before does not delete it"
    assert moved["metadata"]["annotations"]["meta.helm.sh/release-name"] == "b"


def test_a_selector_does_not_change_in_place(helm: Helm) -> None:
    helm.install("a", DEPLOYMENT)

    with pytest.raises(
        Refused, match=r'cannot patch "a" with kind Deployment: .*spec\.selector: .*: field is immutable'
    ):
        helm.install("a", DEPLOYMENT, values={"app": "other"})
    assert helm.cluster.release("a").status == "failed"
    assert helm.install("a", DEPLOYMENT, values={"app": "other"}, force_update=True).revision == 3


def test_a_version_of_a_definition_that_objects_are_stored_in_stays(helm: Helm) -> None:
    helm.install("a", CRD)

    with pytest.raises(Refused, match=r"status\.storedVersions\[0\].*v1 was previously a storage version"):
        helm.install("a", CRD.replace("name: v1", "name: v2"))


def test_a_release_must_fit_into_its_secret(helm: Helm) -> None:
    # Hash-like text, since gzip would make little of anything else.
    noise = " ".join(f"{at * 2654435761 % 2**32:08x}" for at in range(200_000))

    with pytest.raises(Refused, match=r'Secret "sh.helm.release.v1.a.v1" is invalid: data: Too long'):
        helm.install("a", CONFIG_MAP, files={"files__big": noise})
    assert helm.install("a", CONFIG_MAP, files={"files__big": ""}).size_bytes in range(400, 1200)


def test_a_webhook_without_ready_pods_stops_what_it_guards(helm: Helm) -> None:
    operator = DEPLOYMENT.replace("{{ .Release.Name }}", "operator")
    helm.install("crds", CRD)

    with pytest.raises(
        Refused, match=r'failed calling webhook "things.example.org": no endpoints available for service "hook"'
    ):
        helm.install("all-in-one", operator, HOOK_SERVICE, WEBHOOK, THING, values={"app": "operator"}, atomic=True)
    helm.install("operator", operator, HOOK_SERVICE, WEBHOOK)
    assert helm.install("crs", THING).status == "deployed"


def test_a_webhook_is_called_only_for_what_its_selectors_match(helm: Helm) -> None:
    apart = (
        WEBHOOK
        + "  namespaceSelector: {matchExpressions: [{key: kubernetes.io/metadata.name, operator: NotIn, values: [default]}]}\n"
    )
    helm.install("crds", CRD)
    helm.install("hook", apart)

    assert helm.install("crs", THING).status == "deployed"


def test_a_certificate_is_issued_once_its_issuer_is_there(helm: Helm) -> None:
    definitions = [
        CRD.replace("things.example.org", f"{plural}.cert-manager.io").replace("example.org", "cert-manager.io")
        .replace("Thing", kind).replace("things", plural).replace("Namespaced", scope)
        for kind, plural, scope in (("Certificate", "certificates", "Namespaced"), ("ClusterIssuer", "clusterissuers", "Cluster"))
    ]  # fmt: skip
    certificate = (
        "apiVersion: cert-manager.io/v1\nkind: Certificate\nmetadata: {name: web}\n"
        "spec: {secretName: web-tls, issuerRef: {kind: ClusterIssuer, name: self}}\n"
    )
    pod = pod_with("volumes: [{name: v, secret: {secretName: web-tls}}]")
    helm.install("crds", *definitions)

    with pytest.raises(Refused, match='secret "web-tls" not found: Certificate web waits for ClusterIssuer self'):
        helm.install("a", certificate, pod, atomic=True)
    helm.install("issuer", "apiVersion: cert-manager.io/v1\nkind: ClusterIssuer\nmetadata: {name: self}\nspec: {}\n")
    assert helm.install("a", certificate, pod).status == "deployed"


def test_a_claim_without_class_needs_a_default_class(helm: Helm) -> None:
    claim = (
        "apiVersion: v1\nkind: PersistentVolumeClaim\nmetadata: {name: data}\nspec: {accessModes: [ReadWriteOnce]}\n"
    )
    storage = "apiVersion: storage.k8s.io/v1\nkind: StorageClass\nmetadata: {name: gp3}\nprovisioner: ebs.csi.aws.com\n"

    with pytest.raises(Refused, match="the claim names no StorageClass and none is the default"):
        helm.install("a", claim, atomic=True)
    helm.install(
        "gp3",
        storage.replace("name: gp3", 'name: gp3, annotations: {storageclass.kubernetes.io/is-default-class: "true"}'),
    )
    assert helm.install("a", claim).status == "deployed"


def test_readiness_of_a_release_that_was_not_waited_for_can_be_read_later(helm: Helm) -> None:
    helm.install("a", pod_with("volumes: [{name: v, secret: {secretName: late}}]"), wait=False)
    (pod,) = helm.cluster.of_kind("Pod")

    assert why_not_ready(helm.cluster, pod) == ['secret "late" not found']
    helm.cluster.appears.add(("Secret", "*", "late"))
    assert why_not_ready(helm.cluster, pod) == []


def test_an_upgrade_takes_away_what_the_chart_no_longer_has_and_leaves_what_is_to_be_kept(helm: Helm) -> None:
    helm.install("a", CONFIG_MAP, KEPT)
    helm.install("a", CONFIG_MAP.replace("{{ .Release.Name }}", "renamed"))

    names = {
        one["metadata"]["name"]
        for one in helm.cluster.of_kind("ConfigMap")
        if one["metadata"]["namespace"] == "default"
    }
    assert names == {"renamed", "kept", "kube-root-ca.crt"}


def test_an_uninstall_keeps_what_is_to_be_kept_and_the_same_release_takes_it_up_again(helm: Helm) -> None:
    helm.install("a", CONFIG_MAP, KEPT)
    helm.uninstall("a")

    assert helm.cluster.get("ConfigMap", "kept", "default") is not None
    assert helm.cluster.get("ConfigMap", "a", "default") is None
    assert helm.install("a", CONFIG_MAP, KEPT).status == "deployed"


def test_an_atomic_install_that_fails_leaves_nothing_and_an_atomic_upgrade_the_old(helm: Helm) -> None:
    helm.cluster.fail_once("a", how="unready")
    with pytest.raises(Refused, match="context deadline exceeded"):
        helm.install("a", atomic=True)
    assert helm.cluster.releases == {}

    helm.install("a", values={"x": 1})
    helm.cluster.fail_once("a", how="unready")
    with pytest.raises(Refused, match="context deadline exceeded"):
        helm.install("a", values={"x": 2}, atomic=True)
    stored = helm.cluster.get("ConfigMap", "a", "default")
    assert (helm.cluster.release("a").status, stored and stored["data"]["all"]) == ("deployed", '{"x":1}')


def test_the_nth_write_fails_once(helm: Helm) -> None:
    helm.cluster.fail_once(nth=2)
    helm.install("a")
    with pytest.raises(Refused, match="the API server refuses b this once"):
        helm.install("b")

    assert helm.install("b").status == "deployed"
    assert helm.cluster.done("install failed") == ["b"]


def test_a_hook_runs_before_the_objects_go_and_does_what_the_test_says(helm: Helm) -> None:
    helm.install("crds", CRD)
    helm.install("a", JOB.format(event="pre-delete", account="default"))
    helm.cluster.put({**documents(THING)[0], "metadata": {"name": "one", "finalizers": ["example.org/keep"]}})

    def drain(cluster: Cluster) -> None:
        del cluster.objects["example.org", "Thing", "default", "one"]

    helm.cluster.hook_effects["drain"] = drain
    helm.uninstall("a")
    assert [(event.action, event.name) for event in helm.cluster.events[-2:]] == [("hook", "drain"), ("uninstall", "a")]
    assert list(helm.cluster.of_kind("Thing")) == []


def test_a_hook_whose_pod_cannot_start_stops_the_uninstall(helm: Helm) -> None:
    helm.install("a", JOB.format(event="pre-delete", account="gone"))

    with pytest.raises(
        Refused, match='failed pre-delete: Job default/drain does not end: serviceaccount "gone" not found'
    ):
        helm.uninstall("a")
    assert helm.cluster.release("a").status == "uninstalling"


@pytest.mark.parametrize(
    ("finalizers", "with_release", "said"),
    [
        (
            ["example.org/keep"],
            False,
            'namespace "users" is stuck in Terminating: finalizers are on ConfigMap users/mine',
        ),
        ([], True, 'namespace "users" is still in use: by the releases a'),
        ([], False, None),
    ],
)
def test_when_a_namespace_goes(helm: Helm, finalizers: list[str], with_release: bool, said: str | None) -> None:
    if with_release:
        helm.install("a", namespace="users", create_namespace=True)
    helm.cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "users"}})
    meta = {"name": "mine", "namespace": "users", "finalizers": finalizers}
    helm.cluster.put({"apiVersion": "v1", "kind": "ConfigMap", "metadata": meta})

    key = ("", "Namespace", "", "users")
    if said:
        with pytest.raises(Refused, match=re.escape(said)):
            helm.cluster.delete(key)
    else:
        helm.cluster.delete(key)
        assert [key for key in helm.cluster.objects if "users" in key] == []


def test_documents_end_where_helm_says() -> None:
    assert [one["metadata"]["name"] for one in documents(f"{KEPT}---# text\n{THING}---\n# nothing\n")] == [
        "kept",
        "one",
    ]


def test_a_chart_of_a_repository_is_found_by_name_and_version(tmp_path: Path) -> None:
    chart = write_chart(tmp_path, "dex", version="v1.2.3")
    charts = ChartFolders.below(tmp_path / "charts")

    assert charts.find("dex", "https://charts.example", "1.2.3", tmp_path) == chart
    assert charts.find("oci://charts.example/dex", None, "v1.2.3", tmp_path) == chart
    assert charts.find("./charts/dex", None, None, tmp_path) == chart
    with pytest.raises(Refused, match=r"chart 'dex' version '9' not found in https://charts\.example"):
        charts.find("dex", "https://charts.example", "9", tmp_path)
    with pytest.raises(Refused, match=r"path \./dex not found"):
        charts.find("./dex", None, None, tmp_path)
