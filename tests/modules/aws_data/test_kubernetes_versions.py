import re
from datetime import date, timedelta

import pytest

from modules.aws_data.kubernetes_versions import (
    DEFAULT_KUBERNETES_VERSION,
    KUBERNETES_VERSIONS,
    KubernetesVersion,
    kubernetes_version,
    minor_number,
)


def test_versions_follow_each_other_and_so_do_their_dates() -> None:
    versions = list(KUBERNETES_VERSIONS.values())
    assert [version.name for version in versions] == list(KUBERNETES_VERSIONS)
    assert [version.minor for version in versions] == list(range(versions[0].minor, versions[0].minor + len(versions)))
    dates = [version.end_of_standard_support for version in versions if version.end_of_standard_support]
    assert dates == sorted(dates)


def test_extended_support_lasts_a_year_from_the_end_of_standard_support() -> None:
    for version in KUBERNETES_VERSIONS.values():
        end = version.end_of_standard_support
        assert (version.end_of_extended_support is None) == (end is None)
        assert end is None or version.end_of_extended_support == end.replace(year=end.year + 1)


def test_the_default_is_in_the_table_and_not_the_newest_which_others_have_yet_to_support() -> None:
    assert DEFAULT_KUBERNETES_VERSION in KUBERNETES_VERSIONS
    assert list(KUBERNETES_VERSIONS)[-1] != DEFAULT_KUBERNETES_VERSION


# https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
@pytest.mark.parametrize(
    ("name", "end_of_standard_support"),
    [
        ("1.32", date(2026, 3, 23)),
        ("1.33", date(2026, 7, 29)),
        ("1.34", date(2026, 12, 2)),
        ("1.35", date(2027, 3, 27)),
        ("1.36", date(2027, 8, 2)),
    ],
)
def test_support_by_day(name: str, end_of_standard_support: date) -> None:
    version = kubernetes_version(name)
    end = version.end_of_extended_support
    assert version.end_of_standard_support == end_of_standard_support
    assert end is not None
    day = timedelta(days=1)
    assert version.support(end_of_standard_support - day) == "STANDARD"
    assert version.support(end_of_standard_support) == "EXTENDED"
    assert version.support(end - day) == "EXTENDED"
    assert version.support(end) is None


def test_a_version_without_dates_has_standard_support() -> None:
    assert KubernetesVersion("1.99", None, None, "v1.99.0").support(date(2099, 1, 1)) == "STANDARD"


def test_an_unknown_version_names_those_there_are() -> None:
    names = re.escape(", ".join(KUBERNETES_VERSIONS))
    with pytest.raises(ValueError, match=f"^Kubernetes version '1.28': not in the table .*; choose one of {names}$"):
        kubernetes_version("1.28")


def test_versions_compare_by_number() -> None:
    assert minor_number("1.9") < minor_number("1.35")


@pytest.mark.parametrize("text", ["1", "1.", "1.3x", "2.0", "v1.35", "1.35.1"])
def test_what_is_not_a_version_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"does not have the form 1\.NN; set it as a string, such as '1\.35'"):
        minor_number(text)
