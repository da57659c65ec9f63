"""Where this machine keeps Terraform providers, and whether the tests with the real Terraform can run on it."""

import json
import os
import shutil
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

REGISTRY = "registry.terraform.io"
COLLECTS_LESS = {"GOGC": os.environ.get("GOGC", "400")}
"""Variables of each terraform command: it reads the AWS provider's schema, 2.5 s of CPU, a fifth of it spent on collecting garbage
at Go's default of 100. 2.0 s with 400, for 200 MiB more while it runs. https://go.dev/doc/gc-guide#GOGC"""
# Where Terraform looks by itself, then where images and package managers like to put a mirror.
# https://developer.hashicorp.com/terraform/cli/config/config-file#implied-local-mirror-directories
IMPLIED_MIRRORS = ("~/.terraform.d/plugins", "~/.local/share/terraform/plugins", "/usr/local/share/terraform/plugins")
SEARCHED = ("~/.terraform.d", "/opt", "/usr/local/share", "/usr/share")
SEARCH_DEPTH = 4


@cache
def find_mirror() -> Path | None:
    """The folder that holds `registry.terraform.io/hashicorp/aws`, None when this machine has none.

    TERRAFORM_PROVIDER_MIRROR, when set, is the only place looked at.

    Raises:
        ValueError: TERRAFORM_PROVIDER_MIRROR holds no AWS provider.
    """
    named = os.environ.get("TERRAFORM_PROVIDER_MIRROR")
    if named:
        if not _is_mirror(Path(named)):
            raise ValueError(
                f"TERRAFORM_PROVIDER_MIRROR: no {REGISTRY}/hashicorp/aws in {named}; unset it or fix the path"
            )
        return Path(named)
    implied = (Path(place).expanduser() for place in IMPLIED_MIRRORS)
    searched = (found for place in SEARCHED for found in _folders(Path(place).expanduser(), SEARCH_DEPTH))
    places = (folder for found in (implied, searched) for folder in found if folder.name != PLUGIN_CACHE)
    return next(filter(_is_mirror, places), None)


@cache
def why_not() -> str | None:
    """Why the tests with the real Terraform cannot run here; None when they can."""
    if shutil.which("terraform") is None:
        return "terraform is not on PATH"
    if find_mirror() is not None:
        return None
    try:
        with urlopen(f"https://{REGISTRY}/.well-known/terraform.json", timeout=5):
            return None
    except (URLError, TimeoutError) as reason:
        return (
            f"no provider hashicorp/aws: {REGISTRY} is out of reach ({reason}) and there is no local mirror; "
            "set TERRAFORM_PROVIDER_MIRROR to a folder made by `terraform providers mirror`"
        )


def cli_config() -> str:
    """Terraform's own configuration: providers of the mirror from there, all others from the registry."""
    mirror = find_mirror()
    if mirror is None:
        return "provider_installation {\n  direct {}\n}\n"
    mirrored = json.dumps(
        [f"{REGISTRY}/hashicorp/{one.name}" for one in sorted((mirror / REGISTRY / "hashicorp").iterdir())]
    )
    return (
        "provider_installation {\n"
        f"  filesystem_mirror {{\n    path = {json.dumps(str(mirror))}\n    include = {mirrored}\n  }}\n"
        f"  direct {{\n    exclude = {mirrored}\n  }}\n"
        "}\n"
    )


PLUGIN_CACHE = "plugin-cache"
"""What cdktf's command line makes in ~/.terraform.d: a cache that Terraform writes to, and no mirror to install from."""


def _is_mirror(folder: Path) -> bool:
    return any((folder / REGISTRY / "hashicorp" / "aws").glob("*"))


def _folders(top: Path, depth: int) -> Iterator[Path]:
    """A folder and all below it, `depth` levels deep, without following links out of it."""
    yield top
    if depth == 0 or not os.access(top, os.R_OK | os.X_OK) or not top.is_dir():
        return
    for folder in sorted(path for path in top.iterdir() if path.is_dir() and not path.is_symlink()):
        yield from _folders(folder, depth - 1)
