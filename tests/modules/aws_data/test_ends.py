"""The sentence about an end of support, by day."""

from datetime import date, timedelta

import pytest

from modules.aws_data.ends import NOTICE, End, of_installed

END = End(
    "Part",
    "1.2",
    ("image:example.com/part:1.2.*",),
    date(2026, 7, 1),
    "https://example.com",
    do="do it",
    then="it is bad",
)


@pytest.mark.parametrize(
    ("today", "sentence"),
    [
        (END.end - NOTICE - timedelta(days=1), None),  # type: ignore[operator]
        (date(2026, 5, 2), "Part 1.2 leaves support in 60 days, on 2026-07-01: then it is bad; do it"),
        (date(2026, 6, 30), "Part 1.2 leaves support in 1 day, on 2026-07-01: then it is bad; do it"),
        (date(2026, 7, 1), "Part 1.2 left support on 2026-07-01: it is bad; do it"),
        (date(2036, 7, 1), "Part 1.2 left support on 2026-07-01: it is bad; do it"),
    ],
)
def test_sixty_days_before_and_always_after(today: date, sentence: str | None) -> None:
    assert END.sentence(today) == sentence


def test_an_unknown_end_is_never_a_date() -> None:
    unknown = End("Part", "1", ("image:x",), None, "https://example.com")
    ended = End("Part", "1", ("image:x",), None, "https://example.com", do="do it", then="it is bad", ended=True)
    assert unknown.sentence(date(2099, 1, 1)) is None
    assert ended.sentence(date(2001, 1, 1)) == "Part 1 left support (no date is published): it is bad; do it"


def test_rows_cover_what_they_name() -> None:
    assert END.covers("image:example.com/part:1.2.3")
    assert not END.covers("image:example.com/part:1.20.3")
    assert of_installed([END], ["image:other:1", "image:example.com/part:1.2.0"]) == [END]
    assert of_installed([END], ["image:example.com/part:2.0"]) == []
