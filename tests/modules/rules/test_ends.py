"""What a reader sees of ends of support, on a fixed day."""

from datetime import date

import pytest

from modules.aws_data.ends import End
from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.aws_data.mysql_engines import TRACKS
from modules.kubeflow.ends import of_platform
from modules.kubeflow.ends.of_platform import kubernetes_ends, mysql_ends
from modules.rules import warnings_of
from modules.settings import Dex, ExistingCluster, Kubeflow, Platform
from tests.modules.settings.valid import platform

TODAY = date(2026, 12, 1)


def made(**kubeflow: object) -> Platform:
    chosen = Kubeflow(auth=Dex(users=("ada@example.company",)), **kubeflow)
    return platform(network=None, cluster=ExistingCluster(name="shared"), kubeflow=chosen)


def ends(warned: Platform) -> list[str]:
    """Warnings of what is installed in the cluster."""
    return [line for line in map(str, warnings_of(warned, TODAY)) if line.startswith("prod: kubeflow: ")]


def test_everything_that_is_installed_is_looked_at(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (
        End(
            "Dex",
            "2",
            ("image:ghcr.io/dexidp/dex:*",),
            date(2026, 12, 31),
            "https://example.com",
            do="do it",
            then="no",
        ),
        End("Ray", "1", ("chart:kuberay-operator:*",), date(2026, 1, 1), "https://example.com", do="do it", then="no"),
        End("Roles", "1", ("entry:kubeflow-roles:*",), date(2026, 1, 1), "https://example.com", do="do it", then="no"),
    )
    monkeypatch.setattr(of_platform, "ENDS", rows)
    dex = "prod: kubeflow: Dex 2 leaves support in 30 days, on 2026-12-31: then no; do it"
    ray = "prod: kubeflow: Ray 1 left support on 2026-01-01: no; do it"
    roles = ray.replace("Ray", "Roles")
    assert ends(made()) == [dex, roles]
    assert ends(made(enable=("kuberay",))) == [dex, ray, roles]
    assert ends(platform()) == []


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS.values(), ids=lambda version: version.name)
@pytest.mark.parametrize("upgraded", [True, False])
def test_each_kubernetes_version_warns_of_both_ends(version: object, upgraded: bool) -> None:
    standard, extended = kubernetes_ends(version, upgraded)  # type: ignore[arg-type]
    for end in (standard, extended):
        assert end.end is not None
        assert f"Kubernetes {end.version} {end.verbs[1]} on {end.end}" in (end.sentence(end.end) or "")
    assert ("by itself" in standard.then) is upgraded


@pytest.mark.parametrize("track", TRACKS, ids=lambda track: f"{track.engine} {track.name}")
def test_each_track_of_mysql_warns_of_both_ends(track: object) -> None:
    for end in mysql_ends(track):  # type: ignore[arg-type]
        if end.end is not None:
            assert f"{end.part} {end.version} {end.verbs[1]} on {end.end}" in (end.sentence(end.end) or "")
