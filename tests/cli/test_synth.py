"""`make synth` does not pass over a main.py that writes nothing."""

import json
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.synth import main
from tests.project_copy import small_main


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    return tmp_path


def test_a_main_py_without_synthesize_is_an_error(folder: Path) -> None:
    (folder / "main.py").write_text("from stacks.platform import synthesize\n")
    with pytest.raises(ValueError, match=r"does not call synthesize\(\)"):
        main()


def test_a_missing_main_py_names_the_command_that_creates_one() -> None:
    with pytest.raises(ValueError, match=r"main\.py: is missing; write one: kubeflow-aws init "):
        main()


def test_settings_errors_end_the_command(folder: Path) -> None:
    (folder / "main.py").write_text(
        "from kubeflow_aws import Platform, synthesize\nsynthesize(Platform(name='small', region='us-west-9'))\n"
    )
    with pytest.raises(SystemExit, match=r"error\(s\); generated/ is unchanged"):
        main()


def test_json_is_one_document_whatever_main_py_prints(folder: Path) -> None:
    (folder / "main.py").write_text("print('hello')\n" + small_main("admins"))
    ended = CliRunner().invoke(app, ["synth", "--json"])
    assert ended.exit_code == 0
    assert ended.stderr == "hello\n"
    document = json.loads(ended.stdout)
    assert [stack["name"] for stack in document["stacks"]] == ["small-network", "small-cluster"]
    assert document["node_groups"][0]["node_group"] == "small/nodes"
    assert document["next_steps"]
    assert (folder / "generated" / "manifest.json").is_file()


def test_main_py_imports_modules_next_to_it_from_any_program(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.path", [path for path in sys.path if path])
    monkeypatch.delitem(sys.modules, "region_of_mine", raising=False)
    (folder / "region_of_mine.py").write_text("REGION = 'us-west-2'\n")
    text = small_main("admins").replace('"us-west-2"', "region_of_mine.REGION")
    (folder / "main.py").write_text(f"import region_of_mine\n{text}")
    assert CliRunner().invoke(app, ["synth"]).exit_code == 0
