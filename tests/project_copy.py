"""A copy of the project in a temporary folder, in which `make` and `terraform` run as in a clone that is installed already.

Nothing in it leads back to the environments of the checkout: `make` may run `python -m venv --clear .venv`, `pip install`
or `npm ci` in it, and a link to the checkout's `.venv` or `node_modules` would empty the developer's own.
"""

import os
import re
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path

from tests.provider_mirror import COLLECTS_LESS, cli_config
from tests.stand_ins.moto_extension import CREDENTIALS, Server

ROOT = Path(__file__).parents[1]
COPIED = (
    *("Makefile", "Pipfile", "Pipfile.lock", "cdktf.json", "package.json", "package-lock.json"),
    *("cli", "kubeflow_aws", "modules", "stacks", "examples"),
)
CHARTS = ROOT / ".cache" / "kubeflow"
USER_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
INTERPRETER = f"{os.path.realpath(sys._base_executable)}\n{sys.version}\n"  # type: ignore[attr-defined]
"""What the Makefile writes to .tools/interpreter, and compares with, before it creates an environment."""


def small_main(admin: str) -> str:
    """A main.py of two stacks.

    Args:
        admin: name of the IAM role that administers the cluster.
    """
    return f"""
from kubeflow_aws import Cluster, Network, NodeGroup, Platform, synthesize

SMALL = Platform(
    name="small",
    region="us-west-2",
    network=Network(zones=2, flow_logs=None),
    cluster=Cluster(admins=("role/{admin}",), public_access_cidrs=("198.51.100.0/24",), node_groups=(NodeGroup(name="nodes"),)),
    deletion_protection=False,
)
if __name__ == "__main__":
    synthesize(SMALL)
"""


class ProjectCopy:
    """A project folder with environments of its own.

    Args:
        folder: an empty folder.
        aws: the AWS API that its programs talk to.
        main: the text of main.py.
    """

    def __init__(self, folder: Path, aws: Server, main: str) -> None:
        self.folder = folder
        for name in COPIED:
            if (ROOT / name).is_dir():
                shutil.copytree(ROOT / name, folder / name, ignore=shutil.ignore_patterns("__pycache__"))
            else:
                shutil.copy2(ROOT / name, folder / name)
        if CHARTS.is_dir():
            shutil.copytree(CHARTS, folder / CHARTS.relative_to(ROOT))
        own_environment(folder)
        (folder / "main.py").write_text(main, encoding="utf-8")
        (folder / "cli.tfrc").write_text(cli_config())
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith(("AWS_", "TF_", "PYTEST_")) and name not in {"MAKEFLAGS", "MAKELEVEL", "MFLAGS"}
        }
        self.environment = {
            **inherited,
            **CREDENTIALS,
            **COLLECTS_LESS,
            "AWS_ENDPOINT_URL": aws.endpoint,
            "AWS_EC2_METADATA_DISABLED": "true",
            "NO_PROXY": "127.0.0.1",
            "TF_CLI_CONFIG_FILE": str(folder / "cli.tfrc"),
            "HOME": str(folder),  # the command line keeps a cache of providers there
            # caches keyed by content, which this process fills as well; without them each copy unpacks 600 MB of JavaScript
            "XDG_CACHE_HOME": str(USER_CACHE),
            "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(USER_CACHE / "aws" / "jsii" / "package-cache"),
            "PYTHON": sys._base_executable,  # type: ignore[attr-defined]
        }

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """`make` in the folder; the caller judges the exit code."""
        return self.run("make", *arguments)

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        """A program in the folder; the caller judges the exit code."""
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
            timeout=900,
        )


def own_environment(folder: Path) -> None:
    """`.venv`, `.tools` and `node_modules` of this folder, up to date for make, that read the checkout's packages.

    Packages of Python are found through a .pth file: what pip installs here, it installs here.
    """
    site = Path(sysconfig.get_path("purelib"))
    environment = folder / ".venv"
    packages = environment / site.relative_to(sys.prefix)
    packages.mkdir(parents=True)
    (packages / "packages_of_the_checkout.pth").write_text(f"{site}\n", encoding="utf-8")
    (environment / "bin").mkdir()
    (environment / "bin" / "python").symlink_to(os.path.realpath(sys._base_executable))  # type: ignore[attr-defined]
    shutil.copy2(Path(sys.prefix, "pyvenv.cfg"), environment / "pyvenv.cfg")
    pipenv = re.search(r"^PIPENV := (\S+)$", (folder / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert pipenv is not None
    (folder / ".tools" / "pipenv").mkdir(parents=True)
    (folder / ".tools" / "interpreter").write_text(INTERPRETER, encoding="utf-8")
    (folder / ".tools" / "pipenv" / pipenv[1]).touch()
    link_entries(ROOT / "node_modules", folder / "node_modules")
    in_order = (
        *(folder / "Pipfile.lock", folder / "package.json", folder / "package-lock.json"),
        *(folder / ".tools" / "interpreter", folder / ".tools" / "pipenv" / pipenv[1], environment / "pyvenv.cfg"),
        *(environment / "packages", folder / "node_modules" / "installed"),
    )
    for minute, path in enumerate(in_order):
        path.touch()
        os.utime(path, (1_700_000_000 + 60 * minute,) * 2)  # make compares times: each is newer than what it depends on


def link_entries(source: Path, target: Path) -> None:
    """A folder of links to the entries of another: emptying it removes links only."""
    target.mkdir()
    for entry in source.iterdir() if source.is_dir() else ():
        if entry.is_dir() and entry.name.startswith("@"):
            link_entries(entry, target / entry.name)
        elif entry.name != "installed":
            (target / entry.name).symlink_to(entry)
