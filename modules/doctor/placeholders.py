"""Example values in the settings, which are warnings at synthesis and errors before an apply."""

from collections.abc import Iterator

from modules.doctor.finding import Finding
from modules.errors import split_sentence
from modules.rules import placeholders_of
from modules.settings import Platform


def placeholders(platform: Platform) -> Iterator[Finding]:
    """No setting has a value that is reserved for documentation."""
    found = placeholders_of(platform)
    for one in found:
        what, fix = split_sentence(one.text)
        yield Finding("error", f"{one.path}: {what}", fix)
    if not found:
        yield Finding("ok", "no setting has a value that is reserved for documentation")
