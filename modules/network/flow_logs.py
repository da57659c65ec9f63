"""Flow logs of a VPC in CloudWatch."""

from cdktf_cdktf_provider_aws.flow_log import FlowLog
from constructs import Construct

from modules.iam import role_names
from modules.iam.role import Role, Trust
from modules.log_group import LogGroup
from modules.naming import addressed
from modules.platform_context import PlatformContext
from modules.settings import FlowLogs, Statement


class VpcFlowLogs(Construct):
    """Flow logs of the VPC in an encrypted log group, writable only by the flow log's role.

    Args:
        context: name prefix, account, role settings and protection of the platform.
        vpc_id: the VPC (token).
        settings: traffic type and retention.

    Source: https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        context: PlatformContext,
        vpc_id: str,
        settings: FlowLogs,
    ) -> None:
        super().__init__(scope, id_)
        logs = LogGroup(
            self,
            "log-group",
            account=context.account,
            platform_name=context.iam.name_prefix,
            name="flow_logs",
            log_group_name=f"/aws/vpc/{context.iam.name_prefix}/flow-logs",
            retention_days=settings.retention_days,
            protect=context.protect,
        )
        role = Role(
            self,
            "role",
            iam=context.iam,
            name=role_names.FLOW_LOGS,
            trust=Trust(
                "Service",
                ("vpc-flow-logs.amazonaws.com",),
                conditions=(("StringEquals", "aws:SourceAccount", (context.account.account_id,)),),
            ),
            statements=(
                Statement(
                    actions=("logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"),
                    resources=(logs.arn, f"{logs.arn}:log-stream:*"),
                ),
            ),
        )
        addressed(
            "this",
            FlowLog(
                self,
                "flow-log",
                vpc_id=vpc_id,
                traffic_type=settings.traffic,
                log_destination_type="cloud-watch-logs",
                log_destination=logs.arn,
                iam_role_arn=role.arn,
                max_aggregation_interval=600,
                tags={"Name": context.iam.name_prefix},
                depends_on=role.rights,
            ),
        )
