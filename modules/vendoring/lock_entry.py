"""Lock entry of one variant, from its objects."""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from modules.kubeflow import normalize
from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import RELEASE_SECRET_LIMIT_KIB, keeps, release_secret_kib
from modules.kubeflow.images.references import images_of, spelled_in
from modules.kubeflow.lock import Entry, Namespace, Phase, Secret, Volume, release_name
from modules.kubeflow.manifest import Object, dump, identity, tokens
from modules.kubeflow.patching import patch
from modules.kubeflow.upstream import CHARTS, REPOSITORIES, sources_of
from modules.settings.component import Component, Vendored
from modules.vendoring.inspection import facts
from modules.vendoring.replaced_images import replacements_of
from modules.vendoring.sources import PROJECT


def commits(components: Iterable[Component]) -> dict[str, str]:
    """`{repository: commit}` of the sources of the components."""
    names = {name for component in components for name in _repositories(component)}
    return {name: REPOSITORIES[name].commit for name in sorted(names - {PROJECT})}


def _repositories(component: Component) -> set[str]:
    if not isinstance(component.source, Vendored):
        return set()
    charts = [chart for variant in patch.variants(component.name).values() for chart in variant.charts]
    found = {component.source.repository, *(CHARTS[chart.name].repository for chart in charts)}
    return {name for repository in found for name in sources_of(repository)}


def inputs(component: Component, variant: patch.Variant) -> str:
    """Hash of a variant's inputs: commits, paths, charts, patches. A different hash means the lock is outdated."""
    assert isinstance(component.source, Vendored)
    file = patch.patch_file(component.name)
    source = [
        component.namespace,
        *(access.service_account for access in component.aws),
        *commits([component]).values(),
        *patch.paths(component.source, variant),
        *([asdict(chart), asdict(CHARTS[chart.name])] for chart in variant.charts),
        _patches(Path(file)) if file else "",
        *(["csi"] if variant.csi else []),
        *([] if variant.annotated else ["not annotated"]),
        *(f"{old} {new}" for old, new in sorted(replacements_of(component.name).items())),
    ]
    return hashlib.sha256(json.dumps(source).encode()).hexdigest()[:16]


def _patches(file: Path) -> str:
    """Text of a patch file as in the repository: the wheel's names of modules begin with the package."""
    return file.read_text(encoding="utf-8").replace("kubeflow_aws.", "")


def lock_entry(component: Component, variant: patch.Variant, result: normalize.Result, cache: Cache) -> Entry:
    """Build the lock entry of one variant and store its objects in the cache.

    Raises:
        ValueError: Helm could not store one of its releases.
    """
    assert isinstance(component.source, Vendored)
    phases = {name: _phase(release_name(component.name, name), items, cache) for name, items in result.phases.items()}
    everything = [item for items in result.phases.values() for item in items]
    known = facts(everything)
    if lost := images_of(everything).spelled - {name for phase in phases.values() for name in phase.images}:
        raise ValueError(
            f"images {', '.join(sorted(lost))}: not found in the written objects; extend modules/kubeflow/images"
        )
    return Entry(
        app_version=_app_version(component.source, variant),
        inputs=inputs(component, variant),
        phases=phases,
        namespaces=tuple(
            Namespace(
                item["metadata"]["name"], item["metadata"].get("labels", {}), item["metadata"].get("annotations", {})
            )
            for item in sorted(result.namespaces, key=identity)
        ),
        secrets=tuple(Secret(**asdict(secret)) for secret in sorted(result.secrets, key=lambda secret: secret.name)),
        removed={
            rule: tuple(sorted(map(str, items)))
            for rule, items in (
                ("patched out", result.patched_out),
                ("namespace of what is in none", result.without_namespace),
                ("status", result.without_status),
            )
            if items
        },
        **{
            **known,
            "volumes": tuple(Volume(**item) for item in known["volumes"]),
            "crds": {name: tuple(versions) for name, versions in known["crds"].items()},
            **{key: tuple(known[key]) for key in ("webhook_ports", "images", "hidden_images")},
        },
    )


def _app_version(source: Vendored, variant: patch.Variant) -> str:
    """The charts' version if there are charts, otherwise the repository's."""
    if variant.charts:
        return CHARTS[variant.charts[0].name].version
    repository = REPOSITORIES.get(source.repository)
    return repository.version if repository else "0.0.0"


def _phase(release: str, items: Sequence[Object], cache: Cache) -> Phase:
    content = dump(items)
    if (size := release_secret_kib(release, content)) > RELEASE_SECRET_LIMIT_KIB:
        raise ValueError(
            f"release {release} takes {size} KiB of {RELEASE_SECRET_LIMIT_KIB} in its Secret; Helm rejects larger releases"
        )
    objects: dict[str, dict[str, str]] = {}
    for item in sorted(items, key=identity):
        found = identity(item)
        objects.setdefault(found.type, {})[found.place] = _digests(item)
    return Phase(
        sha256=cache.put(content),
        release_secret_kib=size,
        images=tuple(spelled_in(content.decode(), images_of(items))),
        tokens=tuple(tokens(items)),
        keeps=keeps(items),
        namespaces=tuple(sorted({identity(item).namespace for item in items} - {""})),
        objects=objects,
    )


def _digests(item: Object) -> str:
    def digest(value: Any) -> str:
        return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:8]

    return " ".join(f"{key}={digest(item[key])}" for key in sorted(item) if key not in ("apiVersion", "kind")) + (
        f" apiVersion={item['apiVersion'].rpartition('/')[2]}"
    )
