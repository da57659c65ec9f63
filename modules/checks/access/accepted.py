"""Reasons for findings about roles that this project creates."""

from collections.abc import Mapping

REASONS: Mapping[tuple[str, str], str] = {
    ("IAM002", "aws_iam_role.hcp_apply"): (
        "requests of the AWS provider that name no resource: an association by its own id, and the tags of a key that is being created"
    ),
    ("IAM006", "aws_iam_role.hcp_apply"): "set as apply_policy_arns in the settings of the runner",
}
"""Finding and address of a role to the reason; a test compares it with the findings of all platforms of the tests."""
