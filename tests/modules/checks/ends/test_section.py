"""The section Ends on fixed days: what synthesis warns of, accepted parts, and each kind of finding."""

from datetime import date

import pytest

from modules.aws_data import kubernetes_versions
from modules.aws_data.kubernetes_versions import KubernetesVersion
from modules.checks.ends.accepted import REASONS
from modules.checks.ends.section import section
from modules.checks.finding import Finding
from modules.kubeflow.ends import of_platform
from modules.kubeflow.ends.records import ARGO_NEXT
from modules.rules import warnings_of
from modules.settings import Cluster, HelmChart, Platform
from modules.settings.component import Component
from tests.check_inputs import TODAY, without_documents
from tests.platforms import EXAMPLES, NAMES, PLATFORMS

PROD = "prod"


def found(one: Platform, today: date = TODAY) -> list[Finding]:
    return [finding for finding in section(without_documents(one, today)).findings if finding.severity != "not checked"]


def without_reason(one: Finding) -> str:
    text = one.text
    for reason in REASONS.values():
        text = text.removesuffix(f" ({reason})")
    return f"{text}; {one.fix}"


@pytest.mark.parametrize("name", NAMES)
def test_findings_are_the_warnings_of_synthesis(name: str) -> None:
    warned = {one.text for one in warnings_of(PLATFORMS[name], TODAY)}
    assert {without_reason(one) for one in found(PLATFORMS[name])} <= warned
    assert {text for text in warned if "left s" in text or "leaves s" in text} == {
        without_reason(one) for one in found(PLATFORMS[name])
    }


def test_what_is_due_in_the_shipped_platform_and_the_examples_has_a_reason() -> None:
    named = {f"{part} {version}" for part, version in REASONS}
    due = {one.text for name in EXAMPLES for platform in EXAMPLES[name] for one in found(platform)}
    due |= {one.text for one in found(PLATFORMS[PROD])}
    assert [text for text in due if not any(text.startswith(name) for name in named)] == []
    assert [name for name in named if not any(text.startswith(name) for text in due)] == [], "reasons for nothing"
    torch = [one.text for one in found(PLATFORMS[PROD]) if one.text.startswith("TorchServe ")]
    assert [text.endswith("InferenceService selects it)") for text in torch] == [True]
    (table, _) = section(without_documents(PLATFORMS[PROD])).tables
    reasons = dict(zip((row[0] for row in table.rows), (row[5] for row in table.rows), strict=True))
    assert reasons["TorchServe"].startswith("the serving runtime of KServe")


def version(name: str) -> Platform:
    cluster = PLATFORMS[PROD].cluster
    assert isinstance(cluster, Cluster)
    return PLATFORMS[PROD].with_changes(cluster=cluster.with_changes(kubernetes_version=name))


@pytest.mark.parametrize(
    ("today", "id_"),
    [
        (date(2026, 10, 2), None),
        (date(2026, 10, 3), "EOL002"),
        (date(2026, 12, 2), "EOL001"),
        (date(2027, 12, 1), "EOL002"),
        (date(2027, 12, 2), "EOL003"),
    ],
)
def test_kubernetes_at_each_end_of_its_support(today: date, id_: str | None) -> None:
    kubernetes = [one.id for one in found(version("1.34"), today) if one.text.startswith("Kubernetes 1.34 ")]
    assert kubernetes == ([id_] if id_ else [])


def test_a_kubernetes_version_without_support_is_an_error_and_mysql_is_not(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(of_platform, "ENDS", ())
    late = {one.id: one for one in found(PLATFORMS[PROD], date(2033, 1, 1))}
    assert late["EOL003"].severity == "error"
    assert late["EOL001"].text.startswith("RDS for MySQL 8.4 left extended support on 2032-07-31")


def test_a_new_version_of_kubernetes_without_dates_is_named_once(monkeypatch: pytest.MonkeyPatch) -> None:
    new = KubernetesVersion("1.35", None, None, "v1.35.2")
    monkeypatch.setattr(kubernetes_versions, "KUBERNETES_VERSIONS", {"1.35": new})
    (found,) = [one for one in section(without_documents(version("1.35"))).findings if one.id == "EOL101"]
    assert found.text.count("Kubernetes 1.35") == 1


def test_what_is_not_checked_is_named() -> None:
    one = PLATFORMS["shared"]
    assert one.kubeflow is not None
    chart = HelmChart("https://charts.example.com", "shop", "1.0.0")
    component = Component("shop", "shop", chart, about="A shop.")
    one = one.with_changes(kubeflow=one.kubeflow.with_changes(extra_components=(component,)))
    texts = {finding.id: finding.text for finding in section(without_documents(one)).findings}
    assert "Istio 1.31" in texts["EOL101"]
    assert texts["EOL102"] == "Kubernetes of the existing cluster legacy, shop, cert-manager, default-storage-class"


def test_advisories_of_installed_parts_are_listed() -> None:
    _, advisories = section(without_documents(PLATFORMS[PROD])).tables
    assert ARGO_NEXT.id in {row[0] for row in advisories.rows}
    assert "CVE-2026-31837" not in {row[0] for row in advisories.rows}, "Istio 1.28 is not installed"


def test_registries_are_in_the_section_images_alone() -> None:
    one = PLATFORMS[PROD]
    assert one.kubeflow is not None
    moved = {"docker.io/istio/pilot": "registry.istio.io/release/pilot:1.31.0"}
    one = one.with_changes(kubeflow=one.kubeflow.with_changes(images=moved))
    assert [str(finding) for finding in found(one) if "registry" in finding.text] == []


def test_json_has_dates_and_days() -> None:
    document = section(without_documents(PLATFORMS[PROD])).document
    by_name = {(one["part"], one["support"]): one for one in document["ends"]}
    assert document["date"] == "2026-12-01"
    assert by_name["Kubernetes", "standard support"]["days_left"] == 116
    assert by_name["TorchServe", "support"]["ended"]
