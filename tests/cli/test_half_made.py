"""What an apply left half-made, and the command that repairs it."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from cli import half_made
from cli.apply_progress import HEARTBEAT_SECONDS, Progress
from cli.last_apply import State
from cli.stack_list import Stack
from cli.state_client import state_client
from tests.stand_ins.moto_extension import CREDENTIALS, Server


def stack(folder: Path, backend: dict[str, Any] | None = None) -> Stack:
    (folder / "cdk.tf.json").write_text(json.dumps({"terraform": {"backend": backend or {"local": {"path": "x"}}}}))
    return Stack("prod-cluster", folder, ())


def state(*resources: tuple[str, str | None]) -> State:
    parts = [(*address.split("."), status) for address, status in resources]
    return State(
        {
            "resources": [
                {"mode": "managed", "type": kind, "name": name, "instances": [{"status": status} if status else {}]}
                for kind, name, status in parts
            ]
        }
    )


def test_a_tainted_resource_an_unrecorded_create_and_a_rescued_state(tmp_path: Path) -> None:
    (tmp_path / "errored.tfstate").touch()
    unsure = {"aws_eks_node_group.a": "create", "aws_iam_role.b": "update", 'aws_subnet.c["x"]': "create"}
    after = state(("aws_eks_cluster.this", "tainted"), ("aws_iam_role.b", None), ("aws_subnet.c", None))
    said = list(half_made.report(stack(tmp_path), unsure, after))
    command = f"terraform -chdir={tmp_path}"
    assert said[0].startswith("aws_eks_cluster.this is tainted: its create did not end")
    assert said[0].endswith(f"{command} untaint aws_eks_cluster.this")
    assert said[1].startswith("aws_eks_node_group.a: its create was started and is not recorded in the state")
    assert said[1].endswith(f"{command} import 'aws_eks_node_group.a' <id>")
    assert said[2] == "aws_iam_role.b: its update did not end; the next plan reads what AWS made of it"
    assert said[3].endswith(f"{command} state push errored.tfstate")
    assert len(said) == 4


def test_a_lock_that_is_left_in_s3(aws: Server, tmp_path: Path, monkeypatch: Any) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    s3 = aws.client("s3")
    where = {"CreateBucketConfiguration": {"LocationConstraint": "us-west-2"}}
    s3.create_bucket(Bucket="states", **where)
    found = stack(tmp_path, {"s3": {"bucket": "states", "region": "us-west-2", "key": "kubeflow/prod/cluster.tfstate"}})
    assert half_made.lock_id(found) is None
    s3.put_object(Bucket="states", Key="kubeflow/prod/cluster.tfstate.tflock", Body=b'{"ID": "4eb7824d"}')
    (said,) = half_made.report(found, {}, State())
    assert said.startswith("the state is locked (4eb7824d). If no other run is active, the lock is stale: ")
    assert said.endswith("force-unlock 4eb7824d")
    with pytest.raises(ValueError, match=r"prod-cluster: the state is locked \(4eb7824d\)"):
        half_made.refuse_locked([found])


def test_a_lock_in_the_bucket_of_another_account_is_read_with_its_role(
    aws: Server, tmp_path: Path, monkeypatch: Any
) -> None:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    role = "arn:aws:iam::444455556666:role/state"
    theirs = state_client("us-west-2", role, "kubeflow")
    theirs.create_bucket(Bucket="their-states", CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    theirs.put_object(Bucket="their-states", Key="prod/cluster.tfstate.tflock", Body=b'{"ID": "4eb7824d"}')
    settings = {"bucket": "their-states", "region": "us-west-2", "key": "prod/cluster.tfstate"}
    asked: list[tuple[Any, ...]] = []

    def recorded(*given: Any) -> Any:
        asked.append(given)
        return state_client(*given)

    monkeypatch.setattr(half_made, "state_client", recorded)
    assumed = {**settings, "assume_role": {"role_arn": role, "external_id": "kubeflow"}}
    assert half_made.lock_id(stack(tmp_path, {"s3": assumed})) == "4eb7824d"
    assert asked == [("us-west-2", role, "kubeflow")]


def test_a_lock_that_another_process_holds(tmp_path: Path) -> None:
    found = stack(tmp_path)
    half_made.refuse_locked([found])
    (tmp_path / "x").write_text("{}")
    half_made.refuse_locked([found])
    holds = f"import fcntl; f = open({str(tmp_path / 'x')!r}, 'r+'); fcntl.lockf(f, fcntl.LOCK_EX); print(flush=True); input()"
    with subprocess.Popen([sys.executable, "-c", holds], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        with pytest.raises(ValueError, match="prod-cluster: another run holds the lock of its state"):
            half_made.refuse_locked([found])
        process.communicate(b"\n")
    half_made.refuse_locked([found])


def test_the_lock_that_an_error_of_terraform_names() -> None:
    detail = "Error message: ...\nLock Info:\n  ID:        f2b5\n  Path:      states/x\n"
    assert half_made.lock_of_error([{"summary": "Error acquiring the state lock", "detail": detail}]) == "f2b5"
    assert half_made.lock_of_error([{"summary": "Unsupported attribute", "detail": "ID: x"}]) is None


def hook(kind: str, address: str, action: str) -> dict[str, Any]:
    resource = {"addr": address, "resource_type": address.partition(".")[0]}
    return {"type": kind, "hook": {"resource": resource, "action": action}}


def test_progress_in_a_log(tmp_path: Path) -> None:
    now = [0.0]
    console = Console(width=160, force_terminal=False)
    with console.capture() as capture, Progress(console, 12, clock=lambda: now[0]) as progress:
        progress.event(hook("apply_start", "aws_eks_cluster.this", "create"))
        progress.event(hook("apply_start", "data.aws_x.y", "read"))
        progress.tick()
        now[0] = 30
        progress.event(hook("apply_start", "aws_db_instance.database", "create"))
        now[0] = HEARTBEAT_SECONDS + 10
        progress.tick()
        progress.tick()
        progress.event(hook("apply_complete", "aws_eks_cluster.this", "create"))
        progress.event(hook("apply_errored", "aws_db_instance.database", "create"))
    assert capture.get().splitlines() == [
        "   0/12  creating aws_eks_cluster.this: 1 min 10 s, usually 7 to 15 min (and 1 more)",
        "   1/12  created    aws_eks_cluster.this  1 min 10 s",
        "   1/12  failed     aws_db_instance.database  40 s",
    ]
    assert (progress.running, progress.failed) == ({}, {"aws_db_instance.database": "create"})
