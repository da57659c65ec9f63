"""Every manifest of docs/capabilities is one that `check --manifest` takes, or the reason why not is in a table."""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from docs.capabilities_page import ENTRIES, MANIFESTS, Capability, capabilities
from modules.checks.manifest.files import Located, read
from modules.checks.manifest.section import findings
from modules.checks.manifest.target import Target
from modules.checks.rendered import platform_objects
from modules.kubeflow.cache import Cache
from modules.kubeflow.chosen import by_settings
from modules.settings import BucketVolumes, Dex, Kubeflow, NodeGroup, Platform, Quota, Services, Taint, Team
from tests.platform_objects import needs_everything
from tests.platforms import PLATFORMS

pytestmark = [needs_everything, pytest.mark.upstream]

ALL = capabilities()
TEAM = Team(name="research", owner="you@example.com", quota=Quota(cpu=64, memory_gib=256, gpus=8, storage_gib=500))
ADMINISTRATOR = "an administrator applies it: members of a team may not"
OTHER_PLACE = "it is for the namespace argo, where an administrator applies it"
STAYS: Mapping[str, Mapping[str, str]] = {
    "argo-workflow.yaml": {"MAN002": OTHER_PLACE, "MAN003": OTHER_PLACE},
    "certificate.yaml": {"MAN003": ADMINISTRATOR},
    "load-balancer.yaml": {
        "ADM004": ADMINISTRATOR,
        "ADM009": "the quota of a team of settings refuses it: it is for a namespace that is not one of a team's",
    },
    "team.yaml": {"MAN002": "it creates the namespace of a team without settings", "MAN003": ADMINISTRATOR},
    "web-page.yaml": {"ADM004": ADMINISTRATOR, "MAN003": ADMINISTRATOR},
}
"""Manifest to the errors and warnings that stay, each with its reason."""
NOT_CHECKED: Mapping[str, frozenset[str]] = {
    "argo-workflow.yaml": frozenset({"ADM104"}),
    "metrics.yaml": frozenset({"ADM104"}),
    "ray-job.yaml": frozenset({"ADM104"}),
    "secret-from-aws.yaml": frozenset({"ADM104", "MAN101"}),
    "seldon-deployment.yaml": frozenset({"ADM104"}),
    "volume.yaml": frozenset({"MAN101"}),
    "web-page.yaml": frozenset({"MAN101"}),
}
"""Manifest to what is not evaluated: kinds of official charts, and kinds without known pods."""


def gpus(name: str, kind: str, accelerator: str, taint: str, *, efa: bool = False) -> NodeGroup:
    return NodeGroup.model_validate(
        {
            "name": name,
            "instance_types": (kind,),
            "min_size": 0,
            "desired_size": 0,
            "max_size": 2,
            "accelerator": accelerator,
            "efa": efa,
            "zones": ("us-west-2b",) if efa else (),
            "taints": (Taint(key=taint),),
        }
    )


GROUPS = (
    NodeGroup(name="general", instance_types=("m6i.2xlarge",), min_size=2, desired_size=4, max_size=8),
    gpus("gpus", "g5.xlarge", "nvidia", "nvidia.com/gpu"),
    gpus("a100", "p4d.24xlarge", "nvidia", "nvidia.com/gpu", efa=True),
    gpus("chips", "inf2.xlarge", "neuron", "aws.amazon.com/neuron"),
)


@cache
def platform(entries: tuple[str, ...], without: tuple[str, ...]) -> Platform:
    """One with the entries of a manifest and nodes of all kinds."""
    base = PLATFORMS["training"]
    decided = by_settings(Kubeflow(auth=Dex(users=("you@example.com",))))
    opted = tuple(one for one in entries if not ENTRIES[one].default and one not in decided)
    volumes = Services(bucket_volumes=BucketVolumes())
    auth = Dex(users=("you@example.com",))
    kubeflow = Kubeflow(auth=auth, enable=opted, disable=without, teams=(TEAM,), services=volumes)
    assert hasattr(base.cluster, "node_groups")
    return base.with_changes(kubeflow=kubeflow, cluster=base.cluster.with_changes(node_groups=GROUPS))


def checked(one: Capability, folder: Path) -> list[Located]:
    found = platform(one.entries, tuple(name for name in one.without if ENTRIES[name].default))
    assert found.kubeflow is not None
    bucket = f"{found.name}-artifacts-*"
    text = (MANIFESTS / one.file).read_text(encoding="utf-8")
    file = folder / one.file
    file.write_text(re.sub(r"s3://BUCKET\b", f"s3://{bucket.replace('*', '111122223333')}", text), encoding="utf-8")
    target = Target(found, found.kubeflow, TEAM, platform_objects(found, Cache()), tuple(read(file)))
    return [located for many in findings(target).values() for located in many]


@pytest.mark.parametrize("one", ALL, ids=[one.file.removesuffix(".yaml") for one in ALL])
def test_a_team_can_run_it(one: Capability, tmp_path: Path) -> None:
    found = checked(one, tmp_path)
    errors = {each.id: str(each) for each in found if each.severity != "not checked"}
    assert errors.keys() == STAYS.get(one.file, {}).keys(), errors
    open_points = {each.id: str(each) for each in found if each.severity == "not checked"}
    assert open_points.keys() == NOT_CHECKED.get(one.file, frozenset()), open_points


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """All keys and indices of an object, at any depth."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, one in inner:
        yield (*path, key)
        yield from places(one, (*path, key))


@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_a_damaged_manifest_has_findings_or_is_refused(data: st.DataObject, tmp_path: Path) -> None:
    """A value of another type at any place is never an error of the program."""
    one = data.draw(st.sampled_from(ALL))
    documents = [item for item in yaml.safe_load_all((MANIFESTS / one.file).read_text(encoding="utf-8")) if item]
    document = data.draw(st.sampled_from(documents))
    *above, last = data.draw(st.sampled_from(list(places(document))))
    value = document
    for key in above:
        value = value[key]
    value[last] = data.draw(st.sampled_from((None, 1, "x", [], {}, ["x"], {"x": None}, True, [None], [{}])))
    file = tmp_path / "damaged.yaml"
    file.write_text(yaml.safe_dump_all(documents), encoding="utf-8")
    full = PLATFORMS["full"]
    assert full.kubeflow is not None
    kubeflow = full.kubeflow.with_changes(teams=(TEAM,))
    refused = ""
    try:
        read_documents = tuple(read(file))
    except ValueError as error:
        refused = str(error)
    if refused:
        assert refused.startswith(str(file))
        return
    found = full.with_changes(kubeflow=kubeflow)
    target = Target(found, kubeflow, TEAM, platform_objects(found, Cache()), read_documents)
    assert findings(target).keys() == set(range(len(read_documents)))


def test_reasons_are_of_manifests_that_exist() -> None:
    assert {*STAYS, *NOT_CHECKED} <= {one.file for one in ALL}
