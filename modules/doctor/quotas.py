"""Quotas of the account, compared with use and need."""

from collections.abc import Iterator

from botocore.exceptions import ClientError  # type: ignore[import-untyped]

from modules.aws_data.service_quotas import Quota
from modules.doctor.account import Place, until_refused
from modules.doctor.finding import Finding
from modules.doctor.needs import Counted, Need, counted
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
    numbers = f"quota {quota.name} is {limit:g}, {need.used} used"
    if need.used + need.now > limit:
        yield Finding("error", f"{numbers}, and the platform needs {need.now} more", _increase(place, quota, need))
    elif need.used + need.at_most > limit:
        yield Finding(
            "warning",
            f"{numbers}, and node groups and pools at their maximum size need {need.at_most} more",
            _increase(place, quota, need),
        )
    else:
        yield Finding("ok", f"{numbers}, {need.now} needed now")


def _increase(place: Place, quota: Quota, need: Need) -> str:
    """The command that requests what the platform needs at most, so that one request suffices."""
    return (
        f"aws service-quotas request-service-quota-increase --region {place.platform.region} --service-code {quota.service} "
        f"--quota-code {quota.code} --desired-value {need.used + need.at_most}"
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
