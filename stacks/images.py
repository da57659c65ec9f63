"""Image replacements of a platform, with the account and region of its mirror."""

from modules.account import Account
from modules.kubeflow.images.rewrite import ImageRewrite, Mirror
from modules.settings import Kubeflow
from modules.settings.repositories import UPSTREAM_PREFIXES, Repositories


def image_rewrite(kubeflow: Kubeflow, account: Account, name_prefix: str) -> ImageRewrite:
    """Image replacements of a platform.

    Args:
        kubeflow: Kubeflow settings.
        account: account of the mirror; its id is known only at plan.
        name_prefix: prefix of repository names.
    """
    registry = f"{account.account_id}.dkr.ecr.{account.region}.{account.dns_suffix}"
    return ImageRewrite(kubeflow.images, mirror_of(kubeflow.services.repositories, registry, name_prefix))


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
