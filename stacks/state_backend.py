"""Where a stack keeps its Terraform state, and how a later stack reads it."""

from pathlib import PurePosixPath
from typing import Any

from cdktf import (
    CloudBackend,
    DataTerraformRemoteState,
    DataTerraformRemoteStateLocal,
    DataTerraformRemoteStateS3,
    LocalBackend,
    NamedCloudWorkspace,
    NamedRemoteWorkspace,
    S3Backend,
    S3BackendAssumeRoleConfig,
    TerraformElement,
    TerraformStack,
)

from modules.naming import addressed
from modules.settings.state import AnyState, HcpState, LocalState, NoState, S3State

STACK_FOLDER = PurePosixPath("generated/stacks/name")
"""Terraform runs in the stack's folder; local state is outside generated/, this many levels up."""


def write_backend(stack: TerraformStack, state: AnyState, name: str, layer: str) -> None:
    """Write where a stack keeps its state.

    Args:
        stack: the stack.
        state: settings of the state.
        name: of the platform.
        layer: last part of the stack's name.
    """
    match state:
        case LocalState():
            LocalBackend(stack, path=relative(state.address(name, layer)))
        case S3State():
            S3Backend(stack, **s3_config(state, name, layer), encrypt=True)
            stack.add_override("terraform.backend.s3.use_lockfile", True)
        case HcpState():
            CloudBackend(
                stack,
                organization=state.organization,
                hostname=state.hostname,
                workspaces=NamedCloudWorkspace(state.workspace(name, layer), state.project),
            )
        case NoState():
            # Without an explicit backend cdktf writes a local one with an absolute path, so one is set and removed.
            LocalBackend(stack)
            if state.backend == "none":
                stack.add_override("terraform.backend", None)  # Terraform refuses a `backend` block without a kind
            else:
                stack.add_override("terraform.backend.local", None)
                stack.add_override(f"terraform.backend.{state.backend}", {})


def read_remote_state(
    stack: TerraformStack, state: LocalState | S3State | HcpState, name: str, layer: str
) -> TerraformElement:
    """A data source of an earlier stack's state, by that stack's name.

    Args:
        stack: the stack that reads.
        state: settings of the state.
        name: of the platform.
        layer: last part of the earlier stack's name.
    """
    match state:
        case LocalState():
            found: TerraformElement = DataTerraformRemoteStateLocal(
                stack, f"{layer}-state", path=relative(state.address(name, layer))
            )
        case S3State():
            found = DataTerraformRemoteStateS3(stack, f"{layer}-state", **s3_config(state, name, layer))
        case HcpState():
            found = DataTerraformRemoteState(
                stack,
                f"{layer}-state",
                organization=state.organization,
                hostname=state.hostname,
                workspaces=NamedRemoteWorkspace(state.workspace(name, layer)),
            )
    return addressed(layer, found)


def relative(path: str) -> str:
    """A project path relative to the stack's folder."""
    return "/".join([*[".."] * len(STACK_FOLDER.parts), path])


def s3_config(state: S3State, platform: str, layer: str) -> dict[str, Any]:
    """State location of a stack in S3, for the backend and for readers."""
    role = {}
    if state.assume_role_arn is not None:
        config = S3BackendAssumeRoleConfig(role_arn=state.assume_role_arn, external_id=state.assume_role_external_id)
        role = {"assume_role": config}
    return {
        "bucket": state.bucket,
        "region": state.region,
        "key": state.key(platform, layer),
        "kms_key_id": state.kms_key_arn,
        **role,
    }
