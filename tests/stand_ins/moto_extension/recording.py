"""Requests of Terraform as data: service, operation, region and parameters, with the stack and the phase that sent them."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from moto.core.parse import PROTOCOL_PARSERS
from moto.core.request import Request, determine_request_protocol
from moto.core.routing import get_service_router
from moto.core.utils import get_service_model

from .names import ACCOUNT, BOTOCORE_NAMES, SIGNED

STACK_AND_PHASE = re.compile(r"stack/(?P<stack>\S+) phase/(?P<phase>\S+)")
"""In the user agent: tests/terraform.py appends it by TF_APPEND_USER_AGENT."""
EC2_ID = re.compile(r"\b[a-z]{2,}-[0-9a-f]{8,17}\b")


@dataclass(frozen=True)
class Recorded:
    """One request of a Terraform run.

    Args:
        stack: `prod-network`.
        phase: what Terraform did: `plan`, `apply`, `destroy`.
        service: the name that the request is signed with, `elasticloadbalancing`.
        operation: AWS's name, `CreateVpc`.
        region: that the request is signed for.
        parameters: by the names of the API.
        invocation: the id that the provider gave the request, which its log has as well; empty for others.
        tags: of each resource of EC2, KMS and EFS that the parameters name, before the request.
    """

    stack: str
    phase: str
    service: str
    operation: str
    region: str
    parameters: Mapping[str, Any]
    invocation: str
    tags: Mapping[str, Mapping[str, str]]


def recorded(request: Request) -> Recorded | None:
    """A request of Terraform, before moto answers it; None for other requests, such as the test itself."""
    scope = SIGNED.search(request.headers.get("Authorization", ""))
    sender = STACK_AND_PHASE.search(request.headers.get("User-Agent", ""))
    if scope is None or sender is None:
        return None
    service, region = scope["service"], scope["region"]
    operation, parameters = _parsed(BOTOCORE_NAMES.get(service, service), request)
    return Recorded(
        stack=sender["stack"],
        phase=sender["phase"],
        service=service,
        operation=operation,
        region=region,
        parameters=parameters,
        invocation=request.headers.get("Amz-Sdk-Invocation-Id", ""),
        tags=_tags(service, parameters, region),
    )


def texts(value: Any) -> Iterator[str]:
    """All texts in nested parameters."""
    if isinstance(value, Mapping):
        for one in value.values():
            yield from texts(one)
    elif isinstance(value, list | tuple):
        for one in value:
            yield from texts(one)
    elif isinstance(value, str):
        yield value


def _parsed(service: str, request: Request) -> tuple[str, dict[str, Any]]:
    operation, uri = get_service_router(service).match(request)
    protocol = determine_request_protocol(get_service_model(service), request.content_type)
    parsed = PROTOCOL_PARSERS[protocol](operation).parse(
        {
            "method": request.method,
            "values": request.values,
            "headers": request.headers,
            "body": request.get_data(),
            "url_path": request.path,
            "url_params": uri,
        }
    )
    return str(operation.name), dict(parsed or {})


def _tags(service: str, parameters: Mapping[str, Any], region: str) -> dict[str, Mapping[str, str]]:
    """Id to tags, as moto has them."""
    from moto.ec2.models import ec2_backends
    from moto.efs.models import efs_backends
    from moto.kms.models import kms_backends

    if service == "ec2":
        ids = sorted(set(EC2_ID.findall(" ".join(texts(parameters)))))
        return {one: dict(ec2_backends[ACCOUNT][region].tags.get(one, {})) for one in ids}
    if service == "kms" and "KeyId" in parameters:
        key = parameters["KeyId"].rpartition("/")[2]
        return {key: kms_backends[ACCOUNT][region].tagger.get_tag_dict_for_resource(key)}
    if service == "elasticfilesystem" and "FileSystemId" in parameters:
        found = efs_backends[ACCOUNT][region].list_tags_for_resource(parameters["FileSystemId"])
        return {parameters["FileSystemId"]: {one["Key"]: one["Value"] for one in found}}
    return {}
