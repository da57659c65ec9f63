"""Errors that users meet while Terraform runs, each produced for real, with the whole message.

Those before the first change are in tests/modules/doctor and tests/test_tooling.py. docs/troubleshooting.md has the words
of each, so that a search finds them.
"""

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from cli.state_bucket import ensure
from modules.settings import Dex, ExistingCluster, Kubeflow, Platform, State
from tests.e2e.kubeflow_stage import CLUSTER, make_cluster
from tests.e2e.stage import small, stage
from tests.platforms import IN_CLUSTER
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform
PAGE = (Path(__file__).parents[2] / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
VOLATILE = {
    r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}": "<id>",
    r"RequestID: [^,]+": "RequestID: <id>",
    r"Who: \S+": "Who: <who>",
    r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+ \+0000 UTC": "<time>",
    r"Version: [\d.]+": "Version: <version>",
    r"HostID: [^,]*,": "HostID: <id>,",
    r", on cdk\.tf\.json line \d+, in \S+: \d+: }": "",  # where in the JSON
}


def errors_of(stack: Terraform, *command: str) -> list[str]:
    """Every error of a command, what differs from run to run left out."""
    with pytest.raises(TerraformError) as error:
        stack.run(*command, "-input=false", "-no-color")
    found = re.findall(r"Error: .*?(?=\n╵|\n\nError: |\Z)", re.sub("│ ?", "", str(error.value)), re.DOTALL)
    return [normal(" ".join(one.split())) for one in found]


def normal(text: str) -> str:
    for pattern, word in VOLATILE.items():
        text = re.sub(pattern, word, text)
    return text


def check_on_page(words: str) -> None:
    assert words in PAGE, f"docs/troubleshooting.md lacks: {words}"


def guest(region: str) -> Platform:
    """Kubeflow on an existing cluster."""
    return Platform(
        name="existing",
        region=region,
        cluster=ExistingCluster(name=CLUSTER),
        kubeflow=Kubeflow(auth=Dex(users=("me@example.com",)), services=IN_CLUSTER),
    )


def test_a_cluster_of_another_region_and_a_deleted_one(aws: Server, tmp_path: Path) -> None:
    """AWS has the same answer to both, and the provider one sentence, which names neither region nor account.

    Before `make deploy` starts, modules/doctor says it with both.
    """
    make_cluster(aws)
    elsewhere = stage(tmp_path, aws, guest("eu-central-1"))["existing-services"]
    elsewhere.init()
    sentence = "Error: reading EKS Cluster (theirs): couldn't find resource with data.aws_eks_cluster.this"
    assert errors_of(elsewhere, "plan") == [sentence]
    here = stage(tmp_path, aws, guest("us-west-2"))["existing-services"]
    eks = aws.client("eks")
    eks.delete_nodegroup(clusterName=CLUSTER, nodegroupName=CLUSTER)
    eks.delete_cluster(name=CLUSTER)
    assert errors_of(here, "plan") == [sentence]
    check_on_page("couldn't find resource")


def test_a_stack_before_those_that_it_reads_and_an_admin_that_does_not_exist(aws: Server, tmp_path: Path) -> None:
    cluster = stage(tmp_path, aws, small())["small-cluster"]
    cluster.init()
    assert errors_of(cluster, "plan") == [
        "Error: reading IAM Role (platform-admins): couldn't find resource with data.aws_iam_role.admin_platform_admins",
        "Error: Unable to find remote state with data.terraform_remote_state.network No stored state was found for the given workspace in the "
        "given backend.",
    ]
    for words in ("reading IAM Role (", "Unable to find remote state", "No stored state was found"):
        check_on_page(words)


def test_a_quota_of_the_account(aws: Server, tmp_path: Path) -> None:
    network = stage(tmp_path, aws, small())["small-network"]
    network.init()
    words = ("VpcLimitExceeded", "The maximum number of VPCs has been reached.")
    aws.gate.fail_once("ec2", "CreateVpc", words=words)
    (only,) = errors_of(network, "apply", "-auto-approve")
    assert only == (
        "Error: creating EC2 VPC: operation error EC2: CreateVpc, https response error StatusCode: 400, RequestID: <id>, api error "
        "VpcLimitExceeded: The maximum number of VPCs has been reached. with aws_vpc.this"
    )
    check_on_page("VpcLimitExceeded")
    network.apply()  # nothing is broken: the same command goes on


@contextmanager
def asking(stack: Terraform) -> Iterator[None]:
    """Another user's apply, which waits for an answer and holds the lock."""
    stack.init()
    with stack.environment_of("apply") as environment:
        process = subprocess.Popen(
            ["terraform", "apply", "-no-color"],
            cwd=stack.folder,
            env=environment,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            for line in process.stdout:
                if "Do you want to perform these actions" in line:
                    break
            yield
        finally:
            process.communicate("no\n", timeout=300)


def test_a_state_that_another_run_locks(aws: Server, tmp_path: Path) -> None:
    state = State.s3(bucket="states-of-all", region="us-west-2", create_bucket=True)
    ensure(state, aws.client("s3"))
    network = stage(tmp_path, aws, small(state=state))["small-network"]
    with asking(network):
        (only,) = errors_of(network, "plan")
    assert only == (
        "Error: Error acquiring the state lock Error message: operation error S3: PutObject, https response error StatusCode: 412, RequestID: "
        "<id>, HostID: <id>, api error PreconditionFailed: At least one of the pre-conditions you specified did not hold Lock Info: ID: <id> "
        "Path: states-of-all/kubeflow/small/network.tfstate Operation: OperationTypeApply Who: <who> Version: <version> Created: <time> Info: "
        "Terraform acquires a state lock to protect the state from being written by multiple users at the same time. Please resolve the issue "
        'above and try again. For most commands, you can disable locking with the "-lock=false" flag, but this is not recommended.'
    )
    check_on_page("Error acquiring the state lock")
    assert network.plan().of("create")  # they have ended, and the lock with them
