"""What `make deploy` and `make destroy` look at before anything is done: one sentence for each thing that would fail late."""

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
"""The AWS provider alone takes 700 MB unpacked, and each stack links or copies it."""


def terraform_problems() -> Iterator[str]:
    """Terraform is there, and new enough."""
    program = shutil.which("terraform")
    if program is None:
        yield "there is no terraform on PATH; install 1.11 or later: https://developer.hashicorp.com/terraform/install"
        return
    answer = subprocess.run([program, "version", "-json"], capture_output=True, text=True, check=False)
    version = json.loads(answer.stdout)["terraform_version"] if answer.returncode == 0 else ""
    wanted = TERRAFORM_VERSION.removeprefix(">= ")
    if numbers(version) < numbers(wanted):
        yield f"{program} is Terraform {version or 'that does not answer'}, and {wanted} or later is needed (write-only arguments); update it"


def numbers(version: str) -> tuple[int, ...]:
    """`1.11.4` as numbers, for comparing; of a pre-release what comes before the hyphen."""
    return tuple(int(part) for part in version.partition("-")[0].split(".") if part.isdigit())


def space_problems(folder: Path) -> Iterator[str]:
    """There is room for providers."""
    free = shutil.disk_usage(folder).free
    if free < FREE_BYTES:
        yield f"{folder.resolve()} has {free // 1024**2} MiB free, and Terraform's providers take about {FREE_BYTES // 1024**2}; make room"


def account_problems(found: Sequence[Platform]) -> Iterator[str]:
    """There are credentials, of an account that each platform may be in, and AWS answers in its region."""
    for platform in found:
        try:
            account = boto3.client("sts", region_name=platform.region).get_caller_identity()["Account"]
        except NoCredentialsError:
            yield "there are no AWS credentials; sign in (`aws sso login`, AWS_PROFILE=…) and run it again"
            return
        except ConnectionError as error:
            yield f"AWS cannot be reached in {platform.region} ({error}); look at the network, a proxy, or the VPN"
            return
        except (ClientError, BotoCoreError) as error:
            yield f"{platform.name}: AWS in {platform.region} refuses these credentials ({error}); sign in again, or enable the region"
            return
        if (
            platform.assume_role_arn is None
            and platform.allowed_account_ids
            and account not in platform.allowed_account_ids
        ):
            yield (
                f"{platform.name}: these credentials are of account {account}, and allowed_account_ids has "
                f"{', '.join(platform.allowed_account_ids)}; use others (AWS_PROFILE=…)"
            )


def sign_in_problems(found: Sequence[Platform]) -> Iterator[str]:
    """The program is there by which Terraform signs in to a cluster."""
    names = [
        platform.name for platform in found if platform.kubeflow is not None and platform.provider_auth() == "exec"
    ]
    if names and shutil.which("aws") is None:
        yield (
            f"there is no aws program on PATH, and Terraform signs in to the cluster of {', '.join(names)} by it; install the AWS CLI, or "
            'set Kubeflow(provider_auth="token")'
        )


def cluster_problems(found: Sequence[Platform]) -> Iterator[str]:
    """A cluster of others is there: the provider's own sentence names neither region nor account."""
    for platform in found:
        if not isinstance(platform.cluster, ExistingCluster) or platform.assume_role_arn is not None:
            continue
        try:
            boto3.client("eks", region_name=platform.region).describe_cluster(name=platform.cluster.name)
        except ClientError as error:
            if error.response["Error"]["Code"] == "ResourceNotFoundException":  # no right to look is no reason to stop
                yield (
                    f"{platform.name}: there is no cluster {platform.cluster.name} in {platform.region} of this account; look at "
                    "cluster.name and region, or use other credentials (AWS_PROFILE=…)"
                )


def main() -> None:
    """Print every problem and end with 1; print nothing when all is well."""
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
