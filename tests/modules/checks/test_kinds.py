"""All kinds of findings are found, each with an id of its own."""

from collections import Counter
from pathlib import Path

from docs.check_page import parts
from modules.checks import kinds

FOLDER = Path(kinds.__file__).parent


def test_every_package_with_kinds_is_read_and_no_id_is_used_twice() -> None:
    listed = [kind.id for part in parts() for kind in part.kinds]
    assert [one for one, count in Counter(listed).items() if count > 1] == []
    assert sorted(listed) == list(kinds.all_kinds())
    assert len(listed) >= len(list(FOLDER.glob("*/**/kinds.py")))
