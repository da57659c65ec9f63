"""What a rehearsal requires of the machine, checked before anything is synthesized; each error says how to get it."""

import importlib.util
import json
import os
import re
import shutil
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.errors import ProblemsError
from modules.program import IS_CLONE
from modules.vendoring.sources import FOLDERS_VARIABLE, local_folders

PACKAGES = {
    "moto": "moto[server]",
    "flask": "moto[server]",
    "grpc": "grpcio",
    "google.protobuf": "protobuf",
    "msgpack": "msgpack",
}
"""Imported module to the package of the extra `rehearse`."""
REGISTRY = "registry.terraform.io"
MIRROR_VARIABLE = "TERRAFORM_PROVIDER_MIRROR"
MIRRORS = (
    "~/.terraform.d/plugins",
    "~/.local/share/terraform/plugins",
    "/usr/local/share/terraform/plugins",
    "~/.terraform.d/plugin-cache",
)
"""Where Terraform looks for providers without configuration, then the plugin cache that `deploy` fills.

Source: https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
"""
_CONFIGURED = re.compile(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"]+)"', re.MULTILINE)


def check_machine() -> Path:
    """The folder with the AWS provider.

    Raises:
        ValueError: Python packages, Terraform or the AWS provider are missing; one line each.
    """
    problems = [*_packages(), *_terraform()]
    mirror = find_mirror()
    if mirror is None:
        named = os.environ.get(MIRROR_VARIABLE)
        where = named or ", ".join(MIRRORS)
        problems.append(
            f"no provider hashicorp/aws in {where}, and a rehearsal downloads nothing; run `terraform providers mirror FOLDER` "
            f"in a folder of generated/stacks, and set {MIRROR_VARIABLE} to that folder"
        )
    if mirror is None or problems:
        raise ProblemsError(problems)
    return mirror


def _packages() -> Iterator[str]:
    missing = sorted({package for module, package in PACKAGES.items() if not _is_installed(module)})
    if missing:
        how = "run `make .venv/dev-packages`" if IS_CLONE else "run `pip install 'kubeflow-aws[rehearse]'`"
        yield f"Python packages are missing: {', '.join(missing)}; {how}"


def _is_installed(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:  # its parent package
        return False


def _terraform() -> Iterator[str]:
    if shutil.which("terraform") is None:
        yield "terraform is not on PATH; install it: https://developer.hashicorp.com/terraform/install"


def find_mirror() -> Path | None:
    """The first folder that has `registry.terraform.io/hashicorp/aws`; only TERRAFORM_PROVIDER_MIRROR if that is set."""
    named = os.environ.get(MIRROR_VARIABLE)
    places = [named] if named else [*_configured(), *MIRRORS]
    folders = (Path(place).expanduser() for place in places)
    return next((folder for folder in folders if any((folder / REGISTRY / "hashicorp" / "aws").glob("*"))), None)


def _configured() -> list[str]:
    """Folders that Terraform's own configuration names."""
    path = Path(os.environ.get("TF_CLI_CONFIG_FILE") or "~/.terraformrc").expanduser()
    cache = os.environ.get("TF_PLUGIN_CACHE_DIR")
    found = _CONFIGURED.findall(path.read_text(encoding="utf-8", errors="replace")) if path.is_file() else []
    return [*found, *([cache] if cache else [])]


def cli_config(mirror: Path) -> str:
    """Terraform's configuration: the AWS provider from the mirror, and nothing from a registry."""
    return f"provider_installation {{\n  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n  }}\n}}\n"


def chart_folders(folder: Path | None) -> list[Path]:
    """Folders whose subfolders are charts: of the option, then of KUBEFLOW_UPSTREAM.

    Raises:
        ValueError: the option names no folder.
    """
    if folder is not None and not folder.is_dir():
        raise ValueError(f"--charts {folder}: no such folder; write the charts there, see docs/rehearse.md")
    given = [folder, *sorted(one for one in folder.iterdir() if one.is_dir())] if folder else []
    upstream = [one / "charts" for one in local_folders(os.environ.get(FOLDERS_VARIABLE))]
    return [*given, *(one for one in upstream if one.is_dir())]


def published_charts(documents: Iterable[Mapping[str, Any]]) -> set[tuple[str, str, str]]:
    """Repository, name and version of each chart that Helm would download."""
    return {
        (release.get("repository", ""), release["chart"], release.get("version", ""))
        for document in documents
        for release in document.get("resource", {}).get("helm_release", {}).values()
        if release.get("repository") or release["chart"].startswith("oci://")
    }


def pull_command(repository: str, chart: str, version: str) -> str:
    """The command that downloads a chart to where `--charts charts` finds it."""
    if repository.startswith("oci://"):
        source = f"{repository.rstrip('/')}/{chart}"
    elif repository:
        source = f"{chart} --repo {repository}"
    else:
        source = chart
    return f"helm pull {source} --version {version} --untar --untardir charts/{version}"
