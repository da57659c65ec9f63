"""Rules about state."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from modules.aws_data.regions import region
from modules.errors import split_sentence
from modules.rules.rule import Problem, rule
from modules.settings.platform import Platform
from modules.settings.state import LocalState, NoState, S3State


def region_problems(name: str) -> Iterator[Problem]:
    """Whether there is such a region."""
    try:
        region(name)
    except ValueError as error:
        yield "region", *split_sentence(str(error))


@rule(LocalState)
def local_folder(state: LocalState) -> Iterator[Problem]:
    """A folder that another machine has, too, and that synth never touches."""
    path = PurePosixPath(state.folder)
    if path.is_absolute() or ".." in path.parts or state.folder.startswith("~"):
        yield "folder", f"{state.folder!r} is outside of the project", "use a folder relative to it, such as 'state'"
    elif path.parts[:1] in {(), ("generated",)}:
        yield (
            "folder",
            f"{state.folder!r} is where generated files are written",
            "use another folder, such as 'state'",
        )


@rule(S3State)
def bucket_region(state: S3State) -> Iterator[Problem]:
    """The region exists, and the key is in it."""
    yield from region_problems(state.region)
    if state.kms_key_arn is not None and state.kms_key_arn.split(":")[3] != state.region:
        yield (
            "kms_key_arn",
            f"the key is in {state.kms_key_arn.split(':')[3]}, and the bucket in {state.region}",
            "use a key of the bucket's region",
        )


@rule(NoState)
def backend_of_a_module(state: NoState) -> Iterator[Problem]:
    """A state belongs to a root."""
    if state.form == "module" and state.backend != "none":
        yield (
            "backend",
            "Terraform ignores the backend of a module; the root that calls it has one",
            'remove backend, or set form="root"',
        )


@rule(Platform)
def what_a_module_cannot_have(platform: Platform) -> Iterator[Problem]:
    """What Terraform allows in a root only, and settings of providers that a module does not have.

    Source: https://developer.hashicorp.com/terraform/language/import
    """
    if not isinstance(platform.state, NoState) or platform.state.form != "module":
        return
    if platform.imported is not None:
        yield "imported", "Terraform allows import blocks in a root only, not in a module", 'set form="root"'
    if platform.kubeflow is not None and platform.kubeflow.provider_auth is not None:
        yield (
            "kubeflow.provider_auth",
            "the root that calls the modules configures the Helm and Kubernetes providers",
            'remove it, or set form="root"',
        )


@rule(S3State)
def external_id(state: S3State) -> Iterator[Problem]:
    """The external ID is for a role."""
    if state.assume_role_external_id is not None and state.assume_role_arn is None:
        yield "assume_role_external_id", "assume_role_arn is not set", "set assume_role_arn or remove the external ID"
