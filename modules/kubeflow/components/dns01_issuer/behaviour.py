"""Run-time behaviour: its rights in AWS."""

from modules.iam.policy_context import PolicyContext, needed
from modules.kubeflow.behaviour import Behaviour
from modules.settings.service_account_role import Statement

NAME = "dns01-issuer"
"""Entry of the catalogue, and service account with which cert-manager assumes the role."""


def dns01_issuer(context: PolicyContext) -> tuple[Statement, ...]:
    """Write the TXT records of challenges for one domain, in one zone.

    `*` is for the names below the domain. Conditions on names and types apply to changes only.

    Source: https://cert-manager.io/docs/configuration/acme/dns01/route53/
    Source: https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/specifying-rrset-conditions.html
    """
    zone_id, domain = needed(NAME, "challenges", context.challenges)
    zone = f"arn:{context.partition}:route53:::hostedzone/{zone_id}"
    names = (f"_acme-challenge.{domain}", f"_acme-challenge.*.{domain}")
    return (
        Statement(actions=("route53:GetChange",), resources=(f"arn:{context.partition}:route53:::change/*",)),
        Statement(
            actions=("route53:ChangeResourceRecordSets",),
            resources=(zone,),
            conditions={
                "ForAllValues:StringEquals": {"route53:ChangeResourceRecordSetsRecordTypes": ("TXT",)},
                "ForAllValues:StringLike": {"route53:ChangeResourceRecordSetsNormalizedRecordNames": names},
            },
        ),
        Statement(actions=("route53:ListResourceRecordSets",), resources=(zone,)),
    )


BEHAVIOUR = Behaviour(
    NAME,
    policies={NAME: dns01_issuer},
    requires_internet=(
        "cert-manager calls the ACME server and the Route 53 API, which has no VPC endpoint",
        "use a certificate of ACM at the load balancer",
    ),
)
