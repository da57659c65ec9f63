import os
import re
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import vendor as command
from cli.app import app
from cli.main_file import platforms
from cli.vendor import components
from modules.kubeflow.catalogue import CATALOGUE
from modules.vendoring.sources import UnreachableError

MAIN = """
from kubeflow_aws import synthesize
from modules.settings.component import Component, Kustomization
from modules.settings import Dex, Cluster, Kubeflow, Network, NodeGroup, Platform

def platform(name, path):
    own = Component("ours", "kubeflow", Kustomization(path, "."))
    cluster = Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(NodeGroup(name="n"),))
    kubeflow = Kubeflow(auth=Dex(users=("a@b.co",)), extra_components=(own,))
    return Platform(name=name, region="us-west-2", network=Network(), cluster=cluster, kubeflow=kubeflow)

print("a line for the person")
synthesize(*[platform("dev", "k8s/ours"), platform("prod", {path!r})])
"""


def test_own_components_of_every_platform_are_vendored_with_the_catalogue(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(path="k8s/ours"), encoding="utf-8")
    names = [component.name for component in components(platforms(tmp_path / "main.py"))]
    assert names == [*(component.name for component in CATALOGUE), "ours"]
    assert capsys.readouterr() == ("", "a line for the person\n"), "standard output may be a JSON document"
    assert not (tmp_path / "generated").exists(), "nothing is synthesized"


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


class Attempts:
    """Counts attempts to vendor in an empty cache; each fails while upstream is unreachable."""

    def __init__(self, cache: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.note = cache / command.FAILED_ATTEMPT
        self.count = 0
        self.reachable = False
        monkeypatch.setattr(command, "CACHE_FOLDER", cache)
        monkeypatch.setattr(command, "vendor", self._vendor)
        monkeypatch.delenv("KUBEFLOW_UPSTREAM", raising=False)

    def _vendor(self, *_: object, **__: object) -> None:
        self.count += 1
        if not self.reachable:
            raise UnreachableError("https://github.com/a/b at c: cannot be fetched")

    def missing(self) -> int:
        command.fetch_missing([])
        return self.count

    def age(self, minutes: int) -> None:
        then = time.time() - 60 * minutes
        os.utime(self.note, (then, then))


@pytest.fixture
def attempts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Attempts:
    return Attempts(tmp_path / "cache", monkeypatch)


def test_without_upstream_a_synth_tries_once_an_hour(attempts: Attempts, capsys: pytest.CaptureFixture[str]) -> None:
    assert [attempts.missing() for _ in range(3)] == [1, 1, 1]
    first, *others = capsys.readouterr().out.splitlines()
    assert others == [first] * 2
    assert re.fullmatch(
        r"vendor: https://github\.com/a/b at c: cannot be fetched; continuing without charts, "
        r"with the next attempt after \d\d:\d\d; to try at once: make vendor",
        first,
    )
    attempts.age(minutes=59)
    assert attempts.missing() == 1
    attempts.age(minutes=61)
    assert [attempts.missing(), attempts.missing()] == [2, 2]
    attempts.age(minutes=-5)  # the clock was set back
    assert attempts.missing() == 3


def test_make_vendor_and_local_folders_always_try(
    attempts: Attempts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert attempts.missing() == 1
    with pytest.raises(UnreachableError):
        command.main()
    with pytest.raises(UnreachableError):
        command.main(update=True)
    assert attempts.count == 3
    monkeypatch.setenv("KUBEFLOW_UPSTREAM", str(tmp_path))
    assert attempts.missing() == 4


def test_a_successful_attempt_forgets_the_failed_one(attempts: Attempts, capsys: pytest.CaptureFixture[str]) -> None:
    attempts.missing()
    attempts.reachable = True
    command.main()
    assert not attempts.note.exists()
    capsys.readouterr()
    assert attempts.missing() == 3
    assert capsys.readouterr().out == ""
