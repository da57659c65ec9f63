"""The real terraform binary with the real AWS provider, on moto in place of AWS.

    stacks = workspaces(generated, tmp_path, aws.endpoint)
    stacks["prod-network"].apply()
    assert stacks["prod-network"].plan().is_empty

The generated JSON is copied, never edited: an override file next to it and environment variables lead the provider to
moto. https://developer.hashicorp.com/terraform/language/files/override
"""

import json
import os
import shutil
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from tests.provider_mirror import COLLECTS_LESS, cli_config
from tests.provider_processes import running
from tests.stand_ins.moto_extension import CREDENTIALS

TIMEOUT_SECONDS = 900
SENDER = "TF_APPEND_USER_AGENT"


class TerraformError(AssertionError):
    """Terraform ended with an error; the text is all that it printed."""


def workspaces(generated: Path, into: Path, endpoint: str) -> dict[str, "Terraform"]:
    """A copy of all stacks of a generated tree, ready for Terraform, by stack name.

    Called again for a tree synthesized with other settings, it exchanges the configuration and keeps the states.

    Args:
        generated: folder with `stacks/<stack>/cdk.tf.json`.
        into: empty folder at first. Local states go to `into/state`, as the relative backend paths lead.
        endpoint: where moto listens.
    """
    found = {}
    for source in sorted((generated / "stacks").glob("*/cdk.tf.json")):
        folder = into / "generated" / "stacks" / source.parent.name
        for stale in folder.glob("*.tf.json"):
            stale.unlink()
        # The lock file names provider versions that a mirror need not have.
        shutil.copytree(
            source.parent, folder, dirs_exist_ok=True, ignore=shutil.ignore_patterns(".terraform*", "*.tfstate*")
        )
        found[source.parent.name] = Terraform(folder, endpoint)
    return found


class Plan:
    """What Terraform wants to do.

    Args:
        file: the saved plan; Terraform.apply(plan=plan) does exactly this.
        is_empty: nothing to do, outputs included: Terraform's own "No changes".
        actions: `create`, `update`, `replace`, `delete`, `read`, `move`, `import`, `remove` by resource address;
            what stays as it is, is not in it.
        warnings: text of each warning, on one line.
    """

    def __init__(self, workspace: "Terraform", file: Path, events: list[dict[str, Any]], is_empty: bool):
        changes = [event["change"] for event in events if event["type"] == "planned_change"]
        self._workspace = workspace
        self.file = file
        self.is_empty = is_empty
        said = [event["diagnostic"] for event in events if event["type"] == "diagnostic"]
        self.warnings = [
            " ".join(f"{one['summary']} {one.get('detail', '')}".split())
            for one in said
            if one["severity"] == "warning"
        ]
        self.actions: dict[str, str] = {change["resource"]["addr"]: change["action"] for change in changes}

    @cached_property
    def document(self) -> dict[str, Any]:
        """All of `terraform show -json`."""
        shown: dict[str, Any] = json.loads(self._workspace.run("show", "-json", str(self.file)))
        return shown

    def change(self, address: str) -> dict[str, Any]:
        """`before`, `after`, `after_unknown`, `actions`, `replace_paths` of one resource."""
        found: dict[str, Any] = next(
            one["change"] for one in self.document["resource_changes"] if one["address"] == address
        )
        return found

    def explain(self) -> str:
        """Every attribute that changes, a line each, for the message of a failed assertion; `None` may be unknown."""
        lines = []
        for address, action in sorted(self.actions.items()):
            change = self.change(address)
            before, after = change["before"] or {}, change["after"] or {}
            lines += [f"{address}: {action}"] + [
                f"  {key}: {before.get(key)} -> {after.get(key)}"
                for key in sorted(before.keys() | after.keys())
                if before.get(key) != after.get(key)
            ]
        return "\n".join(lines)

    def of(self, *actions: str) -> list[str]:
        """The addresses with one of these actions, sorted."""
        return sorted(address for address, action in self.actions.items() if action in actions)

    def __repr__(self) -> str:
        return f"Plan({'no changes' if self.is_empty else self.actions})"


