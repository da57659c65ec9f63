"""Requests to AWS with the credentials of the caller, or of the role that Terraform assumes. Read-only."""

from collections.abc import Mapping
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.config import Config  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]

DENIED = frozenset(
    {"AccessDenied", "AccessDeniedException", "AuthorizationError", "UnauthorizedOperation", "UnauthorizedException"}
)
"""Codes of a missing permission.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html and the error lists of the other services
"""
_CONFIG = Config(connect_timeout=5, read_timeout=20, retries={"max_attempts": 3, "mode": "standard"})


class DeniedError(Exception):
    """The caller lacks a permission.

    Args:
        action: IAM action, such as servicequotas:GetServiceQuota.
    """

    def __init__(self, action: str) -> None:
        super().__init__(action)
        self.action = action


def code_of(error: Any) -> str:
    """The code of an error of AWS."""
    return str(error.response["Error"]["Code"])


class Aws:
    """Requests of one session; clients are created once, and answers of the same request are kept.

    Args:
        session: boto3 session with credentials.
        region: region of the platform.
    """

    def __init__(self, session: Any, region: str) -> None:
        self.session = session
        self.region = region
        self._clients: dict[tuple[str, str], Any] = {}
        self._answers: dict[str, Any] = {}

    def get(self, service: str, operation: str, region: str | None = None, **parameters: Any) -> Any:
        """The answer of a reading operation, all pages in one.

        Args:
            service: boto3's name, such as ec2.
            operation: boto3's name, such as describe_vpcs.
            region: another region than the platform's.
            parameters: of the operation.

        Raises:
            DeniedError: the caller lacks the permission.
            ClientError: AWS rejects the request otherwise.
        """
        key = repr((service, operation, region, sorted(parameters.items())))
        if key not in self._answers:
            self._answers[key] = self._request(service, operation, region or self.region, parameters)
        return self._answers[key]

    def _request(self, service: str, operation: str, region: str, parameters: Mapping[str, Any]) -> Any:
        client = self._client(service, region)
        try:
            if client.can_paginate(operation):
                return client.get_paginator(operation).paginate(**parameters).build_full_result()
            return getattr(client, operation)(**parameters)
        except ClientError as error:
            if code_of(error) not in DENIED:
                raise
            raise DeniedError(f"{client.meta.service_model.signing_name}:{error.operation_name}") from error

    def _client(self, service: str, region: str) -> Any:
        key = (service, region)
        if key not in self._clients:
            self._clients[key] = self.session.client(service, region_name=region, config=_CONFIG)
        return self._clients[key]


def client(service: str, region: str) -> Any:
    """A client with the credentials of the caller, and limits for waiting.

    Args:
        service: boto3's name, such as pricing.
        region: region of the API.
    """
    return boto3.Session().client(service, region_name=region, config=_CONFIG)


def session_of(region: str, role_arn: str | None, external_id: str | None = None) -> Any:
    """The boto3 session with which Terraform's AWS provider works.

    Args:
        region: region of the platform.
        role_arn: role that the provider assumes, if any.
        external_id: external id for assuming it.

    Raises:
        ClientError: the role cannot be assumed.
        BotoCoreError: no credentials, or AWS is unreachable.
    """
    session = boto3.Session(region_name=region)
    if role_arn is None:
        return session
    external = {"ExternalId": external_id} if external_id is not None else {}
    taken = session.client("sts", config=_CONFIG).assume_role(
        RoleArn=role_arn, RoleSessionName="kubeflow-platform", **external
    )["Credentials"]
    return boto3.Session(
        aws_access_key_id=taken["AccessKeyId"],
        aws_secret_access_key=taken["SecretAccessKey"],
        aws_session_token=taken["SessionToken"],
        region_name=region,
    )
