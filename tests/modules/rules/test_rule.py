"""The mechanism of rules: registration, invalid fields, and errors that no rule may hide."""

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

import modules.rules
from modules.rules import problems, problems_of_all
from modules.rules.rule import Problem, dated_warning, rule, rules_of, warning, warnings_for
from modules.settings import (
    Cognito,
    CognitoGroup,
    HostedZone,
    LoadBalancer,
    Platform,
    RdsMysql,
    Services,
    State,
)
from modules.settings.section import Section, sections_in
from tests.modules.settings.valid import (
    on_access,
    on_existing_network,
    on_kubeflow,
    on_node_pool,
    on_role,
    on_schedule,
    on_ssh,
    platform,
)

FOLDER = Path(str(modules.rules.__file__)).parent


class Sample(Section):
    """A section of no platform, whose rules no other test sees."""

    size: int = 1
    name: str = "a"


class Derived(Sample):
    """Has the rules of its base class."""


@rule(Sample)
def small(sample: Sample) -> Iterator[Problem]:
    if sample.size > 9:
        yield "size", "is too large", "use 9 or less"


@rule(Sample)
def defective(sample: Sample) -> Iterator[Problem]:
    if sample.name == "broken":
        raise KeyError(sample.name)
    yield from ()


@warning(Sample)
def unusual(sample: Sample) -> Iterator[Problem]:
    yield "name", "is unusual", "rename it"


@dated_warning(Derived)
def late(sample: Derived, today: Any) -> Iterator[Problem]:
    yield "", f"{today}", "wait"


def test_rules_and_warnings_are_those_of_the_class_and_its_bases() -> None:
    assert rules_of(Sample) == rules_of(Derived) == [small, defective]
    assert len(warnings_for(Sample)) == 1
    assert len(warnings_for(Derived)) == 2
    assert list(problems(Derived(size=10))) == [("size", "is too large", "use 9 or less")]


def test_a_rule_ends_at_an_invalid_field_and_nothing_else_is_lost() -> None:
    found = list(problems(Sample(size="ten", name="a")))
    assert [path for path, *_ in found] == ["size"]


def test_an_unexpected_error_of_a_rule_is_not_hidden() -> None:
    with pytest.raises(KeyError, match="broken"):
        list(problems(Sample(name="broken")))


def test_importing_the_package_registers_every_module() -> None:
    modules_there = {f"modules.rules.{path.stem}" for path in FOLDER.glob("*.py") if path.stem != "__init__"}
    assert modules_there - set(sys.modules) == set()


def test_every_rule_says_what_to_do() -> None:
    """Types hold that there are three parts; an empty one would pass them."""
    empty = []
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Yield) and isinstance(node.value, ast.Tuple):
                texts = [part.value for part in node.value.elts[1:] if isinstance(part, ast.Constant)]
                if "" in texts:
                    empty.append(f"{path.name}:{node.lineno}")
    assert empty == []


WRONG = object()
VALID = (
    on_ssh(),
    on_schedule(),
    on_access(),
    on_role(),
    on_node_pool(),
    on_existing_network(),
    on_kubeflow(services=Services(database=RdsMysql())),
    on_kubeflow(auth=Cognito(domain_prefix="team", groups=(CognitoGroup(name="a"),))),
    on_kubeflow(
        exposure=LoadBalancer(
            host="kubeflow.example.com", allowed_cidrs=("10.0.0.0/8",), zone=HostedZone(name="example.com")
        )
    ),
    platform(state=State.s3(bucket="state", region="us-west-2")),
)


def with_one_wrong_value(section: Section) -> Iterator[tuple[str, Section]]:
    """The section once for each field in it and below it, with a value that no type accepts there."""
    for name in type(section).model_fields:
        yield name, section.with_changes(**{name: WRONG})
        value = getattr(section, name)
        for path, inner in sections_in(name, value):
            for below, changed in with_one_wrong_value(inner):
                index = path.removeprefix(name).strip("[]")
                new = changed if not index else (*value[: int(index)], changed, *value[int(index) + 1 :])
                yield f"{path}.{below}", section.with_changes(**{name: new})


def test_any_wrong_value_is_reported_by_its_path_and_breaks_no_rule() -> None:
    checked: set[str] = set()
    missed = []
    for valid in sorted(VALID, key=lambda one: one.kubeflow is None):  # more rules read a platform with Kubeflow
        assert problems_of_all([valid]) == []
        for path, changed in with_one_wrong_value(valid):
            assert isinstance(changed, Platform)
            if path in checked and not path.startswith("kubeflow."):
                continue
            checked.add(path)
            if not any(at == path or at.startswith(f"{path}[") for at, *_ in problems(changed)):
                missed.append(path)
    assert len(checked) > 300
    assert missed == []
