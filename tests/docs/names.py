"""Names that a text uses and the project does not have: settings, stacks, outputs, make targets, commands, options, files."""

import re
import subprocess
from collections.abc import Iterator
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import modules.settings
from cli.init.folder import WORKFLOWS
from modules.kubeflow.catalogue import CATALOGUE
from stacks.order import LAYERS, OUTPUTS
from stacks.platform import synthesize
from tests.docs.named_commands import fault, named
from tests.docs.pages import FENCE, ROOT

SECTIONS = {name: kind for name, kind in vars(modules.settings).items() if isinstance(kind, type)}
STATES = {f"State.{name}": kind for name, kind in vars(modules.settings.State).items() if isinstance(kind, type)}
ENTRIES = {entry.name for entry in CATALOGUE}
SETTINGS = {
    field
    for kind in [*SECTIONS.values(), *STATES.values()]
    for field in getattr(kind, "model_fields", getattr(kind, "__annotations__", {}))
}
OTHER_ARGUMENTS = {*synthesize.__annotations__, "depends_on"}
"""Names of arguments that are not settings: those of `synthesize`, and of a construct."""
STACK = re.compile(
    rf"(?:{'|'.join(LAYERS)})(?:-[12])?|lake|\*|…|<.*|backup|backup-restore|artifacts-\d+|team-\w.*|hcp-\w+|linux-nodes|\d.*|\w+<br.*"
)
PLATFORMS = "prod|quickstart|exported|irsa|noderole|ml-dev|ml-blue|legacy"
"""Platforms of pages and examples, whose names are prefixes of stacks and other names."""
FOREIGN = {
    "caching_sha2_password",
    "digits_drift_index",
    "digits_images_total",
    "pip_index_urls",
    "split_line_item_split_cost",
    "split_line_item_unused_cost",
}
"""Names of other programs that no file of the project needs."""
FILES = re.compile(
    r"(?:\./)?(?:cli|docs|examples|kubeflow_aws|modules|stacks|tests|\.github|\.devcontainer)(?:/[\w./-]+)?"
)


def unknown(text: str) -> list[str]:
    """What the text names and the project lacks."""
    text = without_old_names(text)
    spans = re.findall(r"`([^`\n]+)`", FENCE.sub("", text))
    every = [*spans, *(body for _, _, body in FENCE.findall(text))]
    found = [
        *(problem for one in every for problem in [*arguments(one), *fields(one), *commands(one), *entries(one)]),
        *(problem for one in every for problem in stacks(one)),
        *(problem for one in spans for problem in [*bare_argument(one), *file(one), *identifier(one)]),
        *outputs(text),
        *names_in_files(text),
    ]
    return list(dict.fromkeys(found))


def without_old_names(text: str) -> str:
    """Without the cells below `before` in a table of changes."""
    lines, column = [], None
    for line in text.splitlines():
        cells = line.split("|")
        if not line.lstrip().startswith("|"):
            column = None
        elif "before" in map(str.strip, cells):
            column = list(map(str.strip, cells)).index("before")
        elif column is not None and column < len(cells):
            cells[column] = ""
        lines.append("|".join(cells))
    return "\n".join(lines)


def arguments(code: str) -> Iterator[str]:
    """Of each `Section(name=…)`: the names that the section lacks."""
    for call in re.finditer(r"\b(State\.\w+|[A-Z]\w+)\(", code):
        kind = (SECTIONS | STATES).get(call[1])
        known = getattr(kind, "model_fields", None) or getattr(kind, "__annotations__", None)
        if call[1].startswith("State.") and kind is None:
            yield f"setting {call[1]}"
        if kind is None or known is None:
            continue
        for name in keywords(code[call.end() :]):
            if name not in known:
                yield f"setting {call[1]}.{name}"


def keywords(code: str) -> Iterator[str]:
    """Names before `=` in a call, from after its opening bracket on; not those of calls in it."""
    depth, quote = 0, ""
    for place, sign in enumerate(code):
        if quote:
            quote = "" if sign == quote else quote
        elif sign in "\"'":
            quote = sign
        elif sign in "([{":
            depth += 1
        elif sign in ")]}":
            depth -= 1
        elif sign == "=" and depth == 0 and (name := re.search(r"(\w+)$", code[:place])):
            yield name[1]
        if depth < 0:
            return


def fields(code: str) -> Iterator[str]:
    """`Section.name` without such a setting."""
    for name, setting in re.findall(r"\b([A-Z]\w+)\.([a-z]\w*)", code):
        section = SECTIONS.get(name)
        if section and setting not in getattr(section, "model_fields", {}) and not hasattr(section, setting):
            yield f"setting {name}.{setting}"


