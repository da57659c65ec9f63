"""Width and wrapping of text, without a font at hand.

An SVG in a page is drawn with fonts of the reader's system, so widths are the widest of those in `FONTS`: measured with
`measureText` in Chromium for DejaVu Sans, Liberation Sans and Noto Sans, rounded up to 50 thousandths of the font size.
"""

import re

FONTS = (
    'system-ui, -apple-system, "Segoe UI", Roboto, "Helvetica Neue", "Noto Sans", "Liberation Sans", Arial, sans-serif'
)

_CLASSES = {
    350: "'ijl ,.:;I·",
    400: "()-/[\\]ft",
    450: "!r",
    500: '"J`',
    550: "csz",
    600: "*?L_kvxy|\N{EN DASH}",
    650: "0123456789$FTabdeghnopqu{}",
    700: "ABEKPSVXYZ",
    750: "CRU",
    800: "&DGHNOQ",
    850: "#+<=>^w~\N{MULTIPLICATION SIGN}",
    950: "M",
    1000: "%Wm…→",
    1050: "@",
}
_WIDTHS = {character: width for width, characters in _CLASSES.items() for character in characters}
_OTHER = 1050  # scripts of other languages: up to a square
_BOLD = 1.13  # bold of DejaVu Sans, the widest, over a line of words
_BREAKS = re.compile(r"(?<=[\s/@._:-])(?=\S)")


def text_width(text: str, size: float, bold: bool = False) -> float:
    """Upper bound of the width of `text` in pixels at a font size in pixels."""
    thousandths = sum(_WIDTHS.get(character, _OTHER) for character in text)
    return thousandths * size / 1000 * (_BOLD if bold else 1)


def wrapped(text: str, width: float, size: float, bold: bool = False) -> list[str]:
    """Lines of `text` that fit into `width` pixels: broken at spaces, else behind punctuation, else anywhere."""
    lines: list[str] = []
    for word in re.findall(r"\S+\s*", text):
        if lines and text_width((lines[-1] + word).rstrip(), size, bold) <= width:
            lines[-1] += word
        elif text_width(word.rstrip(), size, bold) <= width:
            lines.append(word)
        else:
            _add_pieces(lines, word, width, size, bold)
    return [line.rstrip() for line in lines]


def _add_pieces(lines: list[str], word: str, width: float, size: float, bold: bool) -> None:
    """Add a word that is wider than a line."""
    lines.append("")
    for piece in _BREAKS.split(word):
        parts = [piece] if text_width(piece.rstrip(), size, bold) <= width else list(piece)
        for part in parts:
            if lines[-1] and text_width((lines[-1] + part).rstrip(), size, bold) > width:
                lines.append("")
            lines[-1] += part
