"""Rules for every text of the settings, in any field: not live in Terraform, printable, no secret.

Texts end in the JSON of `generated/`, where Terraform reads `${…}` and `%{…}` as its own language, and in errors and warnings
on terminals. `problems()` applies these rules to all fields, so a new field needs nothing of its own.
"""

import functools
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, is_dataclass
from typing import Any, get_args

from modules.errors import PASTED_SECRET
from modules.rules.pasted_secrets import secret_under
from modules.rules.rule import Problem
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM, IAM_VARIABLE, PLAIN, Text

TERRAFORM = re.compile(r"[$%]\{")
"""Where Terraform's language begins within a string.

Source: https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences-1
"""
LINE_CHARACTERS = frozenset("\t\n\r")


def text_problems(kind: type[Section], values: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the texts of one section, without those of the sections in it.

    Args:
        kind: class of the section.
        values: its fields that can be read.
    """
    for name, value in values.items():
        form = form_of(kind, name)
        for path, text, is_key in texts_in(name, value):
            if (wrong := wrong_with(text, form, is_key=is_key)) is not None:
                yield path, *wrong
        if form is FREE_FORM:
            yield from secret_under(name, value)


@functools.cache
def form_of(kind: type[Section], name: str) -> Text:
    """How texts of a field may look: by the first `Text` among its metadata, also within a union."""
    field = kind.model_fields[name]
    return next(_forms((*field.metadata, field.annotation)), PLAIN)


def _forms(parts: Iterable[Any]) -> Iterator[Text]:
    for part in parts:
        if isinstance(part, Text):
            yield part
        else:
            yield from _forms((*getattr(part, "__metadata__", ()), *get_args(part)))


def texts_in(path: str, value: Any) -> Iterator[tuple[str, str, bool]]:
    """Every text in a value with its path and whether it is a key; of components, too, which are dataclasses."""
    if isinstance(value, str):
        yield path, value, False
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from ((at, text, True) for at, text, _ in texts_in(f"{path}[{key}]", key))
            yield from texts_in(f"{path}[{key}]", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from texts_in(f"{path}[{index}]", item)
    elif is_dataclass(value):
        for field in fields(value):
            yield from texts_in(f"{path}.{field.name}", getattr(value, field.name))


def wrong_with(text: str, form: Text, *, is_key: bool = False) -> tuple[str, str] | None:
    """What is wrong with one text and what to do; None if nothing. It never repeats the text, which could be a secret."""
    if PASTED_SECRET.search(text):
        return (
            "contains an access key, a token or a private key",
            "revoke it, since it can have been saved already, store the new one in Secrets Manager, and set its ARN where a setting accepts "
            "one (docs/secrets.md#yours)",
        )
    for character in text:
        if not (character.isprintable() or (form.lines and (character in LINE_CHARACTERS or is_shown(character)))):
            return f"contains the unprintable character U+{ord(character):04X}", "remove it"
    if not form.escaped and TERRAFORM.search(IAM_VARIABLE.sub("", text) if form.iam_variables and not is_key else text):
        return "contains ${ or %{, which Terraform would evaluate", "write the value itself"
    return None


def is_shown(character: str) -> bool:
    """Whether a character that Python does not call printable is allowed in multi-line text: spaces and joiners of scripts."""
    return ord(character) >= 0xA0 and not 0xD800 <= ord(character) <= 0xDFFF
