"""Applies this version over a recorded one on the stand-in, release by release, and reports what goes wrong."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.lock import PHASES, release_name
from modules.kubeflow.variants import VIA_CSI, lock, variant
from modules.settings import ArtifactBucket, Dex, ExistingCluster, Kubeflow, Oidc, Platform, RdsMysql, Services
from modules.upgrade.records import Inventory
from stacks.platform import build
from tests.chart_folders import write_charts
from tests.platform_objects import known_at_apply
from tests.platforms import IN_CLUSTER, ONE_OF_EACH, WITH_ITS_FILE_SYSTEM
from tests.release_values import evaluated_values
from tests.stand_ins.providers import Cluster, Refused
from tests.stand_ins.providers.charts import render
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.kinds import Key, Object
from tests.upgrades.recorded import installed, stateful

STACKS = ("addons", "kubeflow")
_EVERYTHING = tuple(
    one.name for one in CATALOGUE if not one.default and one.name not in {*ONE_OF_EACH, *WITH_ITS_FILE_SYSTEM}
)
_NOT_BESIDE = {"cluster-autoscaler", "karpenter", "karpenter-crds", "karpenter-node-pools"}
_OIDC = Oidc(
    issuer="https://login.example.net/realms/team",
    client_id="kubeflow",
    client_secret_arn="arn:aws:secretsmanager:us-west-2:111122223333:secret:login-a1B2c3",
)
_BACKED = Services(artifacts=ArtifactBucket(), database=RdsMysql())
FAMILIES: Mapping[str, dict[str, Any]] = {
    "in-cluster, Dex": {"services": IN_CLUSTER},
    "in-cluster, OIDC": {"services": IN_CLUSTER, "auth": _OIDC},
    "S3 and RDS, Dex": {"services": _BACKED},
    "S3 and RDS, OIDC": {"services": _BACKED, "auth": _OIDC},
    "S3 and RDS, secrets by CSI": {"services": _BACKED.with_changes(credential_delivery="csi")},
}
"""Settings that choose other variants of components; each also has the whole catalogue."""


def platform(name: str) -> Platform:
    """One family of variants, with everything that can be installed together."""
    wanted = {
        "auth": Dex(users=("ada@team.example.net",)),
        "enable": tuple(one for one in _EVERYTHING if one not in _NOT_BESIDE),
        "dns_zone_ids": ("Z0123456789ABCDEFGHIJ",),
        **FAMILIES[name],
    }
    return Platform(
        name="upgraded", region="us-west-2", cluster=ExistingCluster(name="theirs"), kubeflow=Kubeflow(**wanted)
    )


@dataclass
class Upgrade:
    """This version's releases, ready to be applied.

    Args:
        charts: `{release: (folder, namespace, values)}` in the order they are installed.
        objects: all that they hold.
        secrets: `namespace/name` of the Secrets with credentials that they read.
        chosen: `{component: variant}` of a recorded version.
    """

    charts: Mapping[str, tuple[Path, str, dict[str, Any]]]
    objects: list[Object]
    secrets: set[str]
    chosen: Mapping[str, str]
    folder: TemporaryDirectory[str] = field(repr=False)


@dataclass
class Outcome:
    """What an upgrade came to."""

    refused: dict[str, str] = field(default_factory=dict)
    """`{release: message}`"""
    lost: list[Key] = field(default_factory=list)
    """Objects that hold data, and were deleted."""
    created_again: list[Key] = field(default_factory=list)
    """Objects that hold data, and were deleted and created again, empty."""
    moved: dict[str, tuple[str, str]] = field(default_factory=dict)
    """`{object: (release before, release now)}`: Helm refuses it, or deletes the object first, as the order comes."""


@cache
def upgrade(family: str) -> Upgrade:
    """This version's charts for one family; made once a process."""
    settings = platform(family)
    made = build(settings)
    folder = TemporaryDirectory()
    charts: dict[str, tuple[Path, str, dict[str, Any]]] = {}
    for stack in (f"{settings.name}-{name}" for name in STACKS):
        document = made.documents[stack]
        bodies = {body["name"]: (address, body) for address, body in document["resource"]["helm_release"].items()}
        place = Path(folder.name, stack)
        assert write_charts(place, made.charts[stack]) == []
        for chart in made.charts[stack]:
            address, body = bodies[chart.release]
            values = evaluated_values(document, address, known_at_apply)
            charts[chart.release] = (place / chart.folder, body["namespace"], values)
    objects = [one for where, place, values in charts.values() for one in render(where, values, "x", place, 2).objects]
    chosen = _chosen(settings)
    secrets = {
        f"{one.namespace}/{one.name}"
        for name, wanted in chosen.items()
        for one in (lock().entry(name, wanted).secrets if name in lock().components else ())
    }
    return Upgrade(charts, objects, secrets, chosen, folder)


