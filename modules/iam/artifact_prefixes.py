"""Key prefixes of artifacts in the bucket, shared by team roles, Pipelines and its profile controller."""

PRIVATE_ARTIFACTS = "private-artifacts"
"""Upstream's prefix for per-team artifacts, followed by the namespace."""
PIPELINE_DEFINITIONS = "pipelines"
"""Prefix for pipeline definitions that are not in the database (`ObjectStoreConfig.PipelinePath`)."""
LOG_NAME = "main.log"
"""File name of a step's log in Argo."""


def team_prefix(namespace: str) -> str:
    """Prefix that a team's role may read and write, ending in `/`.

    It covers the team's default pipeline root and its archived logs, so driver and launcher need no other prefix.
    The `/` keeps the prefix of `team-a` from matching `team-ab`.

    Args:
        namespace: of the team; may be a token of any kind.
    """
    return f"{PRIVATE_ARTIFACTS}/{namespace}/"


def pipeline_root(bucket: str, namespace: str) -> str:
    """Default pipeline root of a team, as `s3://` URI."""
    return f"s3://{bucket}/{team_prefix(namespace)}v2/artifacts"


def key_format(namespace: str) -> str:
    """Argo's key format for step logs and Argo artifacts, with Argo's template braces."""
    return (
        f"{team_prefix(namespace)}{{{{workflow.name}}}}/{{{{workflow.creationTimestamp.Y}}}}/"
        "{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}"
    )
