"""`make deploy`, `diff` and `destroy` with the real Terraform, in a project of its own."""

from pathlib import Path

import pytest

from tests.e2e.stage import ADMIN, admin_role
from tests.moto_extension import Server, leftovers
from tests.project_copy import ProjectCopy, small_main

pytestmark = pytest.mark.terraform
MAIN = small_main(ADMIN).replace(
    "198.51.100.0/24", "11.0.0.0/24"
)  # not a range for documentation, which deploy refuses
STATE = Path("state", "small-network.tfstate")


def test_deploy_stops_at_a_failure_goes_on_when_run_again_and_destroy_leaves_nothing(
    aws: Server, tmp_path: Path
) -> None:
    admin_role(aws)
    project = ProjectCopy(tmp_path, aws, MAIN)
    asked = project.make("deploy")
    assert asked.returncode != 0
    assert "without confirmation: make deploy ARGS=--auto-approve" in asked.stderr

    aws.gate.fail_once("eks", "CreateCluster")
    stopped = project.make("deploy", "ARGS=--auto-approve")
    told = stopped.stdout + stopped.stderr
    assert stopped.returncode != 0, told
    assert "injected fault: eks CreateCluster" in stopped.stderr
    assert "fix the error above and run the same command again" in stopped.stderr
    assert (tmp_path / STATE).is_file(), told

    done = project.make("deploy", "STACK=small-cluster", "ARGS=--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    assert aws.client("eks").describe_cluster(name="small")["cluster"]["status"] == "ACTIVE"
    assert "Next: kubectl for small: aws eks update-kubeconfig --region us-west-2 --name small" in done.stdout

    unnamed = project.make("destroy")
    assert "set the stacks: make destroy STACK='prod-*'" in unnamed.stderr
    gone = project.make("destroy", "STACK=small-*", "ARGS=--auto-approve")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert "destroy  aws_eks_cluster.this   loses every Kubernetes object (etcd)" in gone.stdout
    assert gone.stdout.index("small-cluster: planning") < gone.stdout.index("small-network: planning")
    assert [one for one in leftovers("us-west-2") if ADMIN not in one] == []
