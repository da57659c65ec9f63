"""Rules about names of components: that they exist, and that what a component requires is installed."""

import difflib
from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence

from modules.errors import split_sentence
from modules.kubeflow.chosen import by_settings, in_auto_mode, known_components, selected_components
from modules.kubeflow.retired import RETIRED
from modules.rules.rule import Problem, repeated, rule
from modules.settings.kubeflow import Kubeflow

ALIKE = 0.8
"""How much of two names must agree for one to be a misspelling of the other: `ktib` and `katib`, not `chainer` and `trainer`."""


@rule(Kubeflow)
def names_are_known(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Every entry that settings name is in the catalogue or in `extra_components`, and is named once."""
    known = known_components(kubeflow)
    for setting in ("enable", "disable", "preinstalled"):
        for name in getattr(kubeflow, setting):
            if name in RETIRED:
                yield setting, *split_sentence(RETIRED[name].sentence(name))
            elif name not in known:
                yield setting, *unknown(name, known)
    for name in repeated([*kubeflow.enable, *kubeflow.disable, *kubeflow.preinstalled]):
        yield "enable", f"{name} occurs more than once in enable, disable and preinstalled", "keep one"


def unknown(name: str, known: Collection[str]) -> tuple[str, str]:
    """What is wrong with a name that no entry has, and the one that it resembles."""
    near = difflib.get_close_matches(name, sorted(known), n=1, cutoff=ALIKE)
    return (
        f"{name!r} is not in the catalogue",
        f"did you mean {near[0]!r}?" if near else "docs/catalogue.md lists its names",
    )


def missing_dependencies(kubeflow: Kubeflow) -> Iterator[Problem]:
    """What selected components require and is not installed, with all that require it."""
    selected = selected_components(kubeflow)
    present = {*kubeflow.preinstalled, *(component.name for component in selected)}
    included = in_auto_mode(kubeflow)  # for entries of the catalogue, which know the API of EKS Auto Mode
    required_by: defaultdict[str, list[str]] = defaultdict(list)
    for component in selected:
        for need in component.needs:
            if need not in present and (need not in included or component in kubeflow.extra_components):
                required_by[need].append(component.name)
    for need, names in sorted(required_by.items()):
        yield _missing(kubeflow, need, sorted(names), present)


def _missing(kubeflow: Kubeflow, need: str, names: Sequence[str], present: Collection[str]) -> Problem:
    known = known_components(kubeflow)
    required = f"{need} is required by {in_words(names)}"
    if need in kubeflow.disable:
        return "disable", required, "remove it from disable, or disable those as well"
    if need not in known:
        what, fix = split_sentence(RETIRED[need].sentence(need)) if need in RETIRED else unknown(need, known)
        return "extra_components", f"{what} (required by {in_words(names)})", fix
    if need in by_settings(kubeflow):
        return "enable", f"{required}, and another setting excludes it", "docs/catalogue.md says which one"
    replacing = [name for name in kubeflow.enable if name in known[need].alternative_to]
    if replacing:
        return (
            "enable",
            f"{required}, and {in_words(replacing)} replaces it",
            f"disable those, or remove {in_words(replacing)} from enable",
        )
    wanted = ", ".join(f'"{name}"' for name in _with_dependencies(kubeflow, need, present))
    return "enable", required, f"add it with enable=({wanted},)"


def _with_dependencies(kubeflow: Kubeflow, name: str, present: Collection[str]) -> list[str]:
    """An entry after everything that it requires and that is not installed."""
    known = known_components(kubeflow)
    found: list[str] = []
    for need in known[name].needs:
        if need in known and need not in present:
            found += _with_dependencies(kubeflow, need, present)
    return list(dict.fromkeys([*found, name]))


def in_words(names: Sequence[str]) -> str:
    """`a, b and c`."""
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