def _chosen(settings: Platform) -> dict[str, str]:
    kubeflow = settings.kubeflow
    assert kubeflow is not None
    components = chosen_components(kubeflow)
    names, external_services = frozenset(one.name for one in components), external_services_of(kubeflow)
    found = {one.name: variant(one, names, external_services) for one in components}
    if external_services.via_csi:
        there = lock().components
        found = {name: one + VIA_CSI * (one + VIA_CSI in there.get(name, {})) for name, one in found.items()}
    return {**found, **{f"{layer}-namespaces": "default" for layer in STACKS}}


def recorded_variants(recorded: Inventory, chosen: Mapping[str, str]) -> dict[str, str]:
    """Which variant of each recorded component a platform of these settings had."""
    return {
        name: wanted if wanted in recorded.components[name].variants else wanted.removesuffix(VIA_CSI)
        for name, wanted in chosen.items()
        if name in recorded.components
    }


def apply_over(recorded: Inventory, new: Upgrade) -> Outcome:
    """Apply every release over a recorded version, in their order; then uninstall those that are not there any more."""
    cluster = installed(recorded, recorded_variants(recorded, new.chosen), new.objects)
    before, outcome = stateful(cluster), Outcome()
    owners = _owners(cluster)
    client = HelmClient(cluster)
    for release, (folder, namespace, values) in new.charts.items():
        try:
            client.install(
                folder, values, (namespace, release), Options(wait=False, check_size=False, disable_webhooks=True)
            )
        except Refused as refused:
            outcome.refused[release] = str(refused)
        cluster.starting.clear()
    for namespace, release in _gone(cluster, new):
        client.uninstall((namespace, release), Options(wait=False, disable_webhooks=True))
    now = _owners(cluster)
    outcome.moved = {
        f"{key[1]} {key[2]}/{key[3]}": (owners[key], now[key])
        for key in sorted(owners.keys() & now.keys())
        if owners[key] != now[key] and not _is_handed_over(recorded, key, owners[key], now[key])
    }
    after = stateful(cluster)
    outcome.lost = sorted(before.keys() - after.keys())
    outcome.created_again = sorted(key for key in before.keys() & after.keys() if before[key] != after[key])
    return outcome


def _is_handed_over(recorded: Inventory, key: Key, before: str, after: str) -> bool:
    """Whether a later release of the same component takes an object without data, which the earlier one deletes first."""
    component = recorded.releases[before][1]
    order = [release_name(component, phase) for phase in PHASES]
    return (
        key[1] not in ("PersistentVolumeClaim", "StatefulSet", "CustomResourceDefinition")
        and after in order
        and order.index(before) < order.index(after)
    )


def _owners(cluster: Cluster) -> dict[Key, str]:
    """Which release has which object in its manifest."""
    return {
        cluster.key(one, namespace): name
        for (namespace, name), release in cluster.releases.items()
        for one in release.objects
        if cluster.is_namespaced(one) is not None
    }


def _gone(cluster: Cluster, new: Upgrade) -> Iterator[tuple[str, str]]:
    yield from [owner for owner in cluster.releases if owner[1] not in new.charts]
