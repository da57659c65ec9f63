"""The temporary folder of a rehearsal: generated/ of one platform, and what leads Terraform to the stand-ins.

The generated JSON is never edited: an override file next to it replaces the state backend, its readers and the account.
Source: https://developer.hashicorp.com/terraform/language/files/override
"""

import json
import os
import shutil
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from cli.rehearsal.requirements import cli_config
from cli.stack_list import Stack, read_stacks
from modules.program import run
from stacks.document import MANIFEST, json_bytes
from stacks.output import FILES
from stacks.platform import Synthesized, write, write_all_charts
from stacks.protected_resources import FILE_NAME

OVERRIDE = "rehearsal_override.tf.json"
VARIABLES = "rehearsal.auto.tfvars.json"
REATTACH = "TF_REATTACH_PROVIDERS"
KEPT_VARIABLES = ("PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR")
"""Variables of this process that Terraform gets; no credentials, no settings of AWS, Kubernetes, Helm or Terraform."""
NOWHERE = "http://127.0.0.1:9"
"""A proxy that refuses every connection (the discard port): a request to another machine fails at once."""
LOCAL = "127.0.0.1,localhost"


class Project:
    """One life of a platform.

    Args:
        folder: an empty folder outside of the user's project.
        platform: name of the platform.
    """

    def __init__(self, folder: Path, platform: str) -> None:
        self.folder, self.platform = folder, platform
        self.generated = folder / "generated"
        self.generated.mkdir(parents=True)

    def write(self, made: Synthesized, forget: Sequence[str] = ()) -> None:
        """Write a synthesis as `synth` does, and keep the states.

        Raises:
            ValueError: protected resources would be lost, or charts are missing.
        """
        own = [entry for entry in forget if entry.startswith(f"{self.platform}-")]
        write(made, self.generated, own)
        if missing := write_all_charts(made, self.generated):
            raise ValueError(
                f"charts: {len(missing)} are missing ({', '.join(missing[:3])}, …), so their stacks cannot be applied; run: {run('vendor')}"
            )

    def copy(self, source: Path) -> None:
        """Begin with the platform's stacks of another generated folder, and with what is recorded next to it.

        Raises:
            ValueError: the folder has no stack of the platform.
        """
        stacks = [one for one in read_stacks(source) if one.platform == self.platform]
        if not stacks:
            raise ValueError(
                f"{self.platform}: that revision has no such platform; choose another platform, or leave --from out"
            )
        names = {stack.name for stack in stacks}
        for stack in stacks:
            shutil.copytree(stack.folder, self.generated / "stacks" / stack.name)
        manifest = _read(source / MANIFEST)
        manifest["stacks"] = {name: entry for name, entry in manifest["stacks"].items() if name in names}
        (self.generated / MANIFEST).write_bytes(json_bytes(manifest))
        if (source / FILES).is_file():
            kept = {
                path: digest
                for path, digest in _read(source / FILES).items()
                if path == MANIFEST or (path.startswith("stacks/") and path.split("/")[1] in names)
            }
            (self.generated / FILES).write_bytes(json_bytes(kept))
        recorded = source.parent / FILE_NAME
        if recorded.is_file():
            content = {name: entry for name, entry in _read(recorded).items() if name in names}
            (self.folder / FILE_NAME).write_bytes(json_bytes(content))

    def stacks(self, account: str) -> list[Stack]:
        """The stacks in order, led to the stand-ins.

        Args:
            account: id of the AWS account of the stand-in.
        """
        found = read_stacks(self.generated)
        for stack in found:
            (stack.folder / OVERRIDE).write_text(json.dumps(self._override(stack, account), indent=1), encoding="utf-8")
            self._pass_outputs(stack, found)
        return found

    def _override(self, stack: Stack, account: str) -> dict[str, Any]:
        document = stack.document
        aws = [_provider(block, account) for block in _blocks(document.get("provider", {}).get("aws", []))]
        remote = document.get("data", {}).get("terraform_remote_state", {})
        readers = {
            layer: {"backend": "local", "config": {"path": str(self.state_file(f"{stack.platform}-{layer}"))}}
            for layer in remote
        }
        return {
            "terraform": {"backend": {"local": {"path": str(self.state_file(stack.name))}}},
            **({"provider": {"aws": aws}} if aws else {}),
            **({"data": {"terraform_remote_state": readers}} if readers else {}),
        }

    def _pass_outputs(self, stack: Stack, stacks: Sequence[Stack]) -> None:
        """Input variables of an exported platform: outputs of its other stacks by the same name."""
        wanted = stack.document.get("variable", {})
        if wanted:
            outputs = {name: value for one in stacks for name, value in self.outputs(one.name).items()}
            passed = {name: outputs[name] for name in wanted if name in outputs}
            (stack.folder / VARIABLES).write_text(json.dumps(passed), encoding="utf-8")

    def state_file(self, stack: str) -> Path:
        """The state of a stack."""
        return self.folder / "state" / f"{stack}.tfstate"

    def outputs(self, stack: str) -> dict[str, Any]:
        """Outputs of an applied stack; none before its first apply."""
        path = self.state_file(stack)
        return {name: one["value"] for name, one in _read(path).get("outputs", {}).items()} if path.is_file() else {}

    def left_in_states(self) -> list[str]:
        """`stack/address` of each resource that a state still has."""
        return sorted(
            f"{path.stem}/{one['type']}.{one['name']}"
            for path in (self.folder / "state").glob("*.tfstate")
            for one in _read(path).get("resources", [])
            if one["mode"] == "managed"
        )

    def environment(self, endpoint: str, credentials: Mapping[str, str], mirror: Path, reattach: str) -> dict[str, str]:
        """All variables of Terraform.

        Args:
            endpoint: of the stand-in for AWS.
            credentials: which it accepts.
            mirror: folder of the AWS provider.
            reattach: TF_REATTACH_PROVIDERS of the stand-ins for Helm and Kubernetes.
        """
        home, configuration = self.folder / "home", self.folder / "terraform.rc"
        home.mkdir(exist_ok=True)
        configuration.write_text(cli_config(mirror), encoding="utf-8")
        return {
            **{name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ},
            "HOME": str(home),
            **offline(credentials),
            "AWS_ENDPOINT_URL": endpoint,
            "TF_CLI_CONFIG_FILE": str(configuration),
            REATTACH: reattach,
            "TF_IN_AUTOMATION": "1",
            "TF_INPUT": "0",
            "CHECKPOINT_DISABLE": "1",
            "GOGC": "400",  # the AWS provider's schema is large: less CPU for more memory, https://go.dev/doc/gc-guide#GOGC
        }


