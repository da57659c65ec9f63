"""The plan of a teardown: each kind of finding on a platform that has it, and its absence on one that has not."""

import functools
from dataclasses import replace

import pytest

from modules.aws_data.stateful_types import STATEFUL_TYPES
from modules.checks.section import Section
from modules.checks.teardown import kinds
from modules.checks.teardown.kinds import KINDS
from modules.checks.teardown.section import section
from modules.settings import ExistingEfs
from modules.settings.component import Component, HelmChart
from stacks.order import platform_layers
from tests.check_inputs import inputs_of
from tests.platforms import NAMES, PLATFORMS, STORAGE

FOUND_IN_AWS = {kinds.NOT_DESTROYED, kinds.IN_NETWORK}
"""Kinds that only `kubeflow-aws teardown` finds: tests/modules/live/leftovers/test_search.py."""
WITH = {
    "END001": "prod",
    "END002": "prod",
    "END003": "storage",
    "END004": "prod",
    "END101": "prod",
    "END102": "prod",
    "END103": "databases",
    "END104": "storage",
    "END105": "prod",
    "END106": "inside",
    "END201": "auto",
    "END202": "prod",
    "END203": "prod",
    "END204": "full",
    "END205": "prod",
    "END206": "prod",
    "END207": "theirs",
    "END208": "full",
    "END209": "storage",
}
"""Finding to a platform that has it."""
WITHOUT = {
    "END001": "full",
    "END002": "full",
    "END003": "prod",
    "END004": "auto",
    "END101": "existing",
    "END102": "full",
    "END103": "full",
    "END104": "prod",
    "END105": "handover",
    "END106": "prod",
    "END203": "auto",
    "END204": "prod",
    "END205": "existing",
    "END206": "inside",
    "END207": "storage",
    "END208": "prod",
    "END209": "prod",
}
"""Finding to a platform that has it not."""


@functools.cache
def of(name: str) -> Section:
    if name == "theirs":  # a file system that the platform does not create
        return changed("storage", services=STORAGE.with_changes(efs=ExistingEfs(file_system_id="fs-0123456789abcdef0")))
    return section(inputs_of(name))


def changed(name: str, **settings: object) -> Section:
    """The same documents with other settings of the components."""
    inputs = inputs_of(name)
    assert inputs.platform.kubeflow is not None
    kubeflow = inputs.platform.kubeflow.with_changes(**settings)
    return section(replace(inputs, platform=inputs.platform.with_changes(kubeflow=kubeflow)))


def ids(name: str) -> dict[str, str]:
    return {one.id: one.text for one in of(name).findings}


def test_each_kind_is_provoked() -> None:
    assert {one.id for one in KINDS} == {*WITH, *(one.id for one in FOUND_IN_AWS), kinds.OTHER_CONTROLLERS.id}
    assert len({one.id for one in KINDS}) == len(KINDS)


@pytest.mark.parametrize(("finding", "name"), WITH.items())
def test_a_platform_with(finding: str, name: str) -> None:
    assert finding in ids(name)


@pytest.mark.parametrize(("finding", "name"), WITHOUT.items())
def test_a_platform_without(finding: str, name: str) -> None:
    assert finding not in ids(name)


def test_own_components_are_not_checked() -> None:
    own = Component("queue", "queue", HelmChart("https://charts.example.net", "queue", "1.0.0"))
    found = {one.id: one.severity for one in changed("prod", extra_components=(own,)).findings}
    assert found["END401"] == "not checked"
    assert "END401" not in ids("prod")


@pytest.mark.parametrize("name", NAMES)
def test_stacks_are_listed_from_the_last_to_the_first_with_what_holds_data(name: str) -> None:
    found = of(name).document["stacks"]
    assert [one["stack"] for one in found] == [
        f"{name}-{layer}" for layer in reversed(platform_layers(PLATFORMS[name]))
    ]
    for one in found:
        assert one["holds_data"] == [each for each in one["resources"] if each.partition(".")[0] in STATEFUL_TYPES]


def test_nothing_is_an_error() -> None:
    assert {one.severity for name in NAMES for one in of(name).findings} == {"warning"}


def test_marks_name_the_cluster_and_not_the_platform() -> None:
    assert "elbv2.k8s.aws/cluster=internal" in ids("inside")["END201"]
    assert "kubernetes.io/cluster/prod=owned" in ids("prod")["END202"]


def test_a_secret_without_recovery_and_an_emptied_bucket_do_not_remain() -> None:
    remains = of("full").document["remains"]
    assert [one for one in remains if one["id"] in ("END002", "END102")] == []


def test_each_protected_resource_counts() -> None:
    (finding,) = [one for one in of("prod").findings if one.id == "END001"]
    assert finding.text.startswith("25 resources are protected: ")


def test_the_state_of_each_stack_remains() -> None:
    (remains,) = [table for table in of("prod").tables if table.title == "What remains"]
    states = [row[1] for row in remains.rows if row[0] == "END105"]
    assert states == [f"state/{stack}.tfstate" for stack in inputs_of("prod").documents]
