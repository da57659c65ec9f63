"""Colours of the pictures, light and dark."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

ThemeName = Literal["light", "dark"]
StyleName = Literal["account", "vpc", "subnet", "cluster", "kubeflow", "plain", "data", "closed", "entrance", "users"]


@dataclass(frozen=True)
class Style:
    """Colours of one kind of box."""

    fill: str
    stroke: str
    dashed: bool = False
    """For boundaries of responsibility instead of a thing that runs."""


@dataclass(frozen=True)
class Theme:
    """All colours of one picture, as `#rrggbb`."""

    page: str
    text: str
    muted: str
    """Text of second rank; as readable as the first (WCAG AA)."""
    arrow: str
    styles: Mapping[StyleName, Style]


THEMES: Mapping[ThemeName, Theme] = {
    "light": Theme(
        page="#ffffff",
        text="#172033",
        muted="#49546b",
        arrow="#4a5872",
        styles={
            "account": Style("#f7f8fb", "#7f899e", dashed=True),
            "vpc": Style("#eef6f0", "#3d8a5a"),
            "subnet": Style("#fbfdfb", "#6d9a7b"),
            "cluster": Style("#fff5e9", "#c2741c"),
            "kubeflow": Style("#eaf1fe", "#3d6fd1"),
            "plain": Style("#ffffff", "#7f899e"),
            "data": Style("#e8f5f7", "#2b8191"),
            "closed": Style("#fceef0", "#c04a5c"),
            "entrance": Style("#f3edfc", "#7d52c0"),
            "users": Style("#ffffff", "#4a5872"),
        },
    ),
    "dark": Theme(
        page="#0d1117",
        text="#edf1f8",
        muted="#b3bdcd",
        arrow="#a4b1c6",
        styles={
            "account": Style("#141a23", "#6b778c", dashed=True),
            "vpc": Style("#12241b", "#4ea673"),
            "subnet": Style("#182d22", "#4f7c61"),
            "cluster": Style("#2b2013", "#d68f3f"),
            "kubeflow": Style("#14233f", "#6c97ee"),
            "plain": Style("#1c232e", "#738096"),
            "data": Style("#10292e", "#48a5b5"),
            "closed": Style("#31191e", "#de7383"),
            "entrance": Style("#241a36", "#a682e2"),
            "users": Style("#1c232e", "#a4b1c6"),
        },
    ),
}
