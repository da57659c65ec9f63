"""`make synth` does not pass over a main.py that writes nothing."""

from pathlib import Path

import pytest

from cli.synth import main


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
    with pytest.raises(ValueError, match=r"main\.py: is missing; copy one: cp examples/"):
        main()


def test_settings_errors_end_the_command(folder: Path) -> None:
    (folder / "main.py").write_text(
        "from kubeflow_aws import Platform, synthesize\nsynthesize(Platform(name='small', region='us-west-9'))\n"
    )
    with pytest.raises(SystemExit, match=r"error\(s\); generated/ is unchanged"):
        main()