@dataclass(frozen=True)
class Terraform:
    """One stack's folder under the real Terraform. Every method raises TerraformError with all of its output.

    Args:
        folder: with the copied cdk.tf.json.
        endpoint: where moto listens; empty for a stack without AWS.
        environment: further variables; they win over those set here.
        names_sender: requests to AWS name the stack and the phase that sent them, for the stand-in that records them. Each pair of these
            is a process of the AWS provider.
        starts_provider: Terraform installs and starts the AWS provider itself, as for a user.
    """

    folder: Path
    endpoint: str
    environment: Mapping[str, str] = field(default_factory=dict)
    names_sender: bool = False
    starts_provider: bool = False

    def run(self, *arguments: str, accept: tuple[int, ...] = (0,)) -> str:
        """Any terraform command; its standard output."""
        done = self._run(*arguments)
        if done.returncode not in accept:
            raise TerraformError(f"terraform {' '.join(arguments)} in {self.folder}:\n{done.stdout}\n{done.stderr}")
        return done.stdout

    def init(self, *arguments: str) -> None:
        """Set up the backend, modules and providers. plan, apply and the others do it by themselves once."""
        self._write_override()
        self.run("init", "-input=false", "-no-color", *arguments)
        (self.folder / ".terraform").mkdir(exist_ok=True)  # none without a backend and providers to install

    def validate(self) -> None:
        """Check the configuration against the provider's schema."""
        self._ready()
        self.run("validate", "-no-color")

    def plan(self, *arguments: str) -> Plan:
        """Plan and save the plan. Arguments are passed on: `-destroy`, `-var=region=eu-west-1`, `-refresh-only`."""
        self._ready()
        file = self.folder / "saved.tfplan"
        command = ("plan", "-json", "-detailed-exitcode", "-input=false", "-parallelism=30", f"-out={file}", *arguments)
        done = self._run(*command)
        events = [json.loads(line) for line in done.stdout.splitlines() if line.startswith("{")]
        if done.returncode not in (0, 2):
            raise TerraformError(f"terraform plan in {self.folder}:\n{_readable(events)}\n{done.stderr}")
        return Plan(self, file, events, is_empty=done.returncode == 0)

    def apply(self, *arguments: str, plan: Plan | None = None) -> str:
        """Make it so: a saved plan, or whatever is to do now."""
        self._ready()
        what = ("-auto-approve",) if plan is None else (str(plan.file),)
        return self.run("apply", "-input=false", "-no-color", "-parallelism=30", *arguments, *what)

    def destroy(self, *arguments: str) -> str:
        """Take all of it away. An EKS cluster alone makes the provider wait 0 s to 60 s before the call."""
        self._ready()
        return self.run("destroy", "-auto-approve", "-input=false", "-no-color", "-parallelism=30", *arguments)

    def set_variables(self, **values: Any) -> None:
        """Values of the stack's input variables, for all commands from now on."""
        (self.folder / "moto.auto.tfvars.json").write_text(json.dumps(values))

    def output(self) -> dict[str, Any]:
        """Every output's value by its name."""
        return {name: one["value"] for name, one in json.loads(self.run("output", "-json")).items()}

    def state(self) -> list[str]:
        """Addresses of all that the state holds."""
        return self.run("state", "list").split()

    def test(self, *arguments: str) -> str:
        """`terraform test` on the `tests/*.tftest.json` of the folder."""
        self._ready()
        return self.run("test", "-no-color", *arguments)

    def _ready(self) -> None:
        has_backend = {"backend", "cloud"} & self._terraform.keys()
        record = self.folder / ".terraform" / ("terraform.tfstate" if has_backend else "")
        if not record.exists():
            self.init()
        self._write_override()

    @property
    def _terraform(self) -> dict[str, Any]:
        """The `terraform` block."""
        return _merged(json.loads((self.folder / "cdk.tf.json").read_text()).get("terraform", {}))

    def _run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        with self.environment_of(arguments[0]) as environment:
            return subprocess.run(
                ["terraform", *arguments],
                cwd=self.folder,
                env=environment,
                capture_output=True,
                text=True,
                timeout=TIMEOUT_SECONDS,
                check=False,
            )

    @contextmanager
    def environment_of(self, command: str) -> Iterator[dict[str, str]]:
        """The variables of a command, with the AWS provider that runs already for a stack that requires it."""
        environment = self._environment(command)
        terraform = self._terraform
        required = _merged(terraform.get("required_providers", {})).get("aws")
        if self.starts_provider or required is None:
            yield environment
            return
        state = _merged(_merged(terraform.get("backend", {})).get("local", {})).get("path", "terraform.tfstate")
        own = {name: value for name, value in environment.items() if self.names_sender or name != SENDER}
        with running(own, self.folder, self.folder / state, required=required) as attached:
            yield {**environment, **attached}

    def _environment(self, phase: str) -> dict[str, str]:
        """This process's environment less all that could lead to a real account, plus the way to moto."""
        inherited = {
            name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "PYTEST_"))
        }
        cli_file = self.folder / "cli.tfrc"
        cli_file.write_text(cli_config())
        return {
            **inherited,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": self.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "AWS_CONFIG_FILE": os.devnull,
            "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
            "NO_PROXY": "127.0.0.1",
            "TF_CLI_CONFIG_FILE": str(cli_file),
            "TF_IN_AUTOMATION": "1",
            "CHECKPOINT_DISABLE": "1",
            # The caller, for the stand-in that records requests; the AWS provider and the backend append it.
            SENDER: f"stack/{self.folder.name} phase/{phase}",
            **COLLECTS_LESS,
            **self.environment,
        }

    def _write_override(self) -> None:
        """What has no environment variable: bucket names in the path, and few tries, so that a gap in moto fails soon."""
        document = json.loads((self.folder / "cdk.tf.json").read_text())
        override: dict[str, Any] = {
            "provider": {
                "aws": [
                    {**({"alias": one["alias"]} if "alias" in one else {}), "max_retries": 3, "s3_use_path_style": True}
                    for one in _blocks(document.get("provider", {}).get("aws", []))
                ]
            }
        }
        on_moto = {"use_path_style": True, "skip_metadata_api_check": True}
        for block in _blocks(document.get("terraform", {})):
            if "s3" in block.get("backend", {}):
                override["terraform"] = {"backend": {"s3": {**block["backend"]["s3"], **on_moto}}}
        remote = {
            name: {"config": {**state["config"], **on_moto}}
            for name, state in document.get("data", {}).get("terraform_remote_state", {}).items()
            if state["backend"] == "s3"
        }
        if remote:
            override["data"] = {"terraform_remote_state": remote}
        (self.folder / "moto_override.tf.json").write_text(json.dumps(override, indent=2))


def _readable(events: list[dict[str, Any]]) -> str:
    """Terraform's machine-readable output as a person reads it."""
    lines = []
    for event in events:
        lines.append(event["@message"])
        diagnostic = event.get("diagnostic", {})
        lines += [f"  {diagnostic['address']}"] if "address" in diagnostic else []
        lines += [f"  {diagnostic['detail']}"] if diagnostic.get("detail") else []
    return "\n".join(lines)


def _merged(value: Any) -> dict[str, Any]:
    """All blocks as one."""
    return {name: one for block in _blocks(value) for name, one in block.items()}


def _blocks(value: Any) -> list[dict[str, Any]]:
    """JSON configuration may give one block bare or any number as a list."""
    return value if isinstance(value, list) else [value]
