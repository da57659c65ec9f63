"""Web ACL of the load balancer: AWS managed rule groups and a rate limit."""

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
"""Headers redacted from logs, since they contain sessions."""
LOG_DELIVERY = "delivery.logs.amazonaws.com"
"""Service principal that writes the log; AWS documents no other name for China.

Source: https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/AWS-logs-infrastructure-CWL.html
"""


@dataclass(frozen=True)
class ManagedGroup:
    """One AWS managed rule group."""

    name: str
    only_counted: tuple[str, ...] = ()
    """Rules in count mode."""


MANAGED_GROUPS = (
    ManagedGroup("AWSManagedRulesAmazonIpReputationList"),
    ManagedGroup(
        "AWSManagedRulesCommonRuleSet",
        # A notebook is saved as one request with code in its body: more than 8 KiB, with paths, addresses and HTML. Pipelines and
        # artifacts are uploaded in the same way. File names are in URLs: a log or an .ini file opened in Jupyter, or a step's log.
        # The session cookie contains tokens, whose groups can exceed the rule's 10 KiB.
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
"""Rule groups in evaluation order, without those for SQL, PHP and WordPress: notebooks contain SQL, PHP is not used.

Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-list.html
"""


class WebAcl(Construct):
    """The web ACL and its optional log.

    Args:
        account: account, region and partition.
        platform_name: prefix of its name.
        requests_per_5_minutes: maximum requests of one address before it is blocked.
        log_retention_days: retention of the log in days; None: no log.
        protect: prevent destruction of the log.
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
            accepted(self._acl, CKV2_AWS_31="Configured by settings: no log_retention_days.")
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
            log_group_name=f"aws-waf-logs-{self._platform_name}",  # WAF requires this prefix
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
    """Enable metrics and sampled requests."""
    return kind(cloudwatch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True)


def rate_limit(requests: int) -> Wafv2WebAclRule:
    """The rate-limit rule by address."""
    return Wafv2WebAclRule(
        name="rate-limit",
        priority=0,
        action=Wafv2WebAclRuleAction(block=Wafv2WebAclRuleActionBlock()),
        statement={"rate_based_statement": {"limit": requests, "aggregate_key_type": "IP"}},
        visibility_config=visibility(Wafv2WebAclRuleVisibilityConfig, "rate-limit"),
    )


def managed(group: ManagedGroup, place: int) -> Wafv2WebAclRule:
    """The rule of one AWS managed rule group."""
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
