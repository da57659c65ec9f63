"""Local Helm charts: raw objects plus one template that inserts values. Their bytes depend only on the lock.

Objects are read with `.Files.Get`, so template-like text in them (Argo's `{{workflow.name}}`) is not evaluated.
"""

import base64
import gzip
import hashlib
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from modules.kubeflow.cache import Cache
from modules.kubeflow.images.names import INSIDE
from modules.kubeflow.images.references import images_of
from modules.kubeflow.lock import Entry, Namespace, release_name
from modules.kubeflow.manifest import CHECKSUM_TOKEN, Object, dump, load, tokens
from modules.kubeflow.normalize import KEEP

CHARTS = "charts"
"""Folder of vendored charts below a stack's folder; not committed."""
OBJECTS = "objects"
"""Folder of charts of the platform's own objects below a stack's folder; committed, so that a review shows their changes."""
RELEASE_SECRET_LIMIT_KIB = 900
"""Helm stores a release in one Secret (Kubernetes limit: 1 MiB); the difference is reserved for values and growth.

Source: https://kubernetes.io/docs/concepts/configuration/secret/#restriction-data-size
"""

# Without deletion protection the annotation must be absent: Helm keeps any object that has it, whatever its value, see
# https://github.com/helm/helm/blob/v3.18.6/pkg/action/resource_policy.go. It is always the last annotation (`manifest.py`).
_KEEP_LINE = f"    {KEEP}: keep\\n"
TEMPLATE = (
    """{{- /* Objects of files/all.yaml with values in the place of @@tokens@@. */ -}}
{{- $text := .Files.Get "files/all.yaml" -}}
{{- if not .Values.keep -}}
{{- $text = replace "\\n  annotations:\\nKEEP" "\\n" $text | replace "\\nKEEP" "\\n" -}}
{{- end -}}
{{- range $name, $value := .Values.tokens -}}
{{- $json := toJson $value -}}
{{- $text = replace (printf "\\"@@json:%s@@\\"" $name) $json $text -}}
{{- $text = replace (printf "@@%s@@" $name) (trimSuffix "\\"" (trimPrefix "\\"" $json)) $text -}}
{{- end -}}
{{- range $name, $new := .Values.images -}}
{{- $pattern := printf `(^|\\\\[nt]|[^INSIDE])%s($|[^INSIDE])` (regexQuoteMeta $name) -}}
{{- $mark := printf "${1}@@image:%s@@${2}" (sha256sum $name) -}}
{{- $text = regexReplaceAll $pattern (regexReplaceAll $pattern $text $mark) $mark -}}
{{- end -}}
{{- range $name, $new := .Values.images -}}
{{- $text = replace (printf "@@image:%s@@" (sha256sum $name)) $new $text -}}
{{- end -}}
{{- range $tag, $new := .Values.imageTags -}}
{{- $pattern := printf `(\\\\?"tag\\\\?":\\s*\\\\?")%s(\\\\?")` (regexQuoteMeta $tag) -}}
{{- $text = regexReplaceAll $pattern $text (printf "${1}%s${2}" $new) -}}
{{- end -}}
{{- $text = replace "@@CHECKSUM@@" (list .Values.tokens .Values.images | toJson | sha256sum | trunc 16) $text -}}
{{- with regexFind "@@[a-z0-9_:]+@@" $text -}}
{{- fail (printf "%s: no value for %s" $.Chart.Name .) -}}
{{- end -}}
{{ $text }}
""".replace("KEEP", _KEEP_LINE)
    .replace("CHECKSUM", CHECKSUM_TOKEN)
    .replace("INSIDE", INSIDE)
    .encode()
)
VALUES = b"""# Whether object types and volumes outlive the release.
keep: true
# Values that stand in files/all.yaml as @@name@@.
tokens: {}
# Names of images in files/all.yaml, and the names in their place; each only where it is a whole name.
images: {}
# The same of tags that the injector puts behind a name.
imageTags: {}
"""


