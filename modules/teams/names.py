"""Names that a team has in AWS, in Helm and in Kubeflow."""

import re

SERVICE_ACCOUNT = "default-editor"
"""What notebooks, pipeline steps and jobs of a team run as; the profile controller makes it in each namespace."""


def release_name(team: str) -> str:
    """Name of a team's release, and last part of its role's name."""
    return f"team-{team}"


def binding_name(user: str, role: str) -> str:
    """Name that KFAM gives what makes somebody a contributor: kind, user, kind of role, role; all else becomes hyphens.

    Source: https://github.com/kubeflow/dashboard/blob/main/components/access-management/kfam/bindings.go (getBindingName)
    """
    return re.sub(r"[^a-z0-9]+", "-", f"user-{user}-clusterrole-{role}".lower())
