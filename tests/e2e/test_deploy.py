"""`make deploy` and `make destroy`, through the real cdktf command line, in a project of its own."""

from pathlib import Path

import pytest

from tests.e2e.stage import ADMIN, admin_role
from tests.moto_extension import Server, leftovers
from tests.project_copy import ROOT, ProjectCopy, small_main

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(
        not (ROOT / "node_modules" / ".bin" / "cdktf").exists(), reason="no cdktf command line: run make test"
    ),
]


def test_deploy_stops_at_a_failure_goes_on_when_run_again_and_destroy_leaves_nothing(
    aws: Server, tmp_path: Path
) -> None:
    admin_role(aws)
    project = ProjectCopy(tmp_path, aws, small_main(ADMIN))
    asked = project.make("deploy")
    assert asked.returncode != 0
    assert "without confirmation: make deploy ARGS=--auto-approve" in asked.stderr

    aws.gate.fail_once("eks", "CreateCluster")
    stopped = project.make("deploy", "ARGS=--auto-approve")
    told = stopped.stdout + stopped.stderr
    assert stopped.returncode != 0, told
    assert "fix the error above and run the same command again" in stopped.stderr
    assert (tmp_path / "state" / "small-network.tfstate").is_file(), told

    done = project.make("deploy", "ARGS=--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    assert aws.client("eks").describe_cluster(name="small")["cluster"]["status"] == "ACTIVE"
    assert done.stdout.index("small-network") < done.stdout.index("small-cluster")

    unnamed = project.make("destroy")
    assert "set the stacks: make destroy STACK='prod-*'" in unnamed.stderr
    gone = project.make("destroy", "STACK=small-*", "ARGS=--auto-approve")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert [one for one in leftovers("us-west-2") if ADMIN not in one] == []
