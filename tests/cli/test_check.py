"""`kubeflow-aws check` prints the result for each platform of main.py, and exits with 1 if pods do not fit."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from modules.checks.price import NotPriced, PriceQuery
from modules.checks.sections import SECTIONS
from tests.project_copy import small_main

FITS = small_main("platform-admins")
MISFIT = FITS.replace(
    'NodeGroup(name="nodes")',
    'NodeGroup(name="nodes", instance_types=("t3.micro",), max_pods=4, desired_size=1, max_size=1)',
)
"""Add-ons alone have more pods than one node takes."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def check(folder: Path, main: str, *arguments: str) -> Result:
    (folder / "main.py").write_text(main, encoding="utf-8")
    ended = CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", *arguments])
    assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == ["main.py"], "nothing is written"
    return ended


def test_a_platform_that_fits(folder: Path) -> None:
    ended = check(folder, FITS)
    assert (ended.exit_code, ended.stderr) == (0, "")
    assert "fits (" in ended.stdout
    assert "m6i.xlarge" not in ended.stdout, "tables are printed with --section alone"
    lines = ended.stdout.splitlines()
    assert lines[lines.index("not checked") + 1].startswith("  small: FIT111: ")
    assert "error" not in ended.stdout


def test_one_section_with_its_tables(folder: Path) -> None:
    ended = check(folder, FITS, "--section", "fit")
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert ["nodes", "m6i.xlarge", "3", "5", "110", "3.92", "13.8"] in rows


def test_an_unknown_section_names_the_known_ones(folder: Path) -> None:
    ended = check(folder, FITS, "--section", "weather")
    assert ended.exit_code == 2
    assert f"no section weather; choose from {', '.join([*SECTIONS, 'cost'])}\n" in ended.stderr
    names = " ".join(CliRunner(env={"COLUMNS": "200"}).invoke(app, ["check", "--help"]).stdout.split())
    assert f": {', '.join([*SECTIONS, 'cost'])}. Repeat" in names


def test_a_platform_that_does_not_fit_is_a_problem(folder: Path) -> None:
    ended = check(folder, MISFIT)
    assert ended.exit_code == 1
    lines = ended.stdout.splitlines()
    assert lines[lines.index("error") + 1].startswith("  small: FIT001: ")


def test_json_is_one_document_whatever_main_prints(folder: Path) -> None:
    ended = check(folder, f"print('hello')\n{MISFIT}", "--json")
    assert ended.exit_code == 1
    (one,) = json.loads(ended.stdout)["platforms"]
    found = one["fit"]
    assert (one["platform"], found["verdict"]) == ("small", "does not fit")
    assert found["nodes"][0]["instance_type"] == "t3.micro"
    assert found["findings"][0]["id"] == "FIT001"
    assert all(left["pods"] and sum(left["missing"].values()) for left in found["pending"])


def test_one_platform_can_be_chosen_and_must_exist(folder: Path) -> None:
    second = FITS.replace("synthesize(SMALL)", 'synthesize(SMALL, SMALL.with_changes(name="other"))')
    assert [one["platform"] for one in json.loads(check(folder, second, "other", "--json").stdout)["platforms"]] == [
        "other"
    ]
    ended = check(folder, second, "third")
    assert (ended.exit_code, ended.stderr) == (1, "check: third: no such platform; main.py has: small, other\n")


def test_the_same_finding_of_several_platforms_is_one_line(folder: Path) -> None:
    second = FITS.replace("synthesize(SMALL)", 'synthesize(SMALL, SMALL.with_changes(name="other"))')
    lines = [line for line in check(folder, second).stdout.splitlines() if "FIT111" in line]
    assert [line.partition(": ")[0] for line in lines] == ["  small, other"]


def test_invalid_settings_are_reported_as_by_validate(folder: Path) -> None:
    ended = check(folder, FITS.replace("us-west-2", "us-west-9"))
    assert ended.exit_code == 1
    assert ended.stderr.startswith("check: small: region: ")


def test_the_plan_of_a_teardown(folder: Path) -> None:
    ended = check(folder, FITS, "--teardown")
    assert (ended.exit_code, ended.stderr) == (0, "")
    rows = [line.split() for line in ended.stdout.splitlines()]
    assert [row[1] for row in rows if row[:1] in (["1"], ["2"])] == ["small-cluster", "small-network"]
    assert "FIT1" not in ended.stdout
    (one,) = json.loads(check(folder, FITS, "--teardown", "--json").stdout)["platforms"]
    assert [stack["stack"] for stack in one["teardown"]["stacks"]] == ["small-cluster", "small-network"]
    assert "END201" in [finding["id"] for finding in one["teardown"]["findings"]]


def test_the_plan_of_a_teardown_is_not_a_section(folder: Path) -> None:
    assert check(folder, FITS, "--teardown", "--section", "fit").exit_code == 2


def test_prices_are_read_only_when_they_are_requested(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ended = check(folder, FITS, "--section", "cost")
    assert (ended.exit_code, "cost reads prices from AWS; add --prices" in ended.stderr) == (2, True)
    monkeypatch.setattr("cli.check.aws_prices", NoPrices)
    (one,) = json.loads(check(folder, FITS, "--prices", "--section", "cost", "--json").stdout)["platforms"]
    assert list(one) == ["platform", "cost"]
    assert {item["not_priced"] for item in one["cost"]["items"]} == {"no AWS credentials"}
    assert one["cost"]["findings"][0]["id"] == "COST001"


class NoPrices:
    """A source without credentials."""

    def price(self, _: PriceQuery) -> NotPriced:
        return NotPriced("no AWS credentials")
