"""Policies of the catalogue's service accounts: what they allow, and that nothing in them is idle."""

import json
import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from policy_sentry.querying.actions import get_action_data

from modules.aws_data.regions import PARTITIONS, REGIONS, partition_of
from modules.iam.policy_context import ArtifactBucket, PolicyContext
from modules.iam.policy_engine import Request, is_allowed
from modules.kubeflow.behaviours import POLICIES, statements_of
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings import Statement
from modules.settings.repositories import UPSTREAM_PREFIXES
from tests.modules.iam.policy_examples import ALLOWED, CONTEXT, DENIED

INLINE_LIMIT = 10_240
"""Characters of all inline policies of a role, without white space.

Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
"""


def document(statements: tuple[Statement, ...]) -> str:
    rows = [
        {"Effect": "Allow", "Action": one.actions, "Resource": one.resources, "Condition": one.conditions}
        for one in statements
    ]
    return json.dumps({"Version": "2012-10-17", "Statement": rows}, separators=(",", ":"))


def reference(action: str) -> list[dict[str, object]]:
    """AWS's own reference of an action: a row for each resource type it knows, `*` where it knows none."""
    service, name = action.split(":")
    found = get_action_data(service, name)
    assert found, f"{action}: AWS has no such action"
    rows: list[dict[str, object]] = found[service]
    return rows


def test_every_policy_of_the_catalogue_is_there_and_no_other() -> None:
    named = {access.policy for entry in CATALOGUE for access in entry.aws}
    assert named == set(ALLOWED) == set(DENIED) == set(POLICIES)


@pytest.mark.parametrize(
    ("policy", "hint"),
    [
        ("external-dsn", "did you mean 'external-dns'?"),
        ("backups", "add it to `policies` in modules/kubeflow/components/some_app/behaviour.py"),
    ],
)
def test_an_entry_with_an_unknown_policy_is_an_error_that_says_where(policy: str, hint: str) -> None:
    with pytest.raises(ValueError, match=f"^catalogue: some-app: aws: '{policy}' is not a policy; {re.escape(hint)}$"):
        statements_of("some-app", policy, CONTEXT)


@pytest.mark.parametrize("name", POLICIES)
def test_what_the_controller_does_is_allowed(name: str) -> None:
    statements = POLICIES[name](CONTEXT)
    for request in ALLOWED[name]:
        assert is_allowed(statements, request), request


@pytest.mark.parametrize("name", POLICIES)
def test_what_is_not_this_clusters_is_denied(name: str) -> None:
    statements = POLICIES[name](CONTEXT)
    for request in DENIED[name]:
        assert not is_allowed(statements, request), request


@pytest.mark.parametrize("name", POLICIES)
def test_no_action_and_no_resource_is_idle(name: str) -> None:
    statements = POLICIES[name](CONTEXT)
    for fewer, what in without_one(statements):
        assert not all(is_allowed(fewer, request) for request in ALLOWED[name]), f"{what}: no example needs it"


def without_one(statements: tuple[Statement, ...]) -> Iterator[tuple[list[Statement], str]]:
    """The policy less one action, and less one resource, of each statement."""
    for index, statement in enumerate(statements):
        for field in ("actions", "resources"):
            items = getattr(statement, field)
            for item in items:
                rest = tuple(other for other in items if other != item)
                changed = [statement.with_changes(**{field: rest})] if rest else []
                yield [*statements[:index], *changed, *statements[index + 1 :]], f"{item} of statement {index}"


@pytest.mark.parametrize("name", POLICIES)
def test_no_condition_is_idle(name: str) -> None:
    statements = POLICIES[name](CONTEXT)
    for index, statement in enumerate(statements):
        for operator, keys in statement.conditions.items():
            for key in keys:
                fewer = {variable: values for variable, values in keys.items() if variable != key}
                conditions = {**statement.conditions, operator: fewer}
                laxer = [*statements[:index], statement.with_changes(conditions=conditions), *statements[index + 1 :]]
                assert any(is_allowed(laxer, request) for request in DENIED[name]), f"{key} of statement {index}"


