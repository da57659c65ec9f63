"""install, upgrade and uninstall of a release on the stand-in cluster, in the steps in which Helm takes them."""

import copy
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from . import aggregation
from .admission import check_manifest, write
from .charts import SECRET_LIMIT_BYTES, Rendered, documents, hook_events, render, secret_size
from .cluster import RELEASE_NAME, RELEASE_NAMESPACE, Cluster, Event, Fault, Lost, Refused, Release
from .kinds import Object, described, in_install_order
from .pods import pod_template, why_not_ready
from .webhooks import silent_webhook, waited

KEEP = ("helm.sh/resource-policy", "keep")


@dataclass(frozen=True)
class Options:
    """Arguments of helm_release that change what happens; named as there."""

    atomic: bool = False
    check_size: bool = True
    """Own rule: whether the release must fit into its Secret."""
    create_namespace: bool = False
    disable_webhooks: bool = False
    force_update: bool = False
    replace: bool = False
    skip_crds: bool = False
    take_ownership: bool = False
    wait: bool = True
    wait_for_jobs: bool = False


class HelmClient:
    """Helm on one cluster."""

    def __init__(self, cluster: Cluster):
        self._cluster = cluster

    def install(self, folder: Path, values: dict[str, Any], owner: tuple[str, str], options: Options) -> Release:
        """Install a chart, or upgrade the release when there is one (the caller has checked that this is wanted).

        Args:
            folder: of the chart.
            values: all of the release, merged.
            owner: namespace and name of the release.
            options: see there.

        Raises:
            Lost: the injected one.
            Refused: what Helm or the API server refuses. After pods that did not get ready the release stays, failed,
                unless `atomic` is set.
        """
        namespace, name = owner
        old = self._cluster.releases.get(owner)
        base = _base(old)
        rendered = render(folder, values, name, namespace, (old.revision if old else 0) + 1)
        action = "upgrade" if old else "install"
        size = secret_size(folder, rendered, values) if options.check_size else None
        with self._cluster.lock:
            try:
                release = self._install(rendered, values, owner, options, size, base)
            except Refused:
                self._note(f"{action} failed", name, namespace, rendered.chart["version"], values)
                raise
            self._note(action, name, namespace, release.chart["version"], values)
            return release

    def uninstall(self, owner: tuple[str, str], options: Options) -> None:
        """Remove a release: pre-delete hooks, then its objects in reverse; what is to be kept stays.

        Raises:
            Refused: a hook does not end, or an object cannot go.
        """
        namespace, name = owner
        with self._cluster.lock:
            release = self._cluster.releases[owner]
            version = release.chart["version"]
            release.status = "uninstalling"
            try:
                self._run_hooks(release.hooks, "pre-delete", namespace, options)
                ordered = in_install_order(release.objects)[::-1]
                if self._cluster.loses(name):
                    self._delete(ordered[: (len(ordered) + 1) // 2], namespace)
                    raise _lost()
                deleted = self._delete(ordered, namespace)
                if back := aggregation.created_again(self._cluster, deleted):
                    raise Refused(
                        "uninstallation completed with 1 error(s)",
                        f"context deadline exceeded: still waiting for {', '.join(f'ClusterRole {name}' for name in back)}",
                    )
                self._run_hooks(release.hooks, "post-delete", namespace, options)
            except Refused:
                self._note("uninstall failed", name, namespace, version, release.values)
                raise
            del self._cluster.releases[owner]
            self._note("uninstall", name, namespace, version, release.values)

    def _delete(self, objects: Iterable[Object], namespace: str) -> list[Object]:
        """Delete what is not to be kept; as it was stored."""
        keys = [self._cluster.key(one, namespace) for one in objects if not _is_kept(one)]
        deleted = [self._cluster.objects[key] for key in keys if key in self._cluster.objects]
        for key in keys:
            self._cluster.delete(key)
        return deleted

    def _install(
        self,
        rendered: Rendered,
        values: dict[str, Any],
        owner: tuple[str, str],
        options: Options,
        size: int | None,
        base: Release | None,
    ) -> Release:
        cluster, (namespace, name) = self._cluster, owner
        old = cluster.releases.get(owner)
        fault = cluster.fault(name)
        if fault is not None and fault.how == "refuse":
            raise Refused("injected failure", f"the API server refuses {name} this once")
        if cluster.get("Namespace", namespace) is None:
            if not options.create_namespace:
                raise Refused("create: failed to create", f'namespaces "{namespace}" not found')
            write(cluster, {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": namespace}})
        if size is not None and size > SECRET_LIMIT_BYTES:
            raise Refused(
                "create: failed to create",
                f'Secret "sh.helm.release.v1.{name}.v1" is invalid: data: Too long: may not be more than {SECRET_LIMIT_BYTES} '
                f"bytes, and it has {size}",
            )
        for crd in rendered.crds if old is None and not options.skip_crds else ():
            # Helm never changes what its crds folder made once.
            if (
                cluster.get("CustomResourceDefinition", crd["metadata"]["name"], api_group="apiextensions.k8s.io")
                is None
            ):
                write(cluster, crd)
        check_manifest(cluster, rendered.objects, owner, options.take_ownership, old.objects if old else ())
        now = int(time.time())
        release = Release(
            name,
            namespace,
            (old.revision if old else 0) + 1,
            rendered.chart,
            values,
            "pending-upgrade" if old else "pending-install",
            rendered.objects,
            rendered.hooks,
            rendered.notes,
            size,
            old.first_deployed if old else now,
            now,
            old,
        )
        cluster.releases[owner] = release
        try:
            self._write_all(release, base, options, fault)
        except Lost:
            raise
        except Refused:
            release.status = "failed"
            if options.atomic:
                self._roll_back(owner, base, options)
            raise
        if base is not None and base.status == "deployed":
            base.status = "superseded"
        release.status = "deployed"
        return release

    def _write_all(self, release: Release, old: Release | None, options: Options, fault: Fault | None) -> None:
        cluster, owner = self._cluster, (release.namespace, release.name)
        phase = "upgrade" if old else "install"
        self._run_hooks(release.hooks, f"pre-{phase}", release.namespace, options)
        ordered = in_install_order(release.objects)
        new = {cluster.key(one, release.namespace) for one in ordered} - cluster.objects.keys()
        # A pod that was just made answers for no webhook yet.
        cluster.starting |= {cluster.key(one, release.namespace) for one in ordered if pod_template(one)} & new
        before = {cluster.key(one, release.namespace): one for one in (old.objects if old else ())}
        for number, one in enumerate(ordered):
            if fault is not None and fault.how == "lost" and number >= len(ordered) // 2:
                raise _lost()
            key = cluster.key(one, release.namespace)
            marked = _with_notes_of_others(cluster.objects.get(key), before.get(key), _owned(one, owner))
            write(cluster, marked, release.namespace, options.force_update)
        kept = {cluster.key(one, release.namespace) for one in ordered}
        aggregation.fill(cluster)
        # At an upgrade Helm reads the annotation off the live object, at an uninstall off the manifest.
        gone = [cluster.objects.get(key, one) for key, one in before.items() if key not in kept]
        aggregation.created_again(cluster, self._delete(gone, release.namespace))
        if options.wait or options.atomic:
            self._wait(release, options, fault)
        self._run_hooks(release.hooks, f"post-{phase}", release.namespace, options)

    def _wait(self, release: Release, options: Options, fault: Fault | None) -> None:
        stored = [self._cluster.objects[self._cluster.key(one, release.namespace)] for one in release.objects]
        awaited = [one for one in stored if options.wait_for_jobs or one["kind"] not in ("Job", "CronJob")]
        reasons = [f"{described(one)}: {reason}" for one in awaited for reason in why_not_ready(self._cluster, one)]
        if fault is not None:
            reasons.append("injected failure: the pods do not get ready this once")
        if reasons:
            raise Refused("context deadline exceeded", "; ".join(reasons))
        ready = {self._cluster.key(one, release.namespace) for one in release.objects} & self._cluster.starting
        self._cluster.starting -= ready
        if self._cluster.refuses_at_first:
            self._cluster.warming |= ready

    def _roll_back(self, owner: tuple[str, str], old: Release | None, options: Options) -> None:
        failed = self._cluster.releases[owner]
        if old is not None and old.status not in ("deployed", "superseded"):
            return  # "unable to find a previously successful release when attempting to rollback": it stays failed
        if old is None:
            deleted = self._delete(reversed(in_install_order(failed.objects)), owner[0])
            aggregation.created_again(self._cluster, deleted)
            del self._cluster.releases[owner]
            return
        again = copy.copy(old)
        again.revision, again.status, again.previous = failed.revision + 1, "deployed", failed
        old.status = "superseded"
        self._cluster.releases[owner] = again
        self._write_all(
            again, failed, Options(wait=False, disable_webhooks=True, force_update=options.force_update), None
        )

    def _run_hooks(self, hooks: list[Object], event: str, namespace: str, options: Options) -> None:
        """Make the objects of a hook in the order of their weights, and let its Jobs run to their end."""
        wanted = (
            [one for one in in_install_order(hooks) if event in hook_events(one)]
            if not options.disable_webhooks
            else []
        )
        wanted.sort(key=lambda one: int(one["metadata"]["annotations"].get("helm.sh/hook-weight", 0)))
        for one in wanted:
            key = self._cluster.key(one, namespace)
            self._cluster.objects.pop(key, None)
            stored = write(self._cluster, one, namespace)
            reasons = why_not_ready(self._cluster, stored) or self._dry_run(stored)
            if reasons:
                raise Refused(f"failed {event}", f"{described(stored)} does not end: {'; '.join(reasons)}")
            self._note("hook", one["metadata"]["name"], key[2], event, None, one["kind"])
            effect = self._cluster.hook_effects.get(one["metadata"]["name"])
            if effect is not None:
                effect(self._cluster)
        for one in wanted:
            if "hook-succeeded" in one["metadata"]["annotations"].get("helm.sh/hook-delete-policy", ""):
                self._cluster.objects.pop(self._cluster.key(one, namespace), None)

    def _dry_run(self, job: Object) -> list[str]:
        """What a Job with `kubectl apply --dry-run=server` does: it repeats the request until all webhooks answer, or does not end."""
        spec = (pod_template(job) or {}).get("spec") or {}
        if job["kind"] != "Job" or "--dry-run=server" not in (spec["containers"][0].get("args") or ()):
            return []
        namespace = job["metadata"]["namespace"]
        config = self._cluster.get("ConfigMap", spec["volumes"][0]["configMap"]["name"], namespace)
        objects = documents("".join((config or {}).get("data", {}).values()))
        waited(self._cluster, objects)
        asked = (silent_webhook(self._cluster, one, one["metadata"].get("namespace", ""), "CREATE") for one in objects)
        return [reason for reason in asked if reason]

    def _note(self, action: str, name: str, namespace: str, version: str, values: Any, kind: str = "Release") -> None:
        self._cluster.events.append(Event(action, kind, name, namespace, version, copy.deepcopy(values)))


def _base(old: Release | None) -> Release | None:
    """The revision that an upgrade starts from.

    Raises:
        Refused: Helm would not begin.

    Source: https://github.com/helm/helm/blob/v3.18.6/pkg/action/upgrade.go (prepareUpgrade)
    """
    if old is None:
        return None
    if old.status.startswith("pending-"):
        raise Refused("Upgrade failed", "another operation (install/upgrade/rollback) is in progress")
    deployed = next((one for one in old.revisions() if one.status == "deployed"), None)
    if deployed is None and old.status not in ("failed", "superseded"):
        raise Refused("Error upgrading chart", f'Upgrade failed: "{old.name}" has no deployed releases')
    return deployed or old


def _lost() -> Lost:
    return Lost("Unauthorized", "the server has asked for the client to provide credentials")


def _owned(one: Object, owner: tuple[str, str]) -> Object:
    """An object with the marks by which Helm knows its own; the rest is not copied, since the cluster copies what it stores."""
    meta = one["metadata"]
    labels = {**(meta.get("labels") or {}), "app.kubernetes.io/managed-by": "Helm"}
    annotations = {**(meta.get("annotations") or {}), RELEASE_NAME: owner[1], RELEASE_NAMESPACE: owner[0]}
    return {**one, "metadata": {**meta, "labels": labels, "annotations": annotations}}


def _with_notes_of_others(live: Object | None, before: Object | None, new: Object) -> Object:
    """An object with the annotations that are on the live one and in no manifest: Helm's patch leaves them alone."""
    own = {**((before or {}).get("metadata", {}).get("annotations") or {}), **new["metadata"]["annotations"]}
    found = ((live or {}).get("metadata", {}).get("annotations") or {}).items()
    new["metadata"]["annotations"] |= {name: value for name, value in found if name not in own}
    return new


def _is_kept(one: Object) -> bool:
    return (one["metadata"].get("annotations") or {}).get(KEEP[0]) == KEEP[1]
