"""Names of images: their parts, and replacing them in text."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.kubeflow.images.names import Image, is_tagless, parse, replaced, without_version

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize(
    ("text", "image"),
    [
        ("mysql:8.4", Image("docker.io", "library/mysql", "8.4", "")),
        ("busybox", Image("docker.io", "library/busybox", "latest", "")),
        ("kserve/agent:v0.16.0", Image("docker.io", "kserve/agent", "v0.16.0", "")),
        ("docker.io/mysql:8.4", Image("docker.io", "library/mysql", "8.4", "")),
        ("index.docker.io/a/b", Image("docker.io", "a/b", "latest", "")),
        (f"gcr.io/x/y/z@{DIGEST}", Image("gcr.io", "x/y/z", "", DIGEST)),
        (f"quay.io/a/b:v1@{DIGEST}", Image("quay.io", "a/b", "v1", DIGEST)),
        ("localhost:5000/a:1", Image("localhost:5000", "a", "1", "")),
        ("localhost/a:1", Image("localhost", "a", "1", "")),
    ],
)
def test_parts_of_a_name(text: str, image: Image) -> None:
    assert parse(text) == image
    assert parse(str(image)) == image


@pytest.mark.parametrize(
    "text", ["", "A/b:1", "a b", "a:", "a@sha256:12", "https://quay.io/a", "a/${b}:1", "a//b", "é:1"]
)
def test_what_is_not_a_name(text: str) -> None:
    with pytest.raises(ValueError, match="is not an image name"):
        parse(text)


def test_a_name_without_its_version() -> None:
    assert without_version(f"localhost:5000/a/b:1@{DIGEST}") == "localhost:5000/a/b"
    assert is_tagless("ghcr.io/a/b")
    assert not is_tagless("mysql:8")


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("mysql:8", "NEW"),
        ("'mysql:8'", "'NEW'"),
        ("image=mysql:8,mysql:8 mysql:8", "image=NEW,NEW NEW"),
        ('"a\\nmysql:8\\n"', '"a\\nNEW\\n"'),
        ("bitnami/mysql:8", "bitnami/mysql:8"),
        ("mysql:8.4", "mysql:8.4"),
        ("mysql:8-debian", "mysql:8-debian"),
        ("xmysql:8", "xmysql:8"),
        ("x:mysql:8", "x:mysql:8"),
        ("mysql:8@sha256:1", "mysql:8@sha256:1"),
    ],
)
def test_only_whole_names_are_replaced(text: str, result: str) -> None:
    assert replaced(text, {"mysql:8": "NEW"}) == result


def test_what_is_written_is_not_replaced_again() -> None:
    assert replaced("a:1 b:1", {"a:1": "b:1", "b:1": "a:1"}) == "b:1 a:1"


@given(st.text(alphabet="ab:/.-@ '\\n", max_size=30))
def test_replacing_by_the_same_changes_nothing(text: str) -> None:
    assert replaced(text, {"a:b": "a:b", "a": "a"}) == text
