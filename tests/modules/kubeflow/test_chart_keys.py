"""The table of values that official charts know, and how it is written from charts."""

from pathlib import Path

import pytest
import yaml

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chart_keys import FILE, chart_keys, unknown_values
from modules.settings.component import HelmChart
from modules.vendoring.chart_keys import keys_of, table, text
from tests.upstream_folders import CHART_FOLDERS, needs_charts

VALUES = """\
replicas: 1
image: {repository: a, tag: b}
affinity: {nodeAffinity: {required: {}}}
podSelector: {example.com/pool: x}
metrics: {enabled: false, empty: {}, listed: [], nothing: null}
sub: {image: {tag: own}, more: {x: 1}}
absent: {x: 1}
"""


def written(folder: Path, name: str, values: str, **about: object) -> Path:
    made = folder / name
    made.mkdir(parents=True)
    (made / "Chart.yaml").write_text(yaml.safe_dump({"name": name, "version": "1.0.0", **about}))
    (made / "values.yaml").write_text(values)
    return made


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    made = written(
        tmp_path,
        "one",
        VALUES,
        dependencies=[{"name": "part", "alias": "sub"}, {"name": "absent"}],
    )
    written(made / "charts", "part", "image: {repository: c}\nport: 80\nmore: {}\n")
    return made


def test_keys_are_those_of_a_chart_and_of_its_subcharts(chart: Path) -> None:
    assert keys_of(chart) == {
        "replicas": {},
        "image": {"repository": {}, "tag": {}},
        "affinity": {},
        "podSelector": {},
        "metrics": {"enabled": {}, "empty": {}, "listed": {}, "nothing": {}},
        "sub": {"image": {"repository": {}, "tag": {}}, "port": {}, "more": {}},
        "absent": {},
    }


def test_values_that_no_chart_knows_are_named_with_similar_ones(chart: Path) -> None:
    values = {
        "replicsa": 2,
        "image": {"digest": "x", "tag": "y"},
        "affinity": {"anything": {"goes": 1}},
        "metrics": {"enabled": {"as": "a mapping"}, "empty": {"x": 1}},
        "sub": {"prot": 81},
        "absent": {"y": 1},
        "global": {"z": 1},
    }
    assert list(unknown_values(values, keys_of(chart))) == [
        ("replicsa", ["replicas"]),
        ("image.digest", []),
        ("sub.prot", ["port"]),
    ]


def test_the_table_is_of_the_versions_in_the_catalogue() -> None:
    official = {one.name: one.source.version for one in CATALOGUE if isinstance(one.source, HelmChart)}
    assert {name: one.version for name, one in chart_keys().items()} == official


@needs_charts
@pytest.mark.upstream
def test_the_table_is_that_of_the_charts() -> None:
    assert FILE.read_text(encoding="utf-8") == text(table(CHART_FOLDERS)), "run: python -m modules.vendoring.chart_keys"


def test_a_chart_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(LookupError, match=r"chart aws-load-balancer-controller .*: not in"):
        table([tmp_path])
