"""Amazon Managed Service for Prometheus: where metrics are kept, and the right to write them there."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_prometheus_workspace import DataAwsPrometheusWorkspace
from cdktf_cdktf_provider_aws.prometheus_workspace import (
    PrometheusWorkspace as AwsPrometheusWorkspace,
)
from cdktf_cdktf_provider_aws.prometheus_workspace import PrometheusWorkspaceLoggingConfiguration
from constructs import Construct

from modules.account import Account
from modules.kms_key import KmsKey
from modules.log_group import LogGroup
from modules.naming import addressed
from modules.settings import Statement

NAME = "metrics"
"""Terraform name of its resources."""


class PrometheusWorkspace(Construct):
    """A workspace with a key of its own, and a log of what its rules and alerts do.

    Args:
        account: account, region and partition.
        platform_name: alias of the workspace, and first part of other names.
        log_retention_days: days that the log is kept.
        protect: refuse to destroy workspace, log and keys.

    Source: https://docs.aws.amazon.com/prometheus/latest/userguide/CW-logs.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account: Account,
        platform_name: str,
        log_retention_days: int,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        key = KmsKey(
            self,
            "key",
            platform_name=platform_name,
            name=NAME,
            description=f"Encrypts the metrics of the platform {platform_name}",
            account_root_arn=account.root_arn,
            protect=protect,
        )
        log = LogGroup(
            self,
            "log",
            account=account,
            platform_name=platform_name,
            name=f"{NAME}_log",
            # Other names make CloudWatch's one policy for all services grow, until it is full.
            log_group_name=f"/aws/vendedlogs/prometheus/{platform_name}",
            retention_days=log_retention_days,
            protect=protect,
        )
        workspace = addressed(
            NAME,
            AwsPrometheusWorkspace(
                self,
                "workspace",
                alias=platform_name,
                kms_key_arn=key.arn,
                logging_configuration=PrometheusWorkspaceLoggingConfiguration(log_group_arn=f"{log.arn}:*"),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=protect),
            ),
        )
        self.arn, self.remote_write_url = workspace.arn, remote_write_url(workspace.prometheus_endpoint)


class ExistingPrometheusWorkspace(Construct):
    """A workspace of the user's: looked up, so that a wrong id fails the plan.

    Args:
        workspace_id: its id.
    """

    def __init__(self, scope: Construct, id_: str, *, workspace_id: str) -> None:
        super().__init__(scope, id_)
        found = addressed(NAME, DataAwsPrometheusWorkspace(self, "workspace", workspace_id=workspace_id))
        self.arn, self.remote_write_url = found.arn, remote_write_url(found.prometheus_endpoint)


def remote_write_url(endpoint: str) -> str:
    """Where Prometheus sends what it has; the endpoint ends in a slash."""
    return f"{endpoint}api/v1/remote_write"


def remote_write(workspace_arn: str) -> tuple[Statement, ...]:
    """The right to write into one workspace.

    Source: https://docs.aws.amazon.com/prometheus/latest/userguide/security-iam-awsmanpol.html
    """
    return (Statement(actions=("aps:RemoteWrite",), resources=(workspace_arn,)),)
