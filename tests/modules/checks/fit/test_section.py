"""The section as tables: nodes, Fargate, and what happens if nodes are lost or more pods start."""

from datetime import date

from modules.checks.fit.section import CASES, section
from modules.checks.inputs import Inputs
from modules.checks.section import Section
from modules.kubeflow.cache import Cache
from modules.settings import AutoMode, Cluster, FargateProfile, FargateSelector, Platform
from tests.modules.checks.fit.test_fit import EXISTING, GROUP, T3, platform


def made(one: Platform) -> Section:
    return section(Inputs(one, Cache(), lambda _: {}, date(2026, 1, 1)))


def tables(one: Platform) -> dict[str, dict[str, tuple[str, ...]]]:
    """Title to rows by their first cell."""
    return {table.title: {row[0]: row[1:] for row in table.rows} for table in made(one).tables}


def test_the_result_counts_warnings() -> None:
    assert made(platform(GROUP)).verdict.startswith("fits (")
    one = made(platform(GROUP.with_changes(instance_types=("m6i.2xlarge",), desired_size=1)))
    warnings = [finding for finding in one.findings if finding.severity == "warning"]
    assert len(warnings) > 1
    assert one.verdict.startswith(f"fits, {len(warnings)} warnings (")


def test_each_case_has_a_result() -> None:
    found = tables(platform(GROUP))["What happens if"]
    assert list(found) == [case for case, _, _ in CASES]
    assert found["one node of a group is drained or lost"] == ("fits",)


def test_a_finding_is_the_result_of_its_case() -> None:
    found = tables(platform(GROUP.with_changes(instance_types=("m6i.2xlarge",), desired_size=1)))["What happens if"]
    assert found["one node of a group is drained or lost"][0].endswith("while a node of nodes is drained or lost")


def test_zones_of_an_existing_network_are_not_known() -> None:
    found = tables(platform(GROUP).with_changes(network=EXISTING))["What happens if"]
    assert found["one zone is lost"] == ("zones are not known",)


def test_a_platform_that_does_not_fit_has_no_cases() -> None:
    assert tables(platform(T3)).keys() == {"Nodes"}


def test_nodes_of_pools_and_pods_on_fargate_are_listed() -> None:
    profile = FargateProfile(name="p", selectors=(FargateSelector(namespace="cert-manager"),))
    one = platform(auto_mode=AutoMode())
    assert isinstance(one.cluster, Cluster)
    found = tables(one.with_changes(cluster=one.cluster.with_changes(fargate_profiles=(profile,))))
    assert found["Nodes"].keys() == {"general-purpose"}
    assert found["Pods on Fargate"]["cert-manager/Deployment/cert-manager"] == ("1", "0.25", "0.5")
