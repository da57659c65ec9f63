"""Statements for the state of Terraform in S3: of a stack's own, and of those that it reads.

Source: https://developer.hashicorp.com/terraform/language/backend/s3#permissions-required
"""

from collections.abc import Iterator

from modules.installer_policy.measured import Phase
from modules.installer_policy.names import Names
from modules.installer_policy.statement import PolicyStatement
from modules.settings import Platform
from modules.settings.state import S3State


def state_statements(platform: Platform, layer: str, phase: Phase, names: Names) -> Iterator[PolicyStatement]:
    """What the backend needs: each run locks its state; all but plans write it. With a role, only to assume that.

    Args:
        platform: its settings say where its states are.
        layer: of the stack that is written; empty: each.
        phase: what Terraform does.
        names: partition and region.
    """
    state = platform.state
    if not isinstance(state, S3State):
        return
    if state.assume_role_arn is not None:
        yield PolicyStatement(("sts:AssumeRole",), (state.assume_role_arn,))
        return
    bucket = f"arn:{names.partition}:s3:::{state.bucket}"
    own = f"{bucket}/{state.key(platform.name, layer or '*')}"
    yield PolicyStatement(("s3:ListBucket",), (bucket,))
    yield PolicyStatement(("s3:GetObject",), (f"{bucket}/{state.key(platform.name, '*')}*",))
    yield PolicyStatement(("s3:PutObject",), (f"{own}.tflock", *(() if phase == "plan" else (own,))))
    yield PolicyStatement(("s3:DeleteObject",), (f"{own}.tflock",))
    if state.kms_key_arn is not None:
        yield PolicyStatement(("kms:Decrypt", "kms:GenerateDataKey"), (state.kms_key_arn,))
