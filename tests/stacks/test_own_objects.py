"""Charts of the platform's own objects are in `generated/` and in git; those of upstream's objects are in neither."""

import difflib
import subprocess
from pathlib import Path

from modules.kubeflow.lock import PHASES, read_lock, release_name
from modules.settings import Dex, ExistingCluster, Kubeflow, Platform, Quota, Team
from modules.settings.artifacts import InClusterStore
from modules.settings.database import InClusterDatabase
from modules.settings.services import Services
from tests.built_once import build
from tests.platforms import everything_built

ROOT = Path(__file__).parents[2]
VENDORED = {release_name(name, phase) for name in read_lock().components for phase in PHASES}


def with_quota(cpu: float) -> Platform:
    team = Team(name="vision", owner="ada@x.org", quota=Quota(cpu=cpu))
    kubeflow = Kubeflow(
        auth=Dex(users=("ada@x.org",)),
        services=Services(artifacts=InClusterStore(), database=InClusterDatabase()),
        teams=(team,),
    )
    return Platform(name="p", region="us-west-2", cluster=ExistingCluster(name="shared"), kubeflow=kubeflow)


def test_a_quota_is_a_line_in_git_diff() -> None:
    old, new = (build(with_quota(cpu)).tree for cpu in (16, 24))
    changed = {path for path in old if old[path] != new[path]}
    chart = "stacks/p-teams/objects/team-vision"
    assert changed == {f"{chart}/Chart.yaml", f"{chart}/files/all.yaml", "stacks/p-teams/cdk.tf.json"}
    before, after = (tree[f"{chart}/files/all.yaml"].decode().splitlines() for tree in (old, new))
    diff = [line.split() for line in difflib.unified_diff(before, after, lineterm="", n=0) if line[1] == " "]
    assert diff == [["-", "requests.cpu:", "'16'"], ["+", "requests.cpu:", "'24'"]]


def test_every_own_chart_and_nothing_of_upstream_is_in_the_tree() -> None:
    made = everything_built()
    own = {path.split("/objects/")[1].split("/")[0] for path in made.tree if "/objects/" in path}
    wanted = {chart.release for charts in made.charts.values() for chart in charts if chart.content is not None}
    assert own == wanted
    assert own & VENDORED == set()
    assert {chart.release for charts in made.charts.values() for chart in charts} - own <= VENDORED
    assert [path for path in made.tree if "/charts/" in path] == []


def ignored(paths: list[str]) -> list[str]:
    """Those of some paths of the project that git ignores."""
    command = ["git", "check-ignore", "--no-index", "--stdin"]
    done = subprocess.run(command, cwd=ROOT, input="\n".join(paths), capture_output=True, text=True, check=False)
    assert done.returncode in (0, 1), done.stderr
    return done.stdout.split()


def test_git_ignores_nothing_of_the_tree_and_all_charts_of_upstream() -> None:
    assert ignored([f"generated/{path}" for path in everything_built().tree]) == []
    vendored = "generated/stacks/prod-kubeflow/charts/katib/files/all.yaml"
    assert ignored([vendored]) == [vendored]
