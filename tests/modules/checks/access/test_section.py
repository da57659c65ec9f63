"""The section Access: no finding on the platforms of the tests but accepted ones, and each kind is provoked."""

import copy
import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from xml.etree import ElementTree

import pytest

from modules.checks.access import levels
from modules.checks.access import section as module
from modules.checks.access.accepted import REASONS
from modules.checks.access.picture import MOST_ROLES, access_picture
from modules.checks.access.policies import RESOURCE_POLICIES, policy, readable
from modules.checks.access.roles import roles
from modules.checks.access.section import section
from modules.checks.section import Section
from modules.diagram.svg import svg
from tests.check_inputs import inputs_of
from tests.platforms import NAMES, documents


def errors_and_warnings(made: Section) -> set[str]:
    return {one.id for one in made.findings if one.severity != "not checked"}


@pytest.mark.parametrize("name", NAMES)
def test_platforms_have_no_finding_without_a_reason(name: str) -> None:
    made = section(inputs_of(name))
    reasons = {row[0] for one in made.tables if one.title == "Reasons" for row in one.rows}
    assert errors_and_warnings(made) == reasons


def test_every_reason_is_of_a_finding() -> None:
    found = {one.id for name in ("team", "private") for one in section(inputs_of(name)).findings}
    assert {id_ for id_, _ in REASONS} <= found


def with_statement(**statement: Any) -> Section:
    """The shipped platform, with another statement for the load balancer controller."""
    changed = copy.deepcopy({stack: inputs_of("prod").documents[stack] for stack in ("prod-cluster", "prod-addons")})
    rights = changed["prod-addons"]["data"]["aws_iam_policy_document"]["aws_load_balancer_controller_rights"]
    rights["statement"].append({"resources": ["*"], **statement})
    return of(changed)


def of(changed: Mapping[str, Any]) -> Section:
    return section(replace(inputs_of("prod"), synthesize=lambda _: changed))


def texts(made: Section) -> dict[str, str]:
    return {one.id: one.text for one in made.findings}


def test_all_actions_of_a_service_are_an_error() -> None:
    text = texts(with_statement(actions=["s3:*"], resources=["arn:aws:s3:::data/*"]))["IAM001"]
    assert text == "prod-aws-load-balancer-controller (prod-addons/aws_iam_role.aws_load_balancer_controller): s3:*"


def test_a_change_of_every_resource_is_a_warning_unless_a_condition_restricts_it() -> None:
    assert "s3:DeleteBucket" in texts(with_statement(actions=["s3:DeleteBucket"]))["IAM002"]
    tagged = {"test": "StringEquals", "variable": "aws:ResourceTag/team", "values": ["a"]}
    assert "IAM002" not in texts(with_statement(actions=["s3:DeleteBucket"], condition=[tagged]))
    assert "IAM002" not in texts(with_statement(actions=["ec2:DescribeVpcs"])), "AWS restricts it to no resource"


def test_actions_that_together_escalate_are_an_error() -> None:
    found = texts(with_statement(actions=["iam:PassRole", "ec2:RunInstances"]))
    assert "iam:passrole, ec2:runinstances" in found["IAM003"].lower()
    restricted = with_statement(actions=["iam:PassRole"], resources=["arn:aws:iam::111122223333:role/nodes"])
    assert "IAM003" not in texts(restricted)


def test_reading_all_data_is_a_warning() -> None:
    assert "secretsmanager:GetSecretValue" in texts(with_statement(actions=["secretsmanager:GetSecretValue"]))["IAM005"]


def with_trust(**statement: Any) -> Section:
    changed = copy.deepcopy({"prod-cluster": inputs_of("prod").documents["prod-cluster"]})
    trust = changed["prod-cluster"]["data"]["aws_iam_policy_document"]["aws_ebs_csi_driver_trust"]["statement"]
    trust[0] = {"actions": ["sts:AssumeRole"], **statement}
    return of(changed)


PROVIDER = {"type": "Federated", "identifiers": ["${aws_iam_openid_connect_provider.this.arn}"]}


@pytest.mark.parametrize(
    ("statement", "named"),
    [
        ({"principals": [PROVIDER]}, "every subject of <OIDC provider>"),
        (
            {
                "principals": [PROVIDER],
                "condition": [
                    {"test": "StringLike", "variable": "issuer:sub", "values": ["system:serviceaccount:kubeflow:*"]}
                ],
            },
            "the subject kubeflow/* has a wildcard",
        ),
        ({"principals": [{"type": "AWS", "identifiers": ["*"]}]}, "every AWS principal"),
        (
            {"principals": [{"type": "AWS", "identifiers": ["arn:aws:iam::444455556666:root"]}]},
            "arn:aws:iam::444455556666:root without condition",
        ),
        (
            {"principals": [{"type": "Service", "identifiers": ["lambda.amazonaws.com"]}]},
            "lambda.amazonaws.com without condition",
        ),
    ],
)
def test_trust_without_condition_is_an_error(statement: Mapping[str, Any], named: str) -> None:
    assert texts(with_trust(**statement))["IAM004"].endswith(f"aws_iam_role.aws_ebs_csi_driver): {named}")


def test_ec2_needs_no_condition() -> None:
    assert "IAM004" not in texts(with_trust(principals=[{"type": "Service", "identifiers": ["ec2.amazonaws.com"]}]))


def test_an_administrator_names_the_principal_that_may_assume_the_role() -> None:
    text = texts(section(inputs_of("private")))["IAM006"]
    assert (
        "assumed by organization:example:project:kubeflow:workspace:private-network:run_phase:apply (OIDC) and " in text
    )


