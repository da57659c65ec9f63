"""Colours of the report: those of the pictures, and one for each severity, as readable on every ground of the page (WCAG AA)."""

from collections.abc import Mapping

from modules.diagram.palette import THEMES, ThemeName

SEVERITY_COLOURS: Mapping[ThemeName, Mapping[str, str]] = {
    "light": {"error": "#a3162a", "warning": "#7a4b00", "not-checked": "#49546b", "good": "#1b6b3a", "link": "#1f52b5"},
    "dark": {"error": "#ff8f9d", "warning": "#f0b35f", "not-checked": "#b3bdcd", "good": "#6fd398", "link": "#8db4ff"},
}


def colours(theme: ThemeName) -> dict[str, str]:
    """Name of each colour to its value as `#rrggbb`."""
    chosen = THEMES[theme]
    account = chosen.styles["account"]
    return {
        "page": chosen.page,
        "text": chosen.text,
        "muted": chosen.muted,
        "panel": account.fill,
        "line": account.stroke,
        **SEVERITY_COLOURS[theme],
    }


def properties(theme: ThemeName) -> str:
    """The colours as CSS properties."""
    return " ".join(f"--{name}: {value};" for name, value in colours(theme).items())