@dataclass(frozen=True)
class LocalChart:
    """One chart and its release."""

    release: str
    sha256: str
    """Of `files/all.yaml`."""
    app_version: str
    """Upstream version, such as `26.03.1` or `v0.8.0`."""
    tokens: tuple[str, ...] = ()
    """Required keys of `values.tokens`."""
    keeps: bool = False
    """Whether it contains objects affected by `values.keep`."""
    images: tuple[str, ...] = ()
    """Image names as written in its objects, replaceable by `values.images`."""
    composed_images: Mapping[str, str] = field(default_factory=dict)
    """Image composed by the injector, mapped to the registry named in the objects."""
    content: bytes | None = field(default=None, repr=False)
    """`files/all.yaml` of the platform's own objects, which synthesis makes; None for vendored ones, which are in the cache."""

    @classmethod
    def of(cls, release: str, objects: Sequence[Object], app_version: str) -> "LocalChart":
        """A chart of objects rendered at synthesis, which may contain tokens and the keep annotation.

        Raises:
            ValueError: Helm could not store its release.
        """
        content = dump(objects)
        if (size := release_secret_kib(release, content)) > RELEASE_SECRET_LIMIT_KIB:
            raise ValueError(
                f"{release}: its release takes {size} KiB of {RELEASE_SECRET_LIMIT_KIB}; split it into two"
            )
        digest = hashlib.sha256(content).hexdigest()
        found = images_of(objects)
        names = tuple(sorted(found.spelled))
        return cls(release, digest, app_version, tuple(tokens(objects)), keeps(objects), names, found.hubs, content)

    @classmethod
    def of_text(cls, release: str, text: str, app_version: str) -> "LocalChart":
        """The same from YAML."""
        return cls.of(release, load(text), app_version)

    @property
    def folder(self) -> str:
        """Where it is below the stack's folder; relative, so that it goes with the stack to HCP Terraform."""
        return f"{CHARTS if self.content is None else OBJECTS}/{self.release}"

    @property
    def version(self) -> str:
        """Version with a hash of all inputs of the chart: Terraform detects a changed local chart only by its version.

        Measured with the Helm provider 2.9.0: an edited chart of the same version is "No changes". The upstream version is in
        `appVersion`, so that a new upstream release changes only the charts whose objects differ.
        """
        return chart_version(self.sha256)

    def files(self, content: bytes) -> dict[str, bytes]:
        """`{path in the chart: bytes}` from the bytes of `files/all.yaml`."""
        origin = "made from main.py"
        if self.content is None:
            origin = "rendered from upstream; see modules/kubeflow/upstream.py"
        about = {
            "apiVersion": "v2",
            "appVersion": self.app_version,
            "description": f"Objects of {self.release}, {origin}.",
            "name": self.release,
            "type": "application",
            "version": self.version,
        }
        chart = "".join(f"{key}: {json.dumps(value)}\n" for key, value in about.items()).encode()
        return {"Chart.yaml": chart, "files/all.yaml": content, "templates/all.yaml": TEMPLATE, "values.yaml": VALUES}

    @property
    def listing_sha256(self) -> str:
        """Hash of the names and hashes of its files: what its release demands of the chart's folder (`chart_check.py`)."""
        hashes = {path: hashlib.sha256(content).hexdigest() for path, content in self.files(b"").items()}
        hashes["files/all.yaml"] = self.sha256
        listing = "\n".join(f"{path} {digest}" for path, digest in sorted(hashes.items()))
        return hashlib.sha256(listing.encode()).hexdigest()


def local_charts(component: str, entry: Entry) -> list[LocalChart]:
    """The charts of one component in install order; each depends on the previous one."""
    return [
        LocalChart(
            release_name(component, name),
            phase.sha256,
            entry.app_version,
            phase.tokens,
            phase.keeps,
            phase.images,
            {image: hub for image, hub in entry.composed_images.items() if hub in phase.images},
        )
        for name, phase in entry.phases.items()
    ]


