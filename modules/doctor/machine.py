"""Programs and disk space of this machine."""

import json
import shutil
import subprocess
from collections.abc import Iterator, Sequence
from pathlib import Path

from modules.aws_data.terraform import TERRAFORM_VERSION
from modules.doctor.finding import Finding
from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.program import run
from modules.settings import Platform
from modules.settings.runner import IN_HCP

FREE_BYTES = 2 * 1024**3
"""Required disk space: the AWS provider takes 700 MB unpacked, and each stack links or copies it."""
NODE_VERSION = "20.0.0"
"""Oldest version that runs CDKTF's library, as in the Makefile."""

Platforms = Sequence[Platform]


def numbers(version: str) -> tuple[int, ...]:
    """`1.11.4` as numbers for comparison; without the suffix of a pre-release."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())


def _output(*command: str) -> str:
    """Output of a program; empty if it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
    except (OSError, subprocess.TimeoutExpired):  # reported as an unknown version
        return ""
    return done.stdout if done.returncode == 0 else ""


def terraform(platforms: Platforms) -> Iterator[Finding]:
    """Terraform is installed in a supported version."""
    if platforms and all(platform.runner in IN_HCP for platform in platforms):
        return
    program, wanted = shutil.which("terraform"), TERRAFORM_VERSION.removeprefix(">= ")
    if program is None:
        yield Finding(
            "error",
            "terraform not found on PATH",
            "install 1.11 or later: https://developer.hashicorp.com/terraform/install",
        )
        return
    answer = _output(program, "version", "-json")
    version = str(json.loads(answer)["terraform_version"]) if answer else ""
    if numbers(version) < numbers(wanted):
        yield Finding(
            "error",
            f"{program} is Terraform {version or '(unknown version)'}, but {wanted} or later is required (write-only arguments)",
            "update it",
        )
    else:
        yield Finding("ok", f"Terraform {version}")


def aws_program(platforms: Platforms) -> Iterator[Finding]:
    """The AWS CLI is installed if Terraform's providers authenticate with it."""
    names = [one.name for one in platforms if one.kubeflow is not None and one.provider_auth() == "exec"]
    if not names:
        return
    if shutil.which("aws") is None:
        yield Finding(
            "error",
            f"aws not found on PATH, but required for cluster authentication of {', '.join(names)}",
            'install the AWS CLI, or set Kubeflow(provider_auth="token")',
        )
    else:
        yield Finding("ok", "the AWS CLI is installed")


def node(platforms: Platforms) -> Iterator[Finding]:
    """Node runs CDKTF at synthesis; no other command needs it."""
    program = shutil.which("node")
    version = _output(program, "--version").strip().removeprefix("v") if program else ""
    if numbers(version) < numbers(NODE_VERSION):
        yield Finding(
            "error",
            f"Node 20 or later is required on PATH, found {version or 'none'}",
            "install it: https://nodejs.org",
        )
    else:
        yield Finding("ok", f"Node {version}")


def chart_hashes() -> list[str]:
    """Hashes of all charts of the lock."""
    return read_lock().chart_hashes()


def charts(platforms: Platforms) -> Iterator[Finding]:
    """Kubeflow's charts are in the cache, or the programs that build them are installed."""
    if not any(platform.kubeflow is not None for platform in platforms):
        return
    cache, hashes = Cache(), chart_hashes()
    missing = sum(cache.get(sha256) is None for sha256 in hashes)
    if not missing:
        yield Finding("ok", f"Kubeflow's {len(hashes)} charts are built")
        return
    lacking = [] if shutil.which("git") else ["git"]
    lacking += [] if shutil.which("kustomize") or shutil.which("kubectl") else ["kustomize or kubectl"]
    if lacking:
        yield Finding(
            "error",
            f"{missing} of Kubeflow's {len(hashes)} charts are not built, and {' and '.join(lacking)} is not on PATH",
            f"install it, then: {run('vendor')}",
        )
    else:
        yield Finding("error", f"{missing} of Kubeflow's {len(hashes)} charts are not built", run("vendor", "synth"))


def space(platforms: Platforms) -> Iterator[Finding]:
    """The disk has space for Terraform's providers."""
    folder = Path()
    free = shutil.disk_usage(folder).free // 1024**2
    if free < FREE_BYTES // 1024**2:
        yield Finding(
            "error",
            f"{folder.resolve()} has {free} MiB free, but Terraform's providers need about {FREE_BYTES // 1024**2}",
            "free some space",
        )
    else:
        yield Finding("ok", f"{free // 1024} GiB of disk space are free")
