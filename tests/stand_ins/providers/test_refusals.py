"""Each refusal of Helm and of the API server on an object that is there, in the words of the real ones."""

import copy
from typing import Any

import pytest

from tests.stand_ins.providers import Cluster, Refused
from tests.stand_ins.providers.admission import check_manifest, write
from tests.stand_ins.providers.trial import HOST

OWN = {"meta.helm.sh/release-name": "a", "meta.helm.sh/release-namespace": "default"}
HELMS = {"app.kubernetes.io/managed-by": "Helm"}


def thing(api: str, kind: str, **rest: Any) -> dict[str, Any]:
    return {"apiVersion": api, "kind": kind, "metadata": {"name": "x"}, **rest}


def changed(one: dict[str, Any], path: str, value: Any) -> dict[str, Any]:
    new = copy.deepcopy(one)
    *steps, last = path.split(".")
    inner = new
    for step in steps:
        inner = inner.setdefault(step, {})
    if value is None:
        inner.pop(last, None)
    else:
        inner[last] = value
    return new


DEPLOYMENT = thing("apps/v1", "Deployment", spec={"selector": {"matchLabels": {"app": "x"}}, "replicas": 1})
SET = thing(
    "apps/v1",
    "StatefulSet",
    spec={"selector": {"matchLabels": {"app": "x"}}, "volumeClaimTemplates": [{"metadata": {"name": "data"}}]},
)
CLAIM = thing(
    "v1",
    "PersistentVolumeClaim",
    spec={"accessModes": ["ReadWriteOnce"], "resources": {"requests": {"storage": "20Gi"}}},
)
BINDING = thing("rbac.authorization.k8s.io/v1", "RoleBinding", roleRef={"kind": "Role", "name": "x"}, subjects=[])
CLASS = thing("storage.k8s.io/v1", "StorageClass", provisioner="ebs.csi.aws.com", parameters={"type": "gp3"})
SECRET = thing("v1", "Secret", data={"a": "YQ=="})
FROZEN = thing("v1", "ConfigMap", data={"a": "a"}, immutable=True)
JOB = thing("batch/v1", "Job", spec={"template": {"spec": {"containers": [{"name": "one", "image": "one"}]}}})
SERVICE = thing("v1", "Service", spec={"clusterIP": "None"})
CRD = thing(
    "apiextensions.k8s.io/v1",
    "CustomResourceDefinition",
    spec={
        "group": "example.org",
        "scope": "Namespaced",
        "names": {"kind": "Thing", "plural": "things"},
        "versions": [{"name": "v1", "served": True, "storage": True}],
    },
)


@pytest.fixture
def cluster() -> Cluster:
    return Cluster(HOST)


