"""The web ACL lets notebooks work, and its log holds no session."""

from modules.exposure.waf import MANAGED_GROUPS
from modules.settings import ExistingWaf, Waf
from tests.docs.pages import ROOT, text
from tests.documents import GONE, at
from tests.modules.exposure.exposed import exposed

ACL = "resource aws_wafv2_web_acl kubeflow"
WEB_ACL = "arn:aws:wafv2:us-west-2:111122223333:regional/webacl/edge/12345678-1234-1234-1234-123456789012"


def test_bodies_with_code_names_of_files_and_sessions_are_counted_and_not_blocked() -> None:
    """Every rule of the common set that looks into bodies, at endings such as .log, or at the size of cookies lets them pass.

    Source: https://docs.aws.amazon.com/waf/latest/developerguide/aws-managed-rule-groups-baseline.html
    """
    rules = at(exposed(waf=Waf()), f"{ACL} rule")
    (common,) = [rule for rule in rules if rule["name"] == "AWSManagedRulesCommonRuleSet"]
    counted = common["statement"]["managed_rule_group_statement"]["rule_action_override"]
    assert {rule["name"] for rule in counted} == {
        "CrossSiteScripting_BODY",
        "EC2MetaDataSSRF_BODY",
        "GenericLFI_BODY",
        "GenericRFI_BODY",
        "RestrictedExtensions_QUERYARGUMENTS",
        "RestrictedExtensions_URIPATH",
        "SizeRestrictions_BODY",
        "SizeRestrictions_Cookie_HEADER",
    }
    assert all(rule["action_to_use"] == {"count": {}} for rule in counted)
    assert sorted(rule["priority"] for rule in rules) == list(range(len(rules)))


def test_the_log_leaves_out_cookies_and_tokens() -> None:
    logging = at(exposed(waf=Waf()), "resource aws_wafv2_web_acl_logging_configuration kubeflow")
    assert logging["redacted_fields"] == [
        {"single_header": {"name": "authorization"}},
        {"single_header": {"name": "cookie"}},
    ]
    assert at(exposed(waf=Waf()), "resource aws_cloudwatch_log_group waf name").startswith("aws-waf-logs-")
    quiet = exposed(waf=Waf(log_retention_days=None))
    assert at(quiet, "resource aws_wafv2_web_acl_logging_configuration") == GONE


def test_one_of_yours_is_put_in_front_as_it_is() -> None:
    document = exposed(waf=ExistingWaf(web_acl_arn=WEB_ACL))
    assert at(document, "resource aws_wafv2_web_acl_association kubeflow web_acl_arn") == WEB_ACL
    assert at(document, "resource aws_wafv2_web_acl") == GONE
    assert at(exposed(), "resource aws_wafv2_web_acl_association") == GONE


def test_known_bad_inputs_block_as_the_page_says() -> None:
    """No rule of that group only counts, so its body rules answer 403."""
    groups = {group.name: group.only_counted for group in MANAGED_GROUPS}
    assert groups["AWSManagedRulesKnownBadInputsRuleSet"] == ()
    assert "The rules for known bad inputs block, in bodies too" in text(ROOT / "docs" / "exposure.md")
