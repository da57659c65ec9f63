"""Small objects that an API server would judge."""

from typing import Any

from modules.checks.admission.section import of_objects
from modules.checks.rendered import PlatformObjects
from modules.checks.section import Section
from modules.kubeflow.manifest import Object
from modules.settings import Kubeflow, Platform, Team
from tests.platforms import PLATFORMS

RESTRICTED: dict[str, Any] = {
    "allowPrivilegeEscalation": False,
    "capabilities": {"drop": ["ALL"]},
    "runAsNonRoot": True,
    "seccompProfile": {"type": "RuntimeDefault"},
}
REQUESTS: dict[str, Any] = {"requests": {"cpu": "100m", "memory": "64Mi"}, "limits": {"memory": "64Mi"}}


def platform() -> Platform:
    """One with a team and without official charts."""
    return PLATFORMS["team"].with_changes(kubeflow=Kubeflow(teams=(Team(name="research", owner="a@example.com"),)))


def container(**more: Any) -> dict[str, Any]:
    return {
        "name": "main",
        "image": "python:3.11.11-slim",
        "resources": REQUESTS,
        "securityContext": RESTRICTED,
        **more,
    }


def pod(*containers: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {"metadata": {"labels": {"app": "a"}}, "spec": {"containers": [*containers] or [container()], **spec}}


def deployment(namespace: str = "place", **spec: Any) -> Object:
    body = {"selector": {"matchLabels": {"app": "a"}}, "template": pod(**spec)}
    return head("apps/v1", "Deployment", namespace, "web", body)


def namespace(level: str = "restricted", name: str = "place") -> Object:
    return {
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": {"name": name, "labels": {"pod-security.kubernetes.io/enforce": level}},
    }


def head(version: str, kind: str, place: str, name: str, spec: Any = None, **more: Any) -> Object:
    metadata = {"name": name, **({"namespace": place} if place else {})}
    return {"apiVersion": version, "kind": kind, "metadata": metadata, **({"spec": spec} if spec else {}), **more}


def crd(spec: Any, group: str = "example.com", kind: str = "Thing", name: str = "v1") -> Object:
    schema = {"type": "object", "properties": {"spec": spec}}
    version = {"name": name, "served": True, "storage": True, "schema": {"openAPIV3Schema": schema}}
    names = {"kind": kind, "plural": f"{kind.lower()}s", "singular": kind.lower(), "listKind": f"{kind}List"}
    body = {"group": group, "scope": "Namespaced", "names": names, "versions": [version]}
    return head("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", f"{kind.lower()}s.{group}", body)


ANYTHING = {"type": "object", "x-kubernetes-preserve-unknown-fields": True}
OF_TEAMS = (crd(ANYTHING, "kubeflow.org", "Profile"), crd(ANYTHING, "kubeflow.org", "PodDefault", "v1alpha1"))
"""Kinds that every team's chart has."""


def found(*objects: Object, **changes: Any) -> Section:
    """The section for these objects in place of the platform's."""
    return of_objects(platform().with_changes(**changes), PlatformObjects({"made": [*OF_TEAMS, *objects]}))


def ids(section: Section) -> set[str]:
    return {one.id for one in section.findings}
