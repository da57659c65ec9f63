"""Small signs next to titles: own drawings, no artwork of AWS or of a project."""

from collections.abc import Mapping
from typing import Literal

GLYPH_SIZE = 15
GlyphName = Literal[
    "bucket", "cluster", "database", "files", "gateway", "key", "node", "shield", "user", "logs", "globe"
]

GLYPHS: Mapping[GlyphName, str] = {
    "bucket": "M2 4 L13 4 L11.5 13 L3.5 13 Z M2.6 7 L12.4 7",
    "cluster": "M7.5 1 L13 4.2 L13 10.8 L7.5 14 L2 10.8 L2 4.2 Z M7.5 4.5 L7.5 7.5 M7.5 7.5 L10 9.2 M7.5 7.5 L5 9.2",
    "database": "M2.5 3.5 A5 2 0 0 1 12.5 3.5 A5 2 0 0 1 2.5 3.5 M2.5 3.5 L2.5 11.5 A5 2 0 0 0 12.5 11.5 L12.5 3.5 M2.5 7.5 A5 2 0 0 0 12.5 7.5",
    "files": "M1.5 3 L6 3 L7.5 5 L13.5 5 L13.5 12.5 L1.5 12.5 Z",
    "gateway": "M1 7.5 L14 7.5 M10.5 4 L14 7.5 L10.5 11 M4.5 2 L4.5 13",
    "globe": "M1.5 7.5 A6 6 0 0 1 13.5 7.5 A6 6 0 0 1 1.5 7.5 M1.5 7.5 L13.5 7.5 M7.5 1.5 A3 6 0 0 0 7.5 13.5 A3 6 0 0 0 7.5 1.5",
    "key": "M1.5 5 A3 3 0 0 1 7.5 5 A3 3 0 0 1 1.5 5 M6.8 6.8 L13 13 M10.5 10.5 L12.5 8.5",
    "logs": "M3 1.5 L12 1.5 L12 13.5 L3 13.5 Z M5.5 5 L9.5 5 M5.5 7.5 L9.5 7.5 M5.5 10 L9.5 10",
    "node": "M2 3 L13 3 L13 12 L2 12 Z M2 7.5 L13 7.5 M4.5 5.2 L5.5 5.2 M4.5 9.8 L5.5 9.8",
    "shield": "M7.5 1 L13 3 L13 7.5 Q13 11.5 7.5 14 Q2 11.5 2 7.5 L2 3 Z",
    "user": "M4.7 4.2 A2.8 2.8 0 0 1 10.3 4.2 A2.8 2.8 0 0 1 4.7 4.2 M1.8 13.5 Q2.2 8.6 7.5 8.6 Q12.8 8.6 13.2 13.5 Z",
}
"""Name to an SVG path in a square of `GLYPH_SIZE` pixels, drawn as a line."""
