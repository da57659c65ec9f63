"""`move-state` with the real Terraform: local files, buckets on moto and workspaces of HCP Terraform, on stacks without a provider."""

import json
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from cli import move_state, state_bucket
from cli.app import app
from cli.stack_list import Stack, read_stacks
from stacks.document import json_bytes
from stacks.platform import Synthesized, write
from tests.provider_mirror import cli_config
from tests.stand_ins.moto_extension import CREDENTIALS, Server
from tests.terraform import Terraform

from .protocol import ORGANIZATION, USER_TOKEN
from .records import Workspace
from .runs import Runner
from .server import Api

pytestmark = pytest.mark.terraform
LAYERS = ("network", "cluster")
Place = dict[str, Any]


def local(name: str) -> Place:
    return {"backend": {"local": {"path": f"../../../state/{name}.tfstate"}}}


def bucket(name: str, bucket: str) -> Place:
    settings = {"bucket": bucket, "key": f"kubeflow/{name}.tfstate", "region": "us-west-2", "use_lockfile": True}
    return {"backend": {"s3": {**settings, "use_path_style": True, "skip_metadata_api_check": True}}}


def workspace(name: str) -> Place:
    return {"cloud": {"organization": ORGANIZATION, "workspaces": {"name": name, "project": "Default Project"}}}


def reader(place: Place, name: str) -> dict[str, Any]:
    if "cloud" in place:
        return {"backend": "remote", "config": {"organization": ORGANIZATION, "workspaces": {"name": name}}}
    ((kind, settings),) = place["backend"].items()
    return {"backend": kind, "config": {key: value for key, value in settings.items() if key != "use_lockfile"}}


