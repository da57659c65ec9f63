"""Where artifacts lie in the bucket. Roles of teams, Pipelines and its profile controller agree on it here."""

PRIVATE_ARTIFACTS = "private-artifacts"
"""Upstream's word for what teams keep apart; a folder for each namespace is under it."""
PIPELINE_DEFINITIONS = "pipelines"
"""Where the API server looks for definitions of pipelines that are not in its database (`ObjectStoreConfig.PipelinePath`)."""
LOG_NAME = "main.log"
"""What Argo calls the log of a step."""


def team_prefix(namespace: str) -> str:
    """What a team's role may read and write, with `/` at its end.

    Both the team's default pipeline root and its archived logs are under it, so neither driver nor launcher need more.
    The `/` keeps `team-a` out of what `team-ab` has.

    Args:
        namespace: of the team; may be a token of any kind.
    """
    return f"{PRIVATE_ARTIFACTS}/{namespace}/"


def pipeline_root(bucket: str, namespace: str) -> str:
    """Where runs of a team keep their artifacts, as `s3://` URI."""
    return f"s3://{bucket}/{team_prefix(namespace)}v2/artifacts"


def key_format(namespace: str) -> str:
    """Argo's pattern for the keys of a step's log and of Argo's own artifacts, in its own braces."""
    return (
        f"{team_prefix(namespace)}{{{{workflow.name}}}}/{{{{workflow.creationTimestamp.Y}}}}/"
        "{{workflow.creationTimestamp.m}}/{{workflow.creationTimestamp.d}}/{{pod.name}}"
    )
