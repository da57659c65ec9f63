"""The created Application Load Balancer with its two listeners."""

from collections.abc import Sequence
from dataclasses import dataclass

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.lb import Lb, LbAccessLogs
from cdktf_cdktf_provider_aws.lb_listener import (
    LbListener,
    LbListenerDefaultAction,
    LbListenerDefaultActionFixedResponse,
    LbListenerDefaultActionRedirect,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_association import Wafv2WebAclAssociation
from constructs import Construct

from modules.naming import addressed, aws_name
from modules.security_scan import accepted


@dataclass(frozen=True)
class NetworkPlacement:
    """Network placement of a load balancer."""

    internal: bool
    subnet_ids: Sequence[str]
    """In at least two zones (token of type list(string), or ids)."""
    security_group_ids: Sequence[str]


@dataclass(frozen=True)
class LogTarget:
    """Destination of access logs."""

    bucket: str
    prefix: str
    ready: ITerraformDependable | None = None
    """Prerequisites, for a created bucket."""


class ApplicationLoadBalancer(Construct):
    """The load balancer. Requests for unknown hosts get 404, so that scanners by address see nothing.

    Args:
        platform_name: prefix of its name.
        place: subnets and security groups.
        idle_timeout_seconds: seconds after which an idle connection is closed.
        access_logs: destination of access logs; None: disabled.
        protect: enable deletion protection in AWS.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        platform_name: str,
        place: NetworkPlacement,
        idle_timeout_seconds: int,
        access_logs: LogTarget | None,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._internal = place.internal
        self.resource = addressed(
            "kubeflow",
            Lb(
                self,
                "balancer",
                name=aws_name(platform_name, "kubeflow", limit=32),
                load_balancer_type="application",
                internal=place.internal,
                subnets=list(place.subnet_ids),
                security_groups=list(place.security_group_ids),
                idle_timeout=idle_timeout_seconds,
                drop_invalid_header_fields=True,
                desync_mitigation_mode="defensive",
                enable_deletion_protection=protect,
                access_logs=LbAccessLogs(bucket=access_logs.bucket, prefix=access_logs.prefix, enabled=True)
                if access_logs is not None
                else None,
                depends_on=[access_logs.ready] if access_logs is not None and access_logs.ready is not None else None,
            ),
        )
        if not protect:
            accepted(self.resource, CKV_AWS_150="Configured by settings: deletion_protection is off.")
        if access_logs is None:
            accepted(self.resource, CKV_AWS_91="Configured by settings: no access_logs.")

    @property
    def alias(self) -> dict[str, str]:
        """Alias target for DNS: `dns_name` and `zone_id` (tokens)."""
        return {"dns_name": self.resource.dns_name, "zone_id": self.resource.zone_id}

    def listen(self, certificate_arn: str, tls_policy: str) -> LbListener:
        """Create the listeners on port 80 (redirect only) and 443 (returned).

        Args:
            certificate_arn: certificate of the hosts (token, or an ARN).
            tls_policy: protocols and ciphers.
        """
        addressed(
            "http",
            LbListener(
                self,
                "http",
                load_balancer_arn=self.resource.arn,
                port=80,
                protocol="HTTP",
                default_action=[
                    LbListenerDefaultAction(
                        type="redirect",
                        redirect=LbListenerDefaultActionRedirect(port="443", protocol="HTTPS", status_code="HTTP_301"),
                    )
                ],
            ),
        )
        return addressed(
            "https",
            LbListener(
                self,
                "https",
                load_balancer_arn=self.resource.arn,
                port=443,
                protocol="HTTPS",
                certificate_arn=certificate_arn,
                ssl_policy=tls_policy,
                default_action=[
                    LbListenerDefaultAction(
                        type="fixed-response",
                        fixed_response=LbListenerDefaultActionFixedResponse(
                            content_type="text/plain", message_body="No such host", status_code="404"
                        ),
                    )
                ],
            ),
        )

    def guard(self, web_acl_arn: str | None) -> None:
        """Attach a web ACL, if any."""
        if web_acl_arn is None:
            if not self._internal:
                accepted(
                    self.resource,
                    CKV2_AWS_28="Configured by settings: waf=None; access is limited by allowed_cidrs and authentication.",
                )
            return
        if not self._internal:
            accepted(
                self.resource,
                CKV2_AWS_76="Known bad inputs are among the configured rule groups. The anonymous IP list, which this check also "
                "requires, would block VPNs and clients in clouds, such as the SDK in CI.",
            )
        addressed(
            "kubeflow",
            Wafv2WebAclAssociation(self, "web-acl", resource_arn=self.resource.arn, web_acl_arn=web_acl_arn),
        )
