"""Checks before `make deploy` and `make destroy`, for problems that would otherwise fail late."""

import json
import shutil
import subprocess
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    ConnectionError,
    NoCredentialsError,
)

from cli.main_file import platforms
from modules.aws_data.terraform import TERRAFORM_VERSION
from modules.settings import ExistingCluster, Platform

FREE_BYTES = 2 * 1024**3
"""Required disk space: the AWS provider takes 700 MB unpacked, and each stack links or copies it."""


def terraform_problems() -> Iterator[str]:
    """Check that Terraform is installed in a supported version."""
    program = shutil.which("terraform")
    if program is None:
        yield "terraform not found on PATH; install 1.11 or later: https://developer.hashicorp.com/terraform/install"
        return
    answer = subprocess.run([program, "version", "-json"], capture_output=True, text=True, check=False)
    version = json.loads(answer.stdout)["terraform_version"] if answer.returncode == 0 else ""
    wanted = TERRAFORM_VERSION.removeprefix(">= ")
    if numbers(version) < numbers(wanted):
        yield f"{program} is Terraform {version or '(unknown version)'}, but {wanted} or later is required (write-only arguments); update it"


def numbers(version: str) -> tuple[int, ...]:
    """`1.11.4` as numbers for comparison; without the suffix of a pre-release."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())


def space_problems(folder: Path) -> Iterator[str]:
    """Check disk space for providers."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        yield f"{folder.resolve()} has {free // 1024**2} MiB free, but Terraform's providers need about {FREE_BYTES // 1024**2}; free some space"


def account_problems(found: Sequence[Platform]) -> Iterator[str]:
    """Check AWS credentials, allowed accounts, and access to each platform's region."""
    for platform in found:
        try:
            account = boto3.client("sts", region_name=platform.region).get_caller_identity()["Account"]
        except NoCredentialsError:
            yield "no AWS credentials found; sign in (`aws sso login`, AWS_PROFILE=…) and retry"
            return
        except ConnectionError as error:
            yield f"AWS is unreachable in {platform.region} ({error}); check the network, the proxy, or the VPN"
            return
        except (ClientError, BotoCoreError) as error:
            yield f"{platform.name}: AWS in {platform.region} rejects these credentials ({error}); sign in again, or enable the region"
            return
        if (
            platform.assume_role_arn is None
            and platform.allowed_account_ids
            and account not in platform.allowed_account_ids
        ):
            yield (
                f"{platform.name}: these credentials belong to account {account}, but allowed_account_ids contains "
                f"{', '.join(platform.allowed_account_ids)}; use others (AWS_PROFILE=…)"
            )


def sign_in_problems(found: Sequence[Platform]) -> Iterator[str]:
    """Check that the AWS CLI is installed if Terraform uses it for cluster authentication."""
    names = [
        platform.name for platform in found if platform.kubeflow is not None and platform.provider_auth() == "exec"
    ]
    if names and shutil.which("aws") is None:
        yield (
            f"aws not found on PATH, but required for cluster authentication of {', '.join(names)}; install the AWS CLI, or "
            'set Kubeflow(provider_auth="token")'
        )


def cluster_problems(found: Sequence[Platform]) -> Iterator[str]:
    """Check that an existing cluster exists: the provider's error names neither region nor account."""
    for platform in found:
        if not isinstance(platform.cluster, ExistingCluster) or platform.assume_role_arn is not None:
            continue
        try:
            boto3.client("eks", region_name=platform.region).describe_cluster(name=platform.cluster.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":  # ignore missing permissions
                yield (
                    f"{platform.name}: cluster {platform.cluster.name} not found in {platform.region} of this account; check "
                    "cluster.name and region, or use other credentials (AWS_PROFILE=…)"
                )


def main() -> None:
    """Print all problems and exit with 1; print nothing on success."""
    found = list(platforms())
    problems = [
        *terraform_problems(),
        *space_problems(Path()),
        *sign_in_problems(found),
        *account_problems(found),
    ]
    problems = problems or [*cluster_problems(found)]
    if problems:
        sys.exit("\n".join(f"before the first change: {problem}" for problem in problems))


if __name__ == "__main__":
    main()
