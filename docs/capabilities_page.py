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
    "central-dashboard": "The page after sign-in: [sign in](deploy.md#sign-in).",
    "jupyterhub": "Its page: `kubectl port-forward --namespace jupyterhub service/proxy-public 8000:80`. Requests are rejected until "
    '`values` configure an authenticator: `Kubeflow(values={"jupyterhub": …})`.',
    "kubeflow-namespace": "Not used directly: the namespace of the other components. Users' objects belong in their team's namespace.",
    "database-retired-users": "Not used directly: drops MySQL users of earlier credentials, see [pipelines.md](pipelines.md#tables).",
    "database-users": "Not used directly: creates a MySQL user for each program, see [pipelines.md](pipelines.md#tables).",
    "fixed-user": "Not used directly: with `NoAuth(user=…)` every request at the gateway is that user, see [sign-in.md](sign-in.md).",
    "machine-tokens": "Installed with `machine_tokens=True`: [sign-in.md](sign-in.md#programs-outside-the-cluster).",
    "auto-mode-node-pools": "Not used directly: on a cluster with Auto Mode it installs `node_pools`, which start nodes for pods, as more-nodes.yaml shows.",
    "team-admission": "Not used directly: what it rejects is in [team-rights.md](team-rights.md).",
    "gateway-target-group": "Not used directly: connects the load balancer to the gateway, see [exposure.md](exposure.md).",
    "dns01-issuer": "Certificates whose issuerRef names the ClusterIssuer: [exposure.md](exposure.md#certificates-by-dns01).",
    "efs-storage-class": "Claims of the StorageClass `efs`: [storage.md](storage.md#shared-files-on-efs).",
    "fsx-storage-class": "Claims named `fsx`: [storage.md](storage.md#fast-files-on-fsx-for-lustre).",
}
"""Entries that need no user object, and their use."""


@dataclass(frozen=True)
class Published:
    """Where an image is named by its publisher."""

    page: str
    """Release notes, or what the image is built from or named in at this version."""
    date: str
    """Of that page or commit, as YYYY-MM-DD; other words say what is known instead."""


RECORDED = "2026-11-30"
"""Day on which the sources of `IMAGES` were recorded."""
KSERVE = Published("https://github.com/kserve/kserve/releases/tag/v0.18.1", "2026-07-14")
IMAGES = {
    "curlimages/curl:8.11.1": Published("https://curl.se/ch/8.11.1.html", "2024-12-11"),
    "ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0": Published(
        "https://github.com/kubeflow/community-distribution/pull/3494", "2026-06-05"
    ),
    "kserve/sklearnserver:v0.18.1": KSERVE,
    "kserve/xgbserver:v0.18.1": KSERVE,
    "mpioperator/mpi-pi:openmpi": Published(
        "https://github.com/kubeflow/mpi-operator/tree/v0.6.0/examples/v2beta1/pi",
        "2024-10-16; the tag of the image moves",
    ),
    "nginxinc/nginx-unprivileged:1.27.3": Published(
        "https://github.com/nginx/docker-nginx-unprivileged/commit/7e515bf70e10e5ea7cdcc14fd3e736ebc639df9a",
        "2024-11-27",
    ),
    "nvidia/cuda:12.6.3-base-ubuntu24.04": Published(
        "https://docs.nvidia.com/cuda/archive/12.6.3/cuda-toolkit-release-notes/", "2024-11-14"
    ),
    "paddlepaddle/paddle:2.6.2": Published(
        "https://github.com/PaddlePaddle/Paddle/releases/tag/v2.6.2",
        "not found; its documentation is of 2024-09-14 (PaddlePaddle/docs#6867)",
    ),
    "python:3.11.11-slim": Published(
        "https://github.com/docker-library/python/commit/ded42cf92d68bb878c8a1a9a4f3c86bad6023f4e", "2024-12-03"
    ),
    "pytorch/pytorch:2.7.1-cuda12.8-cudnn9-runtime": Published(
        "https://github.com/pytorch/pytorch/releases/tag/v2.7.1", "not found; before 2025-06-06 (spack/spack#50807)"
    ),
    "rayproject/ray:2.41.0": Published("https://github.com/ray-project/ray/releases/tag/ray-2.41.0", "not found"),
    "registry.k8s.io/pause:3.10": Published(
        "https://github.com/kubernetes/kubernetes/blob/v1.31.0/build/pause/CHANGELOG.md",
        "not found; before 2024-05-25 (containerd/containerd#10258)",
    ),
    "spark:4.0.0-python3": Published(
        "https://github.com/apache/spark-docker/commit/f81e80c3f0786adbf8979a940251c9401f2837e3", "2025-05-23"
    ),
    "tensorflow/tensorflow:2.18.0": Published(
        "https://github.com/tensorflow/tensorflow/releases/tag/v2.18.0",
        "not found; before 2024-10-26 (spack/spack#47211)",
    ),
    "ubuntu:24.04": Published("https://releases.ubuntu.com/24.04/", "2024-04-25; the tag of the image moves"),
}
"""Image of a manifest, also of docs/tutorial, to its publisher's page."""

