"""An API server's decision about one write, by the ValidatingAdmissionPolicies among some objects; CEL is evaluated for real.

Not covered: parameters, audit annotations, label selectors on objects, and match policies other than by the requested kind.
Source: https://kubernetes.io/docs/reference/access-authn-authz/validating-admission-policy/
"""

import functools
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import celpy
from celpy import celtypes
from celpy.adapter import json_to_cel

from modules.kubeflow.manifest import Object

ENVIRONMENT = celpy.Environment()


@dataclass(frozen=True)
class Write:
    """One request to create or update an object.

    Args:
        user: who asks.
        group: API group of the object.
        resource: plural name of its kind, as in roles.
        body: the object, without apiVersion and kind.
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


def refusals(objects: Iterable[Object], write: Write) -> list[str]:
    """`<policy>: <message>` of every validation that refuses the write."""
    items = list(objects)
    policies = {item["metadata"]["name"]: item for item in items if item["kind"] == "ValidatingAdmissionPolicy"}
    bindings = [item["spec"] for item in items if item["kind"] == "ValidatingAdmissionPolicyBinding"]
    return [
        f"{binding['policyName']}: {message}"
        for binding in bindings
        if "Deny" in binding["validationActions"] and _selects(binding, write)
        for message in _refusals(policies[binding["policyName"]]["spec"], write)
    ]


def _selects(binding: Object, write: Write) -> bool:
    selector = binding.get("matchResources", {}).get("namespaceSelector", {})
    return bool(selector.get("matchLabels", {}).items() <= dict(write.labels).items())


def _refusals(policy: Object, write: Write) -> Iterator[str]:
    if not any(_matches(rule, write) for rule in policy["matchConstraints"]["resourceRules"]):
        return
    known: dict[str, Any] = {
        "object": json_to_cel({"metadata": {}, "spec": {}, **write.body}),
        "request": json_to_cel({"userInfo": {"username": write.user}, "operation": write.operation}),
        "authorizer": json_to_cel({"administers": write.administers}),
    }
    if not all(_true(one["expression"], known) for one in policy.get("matchConditions", ())):
        return
    variables = {one["name"]: _program(one["expression"]).evaluate(known) for one in policy.get("variables", ())}
    known["variables"] = celtypes.MapType({celtypes.StringType(name): value for name, value in variables.items()})
    for validation in policy["validations"]:
        if not _true(validation["expression"], known):
            yield validation["message"]


def _matches(rule: Object, write: Write) -> bool:
    return (
        {"*", write.group} & set(rule["apiGroups"]) != set()
        and {"*", write.resource} & set(rule["resources"]) != set()
        and {"*", write.operation} & set(rule["operations"]) != set()
    )


def _true(expression: str, known: Mapping[str, Any]) -> bool:
    found = _program(expression).evaluate(dict(known))
    if not isinstance(found, bool | celtypes.BoolType):
        raise TypeError(f"{expression}: gives {found!r}, which is no boolean")
    return bool(found)


@functools.cache
def _program(expression: str) -> Any:
    return ENVIRONMENT.program(
        ENVIRONMENT.compile(expression),
        functions={"group": _same, "resource": _same, "check": _same, "allowed": _allowed},
    )


def _same(authorizer: Any, _: Any) -> Any:
    """Each step of `authorizer.group(…).resource(…).check(…)`; the one question that policies ask is Write.administers."""
    return authorizer


def _allowed(authorizer: Any) -> celtypes.BoolType:
    return celtypes.BoolType(authorizer["administers"])
