"""Credentials, region and account: what every other check of an account needs."""

from collections.abc import Iterator
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import (  # type: ignore[import-untyped]
    BotoCoreError,
    ClientError,
    ConnectionError,
    NoCredentialsError,
)

from modules.aws_data.regions import PARTITIONS
from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.doctor.principal import Principal, of_arn
from modules.live.aws import Aws, DeniedError, code_of, session_of
from modules.settings import Platform

REJECTED_IN_A_REGION = frozenset({"InvalidClientTokenId", "UnrecognizedClientException", "AuthFailure"})
"""Codes for unknown credentials, which a disabled region returns for all credentials.

Source: https://docs.aws.amazon.com/accounts/latest/reference/manage-acct-regions.html
"""


def sign_in(platform: Platform, *, check_address: bool = False) -> Place | Finding:
    """Sign in to the account of a platform, or say what prevents it.

    Args:
        platform: the platform.
        check_address: whether the address service may be called.
    """

    def error(text: str, fix: str) -> Finding:
        return Finding("error", text, fix, platform.name)

    try:
        session = session_of(platform.region, platform.assume_role_arn, platform.assume_role_external_id)
        aws = Aws(session, platform.region)
        return Place(platform, aws, _caller(aws), check_address)
    except NoCredentialsError:
        return error("no AWS credentials found", "sign in (`aws sso login`, AWS_PROFILE=…) and retry")
    except ConnectionError as failure:
        return error(f"AWS is unreachable in {platform.region} ({failure})", "check the network, the proxy, or the VPN")
    except (ClientError, BotoCoreError, DeniedError) as failure:
        return _rejected(platform, failure)


def _caller(aws: Aws, region: str | None = None) -> Principal:
    return of_arn(aws.get("sts", "get_caller_identity", region)["Arn"])


def _rejected(platform: Platform, failure: Any) -> Finding:
    """Say why AWS rejects the credentials: the region is disabled, the role cannot be assumed, or they are invalid."""
    if getattr(failure, "operation_name", "") == "AssumeRole" and code_of(failure) not in REJECTED_IN_A_REGION:
        return Finding(
            "error",
            f"the role {platform.assume_role_arn} of assume_role_arn cannot be assumed ({failure})",
            "allow the caller in its trust policy, or change assume_role_arn",
            platform.name,
        )
    if isinstance(failure, ClientError) and code_of(failure) in REJECTED_IN_A_REGION:
        disabled = _disabled(platform)
        if disabled is not None:
            return disabled
    return Finding(
        "error",
        f"AWS in {platform.region} rejects these credentials ({failure})",
        "sign in again (`aws sso login`, AWS_PROFILE=…)",
        platform.name,
    )


def _disabled(platform: Platform) -> Finding | None:
    """The region is disabled in the account; None: it is not, or the credentials are invalid everywhere."""
    home = PARTITIONS[platform.partition].home_region
    aws = Aws(boto3.Session(), home)
    try:
        account = _caller(aws).account
        found = aws.get("ec2", "describe_regions", AllRegions=True, RegionNames=[platform.region])["Regions"]
    except (ClientError, BotoCoreError, DeniedError):  # the caller reports the first failure
        return None
    if not found or found[0]["OptInStatus"] != "not-opted-in":
        return None
    return Finding(
        "error",
        f"region {platform.region} is not enabled in account {account}",
        f"aws account enable-region --region-name {platform.region}   (takes minutes to hours)",
        platform.name,
    )


def account(place: Place) -> Iterator[Finding]:
    """The credentials belong to an account of `allowed_account_ids`."""
    platform, found = place.platform, place.caller.account
    allowed = platform.allowed_account_ids
    if allowed and found not in allowed:
        yield Finding(
            "error",
            f"these credentials belong to account {found}, but allowed_account_ids contains {', '.join(allowed)}",
            "use others (AWS_PROFILE=…)",
        )
        return
    yield Finding("ok", f"{place.caller} of account {found} is signed in to {platform.region}")
