"""`kubeflow-aws doctor`: groups, exit codes, JSON, and the question before the address service is called."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli import doctor
from cli.app import app
from modules.doctor import address
from modules.doctor.checks import ACCOUNT, MACHINE, SETTINGS, findings
from modules.doctor.finding import Finding
from modules.settings import Dex, Kubeflow
from tests.modules.settings.valid import cluster, platform
from tests.signed_in import Caller, create_role
from tests.stand_ins.moto_extension import ACCOUNT as ACCOUNT_ID
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.moto_extension.service_quotas import set_quota

MAIN = """
from modules.settings import Cluster, Network, NodeGroup, Platform
from stacks.platform import synthesize
GROUPS = (NodeGroup(name="nodes"),)
OPEN = Cluster(admins=("role/platform-admins",), public_access_cidrs=("{cidr}",), node_groups=GROUPS)
DEV = Platform(name="dev", region="us-west-2", network=Network(), cluster=OPEN)
if __name__ == "__main__":
    print("from main.py")
    synthesize(DEV)
"""


@pytest.fixture
def main(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "main.py").write_text(MAIN.format(cidr="20.0.0.0/24"), encoding="utf-8")
    monkeypatch.setattr(address, "public_address", lambda: pytest.fail("the address service was called"))
    return tmp_path / "main.py"


def run(*options: str, typed: str | None = None) -> tuple[int, str]:
    """Exit code and output of the command."""
    ended = CliRunner().invoke(app, ["doctor", *options], input=typed)
    return ended.exit_code, ended.stdout if "--json" in options else ended.output.replace("from main.py\n", "")


def test_all_is_well(main: Path, admin: str) -> None:
    code, said = run()
    groups = [line for line in said.splitlines() if line and not line.startswith(" ")]
    assert [group.partition(" (")[0] for group in groups] == ["not checked", "ok"]
    assert f"  dev: role/platform-admins of account {ACCOUNT_ID} is signed in to us-west-2" in said
    assert "--check-address requests the address" in said
    assert code == 0


def test_errors_come_first_and_end_with_1(
    main: Path,
    admin: str,
) -> None:
    main.write_text(MAIN.format(cidr="203.0.113.0/24"), encoding="utf-8")
    code, said = run()
    assert said.startswith("error (1)\n  dev: cluster: 203.0.113.0/24 is reserved for documentation; ")
    assert code == 1


def test_json_is_all_that_is_printed(main: Path, admin: str) -> None:
    code, said = run("--json")
    found = json.loads(said)["findings"]
    assert code == 0
    assert {one["check"] for one in found} >= {"terraform", "quotas", "placeholders", "admins"}
    assert set(found[0]) == {"severity", "text", "fix", "platform", "check"}


def test_the_question_names_the_service(main: Path, admin: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "on_terminal", lambda: True)
    _, said = run(typed="n\n")
    assert said.startswith(
        f"Request this machine's public address from {address.ADDRESS_SERVICE} and compare it? [y/N] "
    )
    assert "dev: whether this machine's public address is in" in said
    for option in ("--no-check-address", "--json"):
        assert "Request this machine's" not in run(option)[1]


def test_invalid_settings(main: Path, admin: str) -> None:
    main.write_text(MAIN.format(cidr="20.0.0.1/24"), encoding="utf-8")
    code, said = run()
    assert code == 1
    assert said.startswith("doctor: dev: cluster.public_access_cidrs[0]: ")
    main.unlink()
    assert run()[1].startswith("doctor: main.py: is missing; write one: kubeflow-aws init")


def test_without_credentials_only_the_machine_is_checked(as_role: object) -> None:
    found = list(findings([platform()]))
    names = [check.name for check in MACHINE if check.name not in ("charts", "aws program")]
    assert [one.check for one in found] == [*names, "placeholders", "sign-in"]
    (error,) = doctor.findings_before("destroy", [platform()], ["prod-network"])
    assert str(error).startswith("prod: no AWS credentials found; ")


def test_before_destroy_only_what_matters_there(aws: Server, admin: str) -> None:
    example = platform(cluster=cluster(public_access_cidrs=("203.0.113.0/24",)))
    assert len(doctor.findings_before("deploy", [example], ["prod-cluster"])) == 1
    assert doctor.findings_before("destroy", [example], ["prod-cluster"]) == []
    assert {one.check for one in findings([example], before="destroy")} == {"terraform", "disk space", "account"}


def test_only_chosen_stacks_matter(aws: Server, as_role: Caller) -> None:
    as_role(create_role(aws, "deploy"))
    create_role(aws, "platform-admins")
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.company",)))
    found = [platform(kubeflow=kubeflow), platform(name="other", kubeflow=kubeflow)]

    def names(*stacks: str) -> list[str]:
        errors = doctor.findings_before("destroy", found, stacks)
        return [str(one.platform) for one in errors if "is not an administrator of the cluster" in one.text]

    assert names("prod-network", "prod-cluster", "other-services") == []
    assert names("prod-network", "other-kubeflow") == ["other"]
    assert names("prod-addons", "other-kubeflow") == ["prod", "other"]


def test_what_stops_a_command_comes_before_warnings(aws: Server, admin: str) -> None:
    set_quota("ec2", "L-1216C47A", 16)
    example = platform(cluster=cluster(public_access_cidrs=("203.0.113.0/24",)))
    found = doctor.findings_before("deploy", [example], ["prod-cluster"])
    assert [(one.severity, one.check) for one in found] == [("error", "placeholders"), ("warning", "quotas")]
    assert doctor.findings_before("deploy", [example], ["other-cluster"]) == []


def test_platforms_of_one_account_share_its_quotas(aws: Server, admin: str) -> None:
    """Each fits alone: 12 vCPUs, 20 at most."""
    set_quota("ec2", "L-1216C47A", 23)
    found = [
        *(platform(name=name) for name in ("one", "two")),
        platform(name="three", region="eu-central-1"),
    ]
    said = [str(one) for one in findings(found) if "Running On-Demand Standard" in one.text]
    assert said[0].endswith("is 23, 0 used, 12 needed now")
    assert (
        "two: quota Running On-Demand Standard (A, C, D, H, I, M, R, T, Z) instances is 23, 0 used, 12 needed by other platforms, and"
        in said[1]
    )
    assert said[1].endswith("--desired-value 32")
    assert said[2].endswith("is 1152, 0 used, 12 needed now")
    assert all("other platforms" not in str(one) for one in findings(found) if "node groups per cluster" in one.text)


def test_a_check_that_aws_refuses_hides_no_other(aws: Server, admin: str) -> None:
    aws.gate.denied = {("ec2", "*"), ("eks", "*"), ("service-quotas", "*"), ("iam", "*")}
    found = [one for one in findings([platform()]) if one.platform]
    assert {one.severity for one in found} == {"not checked", "ok"}
    refused = {one.check: str(one) for one in found if one.severity == "not checked"}
    assert refused["instance types"] == "prod: instance types: needs ec2:DescribeInstanceTypeOfferings"
    assert refused["service-linked roles"] == "prod: service-linked roles: needs iam:GetRole"
    assert refused["admins"] == "prod: cluster.admins: role/platform-admins: needs iam:GetRole"


def test_names_of_checks_are_unique() -> None:
    names = [check.name for table in (MACHINE, SETTINGS, ACCOUNT) for check in table]
    assert len(set(names)) == len(names)


def test_a_report_has_its_groups_in_order() -> None:
    found = [Finding("ok", "b"), Finding("error", "a", "do it", "p"), Finding("ok", "c"), Finding("warning", "w")]
    assert doctor.report(found) == "error (1)\n  p: a; do it\n\nwarning (1)\n  w\n\nok (2)\n  b\n  c"


def test_platforms_are_all_or_one(main: Path, admin: str) -> None:
    assert run("prod") == (1, "doctor: prod: no such platform; main.py has: dev\n")
