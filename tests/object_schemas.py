"""Whether Kubernetes objects are of the form that an API server takes: built-in kinds by its schemas, others by their CRDs."""

from collections.abc import Iterable

from modules.checks.admission.problem import written
from modules.checks.admission.schemas import Kinds as CrdSchemas
from modules.checks.admission.schemas import kinds_of as schemas_of
from modules.checks.admission.schemas import mistakes
from modules.kubeflow.manifest import Object

__all__ = ["CrdSchemas", "Object", "problems", "schemas_of"]


def problems(objects: Iterable[Object], version: str, crds: CrdSchemas) -> list[str]:
    """What an API server would say first against each of some objects; a field that it does not know counts, too.

    Args:
        objects: what a chart renders.
        version: of Kubernetes, such as 1.35.
        crds: kinds of custom resources, by `schemas_of`.
    """
    return [
        f"{one['kind']} {one['metadata']['name']}: {text}" for one in objects if (text := _problem(one, version, crds))
    ]


def _problem(one: Object, version: str, crds: CrdSchemas) -> str:
    found = mistakes(one, version, crds)
    if found is None:
        return f"{one['apiVersion']} is neither of Kubernetes {version} nor of a CRD"
    return f"{written(found[0].path)}: {found[0].text}" if found else ""
