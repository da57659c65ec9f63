"""`kubeflow-aws lock-providers`: writes the provider lock file of each stack."""

import json
import subprocess
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from cli.stack_list import Stack, read_stacks, selected
from cli.terraform_run import environment
from modules.errors import ProblemsError

LOCK_FILE = ".terraform.lock.hcl"
PLATFORMS = ("linux_amd64", "linux_arm64", "darwin_amd64", "darwin_arm64")
"""Platforms of runners and of workstations. Source: https://developer.hashicorp.com/terraform/cli/commands/providers/lock"""


def main(patterns: Sequence[str], *, platforms: Sequence[str], net_mirror: str | None, fs_mirror: Path | None) -> None:
    """Write the lock files; stacks with the same providers share one run of Terraform, since it fetches each provider again.

    Args:
        patterns: names of stacks or globs; empty: all.
        platforms: for which hashes are written; empty: PLATFORMS.
        net_mirror: URL of a provider network mirror; None: the registry of each provider.
        fs_mirror: folder made by `terraform providers mirror`; None: as above.

    Raises:
        ValueError: two mirrors, no stack matches, or Terraform failed; files of other providers may be written then.
    """
    if net_mirror is not None and fs_mirror is not None:
        raise ValueError("--net-mirror, --fs-mirror: two sources of providers; choose one")
    source = (
        [f"-net-mirror={net_mirror}"] if net_mirror else [f"-fs-mirror={fs_mirror.absolute()}"] if fs_mirror else []
    )
    arguments = [*source, *(f"-platform={one}" for one in platforms or PLATFORMS)]
    for (providers, before), stacks in alike(selected(read_stacks(), patterns)).items():
        content = locked(json.loads(providers), before, arguments)
        for stack in stacks:
            (stack.folder / LOCK_FILE).write_bytes(content)
        print(f"{', '.join(stack.name for stack in stacks)}: {', '.join(sorted(json.loads(providers)))}")


def alike(stacks: Sequence[Stack]) -> dict[tuple[str, bytes | None], list[Stack]]:
    """Stacks by their providers, as JSON, and the lock file that they have, whose versions stay."""
    found: dict[tuple[str, bytes | None], list[Stack]] = {}
    for stack in stacks:
        required = stack.document["terraform"]["required_providers"]
        wanted = {name: {"source": one["source"], "version": one["version"]} for name, one in required.items()}
        file = stack.folder / LOCK_FILE
        key = (json.dumps(wanted, sort_keys=True), file.read_bytes() if file.is_file() else None)
        found.setdefault(key, []).append(stack)
    return found


def locked(providers: Mapping[str, Any], before: bytes | None, arguments: Sequence[str]) -> bytes:
    """The lock file of some providers.

    Args:
        providers: a block `required_providers`.
        before: existing lock file, if any.
        arguments: of `terraform providers lock`.

    Raises:
        ValueError: Terraform is missing or failed.
    """
    with tempfile.TemporaryDirectory(prefix="kubeflow-aws-lock-") as temporary:
        folder = Path(temporary)
        (folder / "main.tf.json").write_text(
            json.dumps({"terraform": {"required_providers": providers}}), encoding="utf-8"
        )
        if before is not None:
            (folder / LOCK_FILE).write_bytes(before)
        try:
            done = subprocess.run(
                ["terraform", "providers", "lock", "-no-color", *arguments],
                cwd=folder,
                env=environment(),
                capture_output=True,
                text=True,
                check=False,
            )
        except FileNotFoundError as error:
            raise ValueError(
                "terraform is not on PATH; install it: https://developer.hashicorp.com/terraform/install"
            ) from error
        if done.returncode != 0:
            raise ProblemsError(failure(providers, done.stderr))
        return (folder / LOCK_FILE).read_bytes()


def failure(providers: Mapping[str, Any], said: str) -> list[str]:
    """What Terraform reported, and what to do."""
    names = ", ".join(sorted(providers))
    lines = [line.strip() for line in said.splitlines() if line.strip()]
    return [
        f"{names}: no lock file was written; use a reachable registry, or --net-mirror or --fs-mirror with all platforms, "
        "or fewer of them with --platform",
        *lines,
    ]
