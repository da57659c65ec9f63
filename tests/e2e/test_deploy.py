"""A person with a laptop: `make deploy` and `make destroy`, through the real cdktf command line, in a project of its own."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.e2e.stage import ADMIN, admin_role
from tests.moto_extension import CREDENTIALS, Server, leftovers
from tests.provider_mirror import cli_config

ROOT = Path(__file__).parents[2]
COPIED = ("Makefile", "Pipfile", "Pipfile.lock", "cdktf.json", "package.json", "package-lock.json", "modules", "stacks")
MADE = (".venv/packages", "node_modules/installed", ".tools/interpreter")
LINKED = (".venv", ".tools", "node_modules")
MAIN = f"""
from modules.settings import Cluster, Network, NodeGroup, Platform
from stacks.platform import synthesize

SMALL = Platform(
    name="small",
    region="us-west-2",
    network=Network(zones=2, flow_logs=None),
    cluster=Cluster(admins=("role/{ADMIN}",), public_access_cidrs=("198.51.100.0/24",), node_groups=(NodeGroup(name="nodes"),)),
    deletion_protection=False,
)
if __name__ == "__main__":
    synthesize(SMALL)
"""
pytestmark = [
    pytest.mark.terraform,
    pytest.mark.skipif(
        not (ROOT / "node_modules" / ".bin" / "cdktf").exists(), reason="no cdktf command line: run make test"
    ),
]


class Laptop:
    """A project folder, and make."""

    def __init__(self, folder: Path, aws: Server):
        self.folder = folder
        for name in COPIED:
            source = ROOT / name
            if source.is_dir():
                shutil.copytree(source, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(source, folder / name)
        for name in LINKED:
            (folder / name).symlink_to(ROOT / name)
        (folder / "main.py").write_text(MAIN, encoding="utf-8")
        (folder / "cli.tfrc").write_text(cli_config())
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "TF_"))}
        self.environment = {
            **inherited,
            **CREDENTIALS,
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "TF_CLI_CONFIG_FILE": str(folder / "cli.tfrc"),
            "HOME": str(folder),  # the command line keeps a cache of providers there
        }

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            # what is linked in is ours: make must not install it anew, however old it looks beside the copies
            ["make", *(f"--old-file={made}" for made in MADE), *arguments],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


@contextmanager
def kept(path: Path) -> Iterator[None]:
    """What is linked into the project is not to be touched by it."""
    before = path.stat().st_mtime_ns
    yield
    assert path.stat().st_mtime_ns == before


def test_deploy_stops_at_a_failure_goes_on_when_run_again_and_destroy_leaves_nothing(
    aws: Server, tmp_path: Path
) -> None:
    admin_role(aws)
    laptop = Laptop(tmp_path, aws)
    with kept(ROOT / ".venv" / "packages"):
        asked = laptop.make("deploy")
        assert asked.returncode != 0
        assert "without questions: make deploy ARGS=--auto-approve" in asked.stderr

        aws.gate.fail_once("eks", "CreateCluster")
        stopped = laptop.make("deploy", "ARGS=--auto-approve")
        told = stopped.stdout + stopped.stderr
        assert stopped.returncode != 0, told
        assert "mend what the error above names, and run the same command again" in stopped.stderr
        assert (tmp_path / "state" / "small-network.tfstate").is_file(), told

        done = laptop.make("deploy", "ARGS=--auto-approve")
        assert done.returncode == 0, done.stdout + done.stderr
        assert aws.client("eks").describe_cluster(name="small")["cluster"]["status"] == "ACTIVE"
        assert done.stdout.index("small-network") < done.stdout.index("small-cluster")

        unnamed = laptop.make("destroy")
        assert "name the stacks: make destroy STACK='prod-*'" in unnamed.stderr
        gone = laptop.make("destroy", "STACK=small-*", "ARGS=--auto-approve")
        assert gone.returncode == 0, gone.stdout + gone.stderr
    assert [one for one in leftovers("us-west-2") if ADMIN not in one] == []
