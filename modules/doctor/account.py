"""One platform and its account, as the checks of an account see them."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from modules.doctor.finding import Finding
from modules.doctor.principal import Principal
from modules.live.aws import Aws, DeniedError
from modules.settings import Platform


@dataclass(frozen=True)
class Place:
    """One platform and the account that it is applied to."""

    platform: Platform
    aws: Aws
    caller: Principal
    """Identity of the caller, or of the role that Terraform assumes."""
    check_address: bool = False
    """Whether the address service may be called."""
    reserved: Counter[str] = field(default_factory=Counter, compare=False)
    """Quota code to what platforms checked before need of it, in the same account and region; checks add to it."""

    @cached_property
    def cluster_name(self) -> str:
        """Name of the EKS cluster: the platform's, or the existing one's."""
        cluster = self.platform.cluster
        return str(getattr(cluster, "name", self.platform.name))


def until_refused(what: str, found: Iterator[Finding]) -> Iterator[Finding]:
    """Findings up to the first request that AWS refuses, which is reported as the last one.

    Args:
        what: what is checked.
        found: findings of a check.
    """
    try:
        yield from found
    except DeniedError as error:
        yield Finding("not checked", f"{what}: needs {error.action}")
    except (ClientError, BotoCoreError) as error:
        yield Finding("not checked", f"{what}: {error}")
