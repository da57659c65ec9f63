"""`make drift`: objects in the cluster that were deleted or changed by hand. It reads only.

    python -m cli.drift                            all releases of all platforms
    python -m cli.drift --context NAME             by a context of kubeconfig instead of the AWS credentials
    python -m cli.drift --restore kubeflow/katib   the objects of one release as they should be, as YAML for kubectl

Ends with 1 when something differs.
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
    "To make a whole release again (its pods stop; without deletion protection its volumes go): "
    "terraform -chdir=generated/stacks/<stack> apply -replace=<address>"
)


def differences(api: Api, target: Target, only: str | None = None) -> tuple[list[Difference], list[str]]:
    """Objects that differ, and sentences on releases that cannot be compared.

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
            said.append(f"{name}: has no deployed revision; a plan of {wanted.stack} shows it")
    return differing, said


def report(target: Target, differing: Sequence[Difference], said: Sequence[str]) -> str:
    """What differs, by release, with the address of the release in its stack."""
    lines = [f"{target.platform}: {line}" for line in said]
    releases: dict[tuple[str, str, str, str], list[Difference]] = {}
    for one in differing:
        wanted = one.wanted
        releases.setdefault((wanted.namespace, wanted.name, wanted.stack, wanted.address), []).append(one)
    for (namespace, name, stack, address), ones in releases.items():
        lines.append(f"{target.platform}: {namespace}/{name} ({stack}, {address}):")
        lines += [f"  {one}" for one in ones]
    return "\n".join(
        lines or [f"{target.platform}: all objects of {len(target.releases)} releases are as they were installed"]
    )


def main(arguments: Sequence[str]) -> None:
    """The command line."""
    parser = argparse.ArgumentParser(prog="python -m cli.drift", description=__doc__)
    parser.add_argument("platform", nargs="?", help="one platform; all of generated/ by default")
    parser.add_argument("--context", help="context of kubeconfig; the AWS credentials by default")
    parser.add_argument("--restore", metavar="NAMESPACE/RELEASE", help="print its differing objects as they should be")
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
