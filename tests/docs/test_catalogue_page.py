"""The page of the catalogue says of each entry and of each old name what code says."""

import re

import pytest

from docs.catalogue_page import catalogue_page, source_words
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.patching import patch
from modules.kubeflow.retired import RETIRED
from modules.kubeflow.upstream import CHARTS
from modules.settings.component import Component, HelmChart, Kustomization

PAGE = catalogue_page()


def test_every_entry_is_on_the_catalogue_page_with_all_that_it_is() -> None:
    page = PAGE
    for entry in CATALOGUE:
        (row,) = re.findall(rf"^\| `{entry.name}` \| .+$", page.partition("## Retired")[0], re.MULTILINE)
        assert f"| `{entry.namespace}` |" in row
        assert row.endswith(f"| {entry.licence} |")
        assert ("| default" in row) is entry.default
        assert all(f"`{need}`" in row for need in entry.needs), entry.name
        if isinstance(entry.source, HelmChart):
            assert entry.source.version in row
        if isinstance(entry.source, Kustomization):
            assert f"/{entry.source.path})" in row
        for chart in (chart for variant in patch.variants(entry.name).values() for chart in variant.charts):
            assert f"[{chart.name} {CHARTS[chart.name].version}](" in row
            assert f"/{CHARTS[chart.name].path})" in row


def test_every_retired_name_is_on_the_catalogue_page_with_its_successor() -> None:
    page = PAGE.partition("## Retired")[2]
    for name, gone in RETIRED.items():
        (row,) = re.findall(rf"^\| `{name}` \| .+$", page, re.MULTILINE)
        assert gone.successor in row
        assert f"| `{gone.entry}` |" in row or not gone.entry


def test_a_source_without_words_is_an_error_that_says_what_to_do() -> None:
    ours = Component("ours", "ours", Kustomization("k8s", "."))
    with pytest.raises(ValueError, match=r"^docs/catalogue_page\.py: ours: no words for its source Kustomization"):
        source_words(ours)
