"""A value of a wrong type in any setting is reported by its path, in this project's words, once."""

import dataclasses
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from modules.errors import ProblemsError
from modules.rules import problems, problems_of_all
from modules.rules.rule import Problem
from modules.settings import Cluster, Dex, FlowLogs, HelmChart, Kubeflow, Network, Platform, State
from modules.settings.component import AwsAccess, Builtin, Component, Kustomization
from modules.settings.section import Section
from stacks.platform import synthesize
from tests.modules.settings.valid import cluster, on_cluster, platform

ROOT = Path(__file__).parents[3]
PYDANTIC = re.compile(
    r"Input should|[Vv]alid (string|integer|boolean|dictionary|tuple)|pydantic|unable to|String should|Value error"
)
WRONG: tuple[Any, ...] = (
    *(None, "text", "", 7, -1, 1.5, True, 10**40, float("nan"), "1" * 5000, b"x", b"\xff"),
    *([], ["a"], (), ("a",), (7,), ((),), (None,), {}, {"a": "b"}, {"a": 7}, {7: 7}, {"a": (2,)}, {"a"}),
    *(object(), len, re, Platform, FlowLogs(), (FlowLogs(),), "\x1b[31m", ("\x1b",), "${x}"),
)
"""Valid in some settings and invalid in most."""


def sections() -> Iterator[type[Section]]:
    """Every kind of section that main.py can hold; not their common bases, nor those of tests."""
    waiting = [Section]
    while waiting:
        kind = waiting.pop()
        waiting += kind.__subclasses__()
        if kind.__module__.startswith("modules.settings") and not kind.__subclasses__():
            yield kind


def faults(setting: str, value: object, found: list[Problem]) -> Iterator[str]:
    """What is wrong with the report of one wrong value."""
    for _, what, fix in found:
        if PYDANTIC.search(f"{what}; {fix}"):
            yield f"{setting}={value!r}: {what}; {fix}"
    paths = [path for path, *_ in found]
    yield from (f"{setting}={value!r}: reported twice: {found}" for path in {*paths} if paths.count(path) > 1)


@pytest.mark.slow
def test_every_wrong_value_of_every_setting_is_reported_once_and_in_our_words() -> None:
    wrong: list[str] = []
    silent: list[str] = []
    reported = 0
    for kind in sections():
        for setting in kind.model_fields:
            refused = 0
            for value in WRONG:
                found = [one for one in problems(kind(**{setting: value})) if re.split(r"[.\[]", one[0])[0] == setting]
                wrong += faults(f"{kind.__name__}.{setting}", value, found)
                refused += bool(found)
            silent += [f"{kind.__name__}.{setting}"] if refused < 5 else []
            reported += refused
    assert wrong == []
    assert silent == []  # a setting that accepts almost anything
    assert reported > 5000


COMPONENT: dict[str, Any] = {"name": "mine", "namespace": "mine", "source": Builtin()}
CHART: dict[str, Any] = {"repository": "https://charts.example.com", "chart": "mine", "version": "1.0.0"}
PARTS: tuple[tuple[type, str, Any], ...] = (
    (Component, "", lambda **given: Component(**{**COMPONENT, **given})),
    (HelmChart, "source.", lambda **given: Component(**{**COMPONENT, "source": HelmChart(**{**CHART, **given})})),
    (Kustomization, "source.", lambda **given: Component(**{**COMPONENT, "source": Kustomization(**{"path": "a", **given})})),
    (AwsAccess, "aws[0].", lambda **given: Component(**COMPONENT, aws=(AwsAccess(**{"service_account": "a", "policy": "b", **given}),))),
)  # fmt: skip


@pytest.mark.parametrize("part", PARTS, ids=lambda part: part[0].__name__)
def test_a_component_is_checked_like_a_section(part: tuple[type, str, Any]) -> None:
    kind, where, component = part
    wrong: list[str] = []
    missed: list[str] = []
    for field in dataclasses.fields(kind):
        path = f"extra_components[0].{where}{field.name}"
        for value in WRONG:
            found = list(
                problems(
                    Kubeflow(auth=Dex(users=("a@example.com",)), extra_components=(component(**{field.name: value}),))
                )
            )
            wrong += faults(path, value, found)
            if value in (len, re, Platform) and not any(at.startswith(path) for at, *_ in found):
                missed.append(f"{path}={value!r}: {found}")
    assert wrong == []
    assert missed == []


