"""`kubeflow-aws validate` says what synth would, and writes nothing."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from cli.app import app
from tests.project_copy import small_main

VALID = small_main("platform-admins")


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def validate(folder: Path, main: str, *options: str) -> Result:
    (folder / "main.py").write_text(main, encoding="utf-8")
    ended = CliRunner().invoke(app, ["validate", *options])
    assert [path.name for path in folder.iterdir() if path.name != "__pycache__"] == ["main.py"], "nothing is written"
    return ended


def test_valid_settings_and_their_warnings(folder: Path) -> None:
    ended = validate(folder, VALID)
    assert (ended.exit_code, ended.stderr) == (0, "")
    warning, last = ended.stdout.splitlines()
    assert warning.startswith("warning: small: cluster: 198.51.100.0/24 is reserved for documentation; ")
    assert last == "main.py: small: settings are valid, 1 warning(s)"


def test_every_problem_has_a_line(folder: Path) -> None:
    ended = validate(folder, VALID.replace("us-west-2", "us-west-9").replace("zones=2", "zonez=2"))
    assert (ended.exit_code, ended.stdout) == (1, "")
    first, *lines = ended.stderr.splitlines()
    assert first == "2 error(s) in main.py:"
    assert [line.split(": ")[:2] for line in lines] == [["  small", "region"], ["  small", "network.zonez"]]


def test_json_has_problems_and_warnings_with_path_and_text(folder: Path) -> None:
    valid = json.loads(validate(folder, f"print('hello')\n{VALID}", "--json").stdout)
    assert (valid["platforms"], valid["problems"]) == (["small"], [])
    assert valid["warnings"][0]["path"] == "cluster"
    ended = validate(folder, VALID.replace("zones=2", "zonez=2"), "--json")
    assert ended.exit_code == 1
    assert json.loads(ended.stdout) == {
        "platforms": [],
        "problems": [{"platform": "small", "path": "network.zonez", "text": "is not a setting; did you mean 'zones'?"}],
        "warnings": [],
    }


def test_two_platforms_of_one_name_are_a_problem_without_a_path(folder: Path) -> None:
    ended = validate(folder, VALID.replace("synthesize(SMALL)", "synthesize(SMALL, SMALL)"), "--json")
    assert {"platform": "small", "path": "", "text": "two platforms have this name; use unique names"} in json.loads(
        ended.stdout
    )["problems"]


@pytest.mark.parametrize(
    ("argument", "said"),
    [
        ("", "validate: main.py: synthesize() has no platform"),
        ("[SMALL]", "validate: main.py: synthesize() takes platforms, not a list"),
    ],
)
def test_a_wrong_argument_is_one_sentence(folder: Path, argument: str, said: str) -> None:
    ended = validate(folder, VALID.replace("synthesize(SMALL)", f"synthesize({argument})"))
    assert ended.exit_code == 1
    assert ended.stderr.startswith(said)


@pytest.mark.parametrize(
    ("main", "expected"),
    [
        ("x = (\n", "main.py, line 1: SyntaxError: '(' was never closed; correct it"),
        ("x = 1\nNodeGrup()\n", "main.py, line 2: NameError: name 'NodeGrup' is not defined; correct it"),
        (
            "import missing_module\n",
            "main.py, line 1: ModuleNotFoundError: No module named 'missing_module'; correct it",
        ),
        ("def f():\n    raise ValueError('no zone')\n\nf()\n", "main.py, line 2: ValueError: no zone; correct it"),
    ],
)
def test_an_error_of_python_is_one_line_with_its_place(folder: Path, main: str, expected: str) -> None:
    ended = validate(folder, main)
    assert (ended.exit_code, ended.stderr) == (1, f"validate: {expected}\n")


def test_an_error_in_a_module_next_to_main_names_the_module(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.syspath_prepend(str(tmp_path))
    (tmp_path / "sizes_of_ours.py").write_text("\n1 / 0\n", encoding="utf-8")
    (tmp_path / "main.py").write_text("import sizes_of_ours\n", encoding="utf-8")
    ended = CliRunner().invoke(app, ["validate"])
    assert (ended.exit_code, ended.stderr) == (
        1,
        "validate: sizes_of_ours.py, line 2: ZeroDivisionError: division by zero; correct it\n",
    )


def test_a_defect_outside_of_main_keeps_its_traceback(folder: Path) -> None:
    (folder / "main.py").write_text("import json\njson.loads('{')\n", encoding="utf-8")
    ended = CliRunner().invoke(app, ["validate"])
    assert type(ended.exception).__name__ == "JSONDecodeError"
