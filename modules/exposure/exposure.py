"""External access of the platform, as configured."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from cdktf import Postcondition, TerraformProvider, TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.data_aws_lb import DataAwsLb
from cdktf_cdktf_provider_aws.data_aws_lb_listener import DataAwsLbListener
from constructs import Construct

from modules.account import Account
from modules.exposure.access_logs import AccessLogBucket
from modules.exposure.certificate import Certificate
from modules.exposure.dns import Zone
from modules.exposure.hosts import host_names
from modules.exposure.load_balancer import ApplicationLoadBalancer, LogTarget, NetworkPlacement
from modules.exposure.security_groups import EntranceGroup, RulesToPods
from modules.exposure.target_group import GatewayTargetGroup
from modules.exposure.waf import WebAcl
from modules.naming import addressed
from modules.settings.exposure import ExistingLoadBalancer, ExistingWaf, LoadBalancer


@dataclass(frozen=True)
class ExposureContext:
    """Network placement. Lists and ids may be tokens."""

    account: Account
    platform_name: str
    vpc_id: str
    balancer_subnet_ids: Sequence[str]
    """Private or public, by the scheme; empty for an existing load balancer."""
    pod_group_ids: Mapping[str, str]
    """Name to security group of the gateway's pods that need rules."""
    balancer_group_id: str | None
    """Security group already allowed by the pods, if any."""
    auto_mode_cluster: str | None
    """Cluster whose EKS Auto Mode registers the gateway's pods. None: a controller does."""
    knative_domain: str | None
    zone_provider: TerraformProvider | None
    """Provider of the account of the zone."""
    protect: bool


class Exposure(Construct):
    """The load balancer, or a rule of an existing one, with certificate, records, WAF and target group.

    Args:
        settings: exposure settings.
        context: network placement.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        settings: LoadBalancer | ExistingLoadBalancer,
        context: ExposureContext,
    ) -> None:
        super().__init__(scope, id_)
        self.context = context
        self.hosts = host_names(settings.host, context.knative_domain)
        self.certificate_arn = ""
        self.zone = self._zone(settings) if settings.zone is not None else None
        if isinstance(settings, LoadBalancer):
            listener_arn, self.alias, priority = *self._made(settings), 1
        else:
            listener_arn, self.alias, priority = *self._found(settings), settings.rule_priority
        self.target_group = GatewayTargetGroup(
            self,
            "target-group",
            vpc_id=context.vpc_id,
            listener_arn=listener_arn,
            hosts=self.hosts,
            priority=priority,
            auto_mode_cluster=context.auto_mode_cluster,
        )
        if self.zone is not None:
            self.zone.lead_to(self.alias, self.hosts)
        self.url = settings.url

    def _zone(self, settings: LoadBalancer | ExistingLoadBalancer) -> Zone:
        assert settings.zone is not None
        return Zone(
            self,
            "zone",
            settings=settings.zone,
            hosts=self.hosts,
            public=isinstance(settings, LoadBalancer) and settings.certificate_arn is None,
            provider=self.context.zone_provider,
            protect=self.context.protect,
        )

    def _made(self, settings: LoadBalancer) -> tuple[str, dict[str, str]]:
        context = self.context
        entrance = EntranceGroup(
            self,
            "entrance",
            platform_name=context.platform_name,
            vpc_id=context.vpc_id,
            cidrs=settings.allowed_cidrs,
        )
        if context.balancer_group_id is None:
            RulesToPods(self, "pods", balancer_group_id=entrance.id, pod_group_ids=context.pod_group_ids)
        balancer = ApplicationLoadBalancer(
            self,
            "load-balancer",
            platform_name=context.platform_name,
            place=NetworkPlacement(
                internal=settings.scheme == "internal",
                subnet_ids=context.balancer_subnet_ids,
                security_group_ids=[entrance.id, *([context.balancer_group_id] if context.balancer_group_id else [])],
            ),
            idle_timeout_seconds=settings.idle_timeout_seconds,
            access_logs=self._access_logs(settings),
            protect=context.protect,
        )
        balancer.guard(self._web_acl_arn(settings))
        self.certificate_arn = self._certificate(settings)
        return balancer.listen(self.certificate_arn, settings.tls_policy).arn, balancer.alias

    def _certificate(self, settings: LoadBalancer) -> str:
        if settings.certificate_arn is not None or self.zone is None:
            return settings.certificate_arn or ""
        return Certificate(
            self,
            "certificate",
            hosts=self.hosts,
            zone=self.zone,
            validation_minutes=settings.validation_minutes,
        ).arn

    def _access_logs(self, settings: LoadBalancer) -> LogTarget | None:
        logs = settings.access_logs
        if logs is None or logs.bucket is not None:
            return None if logs is None else LogTarget(str(logs.bucket), logs.prefix)
        bucket = AccessLogBucket(
            self,
            "access-logs",
            account=self.context.account,
            platform_name=self.context.platform_name,
            prefix=logs.prefix,
            retention_days=logs.retention_days,
            protect=self.context.protect,
        )
        return LogTarget(bucket.name, logs.prefix, bucket.ready)

    def _web_acl_arn(self, settings: LoadBalancer) -> str | None:
        if settings.waf is None or isinstance(settings.waf, ExistingWaf):
            return settings.waf.web_acl_arn if settings.waf is not None else None
        return WebAcl(
            self,
            "waf",
            account=self.context.account,
            platform_name=self.context.platform_name,
            requests_per_5_minutes=settings.waf.requests_per_5_minutes,
            log_retention_days=settings.waf.log_retention_days,
            protect=self.context.protect,
        ).arn

    def _found(self, settings: ExistingLoadBalancer) -> tuple[str, dict[str, str]]:
        listener = addressed(
            "https",
            DataAwsLbListener(
                self,
                "listener",
                arn=settings.listener_arn,
                lifecycle=TerraformResourceLifecycle(
                    postcondition=[
                        Postcondition(
                            condition='${self.protocol == "HTTPS"}',
                            error_message="kubeflow.exposure.listener_arn: this listener does not use HTTPS, which is required for "
                            "public access; set the ARN of an HTTPS listener.",
                        )
                    ]
                ),
            ),
        )
        balancer = addressed("theirs", DataAwsLb(self, "balancer", arn=listener.load_balancer_arn))
        RulesToPods(
            self,
            "pods",
            balancer_group_id=settings.security_group_id,
            pod_group_ids=self.context.pod_group_ids,
        )
        return settings.listener_arn, {"dns_name": balancer.dns_name, "zone_id": balancer.zone_id}

    def outputs(self) -> dict[str, Any]:
        """Outputs of the stack by contract name."""
        return {
            "dashboard_url": self.url,
            "target_group_arn": self.target_group.arn,
            "target_group_name": self.target_group.name,
            "load_balancer_dns_name": self.alias["dns_name"],
            "load_balancer_zone_id": self.alias["zone_id"],
            "certificate_arn": self.certificate_arn,
            "name_servers": self.zone.name_servers if self.zone is not None else [],
            "dns_records_to_make": dict.fromkeys(self.hosts, self.alias["dns_name"]) if self.zone is None else {},
        }