def test_settings_without_their_names_are_refused_at_the_section() -> None:
    by_position: Any = Platform
    assert problems_of_all([by_position("prod", "us-west-2", Network(), cluster())]) == [
        "prod: settings are written by name, not by position; write Platform(name=…)"
    ]
    network: Any = Network
    assert problems_of_all([platform(network=network("10.0.0.0/16", nat="two"))]) == [
        "prod: network: settings are written by name, not by position; write Network(cidr=…)",
        "prod: network.nat: must be 'none', 'single' or 'one_per_zone', not 'two'; use one of these",
    ]
    with pytest.raises(ProblemsError, match="Network: settings are written by name"):
        network("10.0.0.0/16").cidr  # noqa: B018


def test_every_missing_setting_is_one_error_of_a_platform_without_a_name() -> None:
    assert problems_of_all([Platform(**{"regoin": "us-west-2"})]) == [
        "Platform(…): name: is required; set it",
        "Platform(…): region: is required; set it",
        "Platform(…): cluster: is required; set it",
        "Platform(…): regoin: is not a setting; did you mean 'region'?",
    ]
    assert problems_of_all([platform(name=7), platform(name=7)]) == 2 * [
        'Platform(…): name: must be text, not 7; write "7"'
    ]


@pytest.mark.parametrize(
    ("setting", "value", "line"),
    [
        ("cluster", [cluster()], "is not a valid section here; use Cluster(…) or ExistingCluster(…)"),
        ("cluster", None, "is not a valid section here; use Cluster(…) or ExistingCluster(…)"),
        ("kubeflow", [1], "must be Kubeflow(…), not a list; write Kubeflow(…)"),
        ("kubeflow", {1: 2}, "has names that are not text; write Kubeflow(…)"),
        ("region", None, "must be text, not None; set it"),
        ("deletion_protection", "never", "must be True or False, not 'never'; write True or False, without quotes"),
        ("region", "us\x1b", "contains the unprintable character U+001B; remove it"),
    ],
)
def test_what_is_said_of_a_wrong_value(setting: str, value: object, line: str) -> None:
    assert problems_of_all([platform(**{setting: value})]) == [f"prod: {setting}: {line}"]


def test_a_text_that_must_not_be_is_reported_once_below_a_platform_too() -> None:
    assert problems_of_all([on_cluster(kubernetes_version="1.\x1b")]) == [
        "prod: cluster.kubernetes_version: contains the unprintable character U+001B; remove it"
    ]
    assert problems_of_all([platform(state=State.s3(bucket="state", region="${x}"))]) == [
        "prod: state.region: contains ${ or %{, which Terraform would evaluate; write the value itself"
    ]


PROD = Platform(name="prod", region="us-west-2", network=Network(), cluster=Cluster(admins=("role/a",)))
WRITE: Any = synthesize
"""Without its types, as wrong calls are written."""
SECTION: Any = Platform


@pytest.mark.parametrize(
    ("call", "line"),
    [
        (lambda: WRITE([PROD]), "synthesize() takes platforms, not a list of them; write synthesize(*PLATFORMS)"),
        (lambda: WRITE(Platform), "synthesize() takes platforms, not the class Platform; write synthesize("),
        (lambda: WRITE('prod'), "synthesize() takes platforms, not 'prod'; write synthesize(Platform(name=…, …))"),
        (lambda: WRITE(PROD, forgt=('a',)), "synthesize() has no argument forgt; write synthesize(PROD)"),
        (lambda: WRITE(PROD, forget=None), "forget: must be a tuple of texts, not None; write forget="),
        (lambda: WRITE(PROD, forget=(7,)), "forget: must be a tuple of texts, not a tuple; write forget="),
        (lambda: WRITE(SECTION('prod')), "prod: settings are written by name, not by position; write Platform(name=…)"),
    ],
)  # fmt: skip
def test_a_wrong_call_ends_in_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, call: Callable[[], None], line: str
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit, match=re.escape(line)):
        call()
    assert not (tmp_path / "generated").exists()


def test_the_sentence_is_all_that_main_py_prints(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text("from stacks.platform import synthesize\nsynthesize('prod')")
    done = subprocess.run(
        [sys.executable, "main.py"], cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True, check=False
    )  # fmt: skip
    assert done.returncode == 1
    assert done.stderr.startswith("main.py: synthesize() takes platforms, not 'prod'")
    assert "Traceback" not in done.stderr


def test_an_invalid_section_that_main_py_reads_names_its_settings() -> None:
    with pytest.raises(ProblemsError) as error:
        Cluster(kubernetes_version=1.33, admins="role/a").admins  # noqa: B018
    assert error.value.lines == (
        'Cluster.kubernetes_version: must be text, not 1.33; write "1.33"',
        "Cluster.admins: must be a tuple, not 'role/a'; write (value,), with a comma even for one value",
    )
