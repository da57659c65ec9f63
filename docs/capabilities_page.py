"""docs/capabilities.md, read off the first lines of the manifests in docs/capabilities/."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from docs.markdown import NOTE, table
from modules.kubeflow.catalogue import CATALOGUE
from modules.settings.component import Component

MANIFESTS = Path(__file__).parent / "capabilities"
ENTRIES: Mapping[str, Component] = {entry.name: entry for entry in CATALOGUE}
GROUPS = ("Teams", "Workspaces", "Training", "Tuning", "Pipelines", "Serving", "Batch", "Accelerators", "Cluster")

WITHOUT_MANIFEST = {
    "central-dashboard": "The page behind the sign-in: [kubeflow.md](kubeflow.md#sign-in).",
    "jupyterhub": "Its page: `kubectl port-forward --namespace jupyterhub service/proxy-public 8000:80`. Nobody gets in until "
    '`values` name an authenticator: `Kubeflow(values={"jupyterhub": …})`.',
    "kubeflow-namespace": "Nothing to do: the other components are in it. What people make belongs into their team's namespace.",
    "database-retired-users": "Nothing to do: it drops MySQL users of earlier credentials, see [pipelines.md](pipelines.md#tables).",
    "database-users": "Nothing to do: each program signs in to MySQL as a user of its own, see [pipelines.md](pipelines.md#tables).",
    "fixed-user": "Nothing to do: with `NoAuth(user=…)` everybody at the gateway is that user, see [sign-in.md](sign-in.md).",
    "machine-tokens": "Comes with `machine_tokens=True`: [sign-in.md](sign-in.md#programs-outside-the-cluster).",
    "team-admission": "Nothing to do: what it refuses is in [team-rights.md](team-rights.md).",
    "gateway-target-group": "Nothing to do: it leads the load balancer to the gateway, see [exposure.md](exposure.md).",
    "efs-storage-class": "Claims of the StorageClass `efs`: [storage.md](storage.md#shared-files-on-efs).",
    "fsx-storage-class": "Claims named `fsx`: [storage.md](storage.md#fast-files-on-fsx-for-lustre).",
}
"""Entries that need no object of yours, and how they are used."""

INTRODUCTION = """\
# Capabilities

One manifest for each thing the platform can do. They are small, and made to be run and then changed:

<!-- needs AWS -->
```sh
kubectl apply -f docs/capabilities/team.yaml               # first: a team, with your e-mail address in it
kubectl apply -f docs/capabilities/pytorch-trainjob.yaml
```

All run in the team's namespace `team-a` as its service account `default-editor`, on volumes of the StorageClass `gp3`. That
namespace enforces the pod security standard *baseline*; the Pods, Jobs and Deployments among them keep to *restricted*.
Pods of training jobs, trials and workflows say `sidecar.istio.io/inject: "false"`: a job is done when its program is, and its
workers talk to each other on ports of their own. [sklearn-serving.yaml](capabilities/sklearn-serving.yaml) reads its model from
the platform's bucket with the team's role; other example models are read from the internet: in a private network, put yours in S3.

`make test` checks each manifest against the object types that the entries beside it install. The programs in them are not
run by it, for want of a cluster.
"""

SDK = """\
## Pipelines from Python

In a notebook with the PodDefault of [pod-default.yaml](capabilities/pod-default.yaml), `pip install kfp==2.17.0`:

```python
import kfp
from kfp import dsl


@dsl.component(base_image="python:3.11.11-slim")
def add(a: float, b: float) -> float:
    return a + b


@dsl.pipeline(name="add-twice")
def add_twice(a: float = 1.0, b: float = 2.0) -> float:
    first = add(a=a, b=b)
    return add(a=first.output, b=b).output


kfp.Client().create_run_from_pipeline_func(add_twice, arguments={"a": 3.0})
```
"""


@dataclass(frozen=True)
class Capability:
    """One manifest, as its first lines describe it."""

    file: str
    title: str
    group: str
    entries: tuple[str, ...]
    """Of the catalogue: those that bring its objects first."""
    without: tuple[str, ...]
    """Entries that must not be chosen beside."""
    look: str
    """A command, or a place, that shows the result."""
    kinds: tuple[str, ...]


def capabilities() -> list[Capability]:
    """All manifests, in the order of groups and then of titles.

    Raises:
        ValueError: a manifest lacks one of its first lines, or is of a group that is not there.
    """
    found = [capability(path) for path in sorted(MANIFESTS.glob("*.yaml"))]
    return sorted(found, key=lambda one: (GROUPS.index(one.group), one.title))


def capability(path: Path) -> Capability:
    """One manifest."""
    text = path.read_text(encoding="utf-8")
    lines = dict(re.findall(r"^# (capability|group|entries|without|look): (.+)$", text, re.MULTILINE))
    if missing := {"capability", "group", "entries", "look"} - lines.keys():
        raise ValueError(
            f"docs/capabilities/{path.name}: has no line {', '.join(sorted(missing))}; begin it as the others do"
        )
    if lines["group"] not in GROUPS:
        raise ValueError(
            f"docs/capabilities/{path.name}: {lines['group']!r} is no group; choose of {', '.join(GROUPS)}"
        )
    return Capability(
        file=path.name,
        title=lines["capability"],
        group=lines["group"],
        entries=tuple(lines["entries"].split()),
        without=tuple(lines.get("without", "").split()),
        look=lines["look"],
        kinds=tuple(dict.fromkeys(re.findall(r"^kind: (\w+)$", text, re.MULTILINE))),
    )


def capabilities_page() -> str:
    """Manifests by group; then what needs none."""
    parts = [NOTE.format(source="docs/capabilities/ and docs/capabilities_page.py"), INTRODUCTION]
    for group in GROUPS:
        rows = [row(one) for one in capabilities() if one.group == group]
        parts += [f"## {group}\n", table(("you want", "manifest", "objects", "entries of the catalogue"), rows)]
    parts += [
        SDK,
        "## Without a manifest\n",
        table(("entry", "how it is used"), [(f"`{name}`", text) for name, text in WITHOUT_MANIFEST.items()]),
        "Looking for Chainer, MXNet, Fairing, KFServing, Spartakus or another old name? [Retired systems]"
        "(catalogue.md#retired-systems) says what does their work today.\n",
    ]
    return "\n".join(parts)


def row(one: Capability) -> tuple[str, str, str, str]:
    """One manifest; entries that are not installed by default say so."""
    entries = [f"`{name}`" + ("" if ENTRIES[name].default else " (opt-in)") for name in one.entries]
    if one.without:
        entries.append("without " + ", ".join(f"`{name}`" for name in one.without))
    return (
        one.title,
        f"[{one.file}](capabilities/{one.file})",
        ", ".join(one.kinds),
        ", ".join(entries),
    )
