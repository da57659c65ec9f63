"""Whether the API server takes an object from a member of a team: kind, right, namespace, form, policies, quota."""

from collections import Counter
from collections.abc import Iterator, Mapping
from importlib.util import find_spec

from modules.checks.admission import kinds as admission_kinds
from modules.checks.admission.pods import refusals
from modules.checks.admission.policies import Write
from modules.checks.admission.problem import Path, Problem
from modules.checks.admission.quotas import exceeded, need, with_defaults
from modules.checks.admission.section import EXTRA
from modules.checks.admission.templates.template import Template
from modules.checks.manifest import kinds
from modules.checks.manifest.files import PIPELINE, Document
from modules.checks.manifest.form import is_quantity
from modules.checks.manifest.target import ACCOUNTS, Target, body_of
from modules.checks.team_rights import writes
from modules.kubeflow.pod_requests import quantity

SUCCESSORS: Mapping[tuple[str, str], str] = {
    ("kubeflow.org", "PyTorchJob"): "TrainJob of trainer.kubeflow.org/v1alpha1 with the runtime torch-distributed",
    (
        "kubeflow.org",
        "TFJob",
    ): "TrainJob of trainer.kubeflow.org/v1alpha1 with a runtime of your own, or the component training-operator",
    ("kubeflow.org", "XGBoostJob"): "TrainJob of trainer.kubeflow.org/v1alpha1 with the runtime xgboost-distributed",
    ("kubeflow.org", "JAXJob"): "TrainJob of trainer.kubeflow.org/v1alpha1 with the runtime jax-distributed",
    ("kubeflow.org", "PaddleJob"): "the component training-operator",
    (
        "kubeflow.org",
        "MPIJob",
    ): "TrainJob with the runtime deepspeed-distributed, or the component mpi-operator with v2beta1",
    ("kubeflow.org", "MXJob"): "PyTorch: MXNet ended in 2023",
    ("kubeflow.org", "ChainerJob"): "PyTorch: Chainer ended in 2019",
    ("serving.kubeflow.org", "InferenceService"): "InferenceService of serving.kserve.io/v1beta1",
    ("kubeflow.org", "StudyJob"): "Experiment of kubeflow.org/v1beta1",
    ("app.k8s.io", "Application"): "none: the dashboard does not read it",
}
"""Group and kind of older releases to what replaces it.

Source: https://www.kubeflow.org/docs/components/trainer/operator-guides/migration/
"""
CLUSTER_WIDE = frozenset(
    {"Namespace", "PersistentVolume", "StorageClass", "ClusterRole", "ClusterRoleBinding", "Profile"}
)
"""Kinds without a namespace, in addition to those of CustomResourceDefinitions."""
MEMBER, OWNER = "kubeflow-edit", "kubeflow-admin"


def of_form(one: Document, target: Target) -> Iterator[Problem]:
    """Kind, namespace, right, schema, CEL rules and policies of one object.

    Args:
        one: the object.
        target: the team.
    """
    if one.body["kind"] == PIPELINE:
        return
    if one.namespace and one.namespace != target.team.name:
        text = f"namespace {one.namespace}, not {target.team.name}"
        yield Problem(kinds.OTHER_NAMESPACE, ("metadata", "namespace"), text, kinds.OTHER_NAMESPACE.fix)
    if not any(isinstance(one.body["metadata"].get(key), str) for key in ("name", "generateName")):
        yield Problem(admission_kinds.SCHEMA, ("metadata",), "name is missing", "set metadata.name", whole=False)
    if not can_evaluate():
        text = f"schema and CEL rules: {', '.join(EXTRA)} are not all installed"
        yield Problem(admission_kinds.NOT_INSTALLED, ("kind",), text, admission_kinds.NOT_INSTALLED.fix)
        return
    from modules.checks.admission.objects import of_object, of_policies
    from modules.checks.admission.schemas import kinds_of, resource_of

    known = kinds_of(target.admission.objects)
    body = body_of(one, target.team.name)
    found = of_object(body, target.admission.version, known)
    if found is None:
        yield _no_kind(one, target)
        return
    yield from found
    if not all(each.whole for each in found):
        return
    group, resource = identity_group(one), resource_of(body, known)
    kind = known.get((one.body["apiVersion"], one.body["kind"]))
    if one.body["kind"] in CLUSTER_WIDE or (kind is not None and not kind.namespaced):
        yield Problem(kinds.OTHER_NAMESPACE, ("kind",), "the kind has no namespace", "let an administrator apply it")
        return
    yield from _right(group, resource, target)
    account = f"system:serviceaccount:{target.team.name}:default-editor"
    write = Write(account, group, resource, body, target.namespace.labels)
    yield from of_policies(target.admission.objects, write)
    yield from _webhooks(write, target, ("kind",))


