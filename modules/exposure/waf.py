"""A web ACL in front of the load balancer: AWS's managed rules and a rate limit."""

from dataclasses import dataclass
from typing import TypeVar

from cdktf_cdktf_provider_aws.cloudwatch_log_resource_policy import CloudwatchLogResourcePolicy
from cdktf_cdktf_provider_aws.data_aws_iam_policy_document import (
    DataAwsIamPolicyDocument,
    DataAwsIamPolicyDocumentStatement,
    DataAwsIamPolicyDocumentStatementCondition,
    DataAwsIamPolicyDocumentStatementPrincipals,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl import (
    Wafv2WebAcl,
    Wafv2WebAclDefaultAction,
    Wafv2WebAclDefaultActionAllow,
    Wafv2WebAclRule,
    Wafv2WebAclRuleAction,
    Wafv2WebAclRuleActionBlock,
    Wafv2WebAclRuleOverrideAction,
    Wafv2WebAclRuleOverrideActionNone,
    Wafv2WebAclRuleVisibilityConfig,
    Wafv2WebAclVisibilityConfig,
)
from cdktf_cdktf_provider_aws.wafv2_web_acl_logging_configuration import (
    Wafv2WebAclLoggingConfiguration,
    Wafv2WebAclLoggingConfigurationRedactedFields,
    Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader,
)
from constructs import Construct

from modules.account import Account
from modules.log_group import LogGroup
from modules.naming import addressed, aws_name
from modules.security_scan import accepted

Visibility = TypeVar("Visibility", Wafv2WebAclVisibilityConfig, Wafv2WebAclRuleVisibilityConfig)
SECRET_HEADERS = ("authorization", "cookie")
"""A log of them would be a list of open sessions."""
LOG_DELIVERY = "delivery.logs.amazonaws.com"
"""Who writes the log; AWS documents no other name of it for China.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
"""


@dataclass(frozen=True)
class ManagedGroup:
    """One of AWS's groups of rules."""

    name: str
    only_counted: tuple[str, ...] = ()
    """Its rules that count and do not block."""


MANAGED_GROUPS = (
    ManagedGroup("AWSManagedRulesAmazonIpReputationList"),
    ManagedGroup(
        "AWSManagedRulesCommonRuleSet",
        # A notebook is saved as one request whose body is code: more than 8 KiB, with paths, addresses and HTML in it.
        # Pipelines and artifacts are uploaded the same way. Names of files stand in addresses: a log or an .ini that somebody opens
        # in Jupyter, or the page of a step's log. The session is a cookie that holds tokens, with groups above the 10 KiB of the rule.
        only_counted=(
            "CrossSiteScripting_BODY",
            "EC2MetaDataSSRF_BODY",
            "GenericLFI_BODY",
            "GenericRFI_BODY",
            "RestrictedExtensions_QUERYARGUMENTS",
            "RestrictedExtensions_URIPATH",
            "SizeRestrictions_BODY",
            "SizeRestrictions_Cookie_HEADER",
        ),
    ),
    ManagedGroup("AWSManagedRulesKnownBadInputsRuleSet"),
)
"""Groups in the order they are asked; those for SQL, PHP and WordPress are left out: notebooks hold SQL, nothing runs PHP.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""


class WebAcl(Construct):
    """The ACL and, unless it is not wanted, its log.

    Args:
        account: account, region and partition.
        platform_name: first part of its name.
        requests_per_5_minutes: requests of one address, above which it is blocked.
        log_retention_days: days that the log is kept; None: no log.
        protect: refuse to destroy the log.
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        account: Account,
        platform_name: str,
        requests_per_5_minutes: int,
        log_retention_days: int | None,
        protect: bool,
    ) -> None:
        super().__init__(scope, id_)
        self._account, self._platform_name = account, platform_name
        name = aws_name(platform_name, "kubeflow")
        self._acl = addressed(
            "kubeflow",
            Wafv2WebAcl(
                self,
                "acl",
                name=name,
                scope="REGIONAL",
                description="In front of Kubeflow",
                default_action=Wafv2WebAclDefaultAction(allow=Wafv2WebAclDefaultActionAllow()),
                rule=[
                    rate_limit(requests_per_5_minutes),
                    *(managed(group, place) for place, group in enumerate(MANAGED_GROUPS, start=1)),
                ],
                visibility_config=visibility(Wafv2WebAclVisibilityConfig, name),
            ),
        )
        self.arn = self._acl.arn
        if log_retention_days is None:
            accepted(self._acl, CKV2_AWS_31="Settings have no log_retention_days: its log is not wanted.")
        else:
            self._log(log_retention_days, protect)

    def _log(self, days: int, protect: bool) -> None:
        account = self._account
        group = LogGroup(
            self,
            "log",
            account=account,
            platform_name=self._platform_name,
            name="waf",
            log_group_name=f"aws-waf-logs-{self._platform_name}",  # WAF takes no name that begins otherwise
            retention_days=days,
            protect=protect,
        )
        policy = DataAwsIamPolicyDocument(
            self,
            "log-policy",
            statement=[
                DataAwsIamPolicyDocumentStatement(
                    actions=["logs:CreateLogStream", "logs:PutLogEvents"],
                    resources=[f"{group.arn}:*"],
                    principals=[
                        DataAwsIamPolicyDocumentStatementPrincipals(type="Service", identifiers=[LOG_DELIVERY])
                    ],
                    condition=[
                        DataAwsIamPolicyDocumentStatementCondition(
                            test="StringEquals", variable="aws:SourceAccount", values=[account.account_id]
                        )
                    ],
                )
            ],
        )
        allowed = addressed(
            "waf",
            CloudwatchLogResourcePolicy(
                self,
                "allowed",
                policy_name=aws_name(self._platform_name, "waf"),
                policy_document=addressed("waf_log", policy).json,
            ),
        )
        addressed(
            "kubeflow",
            Wafv2WebAclLoggingConfiguration(
                self,
                "logging",
                resource_arn=self._acl.arn,
                log_destination_configs=[group.arn],
                redacted_fields=[
                    Wafv2WebAclLoggingConfigurationRedactedFields(
                        single_header=Wafv2WebAclLoggingConfigurationRedactedFieldsSingleHeader(name=header)
                    )
                    for header in SECRET_HEADERS
                ],
                depends_on=[allowed],
            ),
        )


def visibility(kind: type[Visibility], name: str) -> Visibility:
    """Metrics of everything, and samples of requests in the console."""
    return kind(cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True)


def rate_limit(requests: int) -> Wafv2WebAclRule:
    """The rule that blocks an address while it asks too often."""
    return Wafv2WebAclRule(
        name="rate-limit",
        priority=0,
        action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
        statement={"rate_based_statement": {"limit": requests, "aggregate_key_type": "IP"}},
        visibility_config=visibility(Wafv2WebAclRuleVisibilityConfig, "rate-limit"),
    )


def managed(group: ManagedGroup, place: int) -> Wafv2WebAclRule:
    """The rule that asks one of AWS's groups."""
    counted = [{"name": name, "action_to_use": {"count": {}}} for name in group.only_counted]
    return Wafv2WebAclRule(
        name=group.name,
        priority=place,
        override_action=Wafv2WebAclRuleOverrideAction(none=Wafv2WebAclRuleOverrideActionNone()),
        statement={
            "managed_rule_group_statement": {
                "vendor_name": "AWS",
                "name": group.name,
                **({"rule_action_override": counted} if counted else {}),
            }
        },
        visibility_config=visibility(Wafv2WebAclRuleVisibilityConfig, group.name),
    )
