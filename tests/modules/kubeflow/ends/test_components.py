"""The table of ends: held against the catalogue, the lock and the calendar."""

import re
from datetime import date, timedelta
from fnmatch import fnmatchcase

import pytest

from modules.aws_data.ends import End
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.ends.all_parts import ENDS
from modules.kubeflow.ends.of_platform import names_of
from modules.kubeflow.lock import read_lock

IMAGES = {
    f"image:{image}"
    for variants in read_lock().components.values()
    for entry in variants.values()
    for image in (*entry.images, *entry.hidden_images)
}
CHARTS = {name for component in CATALOGUE for name in names_of(component) if name.startswith("chart:")}
ENTRIES = {name for component in CATALOGUE for name in names_of(component) if name.startswith("entry:")}
DATED = [end for end in ENDS if end.end is not None]


def name(end: End) -> str:
    return f"{end.part} {end.version}"


def test_every_image_and_chart_has_a_row() -> None:
    missing = sorted(
        thing for thing in IMAGES | CHARTS if not any(end.covers(thing) for end in ENDS if "registry" not in end.part)
    )
    assert missing == []


def test_knative_and_kubeflow_have_a_row_for_their_version() -> None:
    wanted = {thing for thing in ENTRIES if thing.startswith(("entry:knative-serving:", "entry:kubeflow-roles:"))}
    assert len(wanted) == 2
    assert {thing for thing in wanted if not any(end.covers(thing) for end in ENDS)} == set()


def test_no_row_is_of_something_that_the_catalogue_has_in_no_version() -> None:
    """A row of another version may stay: a user can choose its image."""
    things = IMAGES | CHARTS | ENTRIES
    stale = [
        name(end)
        for end in ENDS
        if not any(fnmatchcase(thing, any_version(pattern)) for pattern in end.matches for thing in things)
    ]
    assert [one for one in stale if not one.startswith("registry")] == []


def any_version(pattern: str) -> str:
    """`image:mysql*` for `image:mysql:8.0*`."""
    return re.sub(":[^:/]*$", "*", pattern) if pattern.count(":") > 1 else pattern


@pytest.mark.parametrize("end", DATED, ids=name)
def test_each_dated_row_warns_sixty_days_before_and_after(end: End) -> None:
    assert end.end is not None
    day = timedelta(days=1)
    assert end.sentence(end.end - 61 * day) is None
    before = end.sentence(end.end - 60 * day)
    after = end.sentence(end.end)
    assert before is not None
    assert after is not None
    for sentence in (before, after):
        assert str(end.end) in sentence
        assert end.do in sentence
        assert sentence.startswith(end.part)


def test_known_dates() -> None:
    """Those that the projects publish, written here once more: a row that is moved by accident shows."""
    known = {name(end): end.end for end in DATED}
    wanted = {
        "Istio 1.28": date(2026, 7, 1),
        "Istio 1.29": date(2026, 8, 31),
        "Istio 1.30": date(2026, 11, 30),
        "cert-manager 1.19": date(2026, 7, 8),
        "Kubeflow Notebooks 1": date(2027, 1, 1),
        "registry gcr.io/istio-release ": date(2026, 12, 8),
        "registry registry.istio.io/release ": date(2026, 12, 8),
    }
    assert {key: known[key] for key in wanted} == wanted


def test_every_row_has_a_source_and_every_advisory_a_link() -> None:
    for end in ENDS:
        assert end.source.startswith("https://"), end
        assert end.matches, end
        for advisory in end.advisories:
            assert advisory.link.startswith("https://"), advisory
            assert advisory.done, advisory


def test_no_two_rows_are_of_one_version() -> None:
    assert len({name(end) for end in ENDS}) == len(ENDS)