def bare_argument(code: str) -> Iterator[str]:
    """`name=value` alone: a setting of any section. A Kubernetes label, `app=dex`, has a value without quotes."""
    found = re.fullmatch(r"([a-z]\w*)=(?:[\"(\[\d…]|True|False|None|[A-Z]\w*\().*", code)
    if found and found[1] not in SETTINGS | OTHER_ARGUMENTS:
        yield f"setting {found[1]}"


def entries(code: str) -> Iterator[str]:
    """`enable=("x",)`: an entry of the catalogue."""
    for names in re.findall(r"\b(?:enable|disable|preinstalled|needs)=\(([^)]*)\)", code):
        yield from (f"entry {name}" for name in re.findall(r'"([^"]+)"', names) if name not in ENTRIES)


def stacks(code: str) -> Iterator[str]:
    """`prod-network`: a stack of a platform."""
    for name in re.findall(rf"(?<![\w./-])(?:generated/stacks/|stacks/)?(?:{PLATFORMS})-([\w*<…-]+)", code):
        if not STACK.fullmatch(name):
            yield f"stack {name}"
    for names in re.findall(r"for stack in ((?:[\w-]+ ?)+)", code):
        layers = [name.partition("-")[2] for name in names.split()]
        wanted = [layer for layer in LAYERS if layer not in {"runner", "adopted"}]
        if [layer for layer in layers if layer != "runner"] != wanted:
            yield f"stacks in {names}, instead of {' '.join(wanted)}"


def outputs(text: str) -> Iterator[str]:
    """`output x`, and the outputs that a command reads."""
    known = {output.name for layer in OUTPUTS.values() for output in layer}
    prose = " ".join(FENCE.sub("", text).split())
    for names in re.findall(r"\boutputs? ((?:`\w+`(?:, | and )?)+)", prose):
        yield from (f"output {name}" for name in re.findall(r"`(\w+)`", names) if name not in known)
    for layer, name in re.findall(r"stacks/\w+-(\w+?)(?:-[12])? output (?:-raw |-json )?(\w+)", text):
        if name not in {output.name for output in OUTPUTS.get(layer, ())} | {f"for_{layer}" for layer in LAYERS}:
            yield f"output {layer}.{name}"


def commands(code: str) -> Iterator[str]:
    """`kubeflow-aws x --option`, `make x VAR=…`: the command, its options and variables."""
    return (wrong for words in named(code) if (wrong := fault(words)))


def file(code: str) -> Iterator[str]:
    """A path that neither the project has nor a folder of `kubeflow-aws init`."""
    if FILES.fullmatch(code) and "..." not in code and not (code.startswith(WORKFLOWS) or (ROOT / code).exists()):
        yield f"file {code}"


def names_in_files(text: str) -> Iterator[str]:
    """`NAME` in `path`: the file has the name."""
    for name, path in re.findall(r"`([A-Z_]{3,})` (?:in|of) `([\w./-]+)`", " ".join(text.split())):
        if (ROOT / path).is_file() and not re.search(rf"\b{name}\b", shipped(path).read_text(encoding="utf-8")):
            yield f"{name} in {path}"


def shipped(path: str) -> Path:
    """The file that a page means: main.py is the user's own, and pages describe the shipped one."""
    return ROOT / ("docs/shipped_main.py" if path == "main.py" else path)


def identifier(code: str) -> Iterator[str]:
    """`some_name`: a word of code, generated JSON or an upstream lock."""
    if not re.fullmatch(r"[a-z]+(?:_[a-z0-9]+)+", code) or code in words_of_code() | FOREIGN:
        return
    provider, _, resource = code.partition("_")
    package = f"cdktf_cdktf_provider_{provider}"
    if find_spec(package) is None or find_spec(f"{package}.{resource}") is None:
        yield f"name {code}"


@cache
def words_of_code() -> frozenset[str]:
    """Every word of several parts outside pages and tests."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.split("\0")
    texts = [
        (ROOT / name).read_text(encoding="utf-8", errors="ignore")
        for name in listed
        if name and Path(name).suffix != ".md" and not name.startswith(("docs/", "tests/")) and (ROOT / name).is_file()
    ]
    found = (word for one in texts for word in re.findall(r"[a-z]+(?:[_-][a-z0-9]+)+", one))
    return frozenset(word.replace("-", "_") for word in found)  # a Terraform address has `_` where AWS's name has `-`
