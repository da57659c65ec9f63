"""Writes pages and pictures of docs/, and figures in comments, from the code: `.venv/bin/python -m docs.generate`, or `make docs`."""

from pathlib import Path

from docs.architecture_page import architecture_page
from docs.capabilities_page import capabilities_page
from docs.catalogue_page import catalogue_page
from docs.check_page import check_page
from docs.commands_page import commands_page
from docs.ends_page import ends_page
from docs.figures import write as write_figures
from docs.outputs_page import outputs_page
from docs.picture_files import pictures
from docs.release_notes_page import release_notes_page
from docs.security_reference_page import security_reference_page
from docs.settings_page import settings_page, settings_schema
from docs.team_rights_page import team_rights_page
from docs.traffic_page import traffic_page

DOCS = Path(__file__).parent


def pages() -> dict[str, str]:
    """Every generated page and picture, by its path in docs/."""
    return {
        "architecture.md": architecture_page(),
        "check.md": check_page(),
        "commands.md": commands_page(),
        "settings.md": settings_page(),
        "settings.schema.json": settings_schema(),
        "outputs.md": outputs_page(),
        "security-reference.md": security_reference_page(),
        "catalogue.md": catalogue_page(),
        "ends.md": ends_page(),
        "capabilities.md": capabilities_page(),
        "team-rights.md": team_rights_page(),
        "traffic.md": traffic_page(),
        **pictures(),
    }


def main() -> None:
    """Write the pages and comments that changed, and say which."""
    write_figures()
    # the only one that reads all rendered objects
    for name, text in {**pages(), "release-notes.md": release_notes_page()}.items():
        path = DOCS / name
        path.parent.mkdir(exist_ok=True)
        changed = not path.exists() or path.read_text(encoding="utf-8") != text
        path.write_text(text, encoding="utf-8")
        print(f"docs/{name}: {'written' if changed else 'up to date'}")


if __name__ == "__main__":
    main()
