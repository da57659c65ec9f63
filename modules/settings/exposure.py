"""Access to Kubeflow from outside the cluster."""

from typing import Annotated, Literal

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import (
    ARN,
    AtLeastOne,
    Blocks,
    DomainName,
    Retention,
    RoleArn,
    SecurityGroupId,
    ZoneId,
    kind_of,
    matching,
)

LogBucketName = Annotated[str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of an existing S3 bucket")]
CertificateArn = Annotated[
    str,
    matching(ARN + r"acm:[a-z0-9-]+:\d{12}:certificate/[0-9a-f-]{36}", "the ARN of a certificate in ACM"),
]
WebAclArn = Annotated[
    str,
    matching(
        ARN + r"wafv2:[a-z0-9-]+:\d{12}:regional/webacl/[\w-]{1,128}/[0-9a-f-]{36}",
        "the ARN of a regional web ACL of WAF (not of CloudFront)",
    ),
]
ListenerArn = Annotated[
    str,
    matching(
        ARN + r"elasticloadbalancing:[a-z0-9-]+:\d{12}:listener/app/[A-Za-z0-9-]{1,32}/[0-9a-f]{16}/[0-9a-f]{16}",
        "the ARN of a listener of an Application Load Balancer",
    ),
]
TlsPolicy = Literal[
    "ELBSecurityPolicy-TLS13-1-2-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-Res-2021-06",
    "ELBSecurityPolicy-TLS13-1-3-2021-06",
    "ELBSecurityPolicy-TLS13-1-2-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-2-Res-FIPS-2023-04",
    "ELBSecurityPolicy-TLS13-1-3-FIPS-2023-04",
]
"""TLS 1.2 or 1.3 and nothing older.

Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
"""


class HostedZone(Section):
    """A public Route 53 zone created by the platform.

    It must be delegated, by the owner of the parent zone or with parent_zone_id.
    """

    name: DomainName
    """Domain of the zone, such as kubeflow.example.com; it contains the hosts."""
    parent_zone_id: ZoneId | None = None
    """Zone of the parent domain, which gets the NS record. None: pass the output `name_servers` to the owner of the
    parent zone.
    """
    parent_role_arn: RoleArn | None = None
    """Role in the account of the parent zone. None: it is in this account."""


class ExistingZone(Section):
    """An existing Route 53 zone; records are added to it, nothing else is changed."""

    zone_id: ZoneId
    """Id of the zone. The plan verifies that its domain contains the hosts."""
    role_arn: RoleArn | None = None
    """Role in the account of the zone. None: it is in this account."""


class AccessLogs(Section):
    """Access logs of all requests, in S3."""

    bucket: LogBucketName | None = None
    """Existing bucket whose policy allows Elastic Load Balancing to write. None: the platform creates one."""
    prefix: Annotated[str, matching(r"[\w.-]+(/[\w.-]+)*", "a prefix without a slash at either end")] = "load-balancer"
    """Prefix of the object keys."""
    retention_days: int = Field(default=365, ge=1)
    """Retention in days, for a bucket created by the platform. Audits usually require a year."""


class Waf(Section):
    """A web ACL created by the platform: AWS managed rules, relaxed for notebooks and uploads, and a rate limit."""

    requests_per_5_minutes: int = Field(default=10_000, ge=10, le=2_000_000_000)
    """Requests per client address and five minutes before the address is blocked temporarily. A whole office can share
    one address, and each open page polls every few seconds.
    """
    log_retention_days: Retention | None = 365
    """Retention of the ACL's log in CloudWatch in days, without cookies and tokens. None: no log."""


class ExistingWaf(Section):
    """An existing web ACL."""

    web_acl_arn: WebAclArn
    """ARN of the web ACL."""


AnyZone = Annotated[
    Annotated[HostedZone, Tag("union:HostedZone")] | Annotated[ExistingZone, Tag("union:ExistingZone")],
    kind_of("HostedZone(…)", "ExistingZone(…)"),
]
AnyWaf = Annotated[
    Annotated[Waf, Tag("union:Waf")] | Annotated[ExistingWaf, Tag("union:ExistingWaf")],
    kind_of("Waf(…)", "ExistingWaf(…)"),
]


class PortForward(Section):
    """No public endpoint: `kubectl port-forward` only."""

    @property
    def url(self) -> str:
        """URL of the dashboard in a browser."""
        return "http://localhost:8080"


class LoadBalancer(Section):
    """An Application Load Balancer managed by Terraform, with TLS, in front of the ingress gateway."""

    host: DomainName
    """Host name of the dashboard, such as kubeflow.example.com."""
    scheme: Literal["internal", "internet-facing"] = "internal"
    """In the private subnets (VPN, peering), or internet-facing."""
    allowed_cidrs: Annotated[Blocks, AtLeastOne]
    """Networks that can reach it. Required: every client that reaches it can try to sign in."""
    from_anywhere: bool = False
    """Allow 0.0.0.0/0 among allowed_cidrs."""
    zone: AnyZone | None = None
    """DNS zone of the records: HostedZone(…) or ExistingZone(…). None: DNS is managed elsewhere; the output
    `dns_records_to_make` lists the records.
    """
    certificate_arn: CertificateArn | None = None
    """ACM certificate for the hosts. None: the platform creates one, validated by a record in the zone."""
    validation_minutes: int = Field(default=30, ge=5, le=300)
    """Minutes that an apply waits for ACM validation. Increase it only while a zone is being delegated."""
    tls_policy: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """TLS policy of the listener; the default supports all current browsers, FIPS policies are for GovCloud."""
    idle_timeout_seconds: int = Field(default=3600, ge=1, le=4000)
    """Idle timeout of connections in seconds. An hour: terminals, kernels and logs of notebooks use web sockets."""
    access_logs: AccessLogs | None = AccessLogs()
    """Access logs. None: no access logs."""
    waf: AnyWaf | None = None
    """Web ACL: Waf(…) or ExistingWaf(…). None: no web ACL."""

    @property
    def url(self) -> str:
        """URL of the dashboard in a browser."""
        return f"https://{self.host}"


class ExistingLoadBalancer(Section):
    """An existing Application Load Balancer. A listener rule forwards the host to the ingress gateway."""

    host: DomainName
    """Host name of the dashboard, such as kubeflow.example.com."""
    listener_arn: ListenerArn
    """Its HTTPS listener, with a certificate for the hosts. The plan verifies the protocol."""
    security_group_id: SecurityGroupId
    """Security group of the load balancer: it gets a rule to the gateway pods, and these a rule from it."""
    rule_priority: int = Field(default=100, ge=1, le=50_000)
    """Priority of the listener rule; unique on the listener."""
    zone: AnyZone | None = None
    """DNS zone of the records: HostedZone(…) or ExistingZone(…). None: DNS is managed elsewhere; the output
    `dns_records_to_make` lists the records.
    """

    @property
    def url(self) -> str:
        """URL of the dashboard in a browser."""
        return f"https://{self.host}"


AnyExposure = Annotated[
    Annotated[PortForward, Tag("union:PortForward")]
    | Annotated[LoadBalancer, Tag("union:LoadBalancer")]
    | Annotated[ExistingLoadBalancer, Tag("union:ExistingLoadBalancer")],
    kind_of("PortForward()", "LoadBalancer(…)", "ExistingLoadBalancer(…)"),
]
