"""Stacks without a provider, and the command line on them as a process of its own.

`terraform_data` is built into Terraform: the real program plans and applies it in a tenth of a second, without the AWS provider.
"""

import json
import os
import pty
import signal
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.project_copy import USER_CACHE

ROOT = Path(__file__).parents[2]
PROGRAM = """
import sys
sys.path.insert(0, {root!r})
from cli import deploy, destroy, diff
for command in (deploy, destroy, diff):
    command.synthesize = lambda **_: None  # synthesis and checks of an AWS account: tests/e2e/test_deploy.py
    command.check_account = lambda *_: None
from cli.app import app
app(prog_name="kubeflow-aws")
"""

FAKE = """
import json, os, pathlib, signal, sys, time
here, command = pathlib.Path({folder!r}), sys.argv[1]
with (here / "calls").open("a") as calls:
    print(*sys.argv[1:], file=calls)

def event(kind, **more):
    print(json.dumps({{"@level": "info", "@message": "", "type": kind, **more}}), flush=True)

state = here / "pulled.json"
if command == "state" and state.exists():
    print(state.read_text())
resource = {{"addr": "aws_eks_cluster.this", "resource_type": "aws_eks_cluster"}}
if command == "plan":
    action = "delete" if "-destroy" in sys.argv else "create"
    event("planned_change", change={{"resource": resource, "action": action}})
    print(oct(os.stat(next(one for one in sys.argv if one.startswith("-out="))[5:]).st_mode & 0o777), file=(here / "mode").open("w"))
    sys.exit(2)
if command == "apply":
    got = []
    signal.signal(signal.SIGINT, lambda *_: got.append(1))
    event("apply_start", hook={{"resource": resource, "action": "create"}})
    (here / "applying").write_text(str(os.getpid()))
    while len(got) < {ends_after}:
        time.sleep(0.02)
    time.sleep(0.3)  # an interrupt too many would arrive now
    (here / "interrupts").write_text(str(len(got)))
    sys.exit(1 if got else 0)
"""


def data(value: str, seconds: float = 0) -> dict[str, Any]:
    """A `terraform_data` whose create takes some seconds."""
    wait = {"provisioner": [{"local-exec": {"command": f"sleep {seconds}"}}]} if seconds else {}
    return {"input": value, **wait}


class Project:
    """A folder with stacks of `terraform_data`; each platform has a network and a cluster that reads it."""

    def __init__(self, folder: Path, *platforms: str) -> None:
        self.folder = folder
        self.documents: dict[str, dict[str, Any]] = {}
        for platform in platforms:
            self.documents[f"{platform}-network"] = {
                "resource": {"terraform_data": {"vpc": data("10.0.0.0/16")}},
                "output": {"vpc_id": {"value": "${terraform_data.vpc.id}"}},
            }
            self.documents[f"{platform}-cluster"] = {
                "data": {
                    "terraform_remote_state": {
                        "network": {"backend": "local", "config": {"path": self._state(f"{platform}-network")}}
                    }
                },
                "resource": {
                    "terraform_data": {"cluster": data("${data.terraform_remote_state.network.outputs.vpc_id}")}
                },
                "output": {"configure_kubectl": {"value": f"aws eks update-kubeconfig --name {platform}"}},
            }
        (folder / "program.py").write_text(PROGRAM.format(root=str(ROOT)))
        self.environment = {
            **os.environ,
            "HOME": str(folder),
            "XDG_CACHE_HOME": str(USER_CACHE),  # compiled modules: without them each command takes twice as long
            "TF_CLI_CONFIG_FILE": os.devnull,
            "TMPDIR": str(folder),
        }
        self.write()

    @staticmethod
    def _state(name: str) -> str:
        return f"../../../state/{name}.tfstate"

    def write(self) -> None:
        """Write the documents as synthesis would."""
        entries = {}
        for name, document in self.documents.items():
            folder = self.folder / "generated" / "stacks" / name
            folder.mkdir(parents=True, exist_ok=True)
            backend = {"terraform": {"backend": {"local": {"path": self._state(name)}}}}
            (folder / "cdk.tf.json").write_text(json.dumps({**backend, **document}))
            network = f"{name.rpartition('-')[0]}-network"
            entries[name] = {
                "dependencies": [network] if network != name else [],
                "workingDirectory": f"stacks/{name}",
            }
        (self.folder / "generated" / "manifest.json").write_text(json.dumps({"stacks": entries}))

    def fake(self, ends_after: int) -> None:
        """A Terraform whose apply ends after some interrupts; 0: it succeeds at once."""
        programs = self.folder / "bin"
        programs.mkdir()
        program = programs / "terraform"
        text = FAKE.format(folder=str(self.folder), ends_after=ends_after)
        program.write_text(f"#!{sys.executable} -IS\n{textwrap.dedent(text)}")
        program.chmod(0o755)
        self.environment["PATH"] = f"{programs}:{os.environ['PATH']}"

    def start(
        self, *arguments: str, stdin: int = subprocess.DEVNULL, stdout: int | None = None
    ) -> "subprocess.Popen[str]":
        """The command line, in a process group of its own as a shell would start it."""
        with (self.folder / "said").open("w") as said:
            return subprocess.Popen(
                [sys.executable, str(self.folder / "program.py"), *arguments],
                cwd=self.folder,
                env=self.environment,
                stdin=stdin,
                stdout=stdout or said,
                stderr=subprocess.STDOUT,
                text=True,
                start_new_session=True,
            )

    def answer(self, answers: str, *arguments: str) -> tuple[int, str]:
        """Exit code and output of the command line on a terminal, with lines that are typed."""
        terminal, side = pty.openpty()
        try:
            os.write(terminal, answers.encode())
            code = self.start(*arguments, stdin=side).wait(240)
        finally:
            os.close(terminal)
            os.close(side)
        return code, self.said()

    def said(self) -> str:
        """What the last command has printed so far."""
        return (self.folder / "said").read_text()

    def run(self, *arguments: str) -> tuple[int, str]:
        """Exit code and output of the command line."""
        code = self.start(*arguments).wait(240)
        return code, self.said()

    def state(self, name: str) -> Mapping[str, Any]:
        """The state file of a stack; empty without a complete one."""
        path = self.folder / "state" / f"{name}.tfstate"
        try:
            found: dict[str, Any] = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):  # Terraform writes it at this moment
            return {}
        return found

    def plan_files(self) -> Sequence[Path]:
        """Folders of plan files that are left."""
        return list(self.folder.glob("kubeflow-aws-plan-*"))


def wait_for(condition: Callable[[], bool]) -> None:
    """Wait until a condition holds."""
    end = time.monotonic() + 120
    while not condition():
        assert time.monotonic() < end, "waited for two minutes"
        time.sleep(0.05)


def send(process: "subprocess.Popen[str]", number: signal.Signals) -> None:
    """A signal to the whole process group, as a terminal sends it."""
    os.killpg(process.pid, number)
