"""Names of container images: their parts, and one name replaced by another in any text.

Source: https://github.com/distribution/reference/blob/main/reference.go
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

DOCKER_HUB = "docker.io"
_HOSTS_OF_DOCKER_HUB = (DOCKER_HUB, "index.docker.io", "registry-1.docker.io")
_PART = r"[a-z0-9]+(?:(?:[._]|__|-+)[a-z0-9]+)*"
_HOST = r"(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*(?::[0-9]{1,5})?"
NAME = re.compile(
    rf"(?P<path>(?:(?P<host>{_HOST})/)??{_PART}(?:/{_PART})*)"
    r"(?::(?P<tag>\w[\w.-]{0,127}))?(?:@(?P<digest>sha256:[0-9a-f]{64}))?",
    re.ASCII,
)
INSIDE = "A-Za-z0-9_./@:-"
"""Characters that a name goes on with: a name inside of a longer one is another image."""


@dataclass(frozen=True, slots=True)
class Image:
    """The parts of a name, with those that Docker leaves out filled in."""

    host: str
    repository: str
    """Path on the host: `library/mysql`."""
    tag: str
    """Empty with a digest alone; `latest` where a name has neither."""
    digest: str
    """`sha256:…`, or empty."""

    @property
    def name(self) -> str:
        """Host and path: `docker.io/library/mysql`."""
        return f"{self.host}/{self.repository}"

    @property
    def version(self) -> str:
        """Tag and digest: `:8.4`, `@sha256:…`, or both."""
        return f":{self.tag}" * bool(self.tag) + f"@{self.digest}" * bool(self.digest)

    def __str__(self) -> str:
        return f"{self.name}{self.version}"


def parse(text: str) -> Image:
    """Parse an image name as written in an object.

    Raises:
        ValueError: it is not an image name.
    """
    found = NAME.fullmatch(text)
    first, _, rest = found["path"].partition("/") if found is not None else ("", "", "")
    if found is not None and (not rest or not (set(first) & set(".:") or first == "localhost")):
        first, rest = DOCKER_HUB, found["path"]
    if found is None or rest.lower() != rest:
        raise ValueError(f"{text!r} is not an image name; use registry/name:tag or registry/name@sha256:…")
    if first in _HOSTS_OF_DOCKER_HUB:
        first, rest = DOCKER_HUB, rest if "/" in rest else f"library/{rest}"
    tag = found["tag"] or ("" if found["digest"] else "latest")
    return Image(first, rest, tag, found["digest"] or "")


def without_version(text: str) -> str:
    """The name as written, without tag and digest."""
    found = NAME.fullmatch(text)
    return found["path"] if found is not None else text


def is_tagless(text: str) -> bool:
    """Whether a name has neither tag nor digest."""
    return without_version(text) == text


def occurrences(name: str) -> re.Pattern[str]:
    """Pattern of one whole name in any text, including text with escaped line breaks."""
    return re.compile(rf"(?:(?<=\\[nt])|(?<![{INSIDE}])){re.escape(name)}(?![{INSIDE}])")


def replaced(text: str, names: Mapping[str, str]) -> str:
    """Replace image names in a text in one pass, so that replacements are not replaced again."""
    present = [name for name in names if name in text]
    if not present:
        return text
    pattern = "|".join(occurrences(name).pattern for name in sorted(present, key=len, reverse=True))
    return re.sub(pattern, lambda found: names[found[0]], text)
