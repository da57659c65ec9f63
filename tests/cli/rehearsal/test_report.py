"""The report of a rehearsal: tables, what is replaced or lost, findings, JSON."""

import json

from rich.console import Console

from cli.plan_table import Change
from cli.rehearsal.kinds import KINDS, LOSS, finding
from cli.rehearsal.report import NOT_SHOWN, Rehearsal, Step, document, summary, table
from tests.docs.pages import ROOT, text

DATABASE = Change("aws_db_instance.this", ("replace",), "a database")
STEPS = [
    Step("plain", "apply", "prod-network", "done", 20.4, (1, 3), (Change("aws_vpc.this", ("add",)),)),
    Step("plain", "apply", "prod-services", "done", 61, (5, 20), (Change("aws_db_instance.this", ("add",)),)),
    Step("plain", "second plan", "prod-network", "empty", 3),
    Step("plain", "upgrade", "prod-services", "done", 5, (8, 35), (DATABASE,)),
    Step("plain", "destroy", "prod-services", "done", 5, (3, 15), (Change("aws_vpc.this", ("destroy",)),)),
    Step("failures", "apply", "prod-network", "failed as injected", 2, failure="request refused: ec2 CreateVpc"),
]
RESULT = Rehearsal("prod", "v1", STEPS, [finding(LOSS, "prod-services: upgrade replaces aws_db_instance.this")])


def printed(rehearsal: Rehearsal) -> str:
    console = Console(width=160)
    with console.capture() as capture:
        for life in ("plain", "failures"):
            console.print(table(rehearsal, life))
        for line in summary(rehearsal):
            console.print(line, soft_wrap=True)
    return capture.get()


def test_the_table_has_seconds_here_and_estimated_minutes_on_aws() -> None:
    rows = [" ".join(line.split()) for line in printed(RESULT).splitlines()]
    assert "apply prod-network 1 0 0 0 done 20 s 1 to 3" in rows
    assert "prod-services 1 0 0 0 done 1 min 1 s 5 to 20" in rows
    assert "second plan prod-network 0 0 0 0 empty 3 s" in rows
    assert "apply: 6 to 23 minutes on AWS, all stacks one after another" in rows
    assert any(row.startswith("* minutes on AWS: estimates") and "not measured" in row for row in rows)
    assert "prod: from v1, with a failure at each step" in rows
    assert any("fails, request refused: ec2 CreateVpc" in row for row in rows)


def test_what_is_replaced_and_lost_is_listed_and_makes_it_red() -> None:
    said = printed(RESULT)
    assert "upgrade prod-services: replace aws_db_instance.this   loses a database" in said
    assert "destroy aws_vpc.this" not in said, "a destroy destroys; only lost data is listed"
    assert "REH002: prod-services: upgrade replaces aws_db_instance.this; keep the setting" in said
    assert said.rstrip().endswith("prod: the rehearsal failed")
    assert printed(Rehearsal("prod", "", STEPS[:3])).rstrip().endswith("prod: the rehearsal passed")


def test_the_document_has_every_figure_with_its_unit() -> None:
    found = json.loads(json.dumps(document([RESULT])))
    (one,) = found["platforms"]
    assert (one["platform"], one["from"], one["result"]) == ("prod", "v1", "failed")
    assert one["minutes"]["apply"] == {"low": 6, "high": 23, "measured": False}
    upgrade = one["steps"][3]
    assert upgrade["seconds_on_stand_ins"] == 5
    assert upgrade["minutes_on_aws"] == {"low": 8, "high": 35, "measured": False}
    assert upgrade["counts"]["replace"] == 1
    assert upgrade["changes"] == [{"address": DATABASE.address, "actions": ["replace"], "loses": "a database"}]
    assert one["steps"][2]["minutes_on_aws"] is None
    assert one["steps"][-1]["failure"] == "request refused: ec2 CreateVpc"
    assert one["findings"][0]["id"] == "REH002"
    assert found["not_shown"] == list(NOT_SHOWN)


def test_every_kind_of_finding_and_every_limit_is_in_the_docs() -> None:
    page = text(ROOT / "docs" / "rehearse.md")
    for kind in KINDS:
        assert f"| {kind.id} | {kind.title}" in page
    for limit in NOT_SHOWN:
        assert limit in page
