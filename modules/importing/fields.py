"""From answers of AWS to arguments of Terraform, by tables that name each field of an answer.

A field that no table names, or that no argument takes, is reported, so that its change is not a surprise of the first plan. Tests walk
the shapes of the AWS API and the schema of the provider, so that none is forgotten.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

WORD = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@dataclass(frozen=True)
class Argument:
    """An argument with the value of the field.

    Args:
        name: of the argument; of a block, if there are fields.
        fields: of a nested block, or of each of several.
        kind: `text`: a boolean or a time as text; `tags`: without tags of AWS; otherwise the key that each object of a list has.
    """

    name: str
    fields: "Fields | None" = None
    kind: str = ""


@dataclass(frozen=True)
class NoArgument:
    """No argument takes the field; it is reported unless its value is empty or the default.

    Args:
        default: value without effect.
    """

    default: Any = None


@dataclass(frozen=True)
class Elsewhere:
    """The field is not a setting: an identity, a state, or what the reader handles itself."""


Fields = Mapping[str, Argument | NoArgument | Elsewhere]


def snake(word: str) -> str:
    """`HttpPutResponseHopLimit` as `http_put_response_hop_limit`."""
    return WORD.sub("_", word).lower()


def same(words: str, kind: str = "") -> dict[str, Argument]:
    """Fields whose arguments have the same words.

    Args:
        words: names of fields, spaces between them.
        kind: as of Argument.
    """
    return {word: Argument(snake(word), kind=kind) for word in words.split()}


def elsewhere(words: str) -> dict[str, Elsewhere]:
    """Fields that are not settings; spaces between them."""
    return dict.fromkeys(words.split(), Elsewhere())


def untaken(words: str) -> dict[str, NoArgument]:
    """Fields that no argument takes; spaces between them."""
    return dict.fromkeys(words.split(), NoArgument())


def arguments(fields: Fields, answer: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments of one answer; empty values are unset in AWS and left out."""
    found = {}
    for word, value in answer.items():
        field = fields.get(word)
        if not isinstance(field, Argument) or value in (None, "", [], {}):
            continue
        found[field.name] = _value(field, value)
    return {name: value for name, value in found.items() if value not in (None, "", [], {})}


def unread(fields: Fields, answer: Mapping[str, Any], path: str = "") -> Iterator[str]:
    """Each field with its value that no argument takes: `Placement.GroupId=pg-0123`."""
    for word, value in answer.items():
        field, at = fields.get(word, NoArgument()), f"{path}.{word}".lstrip(".")
        if isinstance(field, NoArgument):
            if value not in (None, "", [], {}, False, 0, field.default):
                yield f"{at}={value}"
        elif isinstance(field, Argument) and field.fields is not None:
            for one in value if isinstance(value, list) else [value]:
                if isinstance(one, Mapping):
                    yield from unread(field.fields, one, at)


def _value(field: Argument, value: Any) -> Any:
    if field.kind == "tags":
        return tags(value)
    if field.fields is not None:
        if isinstance(value, list):
            return [arguments(field.fields, one) for one in value]
        return arguments(field.fields, value)
    if field.kind == "text":
        return (
            value.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ") if isinstance(value, datetime) else str(value).lower()
        )
    if field.kind:
        return [one[field.kind] for one in value]
    return value


def tags(listed: Any) -> dict[str, str]:
    """Tags as a mapping, without AWS-generated tags.

    Args:
        listed: a mapping, a list of `Key` and `Value`, or None.
    """
    found = dict(listed) if isinstance(listed, Mapping) else {tag["Key"]: tag["Value"] for tag in listed or ()}
    return {key: value for key, value in sorted(found.items()) if not key.startswith("aws:")}
