"""The stand-in for hashicorp/helm: helm_release over the stand-in cluster.

Read in the source of 3.1.2, and so done here too:
- the chart is opened at every plan, of whatever release, so a chart folder that is not there fails also a plan without changes;
- `version` must be that of Chart.yaml, also for a chart in a folder;
- an install that fails is not stored. With `atomic` the release is removed and the next apply installs it; without, it is
  there, failed, and the next apply ends in "cannot re-use a name that is still in use" unless `upgrade_install` (or
  `replace`) is set. https://github.com/hashicorp/terraform-provider-helm/issues/1669
- a release that cannot be read (an expired token, say) counts as removed, at refresh and at delete;
- `set_wo` reaches Helm only when `set_wo_revision` rises: an upgrade for another reason drops its values.

2.17 (`helm_provider="2.17"`) stores a failed install, tainted, and reports what it cannot read.
"""

import json
from pathlib import Path
from typing import Any

import helm_python

from .charts import merged, metadata
from .cluster import Cluster, Refused, Release, Unauthorized
from .helm_client import HelmClient, Options
from .overlay import schemas
from .planning import UNKNOWN, is_unknown
from .provider import Access, Behaviour, State, empty

_CHANGES_METADATA = ("chart", "repository", "status", "version", "values", "set", "set_list", "set_sensitive")
_SET_TYPES = {
    "set": ("auto", "string", "literal", ""),
    "set_sensitive": ("auto", "string", "literal"),
    "set_wo": ("auto", "string"),
}


class HelmRelease(Behaviour):
    """helm_release."""

    def validate(self, config: State) -> None:
        """As the provider's validators: name length, and the types of `set`."""
        name = config["name"]
        if not is_unknown(name) and not 1 <= len(name) <= 53:
            raise Refused("Invalid Attribute Value Length", f"name: {name} must have 1 to 53 characters")
        for argument, allowed in _SET_TYPES.items():
            for one in config[argument] if isinstance(config[argument], list) else ():
                kind = None if is_unknown(one) else one["type"]
                if kind is not None and not is_unknown(kind) and kind not in allowed:
                    raise Refused(
                        "Invalid Attribute Value Match", f"{argument}.type: {kind!r} is none of {', '.join(allowed)}"
                    )

    def plan(self, access: Access, prior: State | None, plan: State, config: State) -> State:
        """The chart's own version, and `deployed` as what is wanted."""
        plan |= {"status": "deployed", "manifest": None, "resources": None}
        if config["description"] is None:
            plan["description"] = prior["description"] if prior else None
        version = str(metadata(self._chart(access, plan))["version"])
        wanted = config["version"]
        if is_unknown(wanted) or (wanted is not None and wanted.removeprefix("v") == version.removeprefix("v")):
            plan["version"] = wanted
        elif wanted is not None:
            raise Refused(
                "Planned version is different from configured version",
                f'The version in the configuration is "{wanted}" but the planned version is "{version}".',
            )
        else:
            plan["version"] = version
        if prior is not None and any(plan[name] != prior[name] for name in plan):
            plan["id"] = UNKNOWN
            if (
                any(plan[name] != prior[name] for name in _CHANGES_METADATA)
                or plan["set_wo_revision"] != prior["set_wo_revision"]
            ):
                plan["metadata"] = UNKNOWN
        return plan

    def create(self, access: Access, plan: State, config: State) -> State:
        """Install, or upgrade what is there with `upgrade_install`."""
        cluster, owner = access.cluster(), (plan["namespace"], plan["name"])
        helm_python.validate_release_name(plan["name"])
        old = cluster.releases.get(owner)
        if old is not None and not plan["upgrade_install"]:
            if not (plan["replace"] and old.status == "failed"):
                raise Refused("installation failed", "cannot re-use a name that is still in use")
            del cluster.releases[owner]
        values = _values(plan)
        if plan["set_wo_revision"]:
            values = merged(values, _set({}, "set_wo", config["set_wo"]))
        try:
            release = HelmClient(cluster).install(self._chart(access, plan), values, owner, _options(plan))
        except Refused as refused:
            left = cluster.releases.get(owner)
            if access.helm_provider == "2.17" and left is not None and old is None:
                raise Refused(refused.summary, refused.detail, _state(plan, left)) from refused
            raise
        return _state(plan, release)

    def read(self, access: Access, state: State) -> State | None:
        """Status, version and metadata; the provider does not look at the objects."""
        release = self._existing(access, state)
        return None if release is None else _state(state, release)

    def update(self, access: Access, prior: State, plan: State, config: State) -> State:
        """Upgrade the release."""
        cluster, owner = access.cluster(), (plan["namespace"], plan["name"])
        if owner not in cluster.releases:
            raise Refused("Error upgrading chart", f'Upgrade failed: "{plan["name"]}" has no deployed releases')
        values = _values(plan)
        if (plan["set_wo_revision"] or 0) > (prior["set_wo_revision"] or 0):
            values = merged(values, _set({}, "set_wo", config["set_wo"]))
        if plan["reuse_values"] and not plan["reset_values"]:
            values = merged(cluster.releases[owner].values, values)
        return _state(plan, HelmClient(cluster).install(self._chart(access, plan), values, owner, _options(plan)))

    def delete(self, access: Access, state: State) -> None:
        """Uninstall; the chart is not needed for it."""
        if self._existing(access, state) is not None:
            HelmClient(access.cluster()).uninstall((state["namespace"], state["name"]), _options(state))

    def find(self, access: Access, identifier: str) -> State:
        """`namespace/name`."""
        namespace, _, name = identifier.partition("/")
        release = access.cluster().releases.get((namespace, name))
        if release is None:
            raise Refused("Error getting release", f"Unable to get Helm release {name}: release: not found")
        schema = schemas("helm")["helm_release"]
        defaults = {key: one["default"] for key, one in schema["attributes"].items() if "default" in one}
        return _state({**empty(schema), **defaults, "chart": release.chart["name"]}, release)

    def _existing(self, access: Access, state: State) -> Release | None:
        try:
            cluster: Cluster = access.cluster()
        except Unauthorized:
            if access.helm_provider == "2.17":
                raise
            return None
        return cluster.releases.get((state["namespace"], state["name"]))

    def _chart(self, access: Access, plan: State) -> Path:
        if is_unknown(plan["chart"]):
            raise Refused("Error locating chart", "the name of the chart is not known yet")
        version = None if is_unknown(plan["version"]) else plan["version"]
        return access.charts.find(plan["chart"], plan["repository"], version, access.folder)


