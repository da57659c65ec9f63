"""Run-time behaviour: its rights in AWS."""

from modules.iam.policy_context import PolicyContext, needed
from modules.kubeflow.behaviour import Behaviour
from modules.settings.service_account_role import Statement


def external_dns(context: PolicyContext) -> tuple[Statement, ...]:
    """Writes records of the configured zones.

    Source: https://kubernetes-sigs.github.io/external-dns/latest/docs/tutorials/aws/#iam-policy
    """
    zone_ids = needed("external-dns", "dns_zone_ids", context.dns_zone_ids)
    return (
        Statement(
            actions=(
                "route53:ChangeResourceRecordSets",
                "route53:ListResourceRecordSets",
                "route53:ListTagsForResources",
            ),
            resources=tuple(f"arn:{context.partition}:route53:::hostedzone/{zone_id}" for zone_id in zone_ids),
        ),
        Statement(actions=("route53:ListHostedZones",), resources=("*",)),
    )


BEHAVIOUR = Behaviour(
    "external-dns",
    policies={"external-dns": external_dns},
    requires_internet=(
        "it writes records through the Route 53 API, which has no VPC endpoint",
        "let Terraform write them (exposure.zone)",
    ),
)
