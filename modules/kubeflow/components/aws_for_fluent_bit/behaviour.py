"""Run-time behaviour: its rights in AWS."""

from modules.iam.policy_context import PolicyContext, needed
from modules.kubeflow.behaviour import Behaviour
from modules.settings.service_account_role import Statement


def aws_for_fluent_bit(context: PolicyContext) -> tuple[Statement, ...]:
    """Writes to one existing log group.

    Source: https://docs.fluentbit.io/manual/pipeline/outputs/cloudwatch
    """
    group = needed("aws-for-fluent-bit", "pod_log_group_name", context.pod_log_group_name)
    return (
        Statement(
            actions=("logs:CreateLogStream", "logs:PutLogEvents"),
            resources=(context.arn("logs", f"log-group:{group}:*"),),
        ),
    )


BEHAVIOUR = Behaviour("aws-for-fluent-bit", policies={"aws-for-fluent-bit": aws_for_fluent_bit})
