"""All that we write fits the newest published versions of the providers, which no binary here has run."""

import copy
import gzip
import json
import re
from collections.abc import Mapping
from importlib.resources import files
from typing import Any, get_args

import pytest

from modules.aws_data.terraform import NEWER_ARGUMENTS
from modules.cluster.connection import HELM_PROVIDER, KUBERNETES_PROVIDER
from modules.settings import Cluster, NodePorts, SchedulerScoring
from stacks.stack import AWS_PROVIDER
from tests.built_once import build
from tests.documents import at
from tests.platforms import cluster, documents, platform, stacks_of
from tests.published.check import misfits
from tests.published.compact import rendered
from tests.published.use import FILES, kinds_used, published

VERSIONS = {"aws": "6.69.1", "helm": "3.3.0", "kubernetes": "3.4.0"}
RANGES = {"aws": AWS_PROVIDER, "helm": HELM_PROVIDER, "kubernetes": KUBERNETES_PROVIDER}


@pytest.mark.parametrize("provider", FILES)
def test_all_that_we_write_fits(provider: str) -> None:
    kinds = published(provider)["kinds"]
    found = {f"{stack}: {one}" for stack, document in documents().items() for one in misfits(document, provider, kinds)}
    assert found == set()


@pytest.mark.parametrize("provider", FILES)
def test_every_kind_that_we_write_has_a_schema_and_no_other(provider: str) -> None:
    assert set(published(provider)["kinds"]) == {f"provider {provider}", *kinds_used(provider)}


@pytest.mark.parametrize(("provider", "version"), VERSIONS.items())
def test_the_range_takes_the_version_of_the_schema(provider: str, version: str) -> None:
    assert published(provider)["provider"] == f"hashicorp/{provider} {version}"
    bound = re.fullmatch(r">= [\d.]+, < (\d+)\.0\.0", RANGES[provider]["version"], re.ASCII)
    assert bound is not None
    assert int(bound[1]) == int(version.partition(".")[0]) + 1


@pytest.mark.parametrize("provider", FILES)
def test_the_file_is_as_the_command_writes_it(provider: str) -> None:
    text = FILES[provider].read_text(encoding="utf-8")
    assert text == rendered(json.loads(text))


def changed(path: str, value: Any) -> dict[str, Any]:
    """The cluster's stack with one thing other than it is; None takes it out."""
    document: Any = copy.deepcopy(dict(stacks_of("everything")["cluster"]))
    *before, last = path.split()
    body = document
    for key in before:
        body = body[int(key)] if isinstance(body, list) else body[key]
    if value is None:
        del body[last]
    else:
        body[last] = value
    return dict(document)


def newer_arguments(document: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Arguments that a document writes and the oldest provider does not have, with the version that does."""
    return {
        (kind, argument): version
        for (kind, argument), version in NEWER_ARGUMENTS.items()
        if any(argument in body for body in at(document, f"resource {kind}").values())
    }


def version_of(document: Mapping[str, Any]) -> str:
    return str(at(document, "terraform required_providers aws version"))


def test_no_stack_wants_more_than_the_oldest_provider_by_itself() -> None:
    for stack, document in documents().items():
        assert version_of(document) == AWS_PROVIDER["version"], stack


@pytest.mark.parametrize("protected", [True, False])
def test_only_the_stack_that_uses_a_newer_argument_wants_a_newer_provider(protected: bool) -> None:
    settings = platform("newer", cluster=cluster(eks_deletion_protection=True), deletion_protection=protected)
    built = build(settings).documents
    assert newer_arguments(built["newer-cluster"]) == {("aws_eks_cluster", "deletion_protection"): "6.9.0"}
    assert at(built["newer-cluster"], f"{CLUSTER} deletion_protection") is protected
    assert {stack: version_of(document) for stack, document in built.items()} == {
        "newer-network": ">= 5.100.0, < 7.0.0",
        "newer-cluster": ">= 6.9.0, < 7.0.0",
    }
    assert list(misfits(built["newer-cluster"], "aws", published("aws")["kinds"])) == []


def test_newer_arguments_are_in_the_published_schema() -> None:
    for kind, argument in NEWER_ARGUMENTS:
        schema = published("aws")["kinds"][f"resource {kind}"]
        assert argument in {**schema["arguments"], **schema["blocks"]}


def test_control_plane_settings_fit_the_published_schema() -> None:
    scoring = SchedulerScoring(weights={"nvidia.com/gpu": 50, "cpu": 1})
    newer = {"control_plane_tier": "tier-xl", "event_retention_minutes": 30, "node_ports": NodePorts()}
    built = build(platform("newer", cluster=cluster(scheduler_scoring=scoring, **newer))).documents["newer-cluster"]
    assert newer_arguments(built).keys() == NEWER_ARGUMENTS.keys() - {("aws_eks_cluster", "deletion_protection")}
    assert version_of(built) == ">= 6.62.0, < 7.0.0"
    assert list(misfits(built, "aws", published("aws")["kinds"])) == []


def test_eks_has_the_tiers_and_strategies_of_the_settings() -> None:
    newest = max((files("botocore") / "data" / "eks").iterdir(), key=lambda version: version.name)
    shapes = json.loads(gzip.decompress((newest / "service-2.json.gz").read_bytes()))["shapes"]
    tiers = get_args(get_args(Cluster.model_fields["control_plane_tier"].annotation)[0])
    assert list(tiers) == shapes["ProvisionedControlPlaneTier"]["enum"]
    strategies = get_args(SchedulerScoring.model_fields["strategy"].annotation)
    assert list(strategies) == shapes["ScoringStrategyType"]["enum"]


CLUSTER = "resource aws_eks_cluster this"
FAULTS: Mapping[str, tuple[str, Any, str]] = {
    "an_argument_that_is_gone": (f"{CLUSTER} colour", "blue", f"{CLUSTER} colour: is not an argument"),
    "in_a_block": (f"{CLUSTER} vpc_config colour", "blue", f"{CLUSTER} vpc_config colour: is not an argument"),
    "what_is_only_read": (f"{CLUSTER} arn", "arn", f"{CLUSTER} arn: only the provider sets it"),
    "a_required_one": (f"{CLUSTER} role_arn", None, f"{CLUSTER}: role_arn is required"),
    "a_required_block": (f"{CLUSTER} vpc_config", None, f"{CLUSTER}: vpc_config is required"),
    "a_boolean_in_quotes": (
        f"{CLUSTER} bootstrap_self_managed_addons",
        "false",
        f"{CLUSTER} bootstrap_self_managed_addons: takes a bool, and has 'false'",
    ),
    "a_text_for_a_list": (
        f"{CLUSTER} enabled_cluster_log_types",
        "api",
        f"{CLUSTER} enabled_cluster_log_types: takes a set string, and has 'api'",
    ),
    "an_attribute_that_is_gone": (
        "output cluster_name value",
        "${aws_eks_cluster.this.colour}",
        "output cluster_name value: resource aws_eks_cluster has no attribute colour",
    ),
    "a_type_without_a_schema": (
        "resource aws_lambda_function",
        {"this": {}},
        "resource aws_lambda_function: no schema is committed; run make provider-schemas",
    ),
}


@pytest.mark.parametrize(("path", "value", "said"), FAULTS.values(), ids=FAULTS)
def test_a_fault_is_found(path: str, value: Any, said: str) -> None:
    assert said in set(misfits(changed(path, value), "aws", published("aws")["kinds"]))
