import re

import pytest

from docs.figures import FIGURES, ROOT, SHIPPED, shipped_comment, with_figures
from docs.shipped_main import PROD
from modules.checks.fit.fit import fit


def test_comments_have_the_figures_of_the_check() -> None:
    """Else: make docs."""
    for path in FIGURES:
        text = (ROOT / path).read_text(encoding="utf-8")
        assert with_figures(path, text) == text, path


def test_the_comment_of_main_py_has_what_the_check_finds() -> None:
    found = fit(PROD)
    text = shipped_comment()
    assert f"runs {found.pods} pods on 3 nodes" in text
    assert f"requests of {found.cpu_millicores / 1000:.1f} CPU and {found.memory_mib / 1024:.1f} GiB" in text


def test_other_figures_are_replaced_and_their_absence_is_an_error() -> None:
    text = (ROOT / SHIPPED).read_text(encoding="utf-8")
    older = re.sub(r"runs \d+ pods", "runs 7 pods", text)
    assert older != text
    assert with_figures(SHIPPED, older) == text
    with pytest.raises(ValueError, match="has 0 comments"):
        with_figures(SHIPPED, text.replace("NodeGroup(", "Nodes("))
