"""`make drift`: objects in the cluster that were deleted or changed manually. Read-only.

    python -m cli.drift                            all releases of all platforms
    python -m cli.drift --context NAME             use a kubeconfig context instead of the AWS credentials
    python -m cli.drift --restore kubeflow/katib   the manifest of differing objects of one release, for kubectl

Exits with 1 if there are differences.
"""

import argparse
import sys
from collections.abc import Sequence

from cli.heal import chosen
from modules.kubeflow.manifest import dump
from modules.live.api import Api, of_context, of_eks
from modules.live.drift import Difference, Types, of_release
from modules.live.helm_records import records
from modules.live.target import Target

HOW = (
    "To restore an object: python -m cli.drift --restore <namespace>/<release> | kubectl apply --server-side --force-conflicts -f -\n"
    "To recreate a whole release (its pods stop; without deletion protection its volumes are deleted): "
    "terraform -chdir=generated/stacks/<stack> apply -replace=<address>"
)


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


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m cli.drift", description=__doc__)
    parser.add_argument("platform", nargs="?", help="one platform; all of generated/ by default")
    parser.add_argument("--context", help="kubeconfig context; default: the AWS credentials")
    parser.add_argument("--restore", metavar="NAMESPACE/RELEASE", help="print the manifest of its differing objects")
    given = parser.parse_args(arguments)
    differs = False
    try:
        for target in chosen(given.platform):
            api = of_context(given.context) if given.context else of_eks(target)
            differing, said = differences(api, target, given.restore)
            differs |= bool(differing or said)
            if given.restore:
                sys.stdout.write(dump([one.item for one in differing]).decode() if differing else "")
            else:
                print(report(target, differing, said))
    except ValueError as error:
        sys.exit(f"drift: {error}")
    if differs and not given.restore:
        sys.exit(f"{HOW}")


if __name__ == "__main__":
    main(sys.argv[1:])
