"""Texts use plain technical English: no word of `tests/words.py`."""

import re

import pytest

from tests.words import ALLOWED, ROOT, checked_files, findings


def test_texts_use_plain_words() -> None:
    files = checked_files()
    assert len(files) > 400
    assert [
        finding
        for path in files
        for finding in findings(path.relative_to(ROOT).as_posix(), path.read_text(encoding="utf-8"))
    ] == []


@pytest.mark.parametrize(
    ("name", "source", "words"),
    [
        ("a.py", '"""Nobody is asked."""', ["Nobody", "asked"]),
        ("a.py", "x = 1  # stands beside it", ["stands", "beside"]),
        ("a.py", 'raise ValueError(f"{who}: {x!r} is no region")', ["is no"]),
        ("a.py", 'x = "there is no region, and none is no longer used"', []),
        ("a.py", 'who = ours["theirs"], b"who told"  # `anew`, https://example.com/gone', []),
        ("tests/a.py", '"""It is told."""  # anew\nx = "nobody told it"', ["told", "anew"]),
        ("tests/a.py", 'def f():\n    # a\n    """Of others."""\n    return f("who is it")', ["Of others"]),
        ("tests/a.py", 'x = 1\n"""It stands here."""', ["stands"]),
        ("a.md", "Mend it, or it hangs on people for ever.", ["Mend", "hangs on", "people", "for ever"]),
        ("Makefile", "help: ## a stand-alone target", []),
    ],
)
def test_a_word_is_found_in_texts_only(name: str, source: str, words: list[str]) -> None:
    assert [finding.split("'")[1] for finding in findings(name, source)] == words


def test_every_exception_is_needed() -> None:
    for name, (words, reason) in ALLOWED.items():
        source = (ROOT / name).read_text(encoding="utf-8")
        found = {finding.split("'")[1] for finding in findings(f"not/{name}", source)}
        assert found, f"{name}: has no unwanted word; remove it from ALLOWED ({reason})"
        assert words is None or words == found, f"{name}: allow exactly {sorted(found)}"


def test_names_of_tests_use_plain_words() -> None:
    words = "nobody|somebody|anybody|everybody|whoever|people|told|asked|asks|stands?(?!_ins?(?:_|\\())|beside|anew|gone|of_others|ours|theirs"
    pattern = re.compile(rf"def (test_(?:\w+_)?(?:{words}|in_vain)(?:_\w+)?)\(")
    assert [
        f"{path.relative_to(ROOT)}: {name}"
        for path in sorted((ROOT / "tests").rglob("test_*.py"))
        for name in pattern.findall(path.read_text(encoding="utf-8"))
    ] == []
