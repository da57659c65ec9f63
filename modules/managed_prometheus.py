"""Amazon Managed Service for Prometheus: workspace, and permission to write metrics."""

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_prometheus_workspace import DataAwsPrometheusWorkspace
from cdktf_cdktf_provider_aws.prometheus_workspace import (
    PrometheusWorkspace as AwsPrometheusWorkspace,
)
from cdktf_cdktf_provider_aws.prometheus_workspace import PrometheusWorkspaceLoggingConfiguration
from constructs import Construct

from modules.kms_key import KmsKey
from modules.log_group import LogGroup
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import Statement

NAME = "metrics"
"""Terraform name of its resources."""


class PrometheusWorkspace(Construct):
    """A workspace with a dedicated key, and a log of rule and alert evaluation.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        log_retention_days: retention of the log in days.

    Source: https://docs.aws.amazon.com/prometheus/latest/userguide/CW-logs.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        log_retention_days: int,
    ) -> None:
        super().__init__(scope, id_)
        key = KmsKey(
            self,
            "key",
            platform_name=context.platform_name,
            name=NAME,
            description=f"Encrypts the metrics of the platform {context.platform_name}",
            account_root_arn=context.account.root_arn,
            protect=context.protect,
        )
        log = LogGroup(
            self,
            "log",
            account=context.account,
            platform_name=context.platform_name,
            name=f"{NAME}_log",
            # Other prefixes add to CloudWatch's shared resource policy, which has a size limit.
            log_group_name=f"/aws/vendedlogs/prometheus/{context.platform_name}",
            retention_days=log_retention_days,
            protect=context.protect,
        )
        workspace = addressed(
            NAME,
            AwsPrometheusWorkspace(
                self,
                "workspace",
                alias=context.platform_name,
                kms_key_arn=key.arn,
                logging_configuration=PrometheusWorkspaceLoggingConfiguration(log_group_arn=f"{log.arn}:*"),
                lifecycle=TerraformResourceLifecycle(prevent_destroy=context.protect),
            ),
        )
        self.arn, self.remote_write_url = workspace.arn, remote_write_url(workspace.prometheus_endpoint)


class ExistingPrometheusWorkspace(Construct):
    """An existing workspace, looked up so that a wrong id fails the plan.

    Args:
        workspace_id: workspace id.
    """

    def __init__(self, scope: Construct, id_: str, *, workspace_id: str) -> None:
        super().__init__(scope, id_)
        found = addressed(NAME, DataAwsPrometheusWorkspace(self, "workspace", workspace_id=workspace_id))
        self.arn, self.remote_write_url = found.arn, remote_write_url(found.prometheus_endpoint)


def remote_write_url(endpoint: str) -> str:
    """Remote-write URL for Prometheus; the endpoint ends in a slash."""
    return f"{endpoint}api/v1/remote_write"


def remote_write(workspace_arn: str) -> tuple[Statement, ...]:
    """Permission to write to one workspace.

    Source: https://docs.aws.amazon.com/prometheus/latest/userguide/security-iam-awsmanpol.html
    """
    return (Statement(actions=("aps:RemoteWrite",), resources=(workspace_arn,)),)
