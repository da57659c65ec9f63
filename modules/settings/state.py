"""Where Terraform keeps the state of the stacks, and with it how the stacks read each other."""

from typing import Annotated, Literal

from pydantic import Tag

from modules.settings.runner import HcpRoles
from modules.settings.section import Section
from modules.settings.types import KeyArn, NonEmpty, kind_of, matching


class LocalState(Section):
    """State in files of this machine, outside of `generated/`. For a first look and for one person."""

    folder: str = "state"
    """Folder of the state files, relative to the project. Never inside generated/, which synth rewrites. Relative: an
    absolute path would be another machine's, and would stand in the JSON.
    """

    def address(self, platform: str, layer: str) -> str:
        """Where this stack's state lies; two stacks of one address would overwrite each other."""
        return f"{self.folder}/{platform}-{layer}.tfstate"


class S3State(Section):
    """State in an S3 bucket, locked by Terraform's own lock file (no DynamoDB), encrypted."""

    bucket: Annotated[str, matching(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "an S3 bucket name")]
    """The bucket. It must exist before the first `terraform init`, or be made by `make deploy`."""
    create_bucket: bool = False
    """Let `make deploy` make the bucket if there is none: versioned, encrypted by KMS, TLS only, closed to the public. A
    bucket that somebody else made is never touched.
    """
    region: str
    """Region of the bucket, such as us-west-2; not always the platform's."""
    kms_key_arn: KeyArn | None = None
    """Key that encrypts the state. None: the bucket's default encryption."""
    key_prefix: Annotated[str, matching(r"[\w/-]*", "a key prefix of letters, digits, - _ and /")] = "kubeflow"
    """First part of the keys: `<key_prefix>/<platform>/<layer>.tfstate`."""

    def address(self, platform: str, layer: str) -> str:
        """Where this stack's state lies; two stacks of one address would overwrite each other."""
        return f"s3://{self.bucket}/{self.key(platform, layer)}"

    def key(self, platform: str, layer: str) -> str:
        """Key of the state object in the bucket."""
        return f"{self.key_prefix.strip('/')}/{platform}/{layer}.tfstate".lstrip("/")


class HcpState(Section):
    """State and runs in HCP Terraform (Terraform Cloud), one workspace a stack."""

    organization: NonEmpty
    """The organization."""
    project: NonEmpty | None = None
    """The project that the workspaces belong to. None: the organization's default."""
    workspace_prefix: Annotated[
        str,
        matching(
            r"[\w-]{0,50}",
            "a prefix of up to 50 letters, digits, - and _ (a workspace's name ends at 90, the platform's part at 40)",
        ),
    ] = ""
    """First part of the workspace names: `<workspace_prefix><platform>-<layer>`."""
    hostname: NonEmpty = "app.terraform.io"
    """Another host for Terraform Enterprise."""
    roles: HcpRoles | None = None
    """AWS roles for its runs, as the stack `<platform>-runner`. None: the workspaces have credentials already."""

    def address(self, platform: str, layer: str) -> str:
        """Where this stack's state lies; two stacks of one address would overwrite each other."""
        return f"{self.hostname}/{self.organization}/{self.workspace(platform, layer)}"

    def workspace(self, platform: str, layer: str) -> str:
        """Name of the workspace."""
        return f"{self.workspace_prefix}{platform}-{layer}"


class NoState(Section):
    """Hand-over: another Terraform pipeline runs the stacks and brings its own backend.

    What a stack needs of another becomes a typed, described, validated Terraform variable.
    """

    backend: Literal["none", "s3", "http", "azurerm", "gcs", "pg", "remote"] = "none"
    """An empty backend block of this kind, to be filled by `-backend-config` (ignored without a block). none: no block.
    """

    def address(self, platform: str, layer: str) -> str:
        """A name that no two stacks share; the pipeline decides where the state lies."""
        return f"{platform}-{layer}"


class State:
    """The four ways, as they are written in `main.py`, such as `State.s3(bucket=…, region=…)`."""

    local = LocalState
    s3 = S3State
    hcp = HcpState
    none = NoState


AnyState = Annotated[
    Annotated[LocalState, Tag("union:LocalState")]
    | Annotated[S3State, Tag("union:S3State")]
    | Annotated[HcpState, Tag("union:HcpState")]
    | Annotated[NoState, Tag("union:NoState")],
    kind_of("State.local(…)", "State.s3(…)", "State.hcp(…)", "State.none(…)"),
]
