"""Statements of roles that are new and removed, in Terraform's form and in IAM's."""

import copy
import json
from typing import Any

from modules.revisions.statements import Statement, statement_changes, statements
from tests.platforms import documents

READ = {"actions": ["s3:GetObject"], "resources": ["arn:aws:s3:::data/*"]}
TRUST = {
    "actions": ["sts:AssumeRole"],
    "principals": [{"type": "Service", "identifiers": ["pods.eks.amazonaws.com"]}],
    "condition": [{"test": "StringEquals", "variable": "aws:SourceAccount", "values": ["111122223333"]}],
}
BEFORE: dict[str, Any] = {
    "prod-teams": {
        "resource": {
            "aws_iam_role": {
                "team": {"name": "prod-team", "assume_role_policy": "${data.aws_iam_policy_document.t.json}"}
            },
            "aws_iam_role_policy": {
                "team": {"role": "${aws_iam_role.team.name}", "policy": "${data.aws_iam_policy_document.r.json}"}
            },
            "aws_iam_role_policy_attachment": {
                "cni": {
                    "role": "${aws_iam_role.team.name}",
                    "policy_arn": "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy",
                }
            },
        },
        "data": {"aws_iam_policy_document": {"t": {"statement": [TRUST]}, "r": {"statement": [READ]}}},
    }
}
READS = Statement("prod-team", "allows", "s3:GetObject", "arn:aws:s3:::data/*")


def test_all_statements_of_a_role_are_read() -> None:
    assert set(statements(BEFORE)) == {
        READS,
        Statement("prod-team", "managed policy", "arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy"),
        Statement(
            "prod-team",
            "trust",
            "sts:AssumeRole",
            "Service pods.eks.amazonaws.com",
            "StringEquals aws:SourceAccount 111122223333",
        ),
    }


def test_a_statement_that_is_added_or_narrowed_is_named_with_its_role() -> None:
    after = copy.deepcopy(BEFORE)
    policies = after["prod-teams"]["data"]["aws_iam_policy_document"]
    policies["r"]["statement"] = [
        {**READ, "condition": [{"test": "Bool", "variable": "aws:SecureTransport", "values": ["true"]}]},
        {"effect": "Deny", "not_actions": ["s3:*"], "not_resources": ["arn:aws:s3:::data"]},
    ]
    found = [
        (one.added, one.statement.kind, one.statement.what, one.statement.condition)
        for one in statement_changes(BEFORE, after)
    ]
    assert found == [
        (False, "allows", "s3:GetObject", ""),
        (True, "allows", "s3:GetObject", "Bool aws:SecureTransport true"),
        (True, "denies", "all but s3:*", ""),
    ]


def test_the_order_of_lists_and_statements_and_the_form_are_not_change() -> None:
    after = copy.deepcopy(BEFORE)
    body = {"Statement": {"Effect": "Allow", "Action": "s3:GetObject", "Resource": ["arn:aws:s3:::data/*"]}}
    trust = {
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "pods.eks.amazonaws.com"},
                "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}},
            }
        ]
    }
    after["prod-teams"]["resource"]["aws_iam_role_policy"]["team"]["policy"] = json.dumps(body)
    after["prod-teams"]["resource"]["aws_iam_role"]["team"]["assume_role_policy"] = json.dumps(trust)
    assert statement_changes(BEFORE, after) == []


def test_a_policy_of_its_own_counts_for_the_role_that_has_it() -> None:
    after = copy.deepcopy(BEFORE)
    resources = after["prod-teams"]["resource"]
    resources["aws_iam_policy"] = {"own": {"policy": "${data.aws_iam_policy_document.r.json}"}}
    del resources["aws_iam_role_policy"]
    resources["aws_iam_role_policy_attachment"]["own"] = {
        "role": "${aws_iam_role.team.name}",
        "policy_arn": "${aws_iam_policy.own.arn}",
    }
    assert statement_changes(BEFORE, after) == []


def test_every_role_of_the_platforms_has_a_trust_and_no_policy_is_unread() -> None:
    for stack, document in documents().items():
        found = list(statements({stack: document}))
        roles = document.get("resource", {}).get("aws_iam_role", {})
        assert len({one.role for one in found if one.kind == "trust"}) == len(roles), stack
        assert not [one for one in found if one.what.startswith("what ")], stack
