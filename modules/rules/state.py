"""Rules about state."""

from collections.abc import Iterator
from pathlib import PurePosixPath

from modules.aws_data.regions import region
from modules.errors import split_sentence
from modules.rules.rule import Problem, rule
from modules.settings.state import LocalState, S3State


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
