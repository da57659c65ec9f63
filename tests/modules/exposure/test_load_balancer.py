"""The load balancer that Terraform owns."""

import pytest

from modules.account import Account
from modules.exposure.access_logs import AccessLogBucket
from tests.documents import GONE, at, bare_stack, synthesized
from tests.modules.exposure.exposed import HOST, MODELS, exposed


def test_port_80_only_redirects_and_an_unknown_host_gets_nothing() -> None:
    document = exposed()
    (redirect,) = at(document, "resource aws_lb_listener http default_action")
    assert redirect == {
        "type": "redirect",
        "redirect": {"port": "443", "protocol": "HTTPS", "status_code": "HTTP_301"},
    }
    (unknown,) = at(document, "resource aws_lb_listener https default_action")
    assert (unknown["type"], unknown["fixed_response"]["status_code"]) == ("fixed-response", "404")
    rule = at(document, "resource aws_lb_listener_rule gateway")
    assert rule["condition"] == [{"host_header": {"values": [HOST, f"*.{MODELS}"]}}]
    assert rule["action"] == [{"type": "forward", "target_group_arn": "${aws_lb_target_group.gateway.arn}"}]


def test_it_is_internal_and_guarded_unless_said_otherwise() -> None:
    balancer = at(exposed(), "resource aws_lb kubeflow")
    assert (balancer["internal"], balancer["enable_deletion_protection"]) == (True, True)
    assert (balancer["drop_invalid_header_fields"], balancer["desync_mitigation_mode"]) == (True, "defensive")
    assert at(exposed(scheme="internet-facing"), "resource aws_lb kubeflow internal") is False
    assert at(exposed(context={"protect": False}), "resource aws_lb kubeflow enable_deletion_protection") is False


def test_it_serves_only_a_certificate_that_is_issued() -> None:
    """With the certificate's own ARN a listener would be refused while ACM still waits for its record."""
    assert (
        at(exposed(), "resource aws_lb_listener https certificate_arn")
        == "${aws_acm_certificate_validation.hosts.certificate_arn}"
    )


def test_it_writes_its_log_once_the_bucket_lets_it() -> None:
    document = exposed()
    assert at(document, "resource aws_lb kubeflow depends_on") == ["aws_s3_bucket_policy.access_logs"]
    write, tls_only = at(document, "data aws_iam_policy_document access_logs statement")
    assert write["principals"] == [
        {"identifiers": ["logdelivery.elasticloadbalancing.amazonaws.com"], "type": "Service"}
    ]
    assert write["resources"] == [
        "${aws_s3_bucket.access_logs.arn}/load-balancer/AWSLogs/${data.aws_caller_identity.current.account_id}/*"
    ]
    assert (tls_only["effect"], tls_only["condition"][0]["values"]) == ("Deny", ["false"])
    assert at(exposed(access_logs=None), "resource aws_s3_bucket") == GONE


@pytest.mark.parametrize("region", ["us-gov-west-1", "cn-north-1"])
def test_elsewhere_an_account_of_aws_writes_the_log(region: str) -> None:
    stack = bare_stack()
    account = Account(stack, "account", region=region)
    AccessLogBucket(
        stack, "logs", account=account, platform_name="prod", prefix="logs", retention_days=30, protect=False
    )
    document = synthesized(stack)
    assert at(document, "data aws_iam_policy_document access_logs statement 0 principals") == [
        {"identifiers": ["${data.aws_elb_service_account.access_logs.arn}"], "type": "AWS"}
    ]
    assert at(document, "resource aws_s3_bucket access_logs force_destroy") is True


def test_pods_let_it_in_by_the_group_of_the_cluster_or_by_rules_of_its_own() -> None:
    ours = exposed()
    assert at(ours, "resource aws_lb kubeflow security_groups") == ["${aws_security_group.entrance.id}", "sg-balancer"]
    assert set(at(ours, "resource aws_vpc_security_group_ingress_rule")) == {
        "entrance_443_198_51_100_0_24",
        "entrance_80_198_51_100_0_24",
    }
    others = exposed(context={"balancer_group_id": None, "pod_group_ids": {"nodes": "sg-nodes"}})
    assert at(others, "resource aws_lb kubeflow security_groups") == ["${aws_security_group.entrance.id}"]
    for port in (8080, 15021):
        rule = at(others, f"resource aws_vpc_security_group_ingress_rule load_balancer_to_nodes_{port}")
        assert (rule["security_group_id"], rule["from_port"], rule["to_port"]) == ("sg-nodes", port, port)
        assert rule["referenced_security_group_id"] == "${aws_security_group.entrance.id}"
        out = at(others, f"resource aws_vpc_security_group_egress_rule load_balancer_to_nodes_{port}")
        assert (out["security_group_id"], out["referenced_security_group_id"]) == (
            "${aws_security_group.entrance.id}",
            "sg-nodes",
        )
