"""What an interrupted apply or destroy leaves, what the next apply says, and how one command heals it.

The messages are those of Helm 3.18.5 through the Helm provider 3.1.2, seen at a real API server.
"""

import io
from contextlib import redirect_stdout
from pathlib import Path
from typing import Any

import pytest

from cli.heal import heal
from modules.live.api import of_context
from modules.live.target import Target, Wanted
from tests.stand_ins.providers import Clusters, attached
from tests.stand_ins.providers.api_server import serving
from tests.stand_ins.providers.trial import CONFIG_MAP, HOST, release, write_chart, write_stack
from tests.terraform import TerraformError

pytestmark = pytest.mark.terraform

SECOND = CONFIG_MAP.replace("{{ .Release.Name }}", "{{ .Release.Name }}-second")
THIRD = CONFIG_MAP.replace("{{ .Release.Name }}", "{{ .Release.Name }}-third")
IN_USE = "cannot re-use a name that is still in use"
IN_PROGRESS = r"another operation \(install/upgrade/rollback\) is in\s+progress"
NOT_DEPLOYED = r'Upgrade failed: "a" has no deployed\s+releases'
FORMS: dict[str, dict[str, Any]] = {
    "atomic": {"atomic": True},
    "stateful": {"atomic": False, "upgrade_install": True},
}
"""The two forms in which `modules/kubeflow/release.py` writes releases."""


def healed(clusters: Clusters, folder: Path, form: str) -> str:
    """What the command says; it removes what is in the way."""
    wanted = Wanted("trial-kubeflow", "helm_release.a", "default", "a", bool(FORMS[form].get("upgrade_install")))
    with serving(clusters.at(HOST)) as server:
        api = of_context("stand-in", server.kubeconfig(folder / "kubeconfig"))
        with redirect_stdout(io.StringIO()) as said:
            assert heal(api, Target("trial", "trial", "us-west-2", None, (wanted,)), yes=True)
        deleted = [path for method, path in server.requests if method == "DELETE"]
        assert all(path.startswith("/api/v1/namespaces/default/secrets/sh.helm.release.v1.a.v") for path in deleted)
    return said.getvalue()


def stack(folder: Path, form: str, **values: int) -> Any:
    write_chart(folder, "a", CONFIG_MAP, SECOND, THIRD)
    arguments = {**FORMS[form], "values": [str(values)]} if values else FORMS[form]
    return write_stack(folder, {"helm_release": {"a": release("a", **arguments)}})


def identities(clusters: Clusters) -> dict[str, str]:
    """Name to uid of the release's objects."""
    found = clusters.at(HOST).of_kind("ConfigMap")
    return {one["metadata"]["name"]: one["metadata"]["uid"] for one in found if one["metadata"]["name"].startswith("a")}


@pytest.mark.parametrize(("form", "said"), [("atomic", IN_USE), ("stateful", IN_PROGRESS)])
def test_an_interrupted_install(tmp_path: Path, form: str, said: str) -> None:
    clusters = Clusters()
    with attached(stack(tmp_path, form), clusters) as trial:
        clusters.at(HOST).fail_once("a", how="lost")
        with pytest.raises(TerraformError, match="the server has asked for the client to provide credentials"):
            trial.apply()
        assert clusters.only.release("a").status == "pending-install"
        before = identities(clusters)
        assert before
        with pytest.raises(TerraformError, match=said):
            trial.apply()
        assert "revision 1 is pending-install" in healed(clusters, tmp_path, form)
        assert clusters.only.releases == {}
        trial.apply()
        assert trial.plan().is_empty
        assert before.items() <= identities(clusters).items(), "what was there was taken over, not made again"
        assert len(identities(clusters)) == 3


@pytest.mark.parametrize("form", FORMS)
def test_an_interrupted_upgrade(tmp_path: Path, form: str) -> None:
    clusters = Clusters()
    with attached(stack(tmp_path, form), clusters) as trial:
        trial.apply()
        before = identities(clusters)
        stack(tmp_path, form, x=1)
        clusters.only.fail_once("a", how="lost")
        with pytest.raises(TerraformError, match="the server has asked for the client to provide credentials"):
            trial.apply()
        assert clusters.only.release("a").status == "pending-upgrade"
        with pytest.raises(TerraformError, match=IN_PROGRESS):
            trial.apply()
        assert "removes Secret sh.helm.release.v1.a.v2" in healed(clusters, tmp_path, form)
        trial.apply()
        assert trial.plan().is_empty
        assert clusters.only.release("a").values == {"x": 1}
        assert identities(clusters) == before


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("upgraded", [False, True])
def test_an_interrupted_uninstall_that_is_to_be_an_apply_again(tmp_path: Path, form: str, upgraded: bool) -> None:
    clusters = Clusters()
    with attached(stack(tmp_path, form), clusters) as trial:
        trial.apply()
        if upgraded:
            stack(tmp_path, form, x=1)
            trial.apply()
        before = identities(clusters)
        clusters.only.fail_once("a", how="lost")
        with pytest.raises(TerraformError, match="the server has asked for the client to provide credentials"):
            trial.destroy()
        left = identities(clusters)
        assert 0 < len(left) < len(before)
        with pytest.raises(TerraformError, match=NOT_DEPLOYED):
            trial.apply()
        assert "is uninstalling" in healed(clusters, tmp_path, form)
        trial.apply()
        assert trial.plan().is_empty
        assert left.items() <= identities(clusters).items()
        assert identities(clusters).keys() == before.keys()


@pytest.mark.parametrize("form", FORMS)
def test_an_interrupted_uninstall_goes_on_with_the_next_destroy(tmp_path: Path, form: str) -> None:
    clusters = Clusters()
    with attached(stack(tmp_path, form), clusters) as trial:
        trial.apply()
        clusters.only.fail_once("a", how="lost")
        with pytest.raises(TerraformError, match="the server has asked for the client to provide credentials"):
            trial.destroy()
        trial.destroy()
        assert (identities(clusters), clusters.only.releases) == ({}, {})


def test_a_rollback_that_could_not_run_leaves_a_failed_install(tmp_path: Path) -> None:
    """The token ends between the failure and the removal that `atomic` promises."""
    clusters = Clusters()
    with attached(stack(tmp_path, "atomic"), clusters) as trial:
        clusters.at(HOST).fail_once("a", how="lost")
        with pytest.raises(TerraformError):
            trial.apply()
        clusters.only.release("a").status = "failed"
        with pytest.raises(TerraformError, match=IN_USE):
            trial.apply()
        assert "revision 1 is failed" in healed(clusters, tmp_path, "atomic")
        trial.apply()
        assert trial.plan().is_empty