BEHAVIOURS: dict[str, Behaviour] = {"helm_release": HelmRelease()}


def _options(plan: State) -> Options:
    given = {name: plan[name] for name in Options.__dataclass_fields__ if name in plan}
    # Copies of published charts hold files that their .helmignore leaves out; all of them fit when they are published.
    return Options(**given, check_size=not (plan["repository"] or plan["chart"].startswith("oci://")))


def _values(plan: State) -> dict[str, Any]:
    """All values but write-only ones, as the provider lays them over each other."""
    values: dict[str, Any] = {}
    for text in plan["values"] or []:
        try:
            values = merged(values, helm_python.values_from_yaml(text or ""))
        except helm_python.HelmValuesError as error:
            raise Refused("Error unmarshaling values", str(error)) from error
    values = _set(values, "set", plan["set"])
    for one in plan["set_list"] or []:
        values = merged(values, helm_python.parse_set_string(f"{one['name']}={{{','.join(one['value'])}}}"))
    return _set(values, "set_sensitive", plan["set_sensitive"])


def _set(values: dict[str, Any], argument: str, given: list[dict[str, Any]] | None) -> dict[str, Any]:
    for one in given or []:
        name, value = one["name"], one["value"] or ""
        if one["type"] == "literal":
            values = merged(values, helm_python.values_from_yaml(f"{name}: {value}"))
            continue
        parse = helm_python.parse_set_string_values if one["type"] == "string" else helm_python.parse_set_string
        try:
            values = merged(values, parse(f"{name}={value}"))
        except helm_python.HelmValuesError as error:
            raise Refused("Failed parsing value", f"{argument} {name}: {error}") from error
    return values


def _state(known: State, release: Release) -> State:
    """A state with all that the release itself says."""
    version = str(release.chart["version"])
    shown = {} if known["set_wo_revision"] else release.values
    if known["set_sensitive"]:
        shown = merged(
            shown, _set({}, "set_sensitive", [{**one, "value": "(sensitive value)"} for one in known["set_sensitive"]])
        )
    same = (
        known["version"]
        and not is_unknown(known["version"])
        and known["version"].removeprefix("v") == version.removeprefix("v")
    )
    return {
        **known,
        "id": release.name,
        "name": release.name,
        "namespace": release.namespace,
        "status": release.status,
        "version": known["version"] if same else version,
        "manifest": None,
        "resources": None,
        "metadata": {
            "app_version": str(release.chart.get("appVersion", "")),
            "chart": release.chart["name"],
            "first_deployed": release.first_deployed,
            "last_deployed": release.last_deployed,
            "name": release.name,
            "namespace": release.namespace,
            "notes": release.notes,
            "revision": release.revision,
            "values": json.dumps(shown, sort_keys=True, separators=(",", ":")),
            "version": version,
        },
    }