INTRODUCTION = """\
# Capabilities

One small manifest for each capability of the platform, to run and then change:

<!-- needs AWS -->
```sh
kubectl apply -f docs/capabilities/team.yaml               # first: a team; set your e-mail address in it
kubectl apply -f docs/capabilities/pytorch-trainjob.yaml
```

All run in the team's namespace `research` as its service account `default-editor`, on volumes of the StorageClass `gp3`. That
namespace enforces the pod security standard *baseline*; the Pods, Jobs and Deployments among them keep to *restricted*.
Pods of training jobs, trials and workflows have the label `sidecar.istio.io/inject: "false"`: a job completes when its program does, and its
workers connect to each other on their own ports. Models are read from the platform's bucket, below the team's prefix, with the team's role: set
`BUCKET` to the output `artifact_bucket`. Serverless models and web services have that label, too, since a sidecar rejects Knative's activator
([their callers](traffic.md#models)). From data to a served and monitored model, with all of these together: [tutorial.md](tutorial.md).

The first lines of each file name a command that shows the result (`look`), and what it shows (`sees`).

`make test` checks each manifest against the object types that the listed entries install, and as
[`kubeflow-aws check --manifest FILE`](check.md#manifests) does, which says before whether a manifest will run on your platform. It also runs the
programs in them and compares what they print with `sees`: those of PyTorch where Python has torch. Those that need a GPU, TensorFlow, JAX, XGBoost 3,
Ray or DeepSpeed are compiled only.
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
    """Of the catalogue: those that install its objects first."""
    without: tuple[str, ...]
    """Entries that must not be enabled together with it."""
    look: str
    """A command, or a place, that shows the result."""
    sees: str
    """What it shows; lines that the program itself prints are in backticks."""
    kinds: tuple[str, ...]


def capabilities() -> list[Capability]:
    """All manifests, in the order of groups and then of titles.

    Raises:
        ValueError: a manifest lacks one of its first lines, or is of an unknown group.
    """
    found = [capability(path) for path in sorted(MANIFESTS.glob("*.yaml"))]
    return sorted(found, key=lambda one: (GROUPS.index(one.group), one.title))


def capability(path: Path) -> Capability:
    """One manifest."""
    text = path.read_text(encoding="utf-8")
    lines = dict(re.findall(r"^# (capability|group|entries|without|look|sees): (.+)$", text, re.MULTILINE))
    if missing := {"capability", "group", "entries", "look", "sees"} - lines.keys():
        raise ValueError(
            f"docs/capabilities/{path.name}: has no line {', '.join(sorted(missing))}; begin it as the others do"
        )
    if lines["group"] not in GROUPS:
        raise ValueError(
            f"docs/capabilities/{path.name}: {lines['group']!r} is not a group; choose one of {', '.join(GROUPS)}"
        )
    return Capability(
        file=path.name,
        title=lines["capability"],
        group=lines["group"],
        entries=tuple(lines["entries"].split()),
        without=tuple(lines.get("without", "").split()),
        look=lines["look"],
        sees=lines["sees"],
        kinds=tuple(dict.fromkeys(re.findall(r"^kind: (\w+)$", text, re.MULTILINE))),
    )


def capabilities_page() -> str:
    """Manifests by group; then entries without one."""
    parts = [NOTE.format(source="docs/capabilities/ and docs/capabilities_page.py"), INTRODUCTION]
    for group in GROUPS:
        rows = [row(one) for one in capabilities() if one.group == group]
        parts += [f"## {group}\n", table(("capability", "manifest", "objects", "entries of the catalogue"), rows)]
    parts += [
        SDK,
        "## Without a manifest\n",
        table(("entry", "use"), [(f"`{name}`", text) for name, text in WITHOUT_MANIFEST.items()]),
        "## Images\n",
        f"Publishers of the images in these manifests and in the tutorial; recorded on {RECORDED}.\n",
        table(
            ("image", "publisher's page", "its date"),
            [
                (f"`{image}`", f"[{of.page.removeprefix('https://')}]({of.page})", of.date)
                for image, of in IMAGES.items()
            ],
        ),
        "Looking for Chainer, MXNet, Fairing, KFServing, Spartakus or another old name? [Retired systems]"
        "(catalogue.md#retired-systems) lists their successors.\n",
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
