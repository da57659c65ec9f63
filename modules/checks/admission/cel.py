"""CEL as the API server evaluates it, by cel-python, with part of Kubernetes' own functions.

What is not covered raises UnevaluatedError, so that no rule passes unseen: types that only Kubernetes knows (quantity, authorizer beyond
one question), escaped names of fields, and functions that are not in FUNCTIONS.

Sources: https://kubernetes.io/docs/reference/using-api/cel/ and https://github.com/google/cel-spec/blob/master/doc/langdef.md
"""

import functools
import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import SplitResult, urlsplit

import celpy
import lark
from celpy import celtypes
from celpy.adapter import json_to_cel
from celpy.celparser import CELParseError
from celpy.evaluation import CELEvalError

ENVIRONMENT = celpy.Environment()


class UnevaluatedError(Exception):
    """An expression that is not covered; the message says why."""


def truth(expression: str, known: Mapping[str, Any]) -> bool:
    """The boolean that an expression gives.

    Args:
        expression: CEL.
        known: variables, as CEL values of `value`.

    Raises:
        UnevaluatedError: it is not covered, or gives no boolean.
    """
    found = result(expression, known)
    if not isinstance(found, bool | celtypes.BoolType):
        raise UnevaluatedError(f"gives a {type(found).__name__} in place of a boolean")
    return bool(found)


def result(expression: str, known: Mapping[str, Any]) -> Any:
    """The value that an expression gives.

    Raises:
        UnevaluatedError: it is not covered.
    """
    if "__" in expression:
        raise UnevaluatedError("escaped names of fields")
    try:
        return _program(expression).evaluate(dict(known))
    except (CELEvalError, CELParseError, lark.exceptions.LarkError) as error:
        raise UnevaluatedError(str(error.args[0] if error.args else error)) from error


def value(found: Any) -> Any:
    """A value of JSON as a CEL value."""
    return json_to_cel(found)


def variables(found: Mapping[str, Any]) -> Any:
    """Results of other expressions as one CEL value."""
    return celtypes.MapType({celtypes.StringType(name): one for name, one in found.items()})


@functools.cache
def _program(expression: str) -> Any:
    return ENVIRONMENT.program(ENVIRONMENT.compile(expression), functions=dict(FUNCTIONS))


def _same(authorizer: Any, _: Any) -> Any:
    """Each step of `authorizer.group(…).resource(…).check(…)`; the answer is in the value itself."""
    return authorizer


def _allowed(authorizer: Any) -> celtypes.BoolType:
    return celtypes.BoolType(authorizer["allowed"])


def _is_url(text: Any) -> celtypes.BoolType:
    parts = urlsplit(str(text))
    return celtypes.BoolType(bool(parts.scheme) or str(text).startswith("/"))


def _url(text: Any) -> Any:
    return celtypes.StringType(text)


def _part(read: Callable[[SplitResult], str]) -> Callable[[Any], celtypes.StringType]:
    return lambda text: celtypes.StringType(read(urlsplit(str(text))))


def _substring(text: Any, start: Any, end: Any = None) -> Any:
    if not 0 <= int(start) <= len(text) or (end is not None and not int(start) <= int(end) <= len(text)):
        return CELEvalError("index out of range")
    return celtypes.StringType(str(text)[int(start) : None if end is None else int(end)])


def _split(text: Any, separator: Any) -> Any:
    parts = str(text).split(str(separator)) if separator else list(str(text))
    return celtypes.ListType([celtypes.StringType(part) for part in parts])


def _join(parts: Any, separator: Any = "") -> Any:
    return celtypes.StringType(str(separator).join(map(str, parts)))


def _find(text: Any, pattern: Any) -> celtypes.StringType:
    """The first match, or the empty text. Go's regular expressions and Python's agree on what rules of CRDs use."""
    found = re.search(str(pattern), str(text))
    return celtypes.StringType(found[0] if found else "")


def _text(change: Callable[[str], str]) -> Callable[[Any], celtypes.StringType]:
    return lambda text: celtypes.StringType(change(str(text)))


FUNCTIONS: Mapping[str, Callable[..., Any]] = {
    "allowed": _allowed,
    "check": _same,
    "find": _find,
    "getHost": _part(lambda parts: parts.netloc.rpartition("@")[2]),
    "getHostname": _part(lambda parts: parts.hostname or ""),
    "getScheme": _part(lambda parts: parts.scheme),
    "group": _same,
    "indexOf": lambda text, part: celtypes.IntType(str(text).find(str(part))),
    "isURL": _is_url,
    "join": _join,
    "lowerAscii": _text(str.lower),
    "replace": lambda text, old, new: celtypes.StringType(str(text).replace(str(old), str(new))),
    "resource": _same,
    "split": _split,
    "substring": _substring,
    "trim": _text(str.strip),
    "upperAscii": _text(str.upper),
    "url": _url,
}
"""Kubernetes' libraries of URLs, strings and regular expressions, and the one question to the authorizer."""
