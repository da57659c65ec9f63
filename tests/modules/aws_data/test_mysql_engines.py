import itertools
from datetime import date

import pytest

from modules.aws_data.mysql_engines import DYNAMIC_PARAMETERS, TRACKS, apply_method, mysql_track, track_names
from tests.documents import exactly


@pytest.mark.parametrize(
    ("engine", "version", "family"),
    [
        ("mysql", "8.0", "mysql8.0"),
        ("mysql", "8.0.43", "mysql8.0"),
        ("mysql", "8.4", "mysql8.4"),
        ("mysql", "8.4.7", "mysql8.4"),
        ("aurora-mysql", "8.0", "aurora-mysql8.0"),
        ("aurora-mysql", "8.0.mysql_aurora.3.10.1", "aurora-mysql8.0"),
        ("aurora-mysql", "8.4.mysql_aurora.8.4.7", "aurora-mysql8.4"),
    ],
)
def test_a_version_is_of_the_family_of_its_track(engine: str, version: str, family: str) -> None:
    assert mysql_track(engine, version).family == family  # type: ignore[arg-type]


@pytest.mark.parametrize("version", ["8", "8.40", "8.4.", "8.4.7.1", "8.0.mysql_aurora.2.11.1", "5.7", ""])
def test_what_is_of_no_track_is_refused(version: str) -> None:
    text = f"{version!r} is not a supported version of aurora-mysql (8.0, 8.4); set another one, such as 8.0.mysql_aurora.3.10.3"
    with pytest.raises(ValueError, match=exactly(text)):
        mysql_track("aurora-mysql", version)


# https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html
# https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html
@pytest.mark.parametrize(
    ("engine", "track", "end"),
    [
        ("mysql", "8.0", date(2026, 7, 31)),
        ("mysql", "8.4", date(2029, 7, 31)),
        ("aurora-mysql", "8.0", date(2028, 4, 30)),
        ("aurora-mysql", "8.4", None),
    ],
)
def test_standard_support_ends_when_aws_says(engine: str, track: str, end: date | None) -> None:
    assert mysql_track(engine, track).end_of_standard_support == end  # type: ignore[arg-type]


def test_extended_support_ends_later() -> None:
    for track in TRACKS:
        end, last = track.end_of_standard_support, track.end_of_extended_support
        assert (end is None) == (last is None)
        assert end is None or last is None or end < last


def test_tracks_are_one_of_each_and_oldest_first() -> None:
    assert [track_names("mysql"), track_names("aurora-mysql")] == [["8.0", "8.4"], ["8.0", "8.4"]]
    assert len({track.family for track in TRACKS}) == len(TRACKS)
    for one, other in itertools.permutations(TRACKS, 2):
        if one.engine == other.engine:
            assert not one.takes(other.name)


def test_where_the_default_is_another_plugin_the_native_one_is_named() -> None:
    named = {track.family for track in TRACKS if "authentication_policy" in track.parameters}
    assert named == {"mysql8.4", "aurora-mysql8.4"}


def test_only_what_a_running_server_takes_is_applied_at_once() -> None:
    assert apply_method("max_connections") == "immediate"
    # static in MySQL's manual; AWS refuses them with `immediate`
    static = {
        "authentication_policy",
        "back_log",
        "innodb_log_file_size",
        "lower_case_table_names",
        "performance_schema",
        "skip_name_resolve",
        "table_open_cache_instances",
    }
    assert {apply_method(name) for name in static} == {"pending-reboot"}
    assert not static & DYNAMIC_PARAMETERS