def _webhooks(write: Write, target: Target, path: Path) -> Iterator[Problem]:
    """Webhooks that select a write and that nothing answers."""
    for one in target.admission.webhooks:
        if one.required and one.state in ("no pods", "closed") and one.selects(write):
            kind = admission_kinds.NO_WEBHOOK if one.state == "no pods" else admission_kinds.CLOSED_WEBHOOK
            yield Problem(kind, path, f"{one.name}: Service {one.service} has {one.why or 'no pods'}", kind.fix)


def can_evaluate() -> bool:
    """Whether the packages of the extra `check` are installed."""
    return all(find_spec(name) is not None for name in EXTRA)


def identity_group(one: Document) -> str:
    """API group of an object."""
    return str(one.body["apiVersion"]).rpartition("/")[0]


def _no_kind(one: Document, target: Target) -> Problem:
    name = f"{one.body['kind']} of {one.body['apiVersion']}"
    successor = SUCCESSORS.get((identity_group(one), one.body["kind"]))
    if successor is not None:
        return Problem(kinds.RETIRED, ("kind",), f"{name} is not installed", f"successor: {successor}")
    kind = admission_kinds.UNKNOWN_TYPE if target.open_kinds else admission_kinds.NO_TYPE
    return Problem(kind, ("kind",), name, kind.fix)


def _right(group: str, resource: str, target: Target) -> Iterator[Problem]:
    if target.rights is None:
        return
    allowed = [role for role in (MEMBER, OWNER) if {"create", "*"} & {*writes(target.rights[role], group, resource)}]
    if MEMBER not in allowed:
        who = "only the owner" if allowed else "no member"
        name = f"{resource}.{group}" if group else resource
        yield Problem(kinds.NO_RIGHT, ("kind",), f"{who} of {target.team.name} may create {name}", kinds.NO_RIGHT.fix)


def of_pods(one: Document, template: Template, target: Target) -> Iterator[Problem]:
    """Pod Security, quota, LimitRange, Knative's fields, and the service account.

    Args:
        one: the object.
        template: of its pods.
        target: the team.
    """
    yield from refusals(template, target.namespace, target.admission.features)
    metadata = {"labels": template.metadata.get("labels") or {}, "namespace": target.team.name}
    pod = Write("", "", "pods", {"metadata": metadata}, target.namespace.labels)
    yield from _webhooks(pod, target, template.spec_path)
    account = template.spec.get("serviceAccountName") or template.spec.get("serviceAccount") or "default"
    if account not in {*ACCOUNTS, *target.made("ServiceAccount")}:
        path = template.located(("spec", "serviceAccountName"))
        yield Problem(kinds.NO_ACCOUNT, path, f"{one.name}: service account {account}", kinds.NO_ACCOUNT.fix)


def over_quota(
    target: Target, documents: Mapping[int, Document], templates: Mapping[int, list[Template]]
) -> Iterator[tuple[int, Problem]]:
    """What the files together take above the team's quota, at the object that exceeds it.

    Args:
        target: the team.
        documents: objects of the right form by number.
        templates: number of an object to its pods.
    """
    limits, taken, reported = target.namespace.limits, Counter[str](), set[str]()
    for number, one in documents.items():
        for template in templates.get(number, ()):
            taken.update(need(with_defaults(template.running, limits), template.pods or 1))
        taken.update(_objects(one))
        for text in exceeded(taken, limits):
            name = text.partition(":")[0]
            if name not in reported:
                reported.add(name)
                yield number, Problem(admission_kinds.OVER_QUOTA, ("spec",), text, admission_kinds.OVER_QUOTA.fix)


def _objects(one: Document) -> dict[str, float]:
    """What an object itself takes of a quota: storage, and Services that are published."""
    spec = one.body.get("spec") or {}
    if one.body["kind"] == "PersistentVolumeClaim":
        size = ((spec.get("resources") or {}).get("requests") or {}).get("storage", "0")
        return {"requests.storage": float(quantity(size)) if is_quantity(size) else 0.0, "persistentvolumeclaims": 1.0}
    if one.body["kind"] == "Service" and identity_group(one) == "":
        published = {
            "LoadBalancer": ("services.loadbalancers", "services.nodeports"),
            "NodePort": ("services.nodeports",),
        }
        return {"services": 1.0, **dict.fromkeys(published.get(spec.get("type", ""), ()), 1.0)}
    return {}
