"""The mirror that settings choose: a platform's ECR registry."""

from modules.kubeflow.images.rewrite import Mirror
from modules.settings.repositories import UPSTREAM_PREFIXES, Repositories


def mirror_of(repositories: Repositories | None, registry: str, name_prefix: str) -> Mirror | None:
    """The configured mirror, if any.

    Args:
        repositories: repository settings.
        registry: ECR host of the account (token).
        name_prefix: prefix of repository names.
    """
    if repositories is None or repositories.mirror is None:
        return None
    chosen = repositories.pull_through if repositories.mirror == "pull_through" else ()
    return Mirror(registry, name_prefix, {one.registry: UPSTREAM_PREFIXES[one.registry] for one in chosen})
