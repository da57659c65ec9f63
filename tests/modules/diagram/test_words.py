"""Widths of text are those of the widest font, and a little more."""

import pytest

from modules.diagram.words import text_width

# Width in thousandths of the font size, regular and semi-bold: the widest of DejaVu Sans, Liberation Sans and Noto Sans, by
# measureText in Chromium.
MEASURED = {
    "Secrets Manager": (8418, 9528),
    "Public subnets and internet gateway": (18295, 20759),
    "Application Load Balancer": (13021, 14720),
    "Node group linux-nodes": (11942, 13496),
    "CloudWatch": (5970, 6716),
    "MMWWmmww": (7287, 8128),
    "10.0.192.0/22": (7017, 7767),
    "http://localhost:8080 by kubectl port-forward": (22511, 25618),
    "central-dashboard, profiles, dex, oauth2-proxy": (23225, 26415),
    "reads from cluster: cluster_name, node_security_group_id": (28952, 32597),
}


@pytest.mark.parametrize("text", MEASURED)
def test_an_estimate_is_above_the_measured_width_by_at_most_a_tenth(text: str) -> None:
    for bold, measured in enumerate(MEASURED[text]):
        assert measured <= text_width(text, 1000, bold=bool(bold)) <= 1.1 * measured


def test_an_unknown_character_is_a_square() -> None:
    assert text_width("\u6f22", 10) >= 10
