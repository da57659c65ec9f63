"""ValidatingAdmissionPolicies: whether they refuse one write.

Not covered, and reported as such: parameters, and expressions outside of `cel`.
Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.checks.admission import cel
from modules.checks.traffic.selectors import matches
from modules.kubeflow.manifest import Object


@dataclass(frozen=True)
class Write:
    """One request to create or update an object.

    Args:
        user: name of the user that writes.
        group: API group of the object.
        resource: plural name of its kind, as in roles.
        body: the object.
        labels: of its namespace.
        administers: whether the user may delete admission policies.
        operation: CREATE or UPDATE.
    """

    user: str
    group: str
    resource: str
    body: Mapping[str, Any] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    administers: bool = False
    operation: str = "CREATE"


@dataclass(frozen=True)
class Decision:
    """What one validation of one policy says against a write."""

    policy: str
    text: str
    evaluated: bool = True
    """False: it is not covered, and `text` says why."""

    def __str__(self) -> str:
        return f"{self.policy}: {self.text}"


def decisions(objects: Iterable[Object], write: Write) -> list[Decision]:
    """Every validation that refuses the write or is not covered, of bindings that deny.

    Args:
        objects: policies and bindings among others.
        write: the request.
    """
    items = list(objects)
    policies = {item["metadata"]["name"]: item for item in items if item["kind"] == "ValidatingAdmissionPolicy"}
    return [
        found
        for item in items
        if item["kind"] == "ValidatingAdmissionPolicyBinding" and item["spec"]["policyName"] in policies
        for found in _of_binding(item["spec"], policies[item["spec"]["policyName"]], write)
    ]


def _of_binding(binding: Mapping[str, Any], policy: Object, write: Write) -> Iterator[Decision]:
    if "Deny" not in binding["validationActions"] or not _selects(binding.get("matchResources") or {}, write):
        return
    name, spec = policy["metadata"]["name"], policy["spec"]
    constraints = spec.get("matchConstraints") or {}
    if not _selects(constraints, write):
        return
    if not any(matches_rule(rule, write) for rule in constraints.get("resourceRules") or ()):
        return
    if binding.get("paramRef") or spec.get("paramKind"):
        yield Decision(name, "parameters", evaluated=False)
        return
    yield from _judged(name, spec, write)


def _selects(resources: Mapping[str, Any], write: Write) -> bool:
    labels = (write.body.get("metadata") or {}).get("labels") or {}
    return matches(resources.get("namespaceSelector") or {}, write.labels) and matches(
        resources.get("objectSelector") or {}, labels
    )


def matches_rule(rule: Mapping[str, Any], write: Write) -> bool:
    """Whether a rule of a policy or webhook covers a write."""
    resources = {one.partition("/")[0] for one in rule.get("resources") or () if one.partition("/")[2] in ("", "*")}
    return (
        bool({"*", write.group} & set(rule.get("apiGroups") or ()))
        and bool({"*", write.resource} & resources)
        and bool({"*", write.operation} & set(rule.get("operations") or ()))
    )


def known_of(write: Write) -> dict[str, Any]:
    """Variables of expressions: `object`, `request`, `authorizer`, `namespaceObject`."""
    return {
        "object": cel.value({"metadata": {}, "spec": {}, **write.body}),
        "request": cel.value({"userInfo": {"username": write.user}, "operation": write.operation}),
        "authorizer": cel.value({"allowed": write.administers}),
        "namespaceObject": cel.value({"metadata": {"labels": dict(write.labels)}}),
    }


def _judged(name: str, spec: Mapping[str, Any], write: Write) -> Iterator[Decision]:
    known = known_of(write)
    try:
        if not all(cel.truth(one["expression"], known) for one in spec.get("matchConditions") or ()):
            return
        made = {one["name"]: cel.result(one["expression"], known) for one in spec.get("variables") or ()}
    except cel.UnevaluatedError as error:
        yield Decision(name, str(error), evaluated=False)
        return
    known["variables"] = cel.variables(made)
    for validation in spec["validations"]:
        expression = validation["expression"]
        try:
            if not cel.truth(expression, known):
                yield Decision(name, validation.get("message") or f"refused by {' '.join(expression.split())}")
        except cel.UnevaluatedError as error:
            yield Decision(name, f"{' '.join(expression.split())}: {error}", evaluated=False)
