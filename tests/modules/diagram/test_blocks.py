"""Layout: wrapping, rows, and the check of pictures itself, which finds what it must."""

import pytest

from modules.diagram.blocks import Card, Frame, Placed, Row, Stack, Words
from modules.diagram.svg import Arrow, Picture
from modules.diagram.words import text_width, wrapped
from tests.modules.diagram.geometry import crossings, faults

LONG = ("a" * 90, "arn:aws:iam::111122223333:role/" + "team-" * 20, "one two three " * 9, "漢字" * 30, "ends in space ")


@pytest.mark.parametrize("text", LONG)
@pytest.mark.parametrize("width", [60, 133.3, 400])
def test_wrapped_text_fits_and_loses_nothing(text: str, width: float) -> None:
    lines = wrapped(text, width, 12, bold=True)
    assert all(text_width(line, 12, bold=True) <= width for line in lines)
    assert "".join(lines).replace(" ", "") == text.replace(" ", "")
    assert all(lines)


def test_a_row_breaks_where_blocks_would_be_too_narrow_and_keeps_columns() -> None:
    row = Row(tuple(Card(f"card {number}") for number in range(5)), least=100).place(0, 0, 330)
    lefts = [child.x for child in row.children]
    assert lefts[:3] == pytest.approx([0, 112.7, 225.3], abs=0.1)
    assert [child.y > 0 for child in row.children] == [False] * 3 + [True] * 2
    assert row.children[4].right == pytest.approx(330)


def picture(*boxes: Placed, arrows: tuple[Arrow, ...] = ()) -> Picture:
    return Picture("a", "b", 700, 400, boxes, arrows)


def test_a_frame_has_no_faults() -> None:
    cards = tuple(Card(text, (text,)) for text in LONG)
    frame = Frame("Title " * 30, (Row(cards, least=100), Stack(cards)), ("line " * 60,)).place(5, 5, 600)
    assert faults(Picture("a", "b", 700, frame.bottom, (frame,))) == []


@pytest.mark.parametrize(
    ("boxes", "arrows", "fault"),
    [
        ((Placed(0, 0, 50, 50), Placed(40, 40, 50, 50)), (), "boxes overlap"),
        ((Placed(0, 0, 50, 50, children=(Placed(40, 0, 20, 20),)),), (), "leaves its parent"),
        ((Placed(0, 0, 20, 20, words=(Words("too wide", 0, 15, 12),)),), (), "text leaves its box"),
        ((Placed(0, 0, 99, 99, words=(Words("a", 5, 15, 9),)),), (), "too small"),
        (
            (Placed(0, 0, 99, 99, words=(Words("a", 5, 15, 12),), children=(Placed(0, 9, 50, 50),)),),
            (),
            "text behind a box",
        ),
        ((Placed(0, 0, 99, 99, words=(Words("abc", 5, 15, 12),)),), (Arrow(((10, 0), (10, 50))),), "through text"),
        ((Placed(10, 10, 9, 9, style="plain"),), (Arrow(((0, 15), (50, 15))),), "through a box"),
        ((), (Arrow(((0, 0), (50, 15))),), "not straight"),
    ],
)
def test_the_check_finds_each_fault(boxes: tuple[Placed, ...], arrows: tuple[Arrow, ...], fault: str) -> None:
    assert any(fault in one for one in faults(picture(*boxes, arrows=arrows)))


def test_crossing_arrows_are_counted() -> None:
    assert crossings((Arrow(((0, 5), (10, 5))), Arrow(((5, 0), (5, 10))))) == 1
    assert crossings((Arrow(((0, 5), (10, 5))), Arrow(((20, 0), (20, 10))))) == 0
