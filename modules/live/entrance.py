"""Load balancer targets and certificate of the dashboard, as AWS reports them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from modules.live.aws import Aws

TAGGED_AT_ONCE = 20
"""Maximum of DescribeTags.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTags.html
"""


@dataclass(frozen=True)
class TargetHealth:
    """One target of the platform's target groups."""

    group: str
    target: str
    state: str
    """`healthy`, `unhealthy`, `initial`, `draining`, …."""
    reason: str


@dataclass(frozen=True)
class ListenerCertificate:
    """A certificate of ACM at a listener of the load balancer."""

    domain: str
    status: str
    """`ISSUED`, `PENDING_VALIDATION`, `EXPIRED`, …."""
    not_after: str
    """Last day, as YYYY-MM-DD; empty before it is issued."""


def target_groups(aws: Aws, platform: str) -> list[Any]:
    """Target groups with the tag of the platform."""
    found = aws.get("elbv2", "describe_target_groups")["TargetGroups"]
    by_arn = {one["TargetGroupArn"]: one for one in found}
    arns = list(by_arn)
    own = []
    for start in range(0, len(arns), TAGGED_AT_ONCE):
        answer = aws.get("elbv2", "describe_tags", ResourceArns=arns[start : start + TAGGED_AT_ONCE])
        for one in answer["TagDescriptions"]:
            if {"Key": "kubeflow-platform", "Value": platform} in one["Tags"]:
                own.append(by_arn[one["ResourceArn"]])
    return own


def target_health(aws: Aws, groups: list[Any]) -> list[TargetHealth]:
    """Health of all targets of some groups."""
    return [
        TargetHealth(
            group["TargetGroupName"],
            f"{one['Target']['Id']}:{one['Target'].get('Port', group.get('Port', ''))}",
            one["TargetHealth"]["State"],
            one["TargetHealth"].get("Description", ""),
        )
        for group in groups
        for one in aws.get("elbv2", "describe_target_health", TargetGroupArn=group["TargetGroupArn"])[
            "TargetHealthDescriptions"
        ]
    ]


def listener_certificates(aws: Aws, groups: list[Any]) -> list[ListenerCertificate]:
    """Certificates at the HTTPS listeners of the load balancers of some target groups."""
    return [_certificate(aws, arn) for arn in dict.fromkeys(_certificate_arns(aws, groups)) if ":acm:" in arn]


def _certificate_arns(aws: Aws, groups: list[Any]) -> Iterator[str]:
    for balancer in dict.fromkeys(arn for group in groups for arn in group.get("LoadBalancerArns") or ()):
        for listener in aws.get("elbv2", "describe_listeners", LoadBalancerArn=balancer)["Listeners"]:
            for one in listener.get("Certificates") or ():
                yield one["CertificateArn"]


def _certificate(aws: Aws, arn: str) -> ListenerCertificate:
    found = aws.get("acm", "describe_certificate", CertificateArn=arn)["Certificate"]
    not_after = found.get("NotAfter")
    return ListenerCertificate(
        found["DomainName"], found["Status"], not_after.date().isoformat() if not_after is not None else ""
    )
