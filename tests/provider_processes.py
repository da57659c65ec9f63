"""The AWS provider of the tests with the real Terraform: which program it is, and one set of processes for each worker."""

import json
import os
import subprocess
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from pathlib import Path

import pytest

from modules.aws_data.terraform import aws_provider
from tests.provider_mirror import cli_config
from tests.stand_ins.providers.aws_provider import AwsProvider

REATTACH = "TF_REATTACH_PROVIDERS"
READS = ("AWS_", "TF_APPEND_USER_AGENT", "TF_LOG")
"""How the names begin of variables of a command that the provider reads."""
_INHERITED = {
    **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_", "PYTEST_"))},
    # no home of a test has files of AWS
    **{"AWS_CONFIG_FILE": os.devnull, "AWS_SHARED_CREDENTIALS_FILE": os.devnull},
}
"""The rest of its environment: equal for all, since processes are used again by commands with an equal environment, and each takes 0.9 s of
CPU to start. Most tests have a home of their own."""
_provider = AwsProvider()
_installed = tempfile.TemporaryDirectory(prefix="aws-provider-")


@contextmanager
def running(
    environment: Mapping[str, str], *places: Path, required: object = aws_provider()
) -> Iterator[dict[str, str]]:
    """The provider for commands of Terraform.

    Args:
        environment: of the commands; what the provider reads reaches it.
        places: files and folders with configuration and states, see AwsProvider.serving.
        required: the entry of `required_providers`.

    Yields:
        The environment, with the provider next to others in TF_REATTACH_PROVIDERS.
    """
    own = {name: value for name, value in environment.items() if name.startswith(READS)}
    with _provider.serving(program(required), {**_INHERITED, **own}, places) as served:
        yield attached(environment, served)


def attached(environment: Mapping[str, str], served: Mapping[str, object]) -> dict[str, str]:
    """An environment with what AwsProvider.serving yields next to the providers that are in it."""
    others = json.loads(environment.get(REATTACH, "{}"))
    return {**environment, REATTACH: json.dumps({**others, **served})}


def program(required: object) -> Path:
    """The executable that Terraform installs for an entry of `required_providers`."""
    return _program(json.dumps(required, sort_keys=True))


@cache
def _program(required: str) -> Path:
    folder = Path(tempfile.mkdtemp(dir=_installed.name))
    configuration = {"terraform": {"required_providers": {"aws": json.loads(required)}}}
    (folder / "main.tf.json").write_text(json.dumps(configuration))
    (folder / "cli.tfrc").write_text(cli_config())
    inherited = {name: value for name, value in os.environ.items() if not name.startswith("TF_")}
    subprocess.run(
        ["terraform", "init", "-input=false", "-no-color"],
        cwd=folder,
        env={**inherited, "TF_CLI_CONFIG_FILE": str(folder / "cli.tfrc"), "CHECKPOINT_DISABLE": "1"},
        stdout=subprocess.DEVNULL,
        check=True,
    )
    found = (folder / ".terraform" / "providers").glob("*/hashicorp/aws/*/*/terraform-provider-aws*")
    return next(found).resolve()


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End what still runs."""
    _provider.close()
    _installed.cleanup()
