"""A user of HCP Terraform: a synthesized tree, the command line, and what is set in the browser."""

import json
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cli.hcp.client import Client
from cli.hcp.setup import Setup
from cli.hcp.wanted import wanted_of
from modules.settings import Platform
from stacks.platform import build, write, write_all_charts
from tests.provider_mirror import COLLECTS_LESS, cli_config
from tests.stand_ins.moto_extension import CREDENTIALS, Server

from .protocol import USER_TOKEN
from .records import Run, Workspace
from .runs import InCluster, Runner, machine_environment
from .server import Api
from .states import outputs_of

TIMEOUT_SECONDS = 300
NOT_STARTED_HERE = {
    f"registry.terraform.io/hashicorp/{name}": {
        "Protocol": "grpc",
        "ProtocolVersion": 6,
        "Pid": 1,
        "Test": True,
        "Addr": {"Network": "tcp", "String": "127.0.0.1:1"},
    }
    for name in ("helm", "kubernetes")
}
"""Lets `init` pass without a registry; a program started here would get no answer."""


@dataclass
class Stage:
    """One platform on HCP Terraform.

    Args:
        folder: of the test; the tree is in `generated`.
        aws: moto.
        api: the server.
        runner: the machine room.
    """

    folder: Path
    aws: Server
    api: Api
    runner: Runner
    platform: Platform | None = None
    documents: dict[str, Any] = field(default_factory=dict)

    def set_up(self) -> Setup:
        """What `kubeflow-aws hcp-setup --yes` does."""
        assert self.platform is not None
        wanted = wanted_of(self.platform, self.documents, agent_pool=self.platform.name, run_triggers=False)
        client = Client(f"{self.api.address}/api/v2/", USER_TOKEN, wanted.hostname)
        return Setup(client, wanted, write=True).run()

    def synth(self, platform: Platform) -> None:
        """What `make synth` does."""
        made = build(platform)
        self.platform, self.documents = platform, made.documents
        write(made, self.folder / "generated", forget=tuple(made.documents))
        assert write_all_charts(made, self.folder / "generated") == []

    def stack(self, name: str) -> Path:
        """Folder of a stack."""
        return self.folder / "generated" / "stacks" / name

    def terraform(self, stack: str, *arguments: str, keys: bool = False) -> str:
        """Run the command line as it is; what it says proves nothing, the server knows.

        Args:
            stack: its name.
            arguments: of terraform.
            keys: with AWS keys, which a run in HCP Terraform never gets from here.

        Returns:
            All that it printed.
        """
        configuration = self.folder / "cli.tfrc"
        token = f'credentials "app.terraform.io" {{\n  token = "{USER_TOKEN}"\n}}\n'
        configuration.write_text(self.api.services() + token + cli_config(), encoding="utf-8")
        done = subprocess.run(
            ["terraform", *arguments],
            cwd=self.stack(stack),
            env={
                **machine_environment(),
                **({**CREDENTIALS, "AWS_ENDPOINT_URL": self.aws.endpoint} if keys else {}),
                **COLLECTS_LESS,
                "AWS_EC2_METADATA_DISABLED": "true",
                "NO_PROXY": "127.0.0.1",
                "TF_CLI_CONFIG_FILE": str(configuration),
                "TF_REATTACH_PROVIDERS": json.dumps(NOT_STARTED_HERE),
                "TF_IN_AUTOMATION": "1",
                "CHECKPOINT_DISABLE": "1",
            },
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
        return done.stdout + done.stderr

    def init(self, stack: str) -> Workspace:
        """`terraform init`: it makes the workspace."""
        said = self.terraform(stack, "init", "-input=false", "-no-color")
        assert stack in self.api.workspaces, said
        return self.api.workspaces[stack]

    def remote(self, stack: str, *arguments: str) -> Run:
        """A command that makes a run, and the run, when it is done."""
        before = len(self.api.runs)
        said = self.terraform(stack, *arguments, "-input=false", "-no-color")
        assert len(self.api.runs) == before + 1, f"no run came to be: {said}"
        run = self.api.runs[-1]
        assert run.done.wait(TIMEOUT_SECONDS), said
        assert run.workspace.name == stack
        return run

    def outputs(self, stack: str) -> dict[str, Any]:
        """Outputs in the state that the server holds."""
        return {name: one["value"] for name, one in outputs_of(self.api.workspaces[stack]).items()}

    def use_moto(self, stack: str) -> None:
        """Environment variables of a workspace by which its runs reach moto in place of AWS."""
        moto = dict.fromkeys(("AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_STS"), self.aws.endpoint)
        self.api.workspaces[stack].variables = moto


@contextmanager
def staged(folder: Path, aws: Server, platform: Platform, cluster: InCluster | None = None) -> Iterator[Stage]:
    """A platform, synthesized, and a server that knows nothing of it."""
    runner = Runner(folder / "jails", aws, cluster, starts_provider=f"{platform.name}-network")
    api = runner.api = Api(runner.start)
    try:
        stage = Stage(folder, aws, api, runner)
        stage.synth(platform)
        yield stage
        assert api.unknown == []
    finally:
        api.close()
        runner.provider.close()