@pytest.mark.parametrize(
    ("one", "path", "value", "said"),
    [
        (DEPLOYMENT, "spec.selector", {"matchLabels": {"app": "y"}}, 'Deployment.apps "x" is invalid: spec.selector: Invalid'),
        (DEPLOYMENT, "spec.replicas", 2, None),
        (SET, "spec.volumeClaimTemplates", [], "spec: Forbidden: updates to statefulset spec for fields other than"),
        (SET, "spec.volumeClaimTemplates", None, "spec: Forbidden: updates to statefulset spec for fields other than"),
        (SET, "spec.podManagementPolicy", "Parallel", "updates to statefulset spec"),
        (SET, "spec.podManagementPolicy", "OrderedReady", None),
        (SET, "spec.replicas", 2, None),
        (CLAIM, "spec.accessModes", ["ReadWriteMany"], "spec: Forbidden: spec is immutable after creation except"),
        (CLAIM, "spec.resources.requests.storage", "10Gi", "field can not be less than status.capacity"),
        (CLAIM, "spec.resources.requests.storage", "30Gi", None),
        (CLAIM, "spec.storageClassName", "gp3", None),
        (CLAIM, "spec.storageClassName", "gp2", "spec: Forbidden: spec is immutable after creation except"),
        (BINDING, "roleRef", {"kind": "Role", "name": "y"}, r'RoleBinding.rbac.authorization.k8s.io "x" is invalid: roleRef: .*: cannot change roleRef'),
        (BINDING, "subjects", [{"kind": "User", "name": "ada"}], None),
        (CLASS, "parameters", {"type": "gp2"}, "parameters: Forbidden: updates to parameters are forbidden."),
        (CLASS, "provisioner", "other", "provisioner: Forbidden: updates to provisioner are forbidden."),
        (CLASS, "volumeBindingMode", "WaitForFirstConsumer", "volumeBindingMode: Invalid value: .*: field is immutable"),
        (CLASS, "allowVolumeExpansion", True, None),
        (SECRET, "type", "kubernetes.io/tls", 'Secret "x" is invalid: type: Invalid value: .*: field is immutable'),
        (SECRET, "data", {"a": "Yg=="}, None),
        (FROZEN, "data", {"a": "b"}, "data: Forbidden: field is immutable when `immutable` is set"),
        (FROZEN, "immutable", None, "immutable: Forbidden: field is immutable when `immutable` is set"),
        (JOB, "spec.template.spec.containers", [], "spec.template: Invalid value: .*: field is immutable"),
        (SERVICE, "spec.clusterIP", None, "primary clusterIP can not be unset"),
        (SERVICE, "spec.clusterIP", "10.0.0.1", 'spec.clusterIPs\\[0\\]: Invalid value: \\["10.0.0.1"\\]: may not change once set'),
        (CRD, "spec.scope", "Cluster", "spec.scope: Invalid value: .*: field is immutable"),
    ],
)  # fmt: skip
def test_what_an_update_may_change(
    cluster: Cluster, one: dict[str, Any], path: str, value: Any, said: str | None
) -> None:
    default = {"storageclass.kubernetes.io/is-default-class": "true"}
    write(cluster, {**CLASS, "metadata": {"name": "gp3", "annotations": default}})
    write(cluster, one)
    new = changed(one, path, value)
    if said is None:
        write(cluster, new)
        return
    with pytest.raises(Refused, match=said) as raised:
        write(cluster, new)
    assert raised.value.summary == f'cannot patch "x" with kind {one["kind"]}'
    uid = next(stored for stored in cluster.of_kind(one["kind"]) if stored["metadata"]["name"] == "x")["metadata"][
        "uid"
    ]
    assert write(cluster, new, force=True)["metadata"]["uid"] != uid, "it is created again"


def test_a_stored_version_must_stay_until_status_no_longer_lists_it(cluster: Cluster) -> None:
    both = [{"name": "v1", "served": True, "storage": False}, {"name": "v2", "served": True, "storage": True}]
    write(cluster, CRD)
    stored = write(cluster, changed(CRD, "spec.versions", both))
    assert stored["status"]["storedVersions"] == ["v1", "v2"]
    without = changed(CRD, "spec.versions", both[1:])
    with pytest.raises(
        Refused, match=r'status\.storedVersions\[0\]: Invalid value: "v1": missing from spec\.versions; v1 was'
    ):
        write(cluster, without)
    stored["status"]["storedVersions"] = ["v2"]  # what a migration ends with
    assert write(cluster, without)["status"]["storedVersions"] == ["v2"]


@pytest.mark.parametrize(
    ("labels", "annotations", "said"),
    [
        (HELMS, OWN, None),
        ({}, OWN, 'label validation error: missing key "app.kubernetes.io/managed-by": must be set to "Helm"$'),
        (
            HELMS,
            {**OWN, "meta.helm.sh/release-name": "b"},
            'annotation validation error: key "meta.helm.sh/release-name" must equal "a": current value is "b"$',
        ),
        (HELMS, {}, 'missing key "meta.helm.sh/release-name": .*; .*missing key "meta.helm.sh/release-namespace"'),
    ],
)
def test_an_object_of_another_owner_is_not_taken(
    cluster: Cluster, labels: dict[str, str], annotations: dict[str, str], said: str | None
) -> None:
    one = {**SECRET, "metadata": {"name": "x", "labels": labels, "annotations": annotations}}
    write(cluster, one)
    other = {**FROZEN, "metadata": {"name": "other"}}
    check_manifest(cluster, [one], ("default", "a"), take_ownership=True, before=[other])
    check_manifest(cluster, [one], ("default", "a"), take_ownership=False, before=[one])
    if said is None:
        check_manifest(cluster, [one], ("default", "a"), take_ownership=False)
        return
    with pytest.raises(Refused, match=f'update: Secret "x" in namespace "default" exists and cannot .*{said}'):
        check_manifest(cluster, [one], ("default", "a"), take_ownership=False, before=[other])
