"""How Kubeflow is reached."""

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

LogBucketName = Annotated[
    str, matching(r"[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]", "the name of an S3 bucket that is there already")
]
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
    """A public Route 53 zone made here. Somebody has to delegate it: who owns the parent, or Route 53 by parent_zone_id."""

    name: DomainName
    """Domain of the zone, such as kubeflow.example.com; the hosts lie in it."""
    parent_zone_id: ZoneId | None = None
    """Zone of the parent domain, which gets the NS record. None: give the output `name_servers` to who owns the parent.
    """
    parent_role_arn: RoleArn | None = None
    """Role of another account that the parent zone is written with. None: it is in this account."""


class ExistingZone(Section):
    """A Route 53 zone that is there already; records are put into it, and nothing else of it is changed."""

    zone_id: ZoneId
    """Id of the zone. Checked at plan: the hosts lie in its domain."""
    role_arn: RoleArn | None = None
    """Role of another account that the zone is read and written with. None: it is in this account."""


class AccessLogs(Section):
    """A record of each request, in S3."""

    bucket: LogBucketName | None = None
    """Bucket of yours that lets Elastic Load Balancing write. None: one made here."""
    prefix: Annotated[str, matching(r"[\w.-]+(/[\w.-]+)*", "a prefix without a slash at either end")] = "load-balancer"
    """First part of the objects' names."""
    retention_days: int = Field(default=365, ge=1)
    """Days after which records go from a bucket made here. A year: what auditors ask for."""


class Waf(Section):
    """A web ACL made here: AWS's managed rules, as far as they let notebooks and uploads through, and a rate limit."""

    requests_per_5_minutes: int = Field(default=10_000, ge=10, le=2_000_000_000)
    """Requests of one address within five minutes, above which it is blocked for a while. A whole office may be one
    address, and each open page asks every few seconds.
    """
    log_retention_days: Retention | None = 365
    """Days that what the ACL decided is kept in CloudWatch, without cookies and tokens. None: it keeps no log."""


class ExistingWaf(Section):
    """A web ACL of yours."""

    web_acl_arn: WebAclArn
    """Its ARN."""


AnyZone = Annotated[
    Annotated[HostedZone, Tag("union:HostedZone")] | Annotated[ExistingZone, Tag("union:ExistingZone")],
    kind_of("HostedZone(…)", "ExistingZone(…)"),
]
AnyWaf = Annotated[
    Annotated[Waf, Tag("union:Waf")] | Annotated[ExistingWaf, Tag("union:ExistingWaf")],
    kind_of("Waf(…)", "ExistingWaf(…)"),
]


class PortForward(Section):
    """Nothing is public: `kubectl port-forward` only."""

    @property
    def url(self) -> str:
        """Address of the dashboard, as a browser sees it."""
        return "http://localhost:8080"


class LoadBalancer(Section):
    """An Application Load Balancer that Terraform owns, with TLS, in front of the ingress gateway."""

    host: DomainName
    """Name of the dashboard, such as kubeflow.example.com."""
    scheme: Literal["internal", "internet-facing"] = "internal"
    """Where it stands: in the private subnets (VPN, peering), or on the internet."""
    allowed_cidrs: Annotated[Blocks, AtLeastOne]
    """Networks that may reach it. There is no default: whoever reaches it may try to sign in."""
    from_anywhere: bool = False
    """Allow 0.0.0.0/0 among allowed_cidrs."""
    zone: AnyZone | None = None
    """DNS zone of the records: HostedZone(…) or ExistingZone(…). None: yours is elsewhere; the output
    `dns_records_to_make` says what to put there.
    """
    certificate_arn: CertificateArn | None = None
    """Certificate for the hosts in ACM. None: one made here, validated by a record in the zone."""
    validation_minutes: int = Field(default=30, ge=5, le=300)
    """Minutes that an apply waits for ACM to find the record. Longer only when a zone is being delegated meanwhile."""
    tls_policy: TlsPolicy = "ELBSecurityPolicy-TLS13-1-2-2021-06"
    """Protocols and ciphers of the listener; the default takes every browser of today, FIPS ones are for GovCloud."""
    idle_timeout_seconds: int = Field(default=3600, ge=1, le=4000)
    """Seconds after which a silent connection is cut. An hour: terminals, kernels and logs of notebooks are web sockets.
    """
    access_logs: AccessLogs | None = AccessLogs()
    """Record of each request. None: no record."""
    waf: AnyWaf | None = None
    """Web ACL in front: Waf(…) or ExistingWaf(…). None: none."""

    @property
    def url(self) -> str:
        """Address of the dashboard, as a browser sees it."""
        return f"https://{self.host}"


class ExistingLoadBalancer(Section):
    """An Application Load Balancer of yours: a rule of its listener sends the host to the ingress gateway."""

    host: DomainName
    """Name of the dashboard, such as kubeflow.example.com."""
    listener_arn: ListenerArn
    """Its HTTPS listener, with a certificate for the hosts. Checked at plan: it speaks HTTPS."""
    security_group_id: SecurityGroupId
    """A security group that it carries: it gets a rule to the gateway's pods, and they one from it."""
    rule_priority: int = Field(default=100, ge=1, le=50_000)
    """Place of the rule among those of the listener; each place is taken once."""
    zone: AnyZone | None = None
    """DNS zone of the records: HostedZone(…) or ExistingZone(…). None: yours is elsewhere; the output
    `dns_records_to_make` says what to put there.
    """

    @property
    def url(self) -> str:
        """Address of the dashboard, as a browser sees it."""
        return f"https://{self.host}"


AnyExposure = Annotated[
    Annotated[PortForward, Tag("union:PortForward")]
    | Annotated[LoadBalancer, Tag("union:LoadBalancer")]
    | Annotated[ExistingLoadBalancer, Tag("union:ExistingLoadBalancer")],
    kind_of("PortForward()", "LoadBalancer(…)", "ExistingLoadBalancer(…)"),
]
