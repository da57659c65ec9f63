"""Lists all that is left of a platform. Read-only."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from modules.live.aws import Aws, DeniedError
from modules.live.leftovers import ec2, load_balancers, named, tagged
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import Identity

SEARCHES: Mapping[str, Callable[[Aws, Identity], Iterator[Leftover]]] = {
    "load balancers": load_balancers.leftovers,
    "EC2": ec2.leftovers,
    "EKS": named.clusters,
    "log groups": named.log_groups,
    "IAM roles": named.roles,
    "instance profiles": named.instance_profiles,
    "database snapshots": named.snapshots,
    "EFS access points": named.access_points,
    "DNS records": named.records,
    "ECR repositories": named.pulled_images,
    "secrets": named.secrets,
    "tagged resources": tagged.leftovers,
}
"""What is searched, in this order."""


@dataclass(frozen=True)
class Found:
    """What a search found.

    Args:
        left: what should not be there.
        stays: what remains by configuration or waits for its deletion.
        not_checked: what AWS did not show, with the missing permission.
    """

    left: tuple[Leftover, ...]
    stays: tuple[Leftover, ...]
    not_checked: tuple[str, ...]

    @property
    def is_clean(self) -> bool:
        """Whether nothing is left, and everything was searched."""
        return not self.left and not self.not_checked


def search(aws: Aws, identity: Identity) -> Found:
    """Search an account for what is left of a platform.

    Args:
        aws: requests in the platform's region; without answers from before.
        identity: the platform.
    """
    found: dict[tuple[str, str], Leftover] = {}
    not_checked = []
    for name, one in SEARCHES.items():
        try:
            for leftover in one(aws, identity):
                found.setdefault((leftover.type, leftover.id), leftover)
        except DeniedError as error:
            not_checked.append(f"{name}: needs {error.action}")
        except (ClientError, BotoCoreError) as error:
            not_checked.append(f"{name}: {error}")
    every = found.values()
    return Found(
        tuple(one for one in every if not one.until), tuple(one for one in every if one.until), tuple(not_checked)
    )
