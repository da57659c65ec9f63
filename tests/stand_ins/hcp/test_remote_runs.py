"""Every stack of a platform as runs in HCP Terraform, keyless, from `terraform init` to Kubeflow; read from the server, not from exit codes.

Terraform, the AWS provider and the charts are real. HCP Terraform is the stand-in, AWS is moto, and what Helm and Kubernetes
do is done by tests/stand_ins/providers, which run outside of the jail and read charts in it.
"""

import json
import tarfile
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path

import pytest

from modules.iam.policy_engine import Request, is_allowed
from modules.kubeflow.chart import CHARTS, OBJECTS
from modules.settings import Statement
from stacks.upload import upload_kib
from tests.stand_ins.hcp import jail
from tests.stand_ins.hcp.applied import NAME, Applied, applied_by_runs, files_of, kubeflow, platform
from tests.stand_ins.hcp.identity import asked_by, rights_of
from tests.stand_ins.moto_extension import Server

pytestmark = pytest.mark.terraform
OUR_READS = {"secretsmanager:GetRandomPassword", "secretsmanager:GetSecretValue"}
"""What a plan requests that AWS's ReadOnlyAccess leaves out."""


@pytest.fixture(scope="module")
def applied(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    with applied_by_runs(tmp_path_factory.mktemp("hcp"), moto) as found:
        yield found


def test_every_stack_is_applied_by_a_run_of_its_own_workspace(applied: Applied) -> None:
    assert applied.layers == ("network", "cluster", "services", "addons", "kubeflow")
    for layer, run in applied.runs.items():
        assert (run.workspace.name, run.workspace.project) == (f"{NAME}-{layer}", "kubeflow")
        assert run.has_changes
        assert "Apply complete!" in run.log
    assert set(applied.stage.api.workspaces) == {f"{NAME}-{layer}" for layer in ("runner", *applied.layers)}
    assert applied.stage.api.unknown == []


def test_a_plan_takes_the_role_that_reads_and_an_apply_the_one_that_makes(applied: Applied) -> None:
    for run in applied.runs.values():
        assert {phase: arn.rpartition("/")[2] for phase, arn in run.roles.items()} == {
            "plan": f"{NAME}-hcp-plan",
            "apply": f"{NAME}-hcp-apply",
        }
    for layer in applied.layers:
        assert not any("KEY" in name for name in applied.stage.api.workspaces[f"{NAME}-{layer}"].variables)


def test_both_roles_get_into_the_cluster_and_the_one_that_plans_reads_secrets_of_releases_only(
    applied: Applied,
) -> None:
    eks = applied.stage.aws.client("eks")
    found = {}
    for phase in ("plan", "apply"):
        principal = applied.runs["network"].roles[phase]
        policies = eks.list_associated_access_policies(clusterName=NAME, principalArn=principal)
        (found[phase],) = policies["associatedAccessPolicies"]
    assert found["apply"]["policyArn"].endswith("/AmazonEKSClusterAdminPolicy")
    assert found["plan"]["policyArn"].endswith("/AmazonEKSSecretReaderPolicy")
    assert found["plan"]["accessScope"]["type"] == "namespace"
    namespaces = {namespace for cluster in [applied.clusters.only] for namespace, _ in cluster.releases}
    assert namespaces <= set(found["plan"]["accessScope"]["namespaces"])


def test_the_upload_is_the_folder_without_what_holds_secrets(applied: Applied) -> None:
    for layer, run in applied.runs.items():
        files = files_of(run)
        charts = {file for file in files if file.startswith((f"{CHARTS}/", f"{OBJECTS}/"))}
        assert files - charts == {"cdk.tf.json", ".terraform.lock.hcl", ".terraformignore"}
        assert bool(charts) == (layer in {"addons", "kubeflow"})
        assert run.upload.archive is not None
        packed, said = len(run.upload.archive) / 1024, upload_kib(applied.stage.stack(f"{NAME}-{layer}"))
        assert abs(said - packed) < max(1.5, packed / 10), "what synth says"


def test_the_state_is_at_the_server_and_its_serials_rise(applied: Applied) -> None:
    for layer in ("runner", *applied.layers):
        workspace = applied.stage.api.workspaces[f"{NAME}-{layer}"]
        serials = [state.serial for state in workspace.states]
        assert serials == sorted(set(serials))
        assert len({state.lineage for state in workspace.states}) == 1
        assert workspace.locked_by is None
    assert [file for file in applied.stage.folder.rglob("*.tfstate") if file.parent.name != ".terraform"] == []
    assert applied.stage.outputs(f"{NAME}-cluster")["cluster_name"] == NAME
    said = json.loads(applied.stage.terraform(f"{NAME}-network", "output", "-json"))
    assert {name: one["value"] for name, one in said.items()} == applied.stage.outputs(f"{NAME}-network")


def test_no_state_and_no_log_at_the_server_holds_a_password(applied: Applied) -> None:
    store = applied.stage.aws.client("secretsmanager")
    passwords = [
        store.get_secret_value(SecretId=one["ARN"])["SecretString"].encode()
        for one in store.list_secrets()["SecretList"]
    ]
    assert len(passwords) >= 3
    kept = [state.content or b"" for one in applied.stage.api.workspaces.values() for state in one.states]
    kept += [run.log.encode() for run in applied.stage.api.runs]
    assert [one for one in passwords if any(one in content for content in kept)] == []


@pytest.mark.parametrize("layer", ["cluster", "kubeflow"])
def test_a_second_plan_is_empty(applied: Applied, layer: str) -> None:
    run = applied.stage.remote(f"{NAME}-{layer}", "plan")
    assert (run.status, run.has_changes) == ("planned_and_finished", False), run.log


def test_the_role_that_plans_may_do_all_that_plans_do(applied: Applied) -> None:
    """After plans of all stacks, some of which refreshed what is there."""
    aws = applied.stage.aws
    rights = rights_of(aws, f"{NAME}-hcp-plan")
    asked = asked_by(aws, applied.runs["network"].roles["plan"])
    assert len({one.action for one in asked}) > 25

    def refused(statements: Sequence[Statement]) -> set[str]:
        return {
            one.action
            for one in asked
            if not is_allowed(
                statements, Request(one.action, json.loads(one.body)["SecretId"] if "SecretId" in one.body else "*")
            )
        }

    assert refused(rights) == set()
    of_aws_alone = [one for one in rights if not OUR_READS & set(one.actions)]
    assert refused(of_aws_alone) == OUR_READS, "so both are needed, and the check can fail"
    other = "arn:aws:secretsmanager:us-west-2:123456789012:secret:other/password-AbCdEf"
    assert not is_allowed(rights, Request("secretsmanager:GetSecretValue", other))
    assert not is_allowed(rights, Request("ec2:CreateVpc", "*"))


def test_a_workspace_that_does_not_share_its_state_stops_the_next_one(applied: Applied) -> None:
    assert applied.too_early is not None
    assert applied.too_early.status == "errored"
    assert "No stored state was found" in " ".join(applied.too_early.log.split())


def test_a_chart_that_is_left_out_of_the_upload_fails_the_run(applied: Applied) -> None:
    ignored = applied.stage.stack(f"{NAME}-addons") / ".terraformignore"
    before = ignored.read_text()
    ignored.write_text(f"{before}{OBJECTS}/\n")
    try:
        run = applied.stage.remote(f"{NAME}-addons", "plan")
    finally:
        ignored.write_text(before)
    assert not any(file.startswith(OBJECTS) for file in files_of(run))
    assert run.status == "errored"
    assert "not exactly the chart of this release" in " ".join(run.log.split())


@pytest.mark.parametrize("path", ["${path.module}/../remote-network/cdk.tf.json", "/etc/passwd"])
def test_a_file_outside_of_the_folder_fails_the_run(applied: Applied, path: str) -> None:
    planted = applied.stage.stack(f"{NAME}-network") / "planted.tf.json"
    planted.write_text(json.dumps({"locals": {"outside": f'${{file("{path}")}}'}}))
    try:
        run = applied.stage.remote(f"{NAME}-network", "plan")
    finally:
        planted.unlink()
    assert run.status == "errored"
    assert "no file exists at" in " ".join(run.log.split())


def test_a_program_that_only_this_machine_has_fails_the_run(applied: Applied) -> None:
    planted = applied.stage.stack(f"{NAME}-network") / "planted.tf.json"
    planted.write_text(
        json.dumps({"resource": {"terraform_data": {"local": {"provisioner": [{"local-exec": {"command": "true"}}]}}}})
    )
    try:
        run = applied.stage.remote(f"{NAME}-network", "apply", "-auto-approve")
    finally:
        planted.unlink()
    assert run.status == "errored"
    assert "/bin/sh" in run.log


def test_a_sign_in_by_the_aws_program_fails_the_run_without_it(applied: Applied) -> None:
    """Settings refuse it for hcp_remote; an agent may have the program, and this one has not."""
    applied.stage.synth(platform(runner="hcp_agent", kubeflow=kubeflow(provider_auth="exec")))
    try:
        run = applied.stage.remote(f"{NAME}-addons", "plan")
    finally:
        applied.stage.synth(platform())
    assert run.status == "errored"
    assert "executable aws not found" in run.log


@pytest.mark.parametrize("place", ["project", "name"])
def test_a_run_of_another_workspace_gets_no_role(applied: Applied, place: str) -> None:
    stage, stack = applied.stage, f"{NAME}-network"
    workspace = stage.api.workspaces[stack]
    before = getattr(workspace, place)
    setattr(workspace, place, {"project": "Default Project", "name": "prod-network"}[place])
    try:
        stage.terraform(stack, "plan", "-input=false")
        run = stage.api.runs[-1]
        run.done.wait(60)
    finally:
        setattr(workspace, place, before)
    assert run.status == "errored"
    assert "Not authorized to perform sts:AssumeRoleWithWebIdentity" in run.log


def test_destroying_goes_by_runs_as_well(applied: Applied) -> None:
    """Last: the last stack goes, the last one first as on the page."""
    run = applied.stage.remote(f"{NAME}-kubeflow", "destroy", "-auto-approve")
    assert run.status == "applied", run.log
    assert {namespace for namespace, _ in applied.clusters.only.releases} <= {"kube-system"}
    current = run.workspace.current
    assert current is not None
    assert current.content is not None
    assert json.loads(current.content)["resources"] == []


def test_what_the_folder_of_the_test_holds_is_not_a_way_into_the_jail(tmp_path: Path) -> None:
    if reason := jail.why_not():
        pytest.skip(reason)
    buffer = BytesIO()
    with tarfile.open(fileobj=buffer, mode="w:gz"):
        pass
    made = jail.Jail(tmp_path, buffer.getvalue())
    said: list[bytes] = []
    assert made.run(("version",), {"CHECKPOINT_DISABLE": "1"}, said.append) == 0
    assert b"Terraform v" in b"".join(said)
    assert made.programs == {"terraform"}
    assert not (tmp_path / "bin/terraform").stat().st_size, "bound inside of its own namespace only"
