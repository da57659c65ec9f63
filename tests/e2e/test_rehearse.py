"""`kubeflow-aws rehearse` with the real Terraform, as a process of its own; without network where the machine allows it."""

import json
import os
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.kubeflow_stage import fill_cache
from tests.provider_mirror import find_mirror
from tests.upstream_folders import SEARCHED

pytestmark = pytest.mark.terraform
ROOT = Path(__file__).parents[2]
ONLY_LOOPBACK = """
import fcntl, os, socket, struct, sys
with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as made:
    fcntl.ioctl(made, 0x8914, struct.pack("16sh", b"lo", 0x41))  # SIOCSIFFLAGS: up, running
os.execvp(sys.argv[1], sys.argv[1:])
"""
"""In a network namespace of its own a process has no network but the loopback, which is down at first."""
SMALL = """
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import ExistingCluster, InClusterDatabase, InClusterStore, Kubeflow, NoAuth, Platform, Services
from stacks.platform import synthesize

KEPT = {"istio", "istio-crds", "istio-namespace", "kubeflow-namespace", "kubeflow-roles"}
synthesize(
    Platform(
        name="small",
        region="us-west-2",
        cluster=ExistingCluster(name="legacy", network_policies="other", oidc_provider="made"),
        kubeflow=Kubeflow(
            auth=NoAuth(user="ada@team.example.net"),
            services=Services(artifacts=InClusterStore(), database=InClusterDatabase(), credential_recovery_days=0),
            disable=tuple(one.name for one in CATALOGUE if one.default and one.name not in {*KEPT, "default-storage-class"}),
            preinstalled=("default-storage-class",),
        ),
        deletion_protection=False,
    )
)
"""
"""A cluster that is there already, and little on it; two stacks."""
ROLE = """
from modules.settings import ExistingCluster, Platform, ServiceAccountRole
from stacks.platform import synthesize

READER = ServiceAccountRole(
    namespace="team-a",
    service_account="default-editor",
    policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",),
)
synthesize(
    Platform(
        name="role",
        region="us-west-2",
        cluster=ExistingCluster(name="legacy", network_policies="other"),
        service_account_roles=(READER,),
        deletion_protection=False,
    )
)
"""
"""One stack: a role for pods of a cluster that is there already."""


FAILS = ("failed as injected", "completed")
"""Each step of the life with failures."""


def has_namespaces() -> bool:
    """Whether this machine lets a user make a network namespace."""
    return bool(shutil.which("unshare")) and subprocess.run(["unshare", "-rn", "true"], check=False).returncode == 0


def rehearse(folder: Path, main: str, *arguments: str) -> tuple[int, Mapping[str, Any], str]:
    """Exit code, the JSON document of the first platform, and what was printed on standard error."""
    folder.mkdir(exist_ok=True)
    (folder / "main.py").write_text(textwrap.dedent(main), encoding="utf-8")
    before = sorted(folder.rglob("*"))
    command = [sys.executable, "-P", "-m", "cli", "rehearse", "--json", *arguments]
    if has_namespaces():
        command = ["unshare", "-rn", sys.executable, "-c", ONLY_LOOPBACK, *command]
    users = {"AWS_PROFILE": "the-users", "AWS_ACCESS_KEY_ID": "the-users", "KUBEFLOW_UPSTREAM": SEARCHED}
    mirror = {"TERRAFORM_PROVIDER_MIRROR": str(found)} if (found := find_mirror()) else {}
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, **users, **mirror, "PYTHONPATH": str(ROOT), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout.startswith("{"), done.stderr
    assert sorted(folder.rglob("*")) == before, "nothing is written in the user's folder"
    return done.returncode, json.loads(done.stdout)["platforms"][0], done.stderr


def steps(document: Mapping[str, Any], life: str = "plain") -> list[tuple[str, str, str]]:
    return [(one["phase"], one["stack"], one["result"]) for one in document["steps"] if one["life"] == life]


