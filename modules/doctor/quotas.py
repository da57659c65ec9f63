"""Quotas of the account, compared with use and need."""

from collections.abc import Iterator

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.aws_data.service_quotas import NODE_GROUPS, Quota
from modules.doctor.account import Place, until_refused
from modules.doctor.finding import Finding
from modules.doctor.needs import Counted, counted
from modules.live.aws import code_of


def quotas(place: Place) -> Iterator[Finding]:
    """Each quota has room for what the platform creates."""
    for one in counted(place):
        yield from until_refused(f"quota {one.quota.name}", _compared(place, one))


def _compared(place: Place, one: Counted) -> Iterator[Finding]:
    quota, need = one.quota, one.need()
    limit = value(place, quota)
    if limit is None:
        yield Finding("not checked", f"quota {quota.name}: Service Quotas does not list {quota.code} in this region")
        return
    reserved = place.reserved[quota.code] if quota != NODE_GROUPS else 0  # counted for each cluster
    place.reserved[quota.code] += need.now
    used = need.used + reserved
    numbers = f"quota {quota.name} is {limit:g}, {need.used} used"
    numbers += f", {reserved} needed by other platforms" if reserved else ""
    wanted = used + need.at_most
    if used + need.now > limit:
        yield Finding("error", f"{numbers}, and the platform needs {need.now} more", _increase(place, quota, wanted))
    elif wanted > limit:
        yield Finding(
            "warning",
            f"{numbers}, and node groups and pools at their maximum size need {need.at_most} more",
            _increase(place, quota, wanted),
        )
    else:
        yield Finding("ok", f"{numbers}, {need.now} needed now")


def _increase(place: Place, quota: Quota, wanted: int) -> str:
    """The command that requests what the platform needs at most, so that one request suffices."""
    return (
        f"aws service-quotas request-service-quota-increase --region {place.platform.region} --service-code {quota.service} "
        f"--quota-code {quota.code} --desired-value {wanted}"
    )


def value(place: Place, quota: Quota) -> float | None:
    """The account's value of a quota: the applied one, or the default, if none was ever applied.

    Returns:
        None if Service Quotas does not list the quota.
    """
    for operation in ("get_service_quota", "get_aws_default_service_quota"):
        try:
            answer = place.aws.get("service-quotas", operation, ServiceCode=quota.service, QuotaCode=quota.code)
        except ClientError as error:
            if code_of(error) != "NoSuchResourceException":
                raise
        else:
            return float(answer["Quota"]["Value"])
    return None
