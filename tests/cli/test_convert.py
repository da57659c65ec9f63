"""`kubeflow-aws convert`: files, report, refusals."""

import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

import cli.app
from cli.main_file import platforms
from modules.rules import problems_of_all

CLUSTER = """\
apiVersion: eksctl.io/v1alpha5
kind: ClusterConfig
metadata: {name: Old_Cluster, region: eu-west-1, version: "1.14"}
nodeGroups:
  - name: work
    instanceType: m6i.2xlarge
    desiredCapacity: 3
    privateNetworking: true
    iam: {withAddonPolicies: {autoScaler: true}}
"""
KFDEF = """\
apiVersion: kfdef.apps.kubeflow.org/v1
kind: KfDef
metadata: {name: kubeflow, namespace: kubeflow}
spec:
  plugins:
    - kind: KfAwsPlugin
      spec: {region: eu-west-1, auth: {basicAuth: {username: admin, password: x}}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("cluster.yaml").write_text(CLUSTER, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> tuple[int, str]:
    found = CliRunner(env={"COLUMNS": "200"}).invoke(cli.app.app, ["convert", *arguments])
    return found.exit_code, found.output + (str(found.exception) if found.exception else "")


def test_it_writes_a_main_py_that_is_formatted_and_valid() -> None:
    code, output = run("cluster.yaml")
    assert code == 0
    assert "written: main.py" in output
    (platform,) = platforms(Path("main.py"))
    assert platform.name == "old-cluster"
    assert problems_of_all([platform]) == []
    command = [sys.executable, "-m", "ruff", "format", "--line-length=120", "--check", "main.py"]
    subprocess.run(command, check=True, capture_output=True)


def test_it_prints_what_does_not_map_as_it_is() -> None:
    _, output = run("cluster.yaml")
    assert output.index("Must be done by hand") < output.index("Maps with a change")
    assert "cluster.yaml:3" in output
    assert "Maps as it is" not in output
    assert "Proposed:" in output


def test_the_report_has_a_table_for_each_verdict() -> None:
    run("cluster.yaml", "--output", "new/main.py", "--report", "report.md")
    report = Path("report.md").read_text(encoding="utf-8")
    assert [line for line in report.splitlines() if line.startswith("## ")] == [
        "## Must be done by hand (4)",
        "## Maps with a change (2)",
        "## Maps as it is (10)",
    ]
    assert (
        "| cluster.yaml:7 | nodeGroups\\[0\\].desiredCapacity | 3 | cluster.node\\_groups\\[\\].desired\\_size |  |"
        in report
    )
    assert Path("new/main.py").is_file()


def test_control_characters_of_a_file_do_not_reach_the_terminal() -> None:
    Path("cluster.yaml").write_text(CLUSTER.replace("name: work", 'name: "work\\e[31m"\n    tags: {"a\\e[31m": b}'))
    code, output = run("cluster.yaml")
    assert (code, "\x1b" in output) == (0, False)
    assert "tags[a\\x1b[31m]: contains the unprintable character U+001B" in " ".join(output.split())


@pytest.mark.parametrize("existing", ["main.py", "report.md"])
def test_a_file_that_exists_is_replaced_only_by_force(existing: str) -> None:
    Path(existing).write_text("mine", encoding="utf-8")
    code, output = run("cluster.yaml", "--report", "report.md")
    assert (code, f"{existing}: exists; --force replaces it" in output) == (1, True)
    assert Path(existing).read_text(encoding="utf-8") == "mine"
    assert run("cluster.yaml", "--report", "report.md", "--force")[0] == 0
    assert Path(existing).read_text(encoding="utf-8") != "mine"


def test_nothing_is_written_if_a_file_is_unknown() -> None:
    Path("other.yaml").write_text("a: 1\n", encoding="utf-8")
    code, output = run("cluster.yaml", "other.yaml")
    assert (code, "other.yaml, line 1: is not a known format" in output) == (1, True)
    assert not Path("main.py").exists()


def test_a_cluster_and_what_runs_on_it_are_one_platform() -> None:
    Path("kfdef.yaml").write_text(KFDEF, encoding="utf-8")
    assert run("cluster.yaml", "kfdef.yaml")[0] == 0
    (platform,) = platforms(Path("main.py"))
    assert platform.kubeflow is not None
    assert "cluster-autoscaler" in platform.kubeflow.enable
    assert problems_of_all([platform]) == []
