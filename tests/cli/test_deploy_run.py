"""`deploy`, `diff` and `destroy` with the real Terraform, on stacks without a provider."""

import json
import re
import signal
from pathlib import Path

import pytest

from tests.cli.deploy_stage import Project, data, send, wait_for

pytestmark = pytest.mark.terraform


def results(said: str) -> dict[str, str]:
    """Stack to result, of the last table."""
    rows = re.findall(r"^  (\w+-\w+) +(?:\d+ +){0,7}(\S.*?)(?:   +\d+ s)? +$", said, re.MULTILINE)
    return dict(rows)


def test_from_the_first_diff_to_the_last_destroy(tmp_path: Path) -> None:
    project = Project(tmp_path, "a", "b")
    code, said = project.run("diff", "--exit-code")
    assert code == 3, said
    assert results(said)["a-cluster"] == "waits for a-network"

    code, said = project.run("deploy", "a-cluster", "--auto-approve")
    assert code == 1
    assert (
        "a-cluster: reads outputs of a-network, which is not applied; run: make deploy STACK='a-network a-cluster'"
        in said
    )

    code, said = project.run("deploy", "--auto-approve")
    assert code == 0, said
    assert results(said) == dict.fromkeys(("a-network", "a-cluster", "b-network", "b-cluster"), "applied")
    assert "Next: kubectl for a: aws eks update-kubeconfig --name a" in said
    code, said = project.run("diff", "--exit-code")
    assert code == 0, said

    project.documents["a-cluster"]["resource"]["terraform_data"]["cluster"]["triggers_replace"] = "new"
    project.write()
    code, said = project.run("diff", "--json", "a-*")
    cluster = json.loads(said[said.index("{") :])["stacks"][1]
    assert (cluster["stack"], cluster["result"], cluster["counts"]["replace"]) == ("a-cluster", "changes", 1)
    code, said = project.run("deploy", "a-cluster", "--auto-approve")
    assert code == 0, "one stack that is not the first"
    assert "  replace  terraform_data.cluster" in said

    code, said = project.run("destroy", "a-network", "--auto-approve")
    assert code == 1
    assert "a-cluster: applied, and depends on what you want to destroy" in said
    code, said = project.run("destroy", "a-*", "b-*", "--auto-approve")
    assert code == 0, said
    assert list(results(said)) == ["b-cluster", "b-network", "a-cluster", "a-network"]
    assert project.state("a-network")["resources"] == []
    assert project.plan_files() == []


def test_a_declined_plan_adds_nothing(tmp_path: Path) -> None:
    project = Project(tmp_path, "a")
    program = tmp_path / "program.py"
    answers = "deploy.need_answer = lambda *_, **__: None\ndeploy.confirmed = lambda *_: False\nfrom cli.app"
    program.write_text(program.read_text().replace("from cli.app", answers))
    code, said = project.run("deploy", "a-network")
    assert code == 1
    assert re.search(r"^  a-network +declined +$", said, re.MULTILINE), said


def test_a_failure_stops_its_platform_and_not_the_other_one(tmp_path: Path) -> None:
    project = Project(tmp_path, "a", "b")
    broken = {"provisioner": [{"local-exec": {"command": "echo quota exceeded >&2; exit 1"}}]}
    project.documents["a-network"]["resource"]["terraform_data"]["nat"] = {"input": "x", **broken}
    project.write()
    code, said = project.run("deploy", "--auto-approve")
    assert code == 1
    found = results(said)
    assert found["a-network"] == "failed"
    assert found["a-cluster"] == "not started: a-network is not applied"
    assert (found["b-network"], found["b-cluster"]) == ("applied", "applied")
    assert "quota exceeded" in said
    assert "terraform_data.nat is tainted" in said
    assert "terraform -chdir=generated/stacks/a-network untaint terraform_data.nat" in said
    code, said = project.run("diff", "a-cluster")
    assert code == 0, said
    del project.documents["a-network"]["resource"]["terraform_data"]["nat"]
    project.write()
    code, said = project.run("deploy", "--auto-approve")
    assert code == 0, said
    assert "  destroy  terraform_data.nat" in said


def test_an_interrupted_apply_ends_cleanly_and_goes_on(tmp_path: Path) -> None:
    project = Project(tmp_path, "a", "b")
    project.documents["a-network"]["resource"]["terraform_data"]["nat"] = data("x", seconds=60)
    project.write()
    process = project.start("deploy", "--auto-approve")
    wait_for(lambda: any(one["name"] == "vpc" for one in project.state("a-network").get("resources", [])))
    send(process, signal.SIGTERM)
    process.wait(120)
    said = project.said()
    assert process.returncode == 130, said
    assert "a-network: interrupted; what was applied is recorded in its state." in said
    assert results(said) == {
        "a-network": "interrupted",
        "a-cluster": "not started",
        "b-network": "not started",
        "b-cluster": "not started",
    }
    assert not list(tmp_path.glob("state/.*lock*")), "no lock is left"
    assert project.plan_files() == []
    project.documents["a-network"]["resource"]["terraform_data"]["nat"] = data("x")
    project.write()
    code, said = project.run("deploy", "--auto-approve")
    assert code == 0, said
