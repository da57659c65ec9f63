"""Parallel kustomize builds."""

import shutil
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor, as_completed
from pathlib import Path
from typing import TypeVar

Key = TypeVar("Key")

WORKERS = 2
LIMIT_SECONDS = 300


def command() -> list[str]:
    """Command prefix of kustomize: the program itself or kubectl.

    Raises:
        ValueError: neither is installed.
    """
    # upstream's bases read files outside their folder, which kustomize rejects by default
    options = ["--load-restrictor", "LoadRestrictionsNone"]
    if shutil.which("kustomize"):
        return ["kustomize", "build", *options]
    if shutil.which("kubectl"):
        return ["kubectl", "kustomize", *options]
    raise ValueError(
        "kustomize: neither kustomize nor kubectl is installed; https://kubectl.docs.kubernetes.io/installation/"
    )


def build(folder: Path, program: list[str]) -> str:
    """Build the kustomization in a folder, as YAML.

    Raises:
        ValueError: kustomize fails; the message contains its reason.
    """
    try:
        done = subprocess.run(
            [*program, str(folder)], capture_output=True, text=True, timeout=LIMIT_SECONDS, check=False
        )
    except subprocess.TimeoutExpired as error:
        raise ValueError(f"{folder}: kustomize took longer than {LIMIT_SECONDS} s") from error
    if done.returncode:
        reason = [line for line in done.stderr.splitlines() if not line.startswith("# Warning")]
        raise ValueError(f"{folder}: kustomize failed: {' '.join(reason)[-600:]}")
    return done.stdout


def build_all(folders: Mapping[Key, Path], say: Callable[[str], None]) -> Iterator[tuple[Key, str]]:
    """Build all, `WORKERS` at a time, yielding each on completion, with one progress line each."""
    program = command()
    began = time.monotonic()
    with ThreadPoolExecutor(WORKERS) as pool:
        running = {pool.submit(build, folder, program): key for key, folder in folders.items()}
        try:
            for number, future in enumerate(as_completed(running), 1):
                key = running[future]
                say(f"[{number:>2}/{len(folders)}] {time.monotonic() - began:5.1f} s  {_title(key)}")
                yield key, future.result()
        finally:
            pool.shutdown(cancel_futures=True)


def _title(key: object) -> str:
    return "/".join(key) if isinstance(key, tuple) else str(key)
