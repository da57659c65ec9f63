"""Every example has no problems, synthesizes when it is copied to main.py, says what it is for and what it costs, and has what it promises."""

import ast
import json
import re

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.rules import problems
from modules.settings import (
    Cluster,
    Cognito,
    ExistingCluster,
    FsxLustre,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    Network,
    Platform,
    PortForward,
    RdsMysql,
)
from stacks.order import platform_layers
from tests.platforms import EXAMPLE_FILES as FILES
from tests.platforms import EXAMPLES, documents
from tests.ran_examples import ran_examples

LONGEST = 110

of_each = pytest.mark.parametrize("name", FILES)


def kubeflow_of(name: str) -> Kubeflow:
    """Of an example with one platform."""
    (platform,) = EXAMPLES[name]
    assert isinstance(platform.kubeflow, Kubeflow)
    return platform.kubeflow


def cluster_of(platform: Platform) -> Cluster:
    assert isinstance(platform.cluster, Cluster)
    return platform.cluster


@of_each
def test_an_example_is_short_and_opens_with_what_it_is_for_and_what_it_costs(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    assert len(text.splitlines()) <= LONGEST
    told = ast.get_docstring(ast.parse(text)) or ""
    assert len(told.partition("\n")[0].split()) >= 6, "its first line says what it is for"
    assert re.search(r"(?i)\bcosts\b", told), "then what it costs, roughly"
    for platform in EXAMPLES[name]:
        for group in platform.cluster.node_groups if isinstance(platform.cluster, Cluster) else ():
            assert set(group.instance_types) <= set(re.findall(r"\w+\.\w+", told)), "its nodes are among what it costs"


@of_each
def test_an_example_has_no_problems(name: str) -> None:
    assert EXAMPLES[name]
    assert [problem for platform in EXAMPLES[name] for problem in problems(platform)] == []


@of_each
def test_an_example_names_reserved_domains_only(name: str) -> None:
    text = FILES[name].read_text(encoding="utf-8")
    hosts = re.findall(r"@([\w.-]+)", text.replace("@dsl", "")) + re.findall(r"https://([\w.-]+)", text)
    assert {host for host in hosts if not host.endswith(("example.com", "example.net", "example.org"))} == set()


def stacks_of(name: str) -> set[str]:
    return {f"{platform.name}-{layer}" for platform in EXAMPLES[name] for layer in platform_layers(platform)}


@pytest.mark.slow
@pytest.mark.parametrize("name", sorted(set(FILES) - {"own_main"}))
def test_an_example_copied_to_main_py_writes_its_stacks(name: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    """As docs/first-platform.md says. The program of one's own is run by tests/test_docs.py."""
    files = ran_examples(tmp_path_factory)[name]
    assert set(re.findall(r"^generated/stacks/([^/]+)/cdk\.tf\.json$", "\n".join(files), re.MULTILINE)) == stacks_of(
        name
    )
    printed = files["printed"].decode()
    assert "Next: " in printed or "are missing" in printed  # charts of upstream, without access to it


def test_the_quickstart_needs_nothing_in_aws_but_nodes_and_holds_all_that_is_default() -> None:
    (platform,), kubeflow = EXAMPLES["quickstart"], kubeflow_of("quickstart")
    assert isinstance(kubeflow.services.database, InClusterDatabase)
    assert isinstance(kubeflow.services.artifacts, InClusterStore)
    assert isinstance(kubeflow.exposure, PortForward)
    assert (kubeflow.disable, platform.deletion_protection) == ((), False)
    assert kubeflow.enable == ()
    (group,) = cluster_of(platform).node_groups
    assert (group.desired_size, group.instance_types) == (2, ("t3.2xlarge",))


def test_production_is_private_in_three_zones_and_keeps_what_it_holds() -> None:
    (platform,), kubeflow = EXAMPLES["production"], kubeflow_of("production")
    cluster = cluster_of(platform)
    assert isinstance(platform.network, Network)
    assert (platform.network.zones, platform.network.nat) == (3, "one_per_zone")
    assert (cluster.public_access_cidrs, platform.deletion_protection) == ((), True)
    database = kubeflow.services.database
    assert isinstance(database, RdsMysql)
    assert (database.multi_az, database.backup_days) == (True, 14)
    assert isinstance(kubeflow.auth, Cognito)
    assert kubeflow.auth.mfa == "required"
    assert {"karpenter", "karpenter-node-pools"} <= {one.name for one in chosen_components(kubeflow)}


def test_the_existing_cluster_brings_nothing_that_is_there() -> None:
    (platform,), kubeflow = EXAMPLES["existing_cluster"], kubeflow_of("existing_cluster")
    assert isinstance(platform.cluster, ExistingCluster)
    assert platform_layers(platform)[0] == "services"
    assert not {"cert-manager", "default-storage-class"} & {one.name for one in chosen_components(kubeflow)}


def test_gpu_training_has_gpus_efa_and_lustre_in_one_zone() -> None:
    (platform,), kubeflow = EXAMPLES["gpu_training"], kubeflow_of("gpu_training")
    group = cluster_of(platform).node_groups[-1]
    assert (group.accelerator, group.efa, group.min_size) == ("nvidia", True, 0)
    assert isinstance(kubeflow.services.fsx, FsxLustre)
    assert group.zones == (kubeflow.services.fsx.zone,)


@pytest.mark.slow
def test_many_teams_are_a_hundred_each_with_a_release_and_a_role(tmp_path_factory: pytest.TempPathFactory) -> None:
    files = ran_examples(tmp_path_factory)["many_teams"]
    teams = json.loads(files["generated/stacks/many-teams/cdk.tf.json"])["resource"]
    assert (len(teams["helm_release"]), len(teams["aws_iam_role"])) == (100, 100)


def test_the_walkthrough_has_both_ways_of_the_article() -> None:
    _, by_node = EXAMPLES["walkthrough"]
    assert len(documents()["irsa-teams"]["resource"]["aws_iam_role"]) == 1
    assert "aws_iam_role" not in documents()["noderole-teams"]["resource"]
    (group,) = cluster_of(by_node).node_groups
    assert (group.pods_use_node_role, len(group.role_policy_arns)) == (True, 1)
