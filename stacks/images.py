"""Image replacements of a platform, with the account and region of its mirror."""

from modules.account import Account
from modules.kubeflow.images.mirror import mirror_of
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.settings import Kubeflow


def image_rewrite(kubeflow: Kubeflow, account: Account, name_prefix: str) -> ImageRewrite:
    """Image replacements of a platform.

    Args:
        kubeflow: Kubeflow settings.
        account: account of the mirror; its id is known only at plan.
        name_prefix: prefix of repository names.
    """
    registry = f"{account.account_id}.dkr.ecr.{account.region}.{account.dns_suffix}"
    return ImageRewrite(kubeflow.images, mirror_of(kubeflow.services.repositories, registry, name_prefix))