def test_a_resource_open_to_everyone_is_an_error() -> None:
    everyone = json.dumps(
        {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*"}}
    )
    changed = {"prod-services": {"resource": {"aws_s3_bucket_policy": {"open": {"policy": everyone}}}}}
    assert texts(of(changed))["IAM007"] == "prod-services/aws_s3_bucket_policy.open: s3:GetObject"


def test_managed_policies_and_other_permissions_are_not_checked() -> None:
    found = texts(section(inputs_of("prod")))
    assert "AmazonEKSWorkerNodePolicy" in found["IAM101"]
    assert "IAM103" in found


def test_without_the_extra_the_rest_is_evaluated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(levels, "PACKAGES", ("policy_sentry", "no_such_package"))
    assert not levels.installed()
    monkeypatch.setattr(module, "installed", lambda: False)
    found = with_statement(actions=["s3:*"])
    assert {"IAM001", "IAM102"} <= set(texts(found))
    assert not {"IAM002", "IAM003"} & set(texts(found))
    (row,) = [row for row in found.tables[0].rows if row[0] == "prod-aws-load-balancer-controller"]
    assert row[4].startswith("acm; cognito-idp; ec2; ")


def test_service_accounts_of_both_ways_are_named() -> None:
    irsa = {one.name: [str(who) for who in one.trusted] for one in roles(inputs_of("irsa").documents)}
    assert irsa["irsa-cluster-autoscaler"] == ["kube-system/cluster-autoscaler (IRSA)"]
    pods = {one.name: [str(who) for who in one.trusted] for one in roles(inputs_of("fetching").documents)}
    assert pods["fetching-aws-load-balancer-controller"] == ["kube-system/aws-load-balancer-controller (Pod Identity)"]


def test_every_policy_in_the_json_is_read() -> None:
    """A new resource with a policy fails here, so that the section does not pass it over."""
    known = {"aws_iam_role", "aws_iam_role_policy", "aws_iam_policy", *RESOURCE_POLICIES}
    with_policy = {
        kind
        for document in documents().values()
        for kind, bodies in document.get("resource", {}).items()
        for body in bodies.values()
        if any(isinstance(value, str) and "data.aws_iam_policy_document." in value for value in body.values())
    }
    assert with_policy <= known


def test_a_policy_of_another_form_is_an_error_and_not_skipped() -> None:
    with pytest.raises(ValueError, match="neither a policy document of the stack nor JSON"):
        policy({}, "${file(policy.json)}")
    excluding = {"data": {"aws_iam_policy_document": {"a": {"statement": [{"not_actions": ["s3:*"]}]}}}}
    with pytest.raises(ValueError, match="not_actions is not evaluated"):
        policy(excluding, "${data.aws_iam_policy_document.a.json}")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("arn:aws:acm:us-west-2:${data.aws_caller_identity.current.account_id}:certificate/*", "arn:aws:acm:us-west-2:<account>:certificate/*"),
        ("${aws_s3_bucket.artifacts.arn}/*", "<aws_s3_bucket.artifacts>/*"),
        ("${data.terraform_remote_state.cluster.outputs.cluster_name}", "<cluster: cluster_name>"),
        ("arn:aws:s3:::data/&{aws:PrincipalTag/team}/*", "arn:aws:s3:::data/${aws:PrincipalTag/team}/*"),
    ],
)  # fmt: skip
def test_expressions_become_words(text: str, words: str) -> None:
    assert readable(text) == words


def test_tables_have_statements_of_resources_and_the_cluster() -> None:
    made = section(inputs_of("production"))
    tables = {table.title: table for table in made.tables}
    (logs,) = [row for row in tables["Permissions"].rows if row[0] == "production-aws-for-fluent-bit"]
    assert logs[1:3] == (
        "logs:CreateLogStream, logs:PutLogEvents",
        "arn:aws:logs:us-west-2:<account>:log-group:<aws_cloudwatch_log_group.pod_logs>:*",
    )
    admins = [row for row in tables["Access to the cluster"].rows if row[1] == "AmazonEKSClusterAdminPolicy"]
    assert [row[2] for row in admins] == ["cluster"]
    denied = [row for row in tables["Policies of resources"].rows if row[1] == "DENY s3:*"]
    assert all("aws:SecureTransport" in row[3] for row in denied)


def test_levels_of_access_are_those_of_aws() -> None:
    (role,) = [
        one for one in section(inputs_of("production")).document["roles"] if one["name"] == "production-team-vision"
    ]
    assert role["levels"]["s3"] == ["Write", "Read", "List"]
    assert levels.level("s3:NoSuchAction") == "unknown"


def test_the_picture_has_each_role_with_two_arrows() -> None:
    made = section(inputs_of("production"))
    (picture,) = made.pictures
    for drawn in (picture.svg, picture.dark):
        root = ElementTree.fromstring(drawn)
        texts = " ".join(element.text or "" for element in root.iter("{http://www.w3.org/2000/svg}text"))
        assert "vision/default-editor" in texts
        heads = [one for one in root.iter("{http://www.w3.org/2000/svg}path") if one.get("d", "").endswith("Z")]
        assert len(heads) == 2 * len(made.document["roles"])


def test_the_picture_of_many_teams_says_how_many_are_left_out() -> None:
    (role,) = [one for one in roles(inputs_of("production").documents) if one.name == "production-team-vision"]
    many = [replace(role, address=f"aws_iam_role.team_{number}") for number in range(MOST_ROLES + 88)]
    drawn = access_picture(many, {f"{one.stack}/{one.address}": ["s3: read"] for one in many})
    assert len(drawn.arrows) == 2 * MOST_ROLES
    assert "88 more roles, in the table" in svg(drawn, "light")
