"""Figures, connections and findings that differ between the documents of two checks."""

from typing import Any

from modules.revisions.costs import costs
from modules.revisions.results import (
    Connection,
    Figure,
    FindingChange,
    connections,
    figures,
    finding_changes,
    not_compared,
)


def finding(id: str, text: str = "text") -> dict[str, str]:
    return {"id": id, "severity": "warning", "text": text, "fix": "do"}


def connection(port: str, *, is_open: bool) -> dict[str, Any]:
    return {"from": "a", "to": "b", "port": port, "purpose": "x", "open": is_open, "decided_by": "policy"}


BEFORE: dict[str, Any] = {
    "fit": {
        "verdict": "fits",
        "pods": 1000,
        "nodes": [{"pods": 1}],
        "findings": [finding("A"), finding("B"), finding("C")],
    },
    "traffic": {
        "required": [connection("80", is_open=True), connection("81", is_open=True)],
        "forbidden": [connection("90", is_open=False)],
        "findings": [],
    },
    "old": {"findings": [finding("D")]},
}
AFTER: dict[str, Any] = {
    "fit": {
        "verdict": "does not fit",
        "pods": 1200,
        "nodes": [{"pods": 2}],
        "pulls": {"at_most": 2.5},
        "findings": [finding("A", "other"), finding("B"), finding("E")],
    },
    "traffic": {
        "required": [connection("80", is_open=False), connection("82", is_open=True)],
        "forbidden": [connection("90", is_open=False)],
        "findings": [],
    },
    "new": {"findings": [finding("F")]},
}


def test_verdicts_and_numbers_are_compared_at_any_depth_of_mappings() -> None:
    assert list(figures(BEFORE, AFTER)) == [
        Figure("fit", "verdict", "fits", "does not fit"),
        Figure("fit", "pods", "1,000", "1,200"),
        Figure("fit", "pulls, at most", "-", "2.5"),
    ]


def test_connections_are_opened_closed_or_evaluated_in_one_version_alone() -> None:
    assert connections(BEFORE, AFTER) == [
        Connection("a", "b", "80", "open", "closed", "policy"),
        Connection("a", "b", "81", "open", "not evaluated", ""),
        Connection("a", "b", "82", "not evaluated", "open", "policy"),
    ]
    assert connections({}, AFTER) == []


def test_findings_are_new_changed_or_no_longer_found() -> None:
    assert finding_changes(BEFORE, AFTER) == [
        FindingChange("A", "warning", "changed", "other", "do"),
        FindingChange("E", "warning", "new", "text", "do"),
        FindingChange("C", "warning", "no longer found", "text", "do"),
    ]
    assert finding_changes(AFTER, AFTER) == []


def test_sections_that_one_version_lacks_are_named_and_not_compared() -> None:
    assert not_compared(BEFORE, AFTER) == [
        "new: the earlier revision's check has no such section",
        "old: this check has no such section",
    ]
    assert not [one for one in finding_changes(BEFORE, AFTER) if one.id in "DF"]


def cost(item: str, *monthly: str, **more: str) -> dict[str, Any]:
    priced = {"price": "0.1", "currency": "USD", "unit": "Hrs", "as_of": "2026-12-01", "source": "AWS Price List"}
    return {"item": item, "stack": "prod-cluster", **(more or {**priced, "cost_per_month": [*monthly] or None})}


def test_costs_are_compared_by_item_with_currency_date_and_source() -> None:
    before = {
        "cost": {"items": [cost("nodes", "1", "2", "3"), cost("nat", "4", "4", "4"), cost("gone", "5", "5", "5")]}
    }
    after = {
        "cost": {
            "items": [
                cost("nodes", "1", "3", "3"),
                cost("nat", "4", "4", "4"),
                cost("new"),
                cost("old", not_priced="no"),
            ]
        }
    }
    assert [(one.item, one.before, one.after, one.source) for one in costs(before, after)] == [
        ("gone", "5 / 5 / 5 USD (2026-12-01) a month", "-", "AWS Price List"),
        ("new", "-", "0.1 Hrs USD (2026-12-01), by use", "AWS Price List"),
        ("nodes", "1 / 2 / 3 USD (2026-12-01) a month", "1 / 3 / 3 USD (2026-12-01) a month", "AWS Price List"),
        ("old", "-", "not priced: no", "-"),
    ]
