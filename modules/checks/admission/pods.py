"""Whether a namespace admits pods: Pod Security, quota, LimitRange, with the sidecar that Istio adds."""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from modules.checks.admission import kinds
from modules.checks.admission.knative import refused
from modules.checks.admission.pod_security import ENFORCE, Version, violations
from modules.checks.admission.problem import Problem, written
from modules.checks.admission.quotas import Limits, outside, unlimited, with_defaults
from modules.checks.admission.templates.template import Template
from modules.checks.traffic.injection import injected
from modules.kubeflow.manifest import Object, identity

ENFORCE_VERSION = "pod-security.kubernetes.io/enforce-version"
INJECTOR = ("istio-system", "istio-sidecar-injector")
"""ConfigMap with the injector's values."""
ROOT_INIT = {
    "name": "istio-init",
    "securityContext": {"capabilities": {"add": ["NET_ADMIN", "NET_RAW"]}, "runAsNonRoot": False, "runAsUser": 0},
}
"""Init container of a sidecar without Istio's CNI plugin, as far as Pod Security reads it.

Source: https://istio.io/latest/docs/setup/additional-setup/cni/
"""


@dataclass(frozen=True)
class Namespace:
    """What decides about pods of one namespace."""

    name: str
    labels: Mapping[str, str]
    limits: Limits = field(repr=False)
    version: Version
    """Kubernetes version of the cluster."""
    hooks: tuple[Object, ...] = field(default=(), repr=False)
    """Webhooks of the sidecar injector."""
    istio_cni: bool = True
    """Whether Istio's CNI plugin sets up the network of pods, in place of an init container with capabilities."""

    @property
    def level(self) -> str:
        """Pod Security level that it enforces."""
        return level_of(self.labels)


def level_of(labels: Mapping[str, str]) -> str:
    """Level that a namespace enforces; privileged without a label, as EKS configures no other default."""
    return labels.get(ENFORCE, "privileged")


def version_of(labels: Mapping[str, str], cluster: Version) -> Version:
    """Version of the standards that a namespace enforces: that of its label, otherwise that of the cluster."""
    major, _, minor = labels.get(ENFORCE_VERSION, "latest").removeprefix("v").partition(".")
    return (int(major), int(minor)) if major.isdigit() and minor.isdigit() else cluster


def istio_cni(objects: Iterable[Object]) -> bool:
    """Whether the injector's values enable the CNI plugin; True without an injector."""
    for one in objects:
        if one["kind"] == "ConfigMap" and identity(one)[2:] == INJECTOR:
            values = json.loads(one["data"]["values"])
            found = (values.get("pilot") or {}).get("cni") or values.get("istio_cni") or {}
            return bool(found.get("enabled"))
    return True


def refusals(found: Template, namespace: Namespace, features: Mapping[str, str] | None = None) -> list[Problem]:
    """Why a namespace does not admit pods of a template; paths are those in the object.

    Args:
        found: the template.
        namespace: where the pod is made.
        features: flags of Knative; None: Knative is not installed.
    """
    problems = [*_security(found.pod, namespace), *_resources(found.running, namespace)]
    if found.knative and features is not None:
        problems += [
            Problem(kinds.KNATIVE, ("spec", *path), text, f"leave it out, or allow {flag}" if flag else "leave it out")
            for path, text, flag in refused(found.spec, features)
        ]
    return [replace(one, path=found.located(one.path)) for one in merged(problems)]


def _security(pod: Mapping[str, Any], namespace: Namespace) -> Iterator[Problem]:
    for path, text in violations(pod, namespace.level, version_of(namespace.labels, namespace.version)):
        text = f"{text}, which {namespace.level} of namespace {namespace.name} refuses"
        yield Problem(kinds.POD_SECURITY, path, text, _fix(namespace.level))
    if not namespace.istio_cni and injected(pod, namespace.labels, namespace.hooks):
        sidecar = {"spec": {"containers": [], "initContainers": [ROOT_INIT]}}
        if violations(sidecar, namespace.level, namespace.version):
            text = f"the sidecar's init container has capabilities, which {namespace.level} of {namespace.name} refuses"
            yield Problem(kinds.POD_SECURITY, (), text, "enable Istio's CNI plugin")


def _fix(level: str) -> str:
    return f"https://kubernetes.io/docs/concepts/security/pod-security-standards/#{level}"


def _resources(spec: Mapping[str, Any], namespace: Namespace) -> Iterator[Problem]:
    filled = with_defaults(spec, namespace.limits)
    for place, text in unlimited(filled, namespace.limits):
        yield Problem(kinds.QUOTA, ("spec", *place), text, "set resources.requests and resources.limits")
    for place, text in outside(filled, namespace.limits):
        yield Problem(kinds.LIMIT_RANGE, ("spec", *place), text)


def merged(problems: Iterable[Problem]) -> Iterator[Problem]:
    """One problem for those of the same kind and text, at the first path, with the number of other places."""
    found: dict[tuple[str, str], list[Problem]] = {}
    for one in problems:
        found.setdefault((one.kind.id, one.text), []).append(one)
    for first, *others in found.values():
        text = f"{first.text} (also {', '.join(written(one.path) for one in others)})" if others else first.text
        yield Problem(first.kind, first.path, text, first.fix)
