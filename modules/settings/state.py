"""Terraform state of the stacks, and how stacks read each other's outputs."""

from typing import Annotated, Literal

from pydantic import Tag

from modules.settings.runner import HcpRoles
from modules.settings.section import Section
from modules.settings.types import ExternalId, KeyArn, NonEmpty, RoleArn, kind_of, matching


class LocalState(Section):
    """State in local files outside of `generated/`. For evaluation and a single user."""

    folder: str = "state"
    """Folder of the state files, relative to the project. It must not be inside generated/, which synth rewrites. An
    absolute path is not allowed: it would make the generated JSON depend on the machine.
    """

    def address(self, platform: str, layer: str) -> str:
        """Location of a stack's state, which must be unique."""
        return f"{self.folder}/{platform}-{layer}.tfstate"


class S3State(Section):
    """State in an S3 bucket, with S3 state locking (no DynamoDB), encrypted."""

    bucket: Annotated[str, matching(r"(?!.*\.\.)[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "an S3 bucket name")]
    """Name of the bucket. It must exist before the first `terraform init`, or be created by `make deploy`."""
    create_bucket: bool = False
    """Create the bucket in `make deploy` if it does not exist: versioned, encrypted with KMS, TLS only, no public
    access. An existing bucket is not changed.
    """
    region: str
    """Region of the bucket, such as us-west-2; it can differ from the platform's."""
    kms_key_arn: KeyArn | None = None
    """KMS key of the state. None: the bucket's default encryption."""
    key_prefix: Annotated[str, matching(r"[\w/-]*", "a key prefix of letters, digits, - _ and /")] = "kubeflow"
    """Prefix of the keys: `<key_prefix>/<platform>/<layer>.tfstate`."""
    assume_role_arn: RoleArn | None = None
    """Role that Terraform and `make deploy` assume to read, write and lock states, usually of the account with the
    bucket; stacks read each other's state with it as well. None: the caller's identity, also where the platform's
    assume_role_arn is set.
    """
    assume_role_external_id: ExternalId | None = None
    """External id for assuming the role. None: no external id."""

    def address(self, platform: str, layer: str) -> str:
        """Location of a stack's state, which must be unique."""
        return f"s3://{self.bucket}/{self.key(platform, layer)}"

    def key(self, platform: str, layer: str) -> str:
        """Key of the state object in the bucket."""
        return f"{self.key_prefix.strip('/')}/{platform}/{layer}.tfstate".lstrip("/")


class HcpState(Section):
    """State and runs in HCP Terraform (Terraform Cloud), one workspace per stack."""

    organization: NonEmpty
    """Name of the organization."""
    project: NonEmpty | None = None
    """Project of the workspaces. None: the organization's default project."""
    workspace_prefix: Annotated[
        str,
        matching(
            r"[\w-]{0,50}",
            "a prefix of up to 50 letters, digits, - and _ (workspace names have up to 90, the platform's part up to 40)",
        ),
    ] = ""
    """Prefix of the workspace names: `<workspace_prefix><platform>-<layer>`."""
    hostname: NonEmpty = "app.terraform.io"
    """Host name, for Terraform Enterprise."""
    roles: HcpRoles | None = None
    """AWS roles for its runs, as the stack `<platform>-runner`. None: the workspaces have credentials."""

    def address(self, platform: str, layer: str) -> str:
        """Location of a stack's state, which must be unique."""
        return f"{self.hostname}/{self.organization}/{self.workspace(platform, layer)}"

    def workspace(self, platform: str, layer: str) -> str:
        """Name of the workspace."""
        return f"{self.workspace_prefix}{platform}-{layer}"


class NoState(Section):
    """Hand-over: another Terraform pipeline runs the stacks and brings its own backend.

    What a stack needs of another becomes a typed, described, validated Terraform variable.
    """

    backend: Literal["none", "s3", "http", "azurerm", "gcs", "pg", "remote"] = "none"
    """Type of the empty backend block, which `-backend-config` completes (ignored without a block). none: no block."""
    form: Literal["root", "module"] = "root"
    """What each stack is. root: a root module, with provider blocks, which Terraform runs in its folder. module: a module
    that another root calls, with required_providers only; so count, for_each, depends_on and aliased providers work,
    and the root configures region, account, tags, roles and cluster authentication.
    """

    def address(self, platform: str, layer: str) -> str:
        """Unique name of a stack; the pipeline decides where its state is stored."""
        return f"{platform}-{layer}"


class State:
    """The kinds of state, as written in `main.py`: `State.s3(bucket=…, region=…)`."""

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