def namespaces_chart(release: str, namespaces: Iterable[Namespace], app_version: str) -> LocalChart:
    """A chart of namespaces only, released in a namespace that every cluster has, before all others.

    A release cannot be in a namespace that it creates itself, and uninstalling a namespace deletes everything in it.
    """
    objects = [
        {
            "apiVersion": "v1",
            "kind": "Namespace",
            "metadata": {
                "name": namespace.name,
                "labels": dict(namespace.labels),
                "annotations": {**namespace.annotations, KEEP: "keep"},
            },
        }
        for namespace in namespaces
    ]
    return LocalChart.of(release, objects, app_version)


def chart_version(sha256: str) -> str:
    """A valid Helm version such as `0.0.0+1b4f0e985197`: a hash of objects and template only."""
    digest = hashlib.sha256(b"\n".join([sha256.encode(), TEMPLATE, VALUES])).hexdigest()
    return f"0.0.0+{digest[:12]}"


def keeps(objects: Iterable[Object]) -> bool:
    """Whether any object has the keep annotation."""
    return any(KEEP in (item["metadata"].get("annotations") or ()) for item in objects)


def release_secret_kib(release: str, content: bytes) -> int:
    """Estimated size of the release Secret in KiB (limit: 1 MiB).

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/storage/driver/util.go (JSON, gzip, base64)
    """

    def encoded(data: bytes) -> str:
        return base64.b64encode(data).decode()

    stored = {
        "name": release,
        "info": {"status": "deployed", "description": "Install complete"},
        "chart": {
            "metadata": {"name": release, "version": "0.0.0", "apiVersion": "v2"},
            "templates": [{"name": "templates/all.yaml", "data": encoded(TEMPLATE)}],
            "files": [{"name": "files/all.yaml", "data": encoded(content)}],
        },
        "manifest": content.decode().replace("\n---\n", f"\n---\n# Source: {release}/templates/all.yaml\n"),
        "version": 1,
    }
    packed = gzip.compress(json.dumps(stored, ensure_ascii=False).encode(), compresslevel=9, mtime=0)
    return -(-len(base64.b64encode(packed)) // 1024)


def own_files(charts: Iterable[LocalChart]) -> dict[str, bytes]:
    """`{path below the stack's folder: bytes}` of the charts of the platform's own objects."""
    return {
        f"{chart.folder}/{path}": content
        for chart in charts
        if chart.content is not None
        for path, content in chart.files(chart.content).items()
    }


def write_vendored(stack_folder: Path, charts: Iterable[LocalChart], cache: Cache) -> list[str]:
    """Make `charts/` of a stack hold the vendored ones of some charts and no others; a chart that is right is not touched.

    Args:
        stack_folder: folder of the stack's `cdk.tf.json`.
        charts: those of the stack.
        cache: cache of rendered objects.

    Returns:
        Releases whose objects are not in the cache. Their folders are removed, so that no outdated chart is applied.
    """
    parent = stack_folder / CHARTS
    missing = []
    vendored = [chart for chart in charts if chart.content is None]
    for chart in vendored:
        content = cache.get(chart.sha256)
        if content is None:
            missing.append(chart.release)
        else:
            _write(parent / chart.release, chart.files(content))
    for folder in parent.iterdir() if parent.is_dir() else ():
        if folder.name not in {chart.release for chart in vendored} - set(missing):
            shutil.rmtree(folder) if folder.is_dir() else folder.unlink()
    return missing


def _write(folder: Path, files: dict[str, bytes]) -> None:
    """Replace a chart's folder as a whole: readers see the old one, none, or the new one."""
    there = {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}
    if there == set(files) and all((folder / path).read_bytes() == content for path, content in files.items()):
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".writing-") as temporary:
        new = Path(temporary) / "chart"
        for path, content in files.items():
            (new / path).parent.mkdir(parents=True, exist_ok=True)
            (new / path).write_bytes(content)
        if folder.is_dir():
            os.rename(folder, Path(temporary) / "old")  # noqa: PTH104 - Path.rename would be the same
        new.rename(folder)
