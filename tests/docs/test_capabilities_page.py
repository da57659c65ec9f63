"""Every entry of the catalogue has its place on the page of capabilities."""

from pathlib import Path

import pytest

from docs.capabilities_page import ENTRIES, WITHOUT_MANIFEST, capabilities, capability
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.drain import USERS_KINDS
from modules.kubeflow.retired import RETIRED

ALL = capabilities()


def test_entries_are_of_the_catalogue() -> None:
    for one in ALL:
        assert {*one.entries, *one.without} <= ENTRIES.keys(), one.file


def test_every_entry_has_a_manifest_or_says_why_it_needs_none() -> None:
    named = {name for one in ALL for name in one.entries}
    assert named | WITHOUT_MANIFEST.keys() == {entry.name for entry in CATALOGUE}
    assert named & WITHOUT_MANIFEST.keys() == set()


def test_every_successor_of_a_retired_system_has_a_manifest_or_needs_none() -> None:
    named = {name for one in ALL for name in one.entries}
    assert {gone.entry for gone in RETIRED.values()} - {""} <= named | WITHOUT_MANIFEST.keys()


def test_every_kind_that_users_create_has_a_manifest() -> None:
    made = {f"{kind.lower()}s" for one in ALL for kind in one.kinds}
    # A pipeline's recurring run, an experiment's inner parts and a graph of models are made by others or by hand later.
    by_others = {"inferencegraphs", "scheduledworkflows", "scheduledsparkapplications", "rayclusters"}
    of_settings = {"clusterqueues", "localqueues", "workloads"}  # of teams with a queue, and what Kueue makes of jobs
    assert {kind.partition(".")[0] for kind in USERS_KINDS} - by_others - of_settings <= made


def test_a_manifest_without_its_first_lines_is_an_error_that_names_them(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text("# capability: A job\n# group: Batch\n")
    with pytest.raises(
        ValueError, match=r"docs/capabilities/job\.yaml: has no line entries, look, sees; begin it as the others do"
    ):
        capability(tmp_path / "job.yaml")


def test_a_manifest_of_an_unknown_group_is_an_error_that_names_the_groups(tmp_path: Path) -> None:
    (tmp_path / "job.yaml").write_text(
        "# capability: A job\n# group: Joobs\n# entries: trainer\n# look: kubectl get jobs\n# sees: a job\n"
    )
    with pytest.raises(ValueError, match=r"docs/capabilities/job\.yaml: 'Joobs' is not a group; choose one of Teams, "):
        capability(tmp_path / "job.yaml")
