"""`kubeflow-aws drift`: objects in the cluster that were deleted or changed manually. Read-only."""

import json
import sys
from collections.abc import Sequence
from typing import Any, NamedTuple

from cli.heal import chosen
from cli.program import ExitCode
from modules.kubeflow.manifest import dump, identity
from modules.live.api import Api, of_context, of_eks
from modules.live.drift import Difference, Types, of_release
from modules.live.helm_records import records
from modules.live.target import Target

HOW = (
    "To restore an object: kubeflow-aws drift --restore <namespace>/<release> | kubectl apply --server-side --force-conflicts -f -\n"
    "To recreate a whole release (its pods stop; without deletion protection its volumes are deleted): "
    "terraform -chdir=generated/stacks/<stack> apply -replace=<address>"
)


class Compared(NamedTuple):
    """A platform, its differing objects, and messages about releases that cannot be compared."""

    target: Target
    differing: list[Difference]
    said: list[str]


def differences(api: Api, target: Target, only: str | None = None) -> tuple[list[Difference], list[str]]:
    """Differing objects, and messages about releases that cannot be compared.

    Args:
        api: the platform's cluster.
        target: the platform.
        only: `<namespace>/<release>`; None: all.
    """
    found, types, differing, said = records(api), Types(api), [], []
    for wanted in target.releases:
        name = f"{wanted.namespace}/{wanted.name}"
        if only not in (None, name):
            continue
        deployed = [one for one in found.get((wanted.namespace, wanted.name), ()) if one.status == "deployed"]
        if deployed:
            differing += of_release(api, types, wanted, deployed[-1])
        else:
            said.append(f"{name}: has no deployed revision; run a plan of {wanted.stack}")
    return differing, said


def report(target: Target, differing: Sequence[Difference], said: Sequence[str]) -> str:
    """Differences by release, with the Terraform address of the release."""
    lines = [f"{target.platform}: {line}" for line in said]
    releases: dict[tuple[str, str, str, str], list[Difference]] = {}
    for one in differing:
        wanted = one.wanted
        releases.setdefault((wanted.namespace, wanted.name, wanted.stack, wanted.address), []).append(one)
    for (namespace, name, stack, address), ones in releases.items():
        lines.append(f"{target.platform}: {namespace}/{name} ({stack}, {address}):")
        lines += [f"  {one}" for one in ones]
    return "\n".join(
        lines or [f"{target.platform}: all objects of {len(target.releases)} releases match their manifests"]
    )


def main(
    platform: str | None = None,
    context: str | None = None,
    restore: str | None = None,
    *,
    as_json: bool = False,
    exit_code: bool = False,
) -> None:
    """Print what differs, or the manifest that restores it.

    Args:
        platform: one platform; None: all of `generated/`.
        context: kubeconfig context; None: the AWS credentials.
        restore: `<namespace>/<release>`; its differing objects are written as a manifest.
        as_json: as one JSON document.
        exit_code: exit with `ExitCode.DIFFERENCES` if an object differs.

    Raises:
        ValueError: the platform does not exist, or its cluster is unreachable.
        SystemExit: an object differs.
    """
    found: list[Compared] = []
    for target in chosen(platform):
        api = of_context(context) if context else of_eks(target)
        found.append(Compared(target, *differences(api, target, restore)))
        if restore and found[-1].differing:
            sys.stdout.write(dump([one.item for one in found[-1].differing]).decode())
        elif not restore and not as_json:
            print(report(*found[-1]))
    if as_json:
        print(json.dumps({"platforms": [document(*one) for one in found]}, indent=1, ensure_ascii=False))
    if any(one.differing or one.said for one in found):
        if not restore and not as_json:
            print(HOW)
        if exit_code:
            sys.exit(ExitCode.DIFFERENCES)


def document(target: Target, differing: Sequence[Difference], said: Sequence[str]) -> dict[str, Any]:
    """Differences of a platform as JSON; an object without `fields` is missing."""
    return {
        "name": target.platform,
        "differences": [
            {
                "release": f"{one.wanted.namespace}/{one.wanted.name}",
                "stack": one.wanted.stack,
                "address": one.wanted.address,
                "object": str(identity(one.item)),
                "fields": list(one.fields),
            }
            for one in differing
        ],
        "not_compared": list(said),
    }
