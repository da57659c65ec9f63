"""A platform's images: what becomes of each, with the account and the region that its mirror is in."""

from modules.account import Account
from modules.kubeflow.images.rewrite import ImageRewrite, Mirror
from modules.settings import Kubeflow
from modules.settings.repositories import UPSTREAM_PREFIXES, Repositories


def image_rewrite(kubeflow: Kubeflow, account: Account, name_prefix: str) -> ImageRewrite:
    """What becomes of the images of a platform.

    Args:
        kubeflow: the settings.
        account: where the mirror is; its id is known at plan only.
        name_prefix: first part of the names of repositories.
    """
    registry = f"{account.account_id}.dkr.ecr.{account.region}.{account.dns_suffix}"
    return ImageRewrite(kubeflow.images, mirror_of(kubeflow.services.repositories, registry, name_prefix))


def mirror_of(repositories: Repositories | None, registry: str, name_prefix: str) -> Mirror | None:
    """The mirror that settings choose, if any.

    Args:
        repositories: the section.
        registry: host of the account's ECR (token).
        name_prefix: first part of the names of repositories.
    """
    if repositories is None or repositories.mirror is None:
        return None
    chosen = repositories.pull_through if repositories.mirror == "pull_through" else ()
    return Mirror(registry, name_prefix, {one.registry: UPSTREAM_PREFIXES[one.registry] for one in chosen})