class Project:
    """A project of one platform, whose main.py is the last synthesis."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.folder = folder
        self.made = Synthesized({}, {}, {})
        monkeypatch.chdir(folder)
        monkeypatch.setattr(move_state, "build", lambda *_: self.made)
        monkeypatch.setattr(move_state, "valid_call", lambda: ([SimpleNamespace(name=self.name)], ()))
        monkeypatch.setattr(state_bucket, "main", lambda _: None)

    def settings(self, place: Any, name: str = "prod", vpc: str = "10.0.0.0/16") -> None:
        """What main.py says from now on."""
        self.name = name
        entries, tree = {}, {}
        for layer in LAYERS:
            stack = f"{name}-{layer}"
            document = {
                "terraform": place(stack),
                "resource": {"terraform_data": {layer: {"input": vpc, "triggers_replace": name}}},
                "output": {"value": {"value": f"${{terraform_data.{layer}.output}}"}},
            }
            if layer == "cluster":
                upstream = f"{name}-network"
                document["data"] = {"terraform_remote_state": {"network": reader(place(upstream), upstream)}}
                document["resource"]["terraform_data"]["copy"] = {
                    "input": "${data.terraform_remote_state.network.outputs.value}"
                }
            tree[f"stacks/{stack}/cdk.tf.json"] = json_bytes(document)
            entries[stack] = {
                "dependencies": [f"{name}-network"] if layer == "cluster" else [],
                "workingDirectory": f"stacks/{stack}",
            }
        tree["manifest.json"] = json_bytes({"stacks": entries})
        self.made = Synthesized(tree, {}, {})

    def deploy(self) -> None:
        """Synthesis, and an apply of each stack."""
        write(self.made, self.folder / "generated")
        for layer in LAYERS:
            stack = Terraform(self.folder / "generated" / "stacks" / f"{self.name}-{layer}", "")
            stack.run("init", "-input=false")
            stack.run("apply", "-auto-approve", "-input=false")

    def move(self, *options: str) -> Result:
        return CliRunner().invoke(app, ["move-state", self.name, *options])

    @property
    def stacks(self) -> list[Stack]:
        return read_stacks()

    def files(self) -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in self.folder.glob("generated/stacks/*/cdk.tf.json")}


@pytest.fixture
def project(tmp_path: Path, aws: Server, monkeypatch: pytest.MonkeyPatch) -> Project:
    for name, value in {**CREDENTIALS, "AWS_ENDPOINT_URL": aws.endpoint, "NO_PROXY": "127.0.0.1"}.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("first", "second"):
        aws.client("s3").create_bucket(Bucket=name, CreateBucketConfiguration={"LocationConstraint": "us-west-2"})
    found = Project(tmp_path, monkeypatch)
    found.settings(local)
    found.deploy()
    return found


@pytest.fixture
def hcp(tmp_path: Path, aws: Server, monkeypatch: pytest.MonkeyPatch) -> Iterator[Api]:
    runner = Runner(tmp_path / "jails", aws)
    api = runner.api = Api(runner.start)
    configuration = tmp_path / "cli.tfrc"
    token = f'credentials "app.terraform.io" {{\n  token = "{USER_TOKEN}"\n}}\n'
    configuration.write_text(api.services() + token + cli_config(), encoding="utf-8")
    monkeypatch.setenv("TF_CLI_CONFIG_FILE", str(configuration))
    yield api
    assert api.unknown == []
    api.close()
    runner.provider.close()


def keys(aws: Server, bucket: str) -> set[str]:
    return {one["Key"] for one in aws.client("s3").list_objects_v2(Bucket=bucket).get("Contents", [])}


def test_from_files_to_a_bucket_to_another_to_hcp_and_back(project: Project, aws: Server, hcp: Api) -> None:
    before = json.loads((project.folder / "state" / "prod-network.tfstate").read_text())
    for layer in LAYERS:  # execution mode Local, as docs/hcp-terraform.md says for State.hcp with the runner local
        hcp.workspaces[f"prod-{layer}"] = Workspace(f"prod-{layer}", "Default Project", remote=False)
    for place in (lambda name: bucket(name, "first"), lambda name: bucket(name, "second"), workspace, local):
        if place is local:
            for file in (project.folder / "state").iterdir():
                file.unlink()
        project.settings(place)
        moved = project.move("--auto-approve")
        assert moved.exit_code == 0, moved.output
        assert moved.stdout.count("no changes") == 2
        assert [one.document["terraform"] for one in project.stacks] == [place(f"prod-{layer}") for layer in LAYERS]
        again = project.move("--auto-approve")
        assert "nothing to move" in again.stdout
    assert keys(aws, "first") == keys(aws, "second") == {f"kubeflow/prod-{layer}.tfstate" for layer in LAYERS}
    assert [len(one.states) for one in hcp.workspaces.values()] == [1, 1]
    after = json.loads((project.folder / "state" / "prod-network.tfstate").read_text())
    assert (after["resources"], after["outputs"]) == (before["resources"], before["outputs"])
    assert not (project.folder / "generated.moving").exists()
    assert Terraform(project.folder / project.stacks[1].folder, "").plan().is_empty


def test_runs_in_hcp_terraform_plan_after_the_move(project: Project, hcp: Api) -> None:
    project.settings(workspace)
    refused = project.move("--auto-approve")
    assert refused.exit_code == 1, refused.output
    assert "Unable to find remote state" in refused.output
    assert project.stacks[0].backend[0] == "local", "generated/ is written last"
    hcp.workspaces["prod-network"].shares_state_with.add("prod-cluster")
    moved = project.move("--auto-approve")
    assert moved.exit_code == 0, moved.output
    assert [run.has_changes for run in hcp.runs if run.workspace.name == "prod-cluster"][-1] is False
    assert project.stacks[0].backend[0] == "cloud"


def test_what_cannot_be_moved_is_refused_and_nothing_changes(project: Project, aws: Server) -> None:
    files = project.files()
    project.settings(lambda name: bucket(name, "first"), vpc="10.1.0.0/16")
    other = project.move("--auto-approve")
    assert "main.py also changes prod-network: terraform_data.network" in other.output
    project.settings(lambda name: {"backend": {"s3": {}}})
    assert "leaves the place of states to another pipeline" in project.move("--auto-approve").output
    project.settings(lambda name: bucket(name, "first"))
    assert "without confirmation" in project.move().output

    foreign = json.loads((project.folder / "state" / "prod-cluster.tfstate").read_text()) | {"outputs": {}}
    aws.client("s3").put_object(Bucket="first", Key="kubeflow/prod-cluster.tfstate", Body=json.dumps(foreign))
    occupied = project.move("--auto-approve")
    assert occupied.exit_code == 1
    assert "there is another state at s3://first/kubeflow/prod-cluster.tfstate" in occupied.output
    assert keys(aws, "first") == {"kubeflow/prod-cluster.tfstate"}, "all places are read before the first copy"
    assert project.files() == files


def test_a_plan_that_is_not_empty_leaves_generated_as_it_was(project: Project, aws: Server) -> None:
    state = project.folder / "state" / "prod-network.tfstate"
    document = json.loads(state.read_text())
    document["resources"] = []
    state.write_text(json.dumps(document))
    files = project.files()
    project.settings(lambda name: bucket(name, "first"))
    moved = project.move("--auto-approve")
    assert moved.exit_code == 1
    assert "terraform_data.network will be created" in moved.stdout
    assert "generated/ still has the old place" in moved.output
    assert project.files() == files


def test_the_commands_for_a_shell_do_the_same(project: Project, aws: Server) -> None:
    project.settings(lambda name: bucket(name, "first"))
    done = project.move("--commands")
    assert done.exit_code == 0, done.output
    lines = done.stdout[done.stdout.index("umask") :].splitlines()
    forget = next(line for line in lines if "forget" in line)
    assert 'forget=("prod-network/state", "prod-cluster/state",)' in forget
    steps = [line.split(" ", 2)[2] for line in lines if line.startswith("terraform")]
    assert [step.split()[0] for step in steps] == ["state", "state", "init", "state", "init", "state", "plan", "plan"]
    assert keys(aws, "first") == set()


def test_a_rename_shows_what_would_be_replaced_on_copies(project: Project) -> None:
    state = project.folder / "state" / "prod-network.tfstate"
    before, files = state.read_bytes(), project.files()
    project.settings(local, name="ml")
    done = project.move("--renamed-from", "prod", "--auto-approve")
    assert done.exit_code == 1, done.output
    assert "prod-network → ml-network" in done.stdout
    assert "state/ml-network.tfstate" in done.stdout
    assert "replace  terraform_data.network" in done.stdout
    assert "at least 2 resources" in done.output
    assert (state.read_bytes(), project.files()) == (before, files)
    assert not (project.folder / "state" / "ml-network.tfstate").exists()
