"""Where the AWS provider is looked for, and what the summary says when there is none."""

from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError

import pytest

from tests import provider_mirror
from tests.provider_mirror import cli_config, find_mirror, why_not


@pytest.fixture(autouse=True)
def _looked_for_again(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Each test looks on a machine that names no mirror; later ones look on the real machine again."""
    monkeypatch.delenv("TERRAFORM_PROVIDER_MIRROR", raising=False)
    find_mirror.cache_clear()
    why_not.cache_clear()
    yield
    find_mirror.cache_clear()
    why_not.cache_clear()


def mirror(folder: Path) -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0").mkdir(parents=True)
    return folder


def test_the_named_mirror_wins(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_mirror, "SEARCHED", (str(mirror(tmp_path / "found")),))
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(mirror(tmp_path / "named")))
    assert find_mirror() == tmp_path / "named"
    assert f'path = "{tmp_path / "named"}"' in cli_config()


def test_a_named_mirror_without_the_provider_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(tmp_path))
    with pytest.raises(ValueError, match=f"TERRAFORM_PROVIDER_MIRROR: no .*/hashicorp/aws in {tmp_path}; unset it"):
        find_mirror()


def test_a_mirror_is_found_a_few_folders_down_and_no_deeper(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(provider_mirror, "IMPLIED_MIRRORS", ())
    monkeypatch.setattr(provider_mirror, "SEARCHED", (str(tmp_path),))
    mirror(tmp_path / "1" / "2" / "3" / "4" / "5")
    assert find_mirror() is None
    mirror(tmp_path / "a" / "b")
    find_mirror.cache_clear()
    assert find_mirror() == tmp_path / "a" / "b"


def test_a_cache_of_the_cdktf_command_line_is_not_a_mirror(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mirror(tmp_path / "plugin-cache")
    monkeypatch.setattr(provider_mirror, "IMPLIED_MIRRORS", ())
    monkeypatch.setattr(provider_mirror, "SEARCHED", (str(tmp_path),))
    assert find_mirror() is None


def test_the_reason_names_the_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(*_arguments: object, **_options: object) -> None:
        raise URLError("no route")

    monkeypatch.setattr("shutil.which", lambda _name: "terraform")
    monkeypatch.setattr(provider_mirror, "IMPLIED_MIRRORS", ())
    monkeypatch.setattr(provider_mirror, "SEARCHED", ())
    monkeypatch.setattr(provider_mirror, "urlopen", unreachable)
    assert "set TERRAFORM_PROVIDER_MIRROR to a folder" in (why_not() or "")


def test_without_terraform_the_reason_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _name: None)
    assert why_not() == "terraform is not on PATH"