def offline(credentials: Mapping[str, str]) -> dict[str, str]:
    """Variables without the user's credentials, and without a way to another machine."""
    return {
        **credentials,
        "AWS_EC2_METADATA_DISABLED": "true",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "HTTP_PROXY": NOWHERE,
        "HTTPS_PROXY": NOWHERE,
        "NO_PROXY": LOCAL,
    }


@contextmanager
def offline_process() -> Iterator[None]:
    """The same for this process, in which the stand-in for AWS is created and read."""
    before = dict(os.environ)
    for name in before:
        if name.upper().startswith("AWS_") or name.upper().endswith("_PROXY"):
            del os.environ[name]
    os.environ.update(offline({}))
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _provider(block: Mapping[str, Any], account: str) -> dict[str, Any]:
    """Few retries, so that what the stand-in lacks fails soon; bucket names in the path; the stand-in's account."""
    found: dict[str, Any] = {"max_retries": 3, "s3_use_path_style": True}
    if "alias" in block:
        found["alias"] = block["alias"]
    if "allowed_account_ids" in block:
        found["allowed_account_ids"] = [account]
    if roles := _blocks(block.get("assume_role", [])):
        found["assume_role"] = [
            {
                **role,
                "role_arn": ":".join([*role["role_arn"].split(":")[:4], account, role["role_arn"].split(":", 5)[5]]),
            }
            for role in roles
        ]
    return found


def _blocks(value: Any) -> list[dict[str, Any]]:
    """In Terraform's JSON syntax one block is an object, several are a list."""
    return value if isinstance(value, list) else [value]


def _read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(path.read_bytes())
    return found
