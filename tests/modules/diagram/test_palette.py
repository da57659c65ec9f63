"""Colours differ enough to read text and to see arrows and borders: WCAG 2.2, levels AA for text and graphics."""

import pytest

from modules.diagram.palette import THEMES, Theme

of_each_theme = pytest.mark.parametrize("theme", THEMES.values(), ids=THEMES)


def luminance(colour: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-relative-luminance."""
    parts = [int(colour[index : index + 2], 16) / 255 for index in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Source: https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_ratio_is_that_of_the_standard() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)


@of_each_theme
def test_text_can_be_read_on_every_box(theme: Theme) -> None:
    for fill in (theme.page, *(style.fill for style in theme.styles.values())):
        assert contrast(theme.text, fill) >= 7
        assert contrast(theme.muted, fill) >= 4.5


@of_each_theme
def test_arrows_and_borders_can_be_seen(theme: Theme) -> None:
    for name, style in theme.styles.items():
        assert contrast(theme.arrow, style.fill) >= 3, name
        assert contrast(style.stroke, style.fill) >= 3, name


def test_both_themes_have_the_same_boxes() -> None:
    assert THEMES["light"].styles.keys() == THEMES["dark"].styles.keys()
