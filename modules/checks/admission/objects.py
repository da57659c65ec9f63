"""Whether an API server takes the form of an object: schema, CEL rules, ValidatingAdmissionPolicies.

Imports packages of the extra `check`; import it in functions only.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from modules.checks.admission import kinds
from modules.checks.admission.crd_rules import broken
from modules.checks.admission.policies import Write, decisions
from modules.checks.admission.problem import Problem
from modules.checks.admission.schemas import Kinds, mistakes
from modules.kubeflow.manifest import TOKEN, Object, strings


@dataclass(frozen=True)
class Judged:
    """What is known of one object, in itself."""

    problems: list[Problem] | None
    """None: its kind is not known."""
    later: bool
    """Whether it has values that are known at apply only."""


_FOUND: dict[tuple[int, str, int], tuple[Object, Judged]] = {}


def of_installed(one: Object, version: str, known: Kinds) -> Judged:
    """As `of_object`, once a process for each parsed object: platforms share most of what they install.

    The entry keeps the object, so that no other gets its identity.
    """
    kind = known.get((one["apiVersion"], one["kind"]))
    key = (id(one), version, id(kind))
    if key not in _FOUND:
        later = any(TOKEN.search(text) for _, text in strings(one))
        _FOUND[key] = (one, Judged(of_object(one, version, known), later))
    return _FOUND[key][1]


def of_object(one: Object, version: str, known: Kinds) -> list[Problem] | None:
    """What the schema of its kind and the rules of its CRD say against an object; None: the kind is not known.

    Args:
        one: the object.
        version: Kubernetes version, such as 1.35.
        known: custom resources.
    """
    found = mistakes(one, version, known)
    if found is None:
        return None
    problems = [Problem(kinds.SCHEMA, one.path, one.text, whole=one.unknown) for one in found]
    kind = known.get((one["apiVersion"], one["kind"]))
    if kind is None or problems:  # the API server evaluates rules for objects of the right form only
        return problems
    later = any(TOKEN.search(text) for _, text in strings(one))
    return [
        Problem(kinds.CEL_RULE, path, text)
        if evaluated and not later
        else Problem(kinds.CEL_OPEN, path, f"{text} (with values known at apply)" if later else text)
        for path, text, evaluated in broken(kind.schema, one)
    ]


def of_policies(objects: Iterable[Object], write: Write) -> Iterator[Problem]:
    """What ValidatingAdmissionPolicies say against a write.

    Args:
        objects: policies and bindings among others.
        write: the request.
    """
    for found in decisions(objects, write):
        yield Problem(kinds.POLICY if found.evaluated else kinds.CEL_OPEN, (), str(found))
