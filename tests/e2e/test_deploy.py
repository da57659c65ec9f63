"""`make deploy`, `diff` and `destroy` with the real Terraform, in a project of its own; and cdktf on the same tree."""

import json
import re
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from threading import Thread

import pytest

from tests.e2e.stage import ADMIN, admin_role
from tests.project_copy import ROOT, ProjectCopy, small_main
from tests.provider_processes import running
from tests.stand_ins.controllers import Place, claim, run_controllers, service
from tests.stand_ins.moto_extension import Server, leftovers
from tests.stand_ins.providers import Cluster
from tests.stand_ins.providers.api_server import ApiServer, serving

pytestmark = pytest.mark.terraform
MAIN = small_main(ADMIN).replace(
    "198.51.100.0/24", "11.0.0.0/24"
)  # not a range for documentation, which deploy refuses
STATE = Path("state", "small-network.tfstate")
CDKTF = ROOT / "node_modules" / ".bin" / "cdktf"


@pytest.fixture
def project(aws: Server, tmp_path: Path) -> Iterator[ProjectCopy]:
    admin_role(aws)
    made = ProjectCopy(tmp_path, aws, MAIN)
    folders = (tmp_path / "generated", tmp_path / "state", tmp_path / "elsewhere")
    with running(made.environment, *folders) as made.environment:
        yield made


