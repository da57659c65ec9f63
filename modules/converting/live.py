"""A conversion for a cluster that runs: what AWS says is imported unchanged, and where a file says something else, both are named."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from modules.converting.draft import Draft
from modules.converting.live_access import compare_access
from modules.converting.row import Row, Rows
from modules.settings import ExistingCluster, ExistingNetwork, Import, ImportedResource, Taint

Resource = Mapping[str, Any]
"""A resource as `import` reads it: type, name, id, and the arguments of Terraform."""
GROUPS = "cluster.node_groups"
KEPT = "kept: the import takes it from AWS"
OWN = ("name", "region", "tags", "kubeflow", "service_account_roles", "permissions_boundary_arn")
"""Settings of the platform that the import does not take."""


@dataclass(frozen=True)
class Fact:
    """One value that a file and AWS both can have."""

    setting: str
    """Path in the draft."""
    value: Any
    """In AWS, in the form of the setting; None: AWS does not say."""
    absent: Any = None
    """What a file means that does not have it; None: it says nothing."""


@dataclass(frozen=True)
class Live:
    """A cluster that runs."""

    name: str
    """In AWS."""
    read: Callable[[str], Sequence[Resource]]
    """Reads it in a region, as `import` does."""


def import_live(draft: Draft, rows: Rows, live: Live, files: Collection[str]) -> None:
    """Replace the cluster and network of a draft by the import of a cluster that runs.

    Args:
        draft: of the files.
        rows: get what AWS says where a file says something else.
        live: the cluster.
        files: that describe a cluster and nothing else.

    Raises:
        ValueError: no file has a region.
    """
    if not isinstance(draft.get("region"), str):
        raise ValueError(f"no file has the region of {live.name}; add the file of its cluster")
    resources = live.read(draft.get("region"))
    facts = list(_facts(draft, resources, default_nat="single" if files else None))
    said = {fact.setting: fact.absent if (value := draft.get(fact.setting)) is None else value for fact in facts}
    different = {fact.setting: fact.value for fact in facts if _differs(said[fact.setting], fact.value)}
    rows.keep(files, OWN, KEPT)
    for section in ("cluster", "network"):
        rows.forget(section, KEPT)
    for setting, value in different.items():
        if not rows.note(setting, f"AWS says {_shown(value)}, which is kept; decide which is right", "changed"):
            note = f"AWS says {_shown(value)}; the files say {_shown(said[setting])}"
            rows.add(Row("", 0, draft.numbered(setting), _shown(value), "changed", "imported", note, matters=True))
    _groups(draft, rows, resources)
    compare_access(draft, rows, resources, _cluster(resources).get("access_config", {}).get("authentication_mode"))
    for tag in draft.tags("service_account_roles"):
        draft.remove(f"service_account_roles<{tag}>.create_service_account")
    for section in ("cluster", "network"):
        draft.remove(section)
    draft.choose("cluster", ExistingCluster)
    draft.set("cluster.name", live.name)
    if not any(one["type"] == "aws_iam_openid_connect_provider" for one in resources):
        draft.set("cluster.oidc_provider", "made")
    if draft.get("name") is None:
        draft.set("name", live.name)
    draft.set("imported", Import(resources=tuple(ImportedResource(**one) for one in resources)))


def _facts(draft: Draft, resources: Sequence[Resource], default_nat: str | None) -> Iterator[Fact]:
    cluster = _cluster(resources)
    vpc: Mapping[str, Any] = next((one["arguments"] for one in resources if one["type"] == "aws_vpc"), {})
    access, endpoint = cluster.get("access_config", {}), cluster.get("vpc_config", {})
    keys = [one["provider"]["key_arn"] for one in cluster.get("encryption_config", ())]
    yield Fact("network.cidr", vpc.get("cidr_block"))
    if draft.chosen("network") is not ExistingNetwork:
        yield Fact("network.nat", _nat(resources), absent=default_nat)
    yield Fact("cluster.kubernetes_version", cluster.get("version"))
    yield Fact("cluster.log_types", tuple(cluster.get("enabled_cluster_log_types", ())))
    yield Fact("cluster.authentication_mode", access.get("authentication_mode"))
    yield Fact("cluster.service_cidr", cluster.get("kubernetes_network_config", {}).get("service_ipv4_cidr"))
    yield Fact("cluster.support_type", cluster.get("upgrade_policy", {}).get("support_type"))
    yield Fact("cluster.secrets_kms_key_arn", keys[0] if keys else "no key of yours")
    open_to = endpoint.get("public_access_cidrs", ()) if endpoint.get("endpoint_public_access") else ()
    yield Fact("cluster.public_access_cidrs", tuple(open_to))
    for one in resources:
        if one["type"] == "aws_eks_addon":
            name = one["arguments"]["addon_name"].replace("-", "_")
            yield Fact(f"cluster.addons.{name}.version", one["arguments"].get("addon_version"))
    live = _live_groups(resources)
    for tag in draft.tags(GROUPS):
        group = live.get(str(draft.get(f"{GROUPS}<{tag}>.name")))
        if group is not None:
            yield from _group_facts(f"{GROUPS}<{tag}>", group, resources)


def _cluster(resources: Sequence[Resource]) -> Mapping[str, Any]:
    (found,) = (one["arguments"] for one in resources if one["type"] == "aws_eks_cluster")
    arguments: Mapping[str, Any] = found
    return arguments


def _nat(resources: Sequence[Resource]) -> str:
    """The kind of NAT that the gateways are, in the words of the setting; other numbers as they are."""
    zones = {one["id"]: one["arguments"].get("availability_zone") for one in resources if one["type"] == "aws_subnet"}
    gateways = [
        zones.get(one["arguments"].get("subnet_id"))
        for one in resources
        if one["type"] == "aws_nat_gateway" and one["arguments"].get("connectivity_type") != "private"
    ]
    if len(gateways) < 2:
        return ("none", "single")[len(gateways)]
    if sorted(map(str, gateways)) == sorted(map(str, set(zones.values()))):
        return "one_per_zone"
    return f"{len(gateways)} gateways"


def _group_facts(at: str, group: Mapping[str, Any], resources: Sequence[Resource]) -> Iterator[Fact]:
    sizes, update = group.get("scaling_config", {}), group.get("update_config", {})
    for name in ("min_size", "desired_size", "max_size"):
        yield Fact(f"{at}.{name}", sizes.get(name))
    template = group.get("launch_template", {}).get("id")
    data: Mapping[str, Any] = next((one["arguments"] for one in resources if one["id"] == template), {})
    types = tuple(group.get("instance_types") or ([data["instance_type"]] if "instance_type" in data else ()))
    yield Fact(f"{at}.instance_types", types or None)
    yield Fact(f"{at}.capacity_type", group.get("capacity_type"))
    labels = {key: value for key, value in group.get("labels", {}).items() if "eksctl.io/" not in key}
    yield Fact(f"{at}.labels", labels, absent={})
    taints = tuple(Taint(**{key: value for key, value in one.items() if value}) for one in group.get("taint", ()))
    yield Fact(f"{at}.taints", taints, absent=())
    yield Fact(f"{at}.ami_release_version", group.get("release_version"))
    yield Fact(f"{at}.ami_id", data.get("image_id"))
    yield Fact(f"{at}.max_unavailable", update.get("max_unavailable"))
    yield Fact(f"{at}.max_unavailable_percentage", update.get("max_unavailable_percentage"))
    disks = [disk["ebs"] for disk in data.get("block_device_mappings", ()) if "ebs" in disk]
    yield Fact(f"{at}.disk.size_gib", disks[0].get("volume_size") if disks else group.get("disk_size"))
    yield Fact(f"{at}.disk.volume_type", disks[0].get("volume_type") if disks else None)


def _live_groups(resources: Sequence[Resource]) -> dict[str, Mapping[str, Any]]:
    return {
        one["arguments"]["node_group_name"]: one["arguments"]
        for one in resources
        if one["type"] == "aws_eks_node_group"
    }


def _groups(draft: Draft, rows: Rows, resources: Sequence[Resource]) -> None:
    """Node groups that only a file or only AWS has."""
    names = {str(draft.get(f"{GROUPS}<{tag}>.name")): tag for tag in draft.tags(GROUPS)}
    live = _live_groups(resources)
    for name, tag in names.items():
        if name not in live:
            note = f"AWS has no managed node group {name} in the cluster: nothing to import; self-managed nodes stay with eksctl"
            rows.note(f"{GROUPS}<{tag}>.name", note, "by_hand")
    for name in sorted(live.keys() - names.keys()):
        note = f"AWS has the node group {name}, and no file: it is imported"
        rows.add(Row("", 0, GROUPS, name, "changed", "imported", note, matters=True))


def _differs(said: Any, live: Any) -> bool:
    if said is None or live is None:
        return False
    if isinstance(live, tuple) and isinstance(said, tuple | list):
        return sorted(map(str, said)) != sorted(map(str, live))
    return str(said) != str(live)


def _shown(value: Any) -> str:
    if isinstance(value, Taint):
        return f"{value.key}={value.value}:{value.effect}"
    if isinstance(value, Mapping):
        return ", ".join(f"{key}={item}" for key, item in sorted(value.items())) or "none"
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value)) or "none"
    return str(value)
