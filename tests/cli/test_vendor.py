from pathlib import Path

import pytest

from cli.vendor import components
from modules.kubeflow.catalogue import CATALOGUE

MAIN = """
from modules.settings.component import Component, Kustomization
from modules.settings import Dex, Cluster, Kubeflow, Network, NodeGroup, Platform

def platform(name, path):
    own = Component("ours", "kubeflow", Kustomization(path, "."))
    cluster = Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(NodeGroup(name="n"),))
    kubeflow = Kubeflow(auth=Dex(users=("a@b.co",)), extra_components=(own,))
    return Platform(name=name, region="us-west-2", network=Network(), cluster=cluster, kubeflow=kubeflow)

DEV, PROD = platform("dev", "k8s/ours"), platform("prod", {path!r})
if __name__ == "__main__":
    raise SystemExit("vendoring must not synthesize")
"""


def test_own_components_of_every_platform_are_vendored_with_the_catalogue(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(path="k8s/ours"), encoding="utf-8")
    names = [component.name for component in components(tmp_path / "main.py")]
    assert names == [*(component.name for component in CATALOGUE), "ours"]


def test_one_name_for_two_things_is_refused(tmp_path: Path) -> None:
    (tmp_path / "main.py").write_text(MAIN.format(path="k8s/theirs"), encoding="utf-8")
    with pytest.raises(ValueError, match="components: ours is defined twice with differences; names must be unique"):
        components(tmp_path / "main.py")


def test_without_a_main_it_is_the_catalogue(tmp_path: Path) -> None:
    assert components(tmp_path / "main.py") == list(CATALOGUE)
