"""Small objects as YAML, and the rules applied to them."""

from typing import Any

from modules.kubeflow.manifest import Object, load
from modules.kubeflow.normalize import Result, apply


def applied(text: str, **changes: Any) -> Result:
    items = load(text)
    settings: dict[str, Any] = {"namespace": "shop", "secrets": {}, "foreign_scopes": {}, **changes}
    return apply(items, settings.pop("upstream", items), **settings)


def one(result: Result, phase: str = "main") -> Object:
    (item,) = result.phases[phase]
    return item


def object_(kind: str, name: str = "a", api: str = "v1", **more: Any) -> str:
    return f"---\napiVersion: {api}\nkind: {kind}\nmetadata: {{name: {name}}}\n" + "".join(
        f"{key}: {value}\n" for key, value in more.items()
    )


def crd(schema: str = "{type: object}", scope: str = "Namespaced", more: str = "") -> str:
    return (
        object_("CustomResourceDefinition", "widgets.example.org", "apiextensions.k8s.io/v1")
        + "spec:\n  group: example.org\n  names: {kind: Widget}\n"
        + f"  scope: {scope}\n  versions: [{{name: v1, served: true, storage: true, schema: {{openAPIV3Schema: {schema}}}}}]\n{more}"
    )


def deployment(pod: str) -> str:
    return object_("Deployment", "d", "apps/v1", spec=f"{{template: {{metadata: {{}}, spec: {pod}}}}}")
