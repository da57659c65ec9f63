"""The command that removes records of interrupted operations, as a person meets it."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import heal
from cli.app import app
from modules.live.api import of_context
from stacks.platform import write
from tests.built_once import build
from tests.platforms import PLATFORMS
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import serving
from tests.stand_ins.providers.cluster import Release

pytestmark = pytest.mark.slow  # each test synthesizes a platform and calls an API server
Run = Callable[..., tuple[int, str]]


@pytest.fixture
def cluster() -> Cluster:
    found = Cluster("https://trial.example")
    for name, status in (("katib", "pending-upgrade"), ("dex", "deployed"), ("theirs", "pending-install")):
        namespace = "auth" if name == "dex" else "kubeflow"
        found.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        found.releases[namespace, name] = Release(name, namespace, 1, {}, {}, status, [], [], "", None, 0, 0)
    return found


@pytest.fixture
def run(cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    write(build(PLATFORMS["full"]), tmp_path / "generated")
    monkeypatch.setattr(heal, "GENERATED", tmp_path / "generated")

    def run(*arguments: str) -> tuple[int, str]:
        with serving(cluster) as server:
            file = server.kubeconfig(tmp_path / "kubeconfig")
            monkeypatch.setattr(heal, "of_context", lambda context: of_context(context, file))
            ended = CliRunner().invoke(app, ["heal", "--context", "stand-in", *arguments])
        return ended.exit_code, ended.output

    return run


def test_without_an_answer_nothing_is_removed(run: Run, cluster: Cluster) -> None:
    code, said = run()
    assert code == 1
    assert "kubeflow/katib: revision 1 is pending-upgrade" in said
    assert "Nothing was removed. Without confirmation: make heal ARGS=--yes" in said
    assert "theirs" not in said
    assert len(cluster.releases) == 3


def test_with_yes_only_what_is_in_the_way_goes(run: Run, cluster: Cluster) -> None:
    code, said = run("full", "--yes")
    assert (code, "1 record(s) removed" in said) == (0, True)
    assert {name for _, name in cluster.releases} == {"dex", "theirs"}
    assert run("--yes") == (0, "")


def test_json_is_one_document_and_removes_nothing_without_yes(run: Run, cluster: Cluster) -> None:
    code, said = run("--json")
    (record,) = json.loads(said)["records"]
    assert (code, record["release"], record["status"], record["removed"]) == (1, "katib", "pending-upgrade", False)
    assert len(cluster.releases) == 3
    code, said = run("--json", "--yes")
    assert (code, json.loads(said)["records"][0]["removed"], len(cluster.releases)) == (0, True, 2)
    assert run("--json") == (0, '{\n "records": []\n}\n')


def test_a_platform_of_another_name(run: Run) -> None:
    code, said = run("other")
    assert code == 1
    assert re.fullmatch(
        r"heal: other: not found among platforms with releases in .*generated/; use one of them: full\n", said
    )


@pytest.mark.parametrize(("stacks", "left"), [(["full-teams", "other-kubeflow"], 3), (["full-kubeflow"], 2)])
def test_before_an_apply_only_releases_of_the_chosen_stacks(
    run: Run, cluster: Cluster, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, stacks: list[str], left: int
) -> None:
    """Another run may apply the other stacks now: its record is pending, too."""
    with serving(cluster) as server:
        file = server.kubeconfig(tmp_path / "kubeconfig")
        monkeypatch.setattr(heal, "of_eks", lambda _: of_context("stand-in", file))
        heal.main(before_apply=stacks, yes=True)
    assert len(cluster.releases) == left
