"""The page of connections has each row of the tables that tests hold."""

from docs.traffic_page import traffic_page
from modules.checks.traffic.accepted import OPEN_TO_TEAMS, WITHOUT_POLICIES
from modules.checks.traffic.table import FORBIDDEN, REQUIRED


def test_every_row_is_on_the_page() -> None:
    page = traffic_page()
    opened, _, closed = page.partition("## Open\n")[2].partition("## Closed\n")
    assert all(row.why in opened for row in REQUIRED)
    assert all(row.why in closed for row in FORBIDDEN)
    assert all(f"| `{place}` |" in closed for place in WITHOUT_POLICIES)
    assert all(f"| {port} | {why} |" in closed for (_, _, port), why in OPEN_TO_TEAMS.items())