def test_deploy_stops_at_a_failure_goes_on_when_run_again_and_destroy_leaves_nothing(
    aws: Server, project: ProjectCopy, tmp_path: Path
) -> None:
    asked = project.make("deploy")
    assert asked.returncode != 0
    assert "without confirmation: make deploy ARGS=--auto-approve" in asked.stderr

    aws.gate.fail_once("eks", "CreateCluster")
    stopped = project.make("deploy", "ARGS=--auto-approve")
    printed = stopped.stdout + stopped.stderr
    assert stopped.returncode != 0, printed
    assert "injected fault: eks CreateCluster" in stopped.stderr
    assert "fix the error above and run the same command again" in stopped.stderr
    assert (tmp_path / STATE).is_file(), printed

    done = project.make("deploy", "STACK=small-cluster", "ARGS=--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr
    assert aws.client("eks").describe_cluster(name="small")["cluster"]["status"] == "ACTIVE"
    assert "Next: kubectl for small: aws eks update-kubeconfig --region us-west-2 --name small" in done.stdout

    move_state(project)
    unnamed = project.make("destroy")
    assert "set the stacks: make destroy STACK='prod-*'" in unnamed.stderr
    with serving(Cluster("https://small.example")) as server:
        tear_down(project, aws, server)


def move_state(project: ProjectCopy) -> None:
    """To another folder; the teardown goes on from there."""
    main = project.folder / "main.py"
    text = main.read_text(encoding="utf-8").replace("synthesize\n", "State, synthesize\n", 1)
    main.write_text(
        text.replace("    deletion_protection", '    state=State.local(folder="elsewhere"),\n    deletion_protection')
    )
    refused = project.make("synth")
    assert "move the states: kubeflow-aws move-state small" in refused.stderr
    python = str(project.folder / ".venv" / "bin" / "python")
    moved = project.run(python, "-m", "cli", "move-state", "small", "--auto-approve")
    assert moved.returncode == 0, moved.stdout + moved.stderr
    assert moved.stdout.count("no changes") == 2
    assert (project.folder / "elsewhere" / "small-network.tfstate").is_file()
    shutil.rmtree(project.folder / "state")


def write_log_again(aws: Server, log: str) -> None:
    """What the control plane does with its last lines: it creates the log group that Terraform has deleted."""
    while not any(call.operation == "DeleteLogGroup" for call in aws.gate.calls):
        time.sleep(0.1)
    aws.client("logs").create_log_group(logGroupName=log)


def tear_down(project: ProjectCopy, aws: Server, server: ApiServer) -> None:
    """The platform `small` has a Service with a load balancer, and leaves a volume; its control plane writes a last line of its log."""
    ec2 = aws.client("ec2")
    (vpc,) = ec2.describe_vpcs(Filters=[{"Name": "tag:kubeflow-platform", "Values": ["small"]}])["Vpcs"]
    subnets = ec2.describe_subnets(Filters=[{"Name": "vpc-id", "Values": [vpc["VpcId"]]}])["Subnets"]
    place = Place("small", "small", vpc["VpcId"], subnets[0]["SubnetId"])
    service(aws, server.cluster, place, "shop/web")
    volume = claim(aws, server.cluster, place, "shop/data")
    other = Place("small-eu", "small-eu", place.vpc_id, place.subnet_id)
    stranger = claim(aws, Cluster("https://other.example"), other, "shop/data")
    run_controllers(aws, server)
    project.environment["KUBECONFIG"] = str(server.kubeconfig(project.folder / "kubeconfig"))

    def teardown(*options: str) -> subprocess.CompletedProcess[str]:
        python = str(project.folder / ".venv" / "bin" / "python")
        return project.run(python, "-m", "cli", "teardown", "small", "--context", "stand-in", *options)

    log = "/aws/eks/small/cluster"
    Thread(target=write_log_again, args=(aws, log), daemon=True).start()
    left = teardown("--yes")
    assert left.returncode == 1, left.stdout + left.stderr
    assert "deleting 1 objects of the cluster (load balancers):\n  Service shop/web\n" in left.stdout
    assert "destroy  aws_eks_cluster.this   loses every Kubernetes object (etcd)" in left.stdout
    assert left.stdout.index("Service shop/web") < left.stdout.index("small-cluster: planning")
    assert left.stdout.index("small-cluster: planning") < left.stdout.index("small-network: planning")
    listed = left.stdout.partition("small: is left in AWS:\n")[2]
    assert re.findall(r"^  (END\d+) ", listed, re.MULTILINE) == ["END202", "END205"], left.stdout
    assert f"kubeflow-aws teardown small --delete {volume} --delete {log}\n" in left.stdout

    refused = teardown("--yes", "--delete", stranger)
    assert f"{stranger}: not among the leftovers" in refused.stderr
    done = teardown("--yes", "--delete", volume, "--delete", log)
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.endswith("\nsmall: nothing is left\n")
    assert [one["VolumeId"] for one in ec2.describe_volumes()["Volumes"]] == [stranger]
    assert [one for one in leftovers("us-west-2") if ADMIN not in one] == []


def until_quiet(aws: Server, seconds: float = 3) -> None:
    """Wait until AWS has had no call for some seconds."""
    before = -1
    while len(aws.gate.asked) != before:
        before = len(aws.gate.asked)
        time.sleep(seconds)


def managed(state: Path) -> set[str]:
    return {
        f"{one['type']}.{one['name']}" for one in json.loads(state.read_text())["resources"] if one["mode"] == "managed"
    }


@pytest.mark.skipif(not CDKTF.exists(), reason="no cdktf command line: run make test")
def test_an_interrupted_deploy_is_continued_and_alternates_with_cdktf(
    aws: Server, project: ProjectCopy, tmp_path: Path
) -> None:
    python = str(tmp_path / ".venv" / "bin" / "python")
    arrived, go_on = aws.gate.hold("ec2", "CreateNatGateway")
    with (tmp_path / "said").open("w") as said:
        process = subprocess.Popen(
            [python, "-m", "cli", "deploy", "small-network", "--auto-approve"],
            cwd=tmp_path,
            env=project.environment,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        assert arrived.wait(240), (tmp_path / "said").read_text()
        until_quiet(aws, seconds=11)  # the provider waits 5 s between the create of a VPC endpoint and its first look
        process.send_signal(signal.SIGTERM)
        assert process.wait(240) == 130
        go_on.set()
    printed = (tmp_path / "said").read_text()
    assert "SIGTERM: Terraform starts nothing more and waits for 1 call(s) in flight:" in printed
    assert "creating aws_nat_gateway.us_west_2a" in printed
    assert "small-network: interrupted; what was applied is recorded in its state." in printed
    unrecorded = re.findall(r"^  (\S+): its create was started and is not recorded in the state", printed, re.MULTILINE)
    assert unrecorded == ["aws_nat_gateway.us_west_2a"]
    assert "aws_vpc.this" in managed(tmp_path / STATE)
    assert not managed(tmp_path / STATE) & set(unrecorded)
    assert not list(tmp_path.glob("state/.*lock*")), "no lock is left"
    ec2 = aws.client("ec2")
    until_quiet(aws)
    (orphan,) = ec2.describe_nat_gateways()["NatGateways"]  # AWS has made it, as the message says that it may
    ec2.delete_nat_gateway(NatGatewayId=orphan["NatGatewayId"])
    for address in ec2.describe_addresses()["Addresses"]:  # AWS does this with the gateway, moto does not
        ec2.disassociate_address(AssociationId=address["AssociationId"])

    done = project.make("deploy", "STACK=small-network", "ARGS=--auto-approve")
    assert done.returncode == 0, done.stdout + done.stderr

    project.environment["CI"] = "1"  # no spinner

    def cdktf(*arguments: str) -> str:
        options = ("--skip-synth", "--skip-provider-lock")
        ran = project.run("npm", "run", "cdktf", "--", *arguments, "small-network", *options)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return " ".join(re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", ran.stdout).split())

    said_by_cdktf = cdktf("diff")
    assert "No changes. Your infrastructure matches the configuration." in said_by_cdktf, said_by_cdktf[-3000:]
    main = tmp_path / "main.py"
    main.write_text(main.read_text().replace('name="small",', 'name="small",\n    tags={"cost-center": "ml"},'))
    assert project.make("synth").returncode == 0
    planned = project.run(python, "-m", "cli", "diff", "small-network", "--exit-code", "--json")
    assert planned.returncode == 3, planned.stderr
    (network,) = json.loads(planned.stdout)["stacks"]
    assert (network["result"], network["counts"]["add"]) == ("changes", 0)
    assert network["counts"]["change"] > 10
    cdktf("deploy", "--auto-approve", "--parallelism", "1")
    unchanged = project.run(python, "-m", "cli", "diff", "small-network", "--exit-code")
    assert unchanged.returncode == 0, unchanged.stdout + unchanged.stderr
    gone = project.make("destroy", "STACK=small-network", "ARGS=--auto-approve")
    assert gone.returncode == 0, gone.stdout + gone.stderr
    assert [one for one in leftovers("us-west-2") if ADMIN not in one] == []