def test_a_platform_is_applied_planned_again_and_destroyed_with_failures_and_without_network(tmp_path: Path) -> None:
    fill_cache()
    code, found, said = rehearse(tmp_path / "project", SMALL)
    assert (code, found["result"], found["findings"]) == (0, "passed", []), said
    stacks = ["small-services", "small-kubeflow"]
    assert steps(found) == [
        *(("apply", stack, "done") for stack in stacks),
        *(("second plan", stack, "empty") for stack in stacks),
        *(("destroy", stack, "done") for stack in reversed(stacks)),
    ]
    assert steps(found, "failures") == [
        *(("apply", stack, result) for stack in stacks for result in FAILS),
        *(("second plan", stack, "empty") for stack in stacks),
        *(("destroy", stack, result) for stack in reversed(stacks) for result in FAILS),
    ]
    failures = [one["failure"] for one in found["steps"] if one["failure"]]
    assert failures == [
        "request refused: iam CreateOpenIDConnectProvider",
        "release not ready: kubeflow-roles-rights",
        "connection lost: istio",
        "interrupted: iam DeleteOpenIDConnectProvider",
    ]
    plain = [one for one in found["steps"] if one["life"] == "plain"]
    added = {one["stack"]: one["counts"]["add"] for one in plain if one["phase"] == "apply"}
    removed = {one["stack"]: one["counts"]["destroy"] for one in plain if one["phase"] == "destroy"}
    assert added == removed
    assert added["small-kubeflow"] >= 5
    assert found["minutes"]["apply"]["high"] > found["minutes"]["apply"]["low"] > 0


PLANTED = (
    """
import os
from unittest.mock import patch

del os.environ["AWS_PROFILE"]
from moto.iam.models import IAMBackend

create = IAMBackend.create_role
patch.object(IAMBackend, "create_role", lambda self, *given, **named: create(self, *given[:5], [], *given[6:], **named)).start()
patch.object(IAMBackend, "delete_role", lambda self, name: None).start()
"""
    + ROLE
)
"""An account that drops tags and keeps roles, by way of main.py, which the same process runs."""


def test_a_planted_defect_makes_it_red(tmp_path: Path) -> None:
    code, found, said = rehearse(tmp_path / "project", PLANTED, "--no-failures")
    assert (code, found["result"]) == (1, "failed"), said
    texts = {one["id"]: one["text"] for one in found["findings"]}
    assert texts.keys() == {"REH001", "REH003"}, texts
    assert "role-services, second plan: change aws_iam_role." in texts["REH001"]
    assert "tags" in texts["REH001"]
    assert "role role-team-a" in texts["REH003"]


def test_the_state_of_a_revision_is_upgraded(tmp_path: Path) -> None:
    """The policy of a role is replaced, the role stays; the change is seen in one step only."""
    project = tmp_path / "repository" / "platforms"
    project.mkdir(parents=True)
    (project / "main.py").write_text(ROLE, encoding="utf-8")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -q -m first"):
        subprocess.run(["git", *command.split()], cwd=project.parent, check=True)
    changed = ROLE.replace("AmazonS3ReadOnlyAccess", "AmazonS3FullAccess")
    code, found, said = rehearse(project, changed, "--from", "HEAD")
    assert (code, found["result"], found["findings"]) == (0, "passed", []), said
    assert steps(found) == [
        ("apply", "role-services", "done"),
        ("second plan", "role-services", "empty"),
        ("upgrade", "role-services", "done"),
        ("plan after the upgrade", "role-services", "empty"),
        ("destroy", "role-services", "done"),
    ]
    assert [one["failure"] for one in found["steps"] if one["failure"]] == [
        "request refused: iam CreateRole",
        "interrupted: iam AttachRolePolicy",
        "interrupted: iam DeleteRole",
    ]
    head = subprocess.run(["git", "rev-parse", "HEAD"], cwd=project, capture_output=True, text=True, check=True).stdout
    assert head.startswith(found["from"])
    upgrade = next(one for one in found["steps"] if one["phase"] == "upgrade")
    assert sorted(action for one in upgrade["changes"] for action in one["actions"]) == ["add", "destroy"]
