"""Kubernetes label selectors, as used in NetworkPolicies, Services and webhooks.

Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/label-selector/
"""

from collections.abc import Mapping
from typing import Any

Labels = Mapping[str, str]


def matches(selector: Mapping[str, Any] | None, labels: Labels) -> bool:
    """Whether a LabelSelector matches labels; an empty selector matches everything, None nothing.

    Args:
        selector: `matchLabels` and `matchExpressions`, all must match.
        labels: labels of the pod or namespace.

    Raises:
        ValueError: the operator is unknown.
    """
    if selector is None:
        return False
    return (selector.get("matchLabels") or {}).items() <= labels.items() and all(
        _holds(expression, labels) for expression in selector.get("matchExpressions") or ()
    )


def _holds(expression: Mapping[str, Any], labels: Labels) -> bool:
    value, values = labels.get(expression["key"]), expression.get("values") or ()
    match expression["operator"]:
        case "In":
            return value in values
        case "NotIn":  # also where the label is missing
            return value not in values
        case "Exists":
            return value is not None
        case "DoesNotExist":
            return value is None
    raise ValueError(f"{expression}: {expression['operator']!r} is not an operator of label selectors")
