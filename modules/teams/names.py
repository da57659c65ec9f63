"""Names of a team in AWS, Helm and Kubeflow."""

import re

SERVICE_ACCOUNT = "default-editor"
"""Service account of a team's notebooks, pipeline steps and jobs, created by the profile controller."""

NO_OWNER = "system:team-without-owner"
"""Owner of a Profile whose team has none. Kubernetes reserves the prefix `system:`, and its own users in requests are
`system:serviceaccount:<namespace>:<name>`, so that no request is from this user.

Source: https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-subjects
"""


def release_name(team: str) -> str:
    """Name of a team's release, and suffix of its role's name."""
    return f"team-{team}"


def binding_name(user: str, role: str) -> str:
    """KFAM's name of a contributor's objects: kind, user, kind of role, role; other characters become hyphens.

    Source: https://github.com/kubeflow/dashboard/blob/main/components/access-management/kfam/bindings.go (getBindingName)
    """
    return re.sub(r"[^a-z0-9]+", "-", f"user-{user}-clusterrole-{role}".lower())