@pytest.mark.parametrize("name", POLICIES)
def test_a_star_is_a_whole_resource_only_where_aws_takes_nothing_else(name: str) -> None:
    for statement in POLICIES[name](CONTEXT):
        for action in statement.actions:
            formats = {str(row["resource_arn_format"]) for row in reference(action)}
            if "*" in statement.resources:
                read = re.search(":(Describe|Get|List)", action)
                assert formats == {"*"} or read, f"{action} can be narrowed to {formats}"


@pytest.mark.parametrize("name", POLICIES)
def test_every_action_takes_one_of_its_resources_and_all_of_its_conditions(name: str) -> None:
    for statement in POLICIES[name](CONTEXT):
        for action in statement.actions:
            rows = reference(action)
            shapes = [re.sub(r"\$\{\w+\}", "*", str(row["resource_arn_format"])) for row in rows]
            assert any(overlap(one, resource) for one in shapes for resource in statement.resources), action
            keys = {str(key).partition("${")[0] for row in rows for key in row["condition_keys"]}  # type: ignore[attr-defined]
            for variables in statement.conditions.values():
                for variable in variables:
                    known = any(variable == key or (key[-1] in "/:" and variable.startswith(key)) for key in keys)
                    assert known or variable == "aws:RequestedRegion", f"{action} does not know {variable}"


@cache
def overlap(one: str, other: str) -> bool:
    """Whether some text is matched by both of two patterns with `*`."""
    if "*" in (one[:1], other[:1]):
        star, rest = (one, other) if one[:1] == "*" else (other, one)
        return overlap(star[1:], rest) or (rest != "" and overlap(star, rest[1:]))
    return one == other if "" in (one, other) else one[0] == other[0] and overlap(one[1:], other[1:])


@pytest.mark.parametrize("partition", PARTITIONS)
@pytest.mark.parametrize("name", POLICIES)
def test_arns_are_of_the_partition(name: str, partition: str) -> None:
    region = next(region for region, facts in REGIONS.items() if facts.partition == partition)
    text = document(POLICIES[name](in_partition(partition, region)))
    assert set(re.findall(r"arn:([\w-]+):", text)) == {partition}
    assert partition == "aws-cn" or "amazonaws.com.cn" not in text
    assert len(text) < INLINE_LIMIT


def in_partition(partition: str, region: str) -> PolicyContext:
    """The longest names that may be."""
    name = "p" * 22
    return PolicyContext(
        partition=partition,
        region=region,
        account_id="111122223333",
        cluster_name=name,
        vpc_id="vpc-0123456789abcdef0",
        dns_zone_ids=tuple(f"Z{number:020}" for number in range(10)),
        challenges=(f"Z{0:020}", ".".join(("d" * 63, "d" * 63, "d" * 63, "d" * 45))),
        pod_log_group_name=f"/aws/eks/{name}/pods",
        interruption_queue_arn=f"arn:{partition}:sqs:{region}:111122223333:{name}-karpenter",
        karpenter_node_role_arn=f"arn:{partition}:iam::111122223333:role/{name}-karpenter-node",
        artifact_bucket=ArtifactBucket(
            f"arn:{partition}:s3:::{name}-artifacts-111122223333",
            f"arn:{partition}:kms:{region}:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab",
            f"s3.{region}.{partition_of(region).dns_suffix}",
        ),
        repository_prefix=name,
        cached_registries=tuple(UPSTREAM_PREFIXES.values()),
    )


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("dns01-issuer", "challenges"),
        ("external-dns", "dns_zone_ids"),
        ("aws-for-fluent-bit", "pod_log_group_name"),
        ("karpenter", "interruption_queue_arn"),
        ("karpenter", "karpenter_node_role_arn"),
        ("pipelines", "artifact_bucket"),
        ("pipelines-ui", "artifact_bucket"),
    ],
)
def test_a_policy_without_a_name_to_be_narrowed_to_is_refused(name: str, field: str) -> None:
    nothing: dict[str, Any] = {field: None}
    with pytest.raises(ValueError, match=f"policy {name}: .*{field}"):
        POLICIES[name](replace(CONTEXT, **nothing))


def test_a_request_outside_of_every_statement_is_denied() -> None:
    assert not is_allowed([], Request("s3:GetObject", "arn:aws:s3:::b/k"))
