"""What the fields of a ClusterConfig mean together: defaults of eksctl, sizes, spot groups, and what cannot be kept."""

import copy
from typing import Any

from modules.aws_data.instance_types import instance_type, known
from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.eksctl.entries import ENABLE
from modules.converting.eksctl.group_boot import is_windows
from modules.converting.eksctl.groups import PRIVATE
from modules.converting.eksctl.network import endpoint_name
from modules.converting.row import Row, Rows
from modules.settings import FULLY_PRIVATE_ENDPOINTS, Cluster, ExistingCluster

INSTANCE_TYPE = "m5.large"
NODES = 2
DISK_GIB = 80
CIDR = "192.168.0.0/16"
"""Defaults of eksctl.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""
LISTS = ("managedNodeGroups", "nodeGroups")
GROUPS = "cluster.node_groups"


def complete(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """Add to the draft what depends on several fields."""
    (document,) = documents
    if draft.chosen("cluster") is not ExistingCluster:
        _new_cluster(document, draft, rows)
    _roles(draft, rows)
    _entries(draft, rows)


def _new_cluster(document: Document, draft: Draft, rows: Rows) -> None:
    draft.choose("cluster", Cluster)
    _network(document, draft, rows)
    for name in LISTS:
        listed = document.get(name)
        for position, group in enumerate(listed if isinstance(listed, list) else ()):
            if isinstance(group, dict):
                _group(document, (name, position), group, draft, rows)
    _public_nodes(document, rows)
    _prefixes(draft, rows)


def _default(
    document: Document, path: tuple[str | int, ...], key: str, value: str, setting: str, note: str = ""
) -> Row:
    """A row about something that a file does not have."""
    return Row(document.file, document.line(path), key, value, "maps", setting, f"default of eksctl{note}")


def _network(document: Document, draft: Draft, rows: Rows) -> None:
    cidr = str(document.get("vpc", "cidr") or CIDR)
    if document.get("vpc", "id") is None and draft.get("network.cidr") is None:
        draft.set("network.cidr", CIDR)
        rows.add(_default(document, ("metadata",), "vpc.cidr", CIDR, "network.cidr"), "network.cidr")
    if draft.get("cluster.public_access_cidrs") == ():
        draft.set("cluster.private_access_cidrs", (cidr,))
        note = "the VPC's own range is assumed; add the networks of VPN, peering and runners"
        setting = "cluster.private_access_cidrs"
        rows.add(Row("", 0, setting, cidr, "by_hand", setting, note, matters=True), setting)
    more = document.get("privateCluster", "additionalEndpointServices")
    if draft.get("network.fully_private") and isinstance(more, list):
        names = dict.fromkeys([*FULLY_PRIVATE_ENDPOINTS, *(endpoint_name(str(one)) for one in more)])
        gateways = ("s3", "dynamodb")
        draft.set("network.interface_endpoints", tuple(name for name in names if name not in gateways))


def _group(document: Document, path: tuple[str, int], group: dict[str, Any], draft: Draft, rows: Rows) -> None:
    at = f"{GROUPS}<{path[0]}[{path[1]}]>"
    if is_windows(group.get("amiFamily")):
        rows.refuse(at, "Kubeflow has no images for Windows, and the platform has Linux nodes only. Left out")
        draft.remove(at)
        return
    if draft.get(at) is None:
        return

    def assume(setting: str, key: str, value: Any) -> None:
        if draft.get(f"{at}.{setting}") is None:
            draft.set(f"{at}.{setting}", value)
            shown = ", ".join(value) if isinstance(value, tuple) else str(value)
            row = _default(document, path, f"{path[0]}[{path[1]}].{key}", shown, f"{GROUPS}[].{setting}")
            rows.add(row, f"{at}.{setting}")

    assume("instance_types", "instanceType", (INSTANCE_TYPE,))
    assume("disk.size_gib", "volumeSize", DISK_GIB)
    least, wanted, most = (draft.get(f"{at}.{name}_size") for name in ("min", "desired", "max"))
    if all(isinstance(size, int | None) for size in (least, wanted, most)):
        wanted = wanted if wanted is not None else least if least is not None else min(NODES, most or NODES)
        assume("min_size", "minSize", wanted if least is None else least)
        assume("desired_size", "desiredCapacity", wanted)
        assume("max_size", "maxSize", max(wanted, least or 0, 1))
    _devices(at, draft, rows)
    _spot(at, group, draft, rows)


def _devices(at: str, draft: Draft, rows: Rows) -> None:
    """What the settings say and eksctl takes from the instance type: drivers, and the CPU of a type that is not in the table."""
    types = draft.get(f"{at}.instance_types")
    names = [name for name in types if isinstance(name, str)] if isinstance(types, tuple) else []
    have = {instance_type(name).accelerator for name in names if known(name)} - {None}
    if len(have) == 1:
        draft.set(f"{at}.accelerator", have.pop())
    if any(not known(name) for name in names):
        family = names[0].partition(".")[0].lstrip("abcdefghijklmnopqrstuvwxyz").lstrip("0123456789")
        setting, value = f"{at}.architecture", "arm64" if family.startswith("g") else "x86_64"
        draft.set(setting, value)
        note = f"derived from the names {', '.join(names)}, which are not in the platform's table; check them"
        rows.add(
            Row("", 0, f"{GROUPS}[].architecture", value, "by_hand", f"{GROUPS}[].architecture", note, matters=True),
            setting,
        )


def _spot(at: str, group: dict[str, Any], draft: Draft, rows: Rows) -> None:
    """The kinds of instances of a self-managed group.

    Source: https://docs.aws.amazon.com/eks/latest/eksctl/spot-instances.html
    """
    mixed = group.get("instancesDistribution")
    if not isinstance(mixed, dict):
        return
    base, percent = mixed.get("onDemandBaseCapacity", 0), mixed.get("onDemandPercentageAboveBaseCapacity", 100)
    if not isinstance(base, int) or not isinstance(percent, int) or percent >= 100:
        return
    if base == 0 and percent == 0:
        draft.set(f"{at}.capacity_type", "SPOT")
        return
    second = f"{at[:-1]}+spot>"
    draft.set(second, copy.deepcopy(draft.get(at)))
    draft.set(f"{second}.name", f"{group.get('name')}-spot")
    draft.set(f"{second}.capacity_type", "SPOT")
    for size in ("min_size", "desired_size", "max_size"):
        whole = draft.get(f"{at}.{size}")
        if isinstance(whole, int):
            on_demand = min(whole, base + -(-max(0, whole - base) * percent // 100))
            draft.set(f"{at}.{size}", max(on_demand, 1) if size == "max_size" else on_demand)
            draft.set(f"{second}.{size}", max(whole - on_demand, 1) if size == "max_size" else whole - on_demand)


def _public_nodes(document: Document, rows: Rows) -> None:
    """Nodes are in public subnets by default, which changes for all groups together."""
    found = [
        (name, position)
        for name in LISTS
        for position, group in enumerate(document.get(name) or () if isinstance(document.get(name), list) else ())
        if isinstance(group, dict) and "privateNetworking" not in group
    ]
    if found:
        name, position = found[0]
        names = ", ".join(str(document.get(*one, "name")) for one in found)
        row = Row(
            document.file,
            document.line(found[0]),
            f"{name}[{position}].privateNetworking",
            f"not set in {names}",
            "changed",
        )
        rows.add(Row(row.file, row.line, row.key, row.value, "changed", "", PRIVATE, matters=True))


def _prefixes(draft: Draft, rows: Rows) -> None:
    """Instance types before Nitro have no prefix delegation."""
    setting = "cluster.addons.vpc_cni.prefix_delegation"
    names = [
        name
        for tag in draft.tags(GROUPS)
        for name in draft.get(f"{GROUPS}<{tag}>.instance_types") or ()
        if isinstance(name, str) and known(name) and instance_type(name).hypervisor == "xen"
    ]
    if names and draft.get(setting) is None:
        draft.set(setting, False)
        note = f"{', '.join(dict.fromkeys(names))} are older than Nitro: fewer pods per node; newer types cost less"
        rows.add(Row("", 0, setting, "False", "changed", setting, note, matters=True), setting)


def _roles(draft: Draft, rows: Rows) -> None:
    """Service accounts whose permissions are elsewhere need no role here."""
    for tag in draft.tags("service_account_roles"):
        at = f"service_account_roles<{tag}>"
        if not draft.get(f"{at}.policy_arns") and not draft.get(f"{at}.statements"):
            rows.forget(at, "no role here: see the other rows of this service account")
            draft.remove(at)


def _entries(draft: Draft, rows: Rows) -> None:
    """Catalogue entries are part of Kubeflow's settings."""
    wanted = draft.get("kubeflow")
    if isinstance(wanted, dict) and set(wanted) <= {"enable", "node_pools"}:
        names = ", ".join(f'"{name}"' for name in draft.tags(ENABLE))
        comma = "," if len(wanted["enable"]) == 1 else ""
        rows.refuse(
            ENABLE,
            f"no file has Kubeflow: add kubeflow=Kubeflow(enable=({names}{comma}), …), which also makes the roles",
        )
        draft.remove("kubeflow")
