from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from cli.main_file import platforms
from cli.vendor import components
from modules.kubeflow.catalogue import CATALOGUE

MAIN = """
from modules.settings.component import Component, Kustomization
from modules.settings import Dex, Cluster, Kubeflow, Network, NodeGroup, Platform

def platform(name, path):
    own = Component("ours", "kubeflow", Kustomization(path, "."))
    cluster = Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(NodeGroup(name="n"),))
    kubeflow = Kubeflow(auth=Dex(users=("a@b.co",)), extra_components=(own,))
    return Platform(name=name, region="us-west-2", network=Network(), cluster=cluster, kubeflow=kubeflow)

DEV, PROD = platform("dev", "k8s/ours"), platform("prod", {path!r})
if __name__ == "__main__":
    raise SystemExit("vendoring must not synthesize")
"""


def test_own_components_of_every_platform_are_vendored_with_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(path="k8s/ours"), encoding="utf-8")
    names = [component.name for component in components(platforms(tmp_path / "main.py"))]
    assert names == [*(component.name for component in CATALOGUE), "ours"]


def test_one_name_for_two_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(path="k8s/theirs"), encoding="utf-8")
    with pytest.raises(ValueError, match="components: ours is defined twice with differences; names must be unique"):
        components(platforms(tmp_path / "main.py"))


def test_without_a_main_it_is_the_catalogue(tmp_path: Path) -> None:
    assert components(platforms(tmp_path / "main.py")) == list(CATALOGUE)


def test_the_command_says_errors_in_a_sentence(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("KUBEFLOW_UPSTREAM", str(tmp_path))
    ended = CliRunner().invoke(app, ["vendor"])
    assert ended.exit_code == 1
    assert ended.stderr.startswith("vendor: KUBEFLOW_UPSTREAM=")
    assert "has no folder " in ended.stderr


def test_update_and_missing_exclude_each_other() -> None:
    ended = CliRunner().invoke(app, ["vendor", "--update", "--missing"])
    assert ended.exit_code == 2
    assert "--update and --missing exclude each other" in ended.stderr
