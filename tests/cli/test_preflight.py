"""Each thing that would fail late, produced for real, with all that is printed."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from cli import preflight
from modules.settings import Dex, Kubeflow
from tests.moto_extension import ACCOUNT, CREDENTIALS, Server
from tests.platforms import platform

ROOT = Path(__file__).parents[2]
MAIN = """
from modules.settings import Cluster, Network, NodeGroup, Platform
CLUSTER = Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(NodeGroup(name="n"),))
DEV = Platform(name="dev", region="us-west-2", network=Network(), cluster=CLUSTER, allowed_account_ids={accounts})
"""
GUEST = """
from modules.settings import ExistingCluster, Platform
LENT = Platform(name="lent", region="eu-central-1", cluster=ExistingCluster(name="theirs"))
"""
TERRAFORM = '#!/bin/sh\necho \'{{"terraform_version": "{version}"}}\'\n'


class Machine:
    """A project with a `main.py`, a Terraform that only tells its version, and an environment."""

    def __init__(self, folder: Path, endpoint: str):
        self.folder, self.programs = folder, folder / "bin"
        self.programs.mkdir()
        self.terraform("1.11.4")
        self.main("()")
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        self.environment = {
            **inherited,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "AWS_MAX_ATTEMPTS": "1",
            "NO_PROXY": "127.0.0.1",
            "PATH": str(self.programs),
            "PYTHONPATH": str(ROOT),
        }

    def terraform(self, version: str) -> None:
        program = self.programs / "terraform"
        program.write_text(TERRAFORM.format(version=version))
        program.chmod(0o755)

    def main(self, accounts: str) -> None:
        (self.folder / "main.py").write_text(MAIN.format(accounts=accounts), encoding="utf-8")

    def says(self) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", "cli.preflight"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        return done.returncode, (done.stdout + done.stderr).replace(str(self.programs), "bin")


@pytest.fixture
def machine(aws: Server, tmp_path: Path) -> Machine:
    return Machine(tmp_path, aws.endpoint)


def test_nothing_is_said_when_all_is_well(machine: Machine) -> None:
    assert machine.says() == (0, "")


def test_no_credentials(machine: Machine) -> None:
    for name in CREDENTIALS:
        del machine.environment[name]
    assert machine.says() == (
        1,
        "before the first change: no AWS credentials found; sign in (`aws sso login`, AWS_PROFILE=…) and retry\n",
    )


def test_the_wrong_account(machine: Machine) -> None:
    machine.main('("111122223333",)')
    assert machine.says() == (
        1,
        f"before the first change: dev: these credentials belong to account {ACCOUNT}, but allowed_account_ids contains 111122223333; use others "
        "(AWS_PROFILE=…)\n",
    )


def test_a_region_that_refuses(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: Any, **__: Any) -> Any:
        raise ClientError({"Error": {"Code": "InvalidClientTokenId", "Message": "invalid"}}, "GetCallerIdentity")

    monkeypatch.setattr("boto3.client", refuse)
    assert list(preflight.account_problems([platform("dev")])) == [
        "dev: AWS in us-west-2 rejects these credentials (An error occurred (InvalidClientTokenId) when calling the GetCallerIdentity "
        "operation: invalid); sign in again, or enable the region"
    ]


def test_a_cluster_of_others_in_another_region(machine: Machine, aws: Server) -> None:
    (machine.folder / "main.py").write_text(GUEST, encoding="utf-8")
    subnets = [one["SubnetId"] for one in aws.client("ec2").describe_subnets()["Subnets"]][:2]
    role = aws.client("iam").create_role(RoleName="theirs", AssumeRolePolicyDocument="{}")["Role"]["Arn"]
    aws.client("eks").create_cluster(name="theirs", roleArn=role, resourcesVpcConfig={"subnetIds": subnets})
    assert machine.says() == (
        1,
        "before the first change: lent: cluster theirs not found in eu-central-1 of this account; check cluster.name and region, or use "
        "other credentials (AWS_PROFILE=…)\n",
    )
    (machine.folder / "main.py").write_text(GUEST.replace("eu-central-1", "us-west-2"), encoding="utf-8")
    assert machine.says() == (0, "")


def test_no_network(machine: Machine) -> None:
    machine.environment["AWS_ENDPOINT_URL"] = "http://127.0.0.1:1"
    assert machine.says() == (
        1,
        'before the first change: AWS is unreachable in us-west-2 (Could not connect to the endpoint URL: "http://127.0.0.1:1/"); check the network, the proxy, or the VPN\n',
    )


def test_an_old_terraform(machine: Machine) -> None:
    machine.terraform("1.9.8")
    assert machine.says() == (
        1,
        "before the first change: bin/terraform is Terraform 1.9.8, but 1.11.0 or later is required (write-only arguments); update it\n",
    )


def test_no_terraform(machine: Machine) -> None:
    (machine.programs / "terraform").unlink()
    assert machine.says() == (
        1,
        "before the first change: terraform not found on PATH; install 1.11 or later: https://developer.hashicorp.com/terraform/install\n",
    )


def test_no_space(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(preflight, "FREE_BYTES", 2**62)  # more than any disk has
    (told,) = preflight.space_problems(tmp_path)
    assert str(tmp_path.resolve()) in told
    assert told.endswith("free some space")


@pytest.mark.parametrize(("older", "newer"), [("1.9.8", "1.11.0"), ("1.11.0-beta1", "1.11.1"), ("", "1.11.0")])
def test_versions_are_compared_as_numbers(older: str, newer: str) -> None:
    assert preflight.numbers(older) < preflight.numbers(newer)


def test_the_program_by_which_terraform_signs_in(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shutil.which", lambda _: None)
    with_kubeflow = platform("dev", kubeflow=Kubeflow(auth=Dex(users=("ada@example.com",))))
    (said,) = preflight.sign_in_problems([with_kubeflow, platform("small")])
    assert said.startswith("aws not found on PATH, but required for cluster authentication of dev")
    by_token = platform("dev", kubeflow=Kubeflow(auth=Dex(users=("ada@example.com",)), provider_auth="token"))
    assert list(preflight.sign_in_problems([by_token])) == []
    monkeypatch.setattr("shutil.which", lambda _: "/usr/bin/aws")
    assert list(preflight.sign_in_problems([with_kubeflow])) == []
