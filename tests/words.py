"""Words that texts of this project do not use, and the search for them.

Checked are docstrings, comments and string literals of Python, and whole lines of other files. Of tests, docstrings and
comments of Python are checked: their literals are data, such as answers of AWS. Code, names in backticks and URLs are ignored.
"""

import ast
import io
import re
import tokenize
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
CHECKED = (
    *("modules", "stacks", "kubeflow_aws", "cli", "examples", "main.py", "hatch_build.py"),
    *("Makefile", ".ci/run", "docs", "tests"),
    *("README.md", "CONTRIBUTING.md", "SECURITY.md", "CHANGELOG.md"),
)
"""Files and folders that must be clean."""
SUFFIXES = frozenset({".py", ".j2", ".yaml", ".sh", ".md", ".cjs", ""})

WORDS = {
    r"who|whom|nobody|somebody|everybody|anybody|whoever": "the role, the user or the caller; `which` or `that` for things",
    r"people": "users",
    r"told|tells?": "set, pass, report",
    r"asked|asks": "require, request, call, query",
    r"stands?|stood": "is, is set, is listed",
    r"lies": "is",
    r"besides?": "next to, in addition to",
    r"anew": "again; recreate, rewrite, regenerate",
    r"mend(?:s|ed)?": "fix",
    r"gone": "removed, deleted",
    r"for ?ever": "permanently, indefinitely",
    r"of others|ours|theirs": "existing, external, created by the platform",
    r"makers": "upstream, the project",
    r"affair": "responsibility, configuration",
    r"hangs? (?:on|off)": "depend on",
    r"be had": "available",
    r"(?:is|are|was|meant|be) so(?=[.;,)])": "name the condition; intended, true",
    r"heard": "know, contain",
    r"made up": "generated, forged",
    r"(?:small|large|big) letters": "lower case, upper case",
    r"(?<!there )(?:is|are) no(?= )(?! longer| more\b)": "is not a, is not a valid",
}
"""Pattern of a word or phrase, in any case, to what to write instead."""

ALLOWED = {
    "tests/words.py": (None, "the list itself"),
    "tests/test_words.py": (None, "tests of the list"),
    "modules/exposure/security_groups.py": (
        {"Who", "people"},
        "descriptions of AWS resources; a change replaces a group",
    ),
    "modules/kubeflow/components/pipelines/profile_controller.py": (None, "part of a rendered ConfigMap in the lock"),
    "modules/kubeflow/auth/dex.py": ({"who"}, "description of a secret in AWS"),
    "modules/kubeflow/normalize.py": ({"besides"}, "an input of the lock"),
    "modules/settings/connectors.py": ({"people"}, "an example of an LDAP name"),
    "docs/settings.md": ({"people"}, "an example of an LDAP name"),
    "docs/sign-in.md": ({"people"}, "an example of an LDAP name"),
    "modules/upgrade/inventory.py": ({"ours"}, "a value in recorded inventories"),
}
"""File to words that stay in it (None: all), and the reason."""

_ALTERNATIVES = "|".join(f"(?P<p{number}>{words})" for number, words in enumerate(WORDS))
_PATTERN = re.compile(rf"(?<![\w$-])(?:{_ALTERNATIVES})(?![\w-])", re.IGNORECASE)
_IGNORED = re.compile(r"`[^`]*`|https?://\S+")


def checked_files(names: tuple[str, ...] = CHECKED) -> list[Path]:
    """Files with texts below some files and folders of the project, sorted."""
    roots = [ROOT / name for name in names]
    found = (path for root in roots for path in (root.rglob("*") if root.is_dir() else [root]))
    return sorted(path for path in found if path.is_file() and path.suffix in SUFFIXES)


def findings(name: str, source: str) -> Iterator[str]:
    """One sentence per unwanted word: where, the word, what to write instead.

    Args:
        name: path relative to the project.
        source: content of the file.
    """
    if not _PATTERN.search(source):
        return
    allowed, _ = ALLOWED.get(name, (set(), ""))
    for number, line in _texts(name, source):
        for match in _PATTERN.finditer(_IGNORED.sub("", line)):
            if allowed is not None and match[0] not in allowed:
                instead = list(WORDS.values())[int((match.lastgroup or "")[1:])]
                yield f"{name}:{number}: {match[0]!r}; write: {instead}"


def _texts(name: str, source: str) -> Iterator[tuple[int, str]]:
    """Line number and text of all lines that are not code."""
    if not name.endswith(".py"):
        if not name.startswith("tests/"):
            yield from enumerate(source.splitlines(), 1)
        return
    begins = True  # whether a string here is a docstring
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        is_docstring, begins = begins, token.type in _BEFORE_A_DOCSTRING or (begins and token.type in _IGNORED_TOKENS)
        if token.type == tokenize.COMMENT:
            yield token.start[0], token.string
        elif (
            token.type in _STRINGS and (is_docstring or not name.startswith("tests/")) and not _is_a_name(token.string)
        ):
            text = re.sub(r"(?<!\{)\{[^{}]*\}", "{}", token.string)  # expressions of an f-string are code
            yield from enumerate(text.splitlines(), token.start[0])


_IGNORED_TOKENS = {tokenize.COMMENT, tokenize.NL}
_BEFORE_A_DOCSTRING = {tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT}
_STRINGS = {tokenize.STRING, getattr(tokenize, "FSTRING_MIDDLE", tokenize.STRING)}  # f-strings have tokens since 3.12


def _is_a_name(literal: str) -> bool:
    """Whether a literal is a key, a name or bytes instead of a text."""
    try:
        value = ast.literal_eval(literal)
    except (SyntaxError, ValueError):  # an f-string, or a part of it
        return False
    return isinstance(value, bytes) or " " not in value
