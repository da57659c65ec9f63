"""What a new main.py can take from AWS: the caller, zones and instance types. Read-only, and never required."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import boto3  # type: ignore[import-untyped]
import urllib3
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.init.answers import Answer
from modules.doctor.address import ADDRESS_SERVICE, public_address
from modules.doctor.principal import of_arn

NODE_TYPES = ("m6i.xlarge", "m7i.xlarge", "m6a.xlarge", "m5.xlarge", "t3.2xlarge", "m6i.2xlarge")
"""Instance types with capacity for Kubeflow in two or three nodes."""

MOST_ZONES = 3
"""The largest default of a kind."""

Say = Callable[[str], object]


def has_credentials() -> bool:
    """Whether this machine has AWS credentials; nothing is sent."""
    try:
        return boto3.Session().get_credentials() is not None
    except BotoCoreError:  # a profile that does not exist
        return False


def from_aws(region: str, preferred: str, say: Say) -> dict[str, Answer]:
    """Answers from the account: the caller as administrator, the region's zones, an instance type on offer.

    Args:
        region: of the platform.
        preferred: instance type, used if it is on offer.
        say: gets what was found, and what was not available and why.
    """
    found: dict[str, Answer] = {}
    for read in (_caller, _zones, partial(_instance_type, preferred=preferred, say=say)):
        try:
            found |= read(region)
        except (ClientError, BotoCoreError, ValueError) as error:
            say(f"not looked up: {error}")
    return found


def from_address_service(say: Say) -> dict[str, Answer]:
    """The caller's public address as the only network with access to the API server."""
    try:
        return {"public_access_cidrs": (f"{public_address()}/32",)}
    except (urllib3.exceptions.HTTPError, ValueError) as error:
        say(f"not looked up: {ADDRESS_SERVICE}: {error}")
        return {}


def _caller(region: str) -> Mapping[str, Answer]:
    caller = of_arn(boto3.client("sts", region_name=region).get_caller_identity()["Arn"])
    return {"admins": (str(caller),)} if caller.kind in ("role", "user") else {}


def _zones(region: str) -> Mapping[str, Answer]:
    kind = {"Name": "zone-type", "Values": ["availability-zone"]}
    zones = _ec2(region).describe_availability_zones(Filters=[kind])["AvailabilityZones"]
    return {"zones": str(len(zones))} if len(zones) < MOST_ZONES else {}


def _instance_type(region: str, *, preferred: str, say: Say) -> Mapping[str, Answer]:
    wanted = {"Name": "instance-type", "Values": [preferred, *NODE_TYPES]}
    offers = _ec2(region).describe_instance_type_offerings(LocationType="region", Filters=[wanted])
    offered = {one["InstanceType"] for one in offers["InstanceTypeOfferings"]}
    suitable = [name for name in dict.fromkeys((preferred, *NODE_TYPES)) if name in offered]
    if not suitable:
        raise ValueError(f"{region} offers none of {', '.join(NODE_TYPES)}")
    say(f"instance types on offer in {region}: {', '.join(suitable)}")
    return {"instance_type": suitable[0]}


def _ec2(region: str) -> Any:
    return boto3.client("ec2", region_name=region)
