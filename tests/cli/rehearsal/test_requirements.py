"""What a rehearsal refuses before it starts, and what the message says to do."""

import importlib.util
import os
from pathlib import Path
from typing import Any

import pytest

from cli.rehearsal import requirements
from cli.rehearsal.requirements import (
    chart_folders,
    check_machine,
    cli_config,
    find_mirror,
    published_charts,
    pull_command,
)
from modules.errors import ProblemsError


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine that has nothing configured."""
    for name in ("TERRAFORM_PROVIDER_MIRROR", "TF_PLUGIN_CACHE_DIR", "KUBEFLOW_UPSTREAM"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", os.devnull)
    monkeypatch.setattr(requirements, "MIRRORS", ())


def mirror(folder: Path) -> Path:
    (folder / "registry.terraform.io" / "hashicorp" / "aws" / "5.100.0").mkdir(parents=True)
    return folder


def test_all_that_is_missing_is_reported_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    real = importlib.util.find_spec

    def without(name: str, *rest: Any) -> Any:
        if name == "google.protobuf":
            raise ModuleNotFoundError(name)
        return None if name in ("moto", "grpc") else real(name, *rest)

    monkeypatch.setattr(importlib.util, "find_spec", without)
    with pytest.raises(ProblemsError) as error:
        check_machine()
    packages, terraform, provider = error.value.lines
    assert packages == "Python packages are missing: grpcio, moto[server], protobuf; run `make .venv/dev-packages`"
    assert terraform.startswith("terraform is not on PATH; install it: https://")
    assert "terraform providers mirror" in provider
    assert provider.endswith("set TERRAFORM_PROVIDER_MIRROR to that folder")


def test_an_installed_package_names_its_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "IS_CLONE", False)
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(ProblemsError, match=r"pip install 'kubeflow-aws\[rehearse\]'"):
        check_machine()


def test_the_named_mirror_is_the_only_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requirements, "MIRRORS", (str(mirror(tmp_path / "implied")),))
    assert find_mirror() == tmp_path / "implied"
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(tmp_path / "empty"))
    assert find_mirror() is None
    monkeypatch.setenv("TERRAFORM_PROVIDER_MIRROR", str(mirror(tmp_path / "named")))
    assert find_mirror() == tmp_path / "named"


@pytest.mark.parametrize(
    "text",
    [
        'plugin_cache_dir = "{0}"\n',
        'provider_installation {{\n  filesystem_mirror {{\n    path    = "{0}"\n  }}\n}}\n',
    ],
)
def test_a_folder_of_terraforms_configuration_is_found(
    text: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "terraform.rc").write_text(text.format(mirror(tmp_path / "there")))
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(tmp_path / "terraform.rc"))
    assert find_mirror() == tmp_path / "there"


def test_terraform_gets_the_mirror_and_no_registry(tmp_path: Path) -> None:
    assert "direct" not in cli_config(tmp_path)
    assert f'path = "{tmp_path}"' in cli_config(tmp_path)


def test_charts_of_the_option_come_before_those_of_the_variable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "charts" / "3.5.0").mkdir(parents=True)
    (tmp_path / "upstream" / "charts").mkdir(parents=True)
    monkeypatch.setenv("KUBEFLOW_UPSTREAM", os.pathsep.join([str(tmp_path / "upstream"), str(tmp_path / "none")]))
    assert chart_folders(tmp_path / "charts") == [
        tmp_path / "charts",
        tmp_path / "charts" / "3.5.0",
        tmp_path / "upstream" / "charts",
    ]
    with pytest.raises(ValueError, match=r"--charts .*: no such folder"):
        chart_folders(tmp_path / "elsewhere")


def test_a_missing_chart_is_named_with_its_download() -> None:
    releases = {
        "own": {"chart": "./objects/own"},
        "one": {"chart": "one", "repository": "https://example.com/charts", "version": "1.0"},
        "two": {"chart": "two", "repository": "oci://example.com/charts", "version": "2.0"},
    }
    found = published_charts([{"resource": {"helm_release": releases}}, {"resource": {}}])
    assert [pull_command(*one) for one in sorted(found)] == [
        "helm pull one --repo https://example.com/charts --version 1.0 --untar --untardir charts/1.0",
        "helm pull oci://example.com/charts/two --version 2.0 --untar --untardir charts/2.0",
    ]
