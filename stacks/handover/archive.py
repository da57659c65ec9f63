"""The archive of a hand-over: the same bytes for the same input."""

import gzip
import hashlib
import io
import tarfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from modules.program import run
from stacks.document import json_bytes
from stacks.handover.backends import OWN, SHARED, own_file, shared_file
from stacks.handover.bill_of_materials import bill_of_materials
from stacks.handover.module_root import ROOT, module_root
from stacks.handover.pages import inputs_script, readme, region_of
from stacks.handover.pipelines import ci_script, pipelines
from stacks.handover.scanner import BASELINE, baseline, baseline_of_root
from stacks.handover.stack import Stack
from stacks.handover.trivy import IGNORE_FILE, ignore_file, ignore_file_of_root

SUMS = "SHA256SUMS"


def files_of(platform: str, stacks: Sequence[Stack]) -> dict[str, bytes]:
    """`{path in the archive: content}` of a platform.

    Raises:
        ValueError: charts are missing; recipients cannot create them.
    """
    missing = [f"{stack.name}/{chart}" for stack in stacks for chart in stack.missing_charts()]
    if missing:
        raise ValueError(
            f"{platform}: {len(missing)} charts are missing or do not match their releases ({', '.join(missing[:3])}, …), and "
            f"recipients of the archive cannot create them; run: {run('vendor', 'synth')}"
        )
    files: dict[str, bytes] = {}
    for stack in stacks:
        files |= {f"stacks/{stack.name}/{path}": content for path, content in stack_files(stack).items()}
    files["README.md"] = readme(platform, stacks).encode()
    files |= root_of_modules(stacks) if stacks[0].is_module else files_of_roots(platform, stacks)
    files["sbom.cdx.json"] = bill_of_materials(platform, stacks, hashlib.sha256(sums(files)).hexdigest())
    files[SUMS] = sums(files)
    return dict(sorted(files.items()))


def root_of_modules(stacks: Sequence[Stack]) -> dict[str, bytes]:
    """Files next to the stacks in module form: a root, and its baselines."""
    return {
        ROOT: json_bytes(module_root(stacks)),
        BASELINE: baseline_of_root(stacks),
        IGNORE_FILE: ignore_file_of_root(stacks),
    }


def files_of_roots(platform: str, stacks: Sequence[Stack]) -> dict[str, bytes]:
    """Files for stacks in root form: inputs, backends, baselines and pipelines."""
    files = {"inputs.sh": inputs_script(stacks).encode(), "ci.sh": ci_script(stacks).encode()}
    for stack in stacks:
        files[f"stacks/{stack.name}/{BASELINE}"] = baseline(stack)
        files[f"stacks/{stack.name}/{IGNORE_FILE}"] = ignore_file(stack)
        if stack.backend:
            files[f"stacks/{stack.name}/{OWN}"] = own_file(stack).encode()
    if stacks[0].backend:
        files[SHARED] = shared_file(stacks[0].backend).encode()
    for name, content in pipelines(platform, region_of(stacks), stacks).items():
        files[f"pipelines/{name}"] = content.encode()
    return files


def stack_files(stack: Stack) -> dict[str, bytes]:
    """Files of a stack: its JSON, its lock file if any, and the charts of its releases."""
    wanted = ["cdk.tf.json", ".terraform.lock.hcl", ".terraformignore"]
    found = {name: (stack.folder / name).read_bytes() for name in wanted if (stack.folder / name).is_file()}
    for chart in stack.local_charts:
        for path in sorted((stack.folder / chart).rglob("*")):
            if path.is_file():
                found[path.relative_to(stack.folder).as_posix()] = path.read_bytes()
    return found


def sums(files: Mapping[str, bytes]) -> bytes:
    """Checksums in the format of `sha256sum`."""
    return "".join(
        f"{hashlib.sha256(content).hexdigest()}  {path}\n" for path, content in sorted(files.items())
    ).encode()


def pack(platform: str, files: Mapping[str, bytes]) -> bytes:
    """One `.tar.gz` with a folder of the platform's name, without time, owner or host name."""
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for path, content in files.items():
            entry = tarfile.TarInfo(f"{platform}/{path}")
            entry.size, entry.mode = len(content), 0o755 if path.endswith(".sh") else 0o644
            archive.addfile(entry, io.BytesIO(content))
    return gzip.compress(packed.getvalue(), compresslevel=9, mtime=0)


def write_archive(folder: Path, platform: str, stacks: Sequence[Stack]) -> Path:
    """Write `<platform>.tar.gz` atomically.

    Raises:
        ValueError: charts are missing; an earlier archive is not changed.
    """
    content = pack(platform, files_of(platform, stacks))
    folder.mkdir(parents=True, exist_ok=True)
    target = folder / f"{platform}.tar.gz"
    new = target.with_suffix(".new")
    new.write_bytes(content)
    new.replace(target)
    return target
