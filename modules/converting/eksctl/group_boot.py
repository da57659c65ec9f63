"""Fields of a node group about its operating system and boot: AMI, user data, kubelet.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/custom-ami-support.html
"""

import json
from collections.abc import Mapping
from typing import Any

from modules.converting.eksctl.group_path import GROUP
from modules.converting.field import Entry, Outcome, Table, by_hand, decided, same

FAMILIES = {
    "AmazonLinux2023": "AL2023",
    "Bottlerocket": "BOTTLEROCKET",
    "BottlerocketFips": "BOTTLEROCKET",
}


def is_windows(family: object) -> bool:
    """Whether a family is one of Windows, for which Kubeflow has no images."""
    return str(family).startswith("Windows")


def _family(entry: Entry) -> Outcome:
    name, setting = str(entry.value), f"{GROUP}.ami_family"
    if name in FAMILIES:
        fips = {f"{GROUP}.fips": True} if name.endswith("Fips") else {}
        return Outcome("maps", "", {setting: FAMILIES[name], **fips})
    if is_windows(name):
        return Outcome("by_hand", "Kubeflow has no images for Windows, and the platform has Linux nodes only", {}, True)
    if name == "AmazonLinux2":
        note = "EKS publishes no AMIs of Amazon Linux 2 from Kubernetes 1.33 on: AL2023, with containerd and nodeadm"
    else:
        note = f"EKS has no managed AMI type for {name}: AL2023; check packages that nodes need"
    return Outcome("changed", note, {setting: "AL2023"}, matters=True)


def _ami(entry: Entry) -> Outcome:
    name = str(entry.value)
    if name.startswith("auto") or name == "static":
        return Outcome("maps", "the AMI of EKS, also by default")
    if str(entry.of_item("amiFamily") or "AmazonLinux2023") not in FAMILIES:
        note = (
            "set ami_id with an AMI that is built on the EKS AMI of AL2023 or Bottlerocket for this Kubernetes version"
        )
        return Outcome("by_hand", note, {}, True)
    note = "must be built on the EKS AMI of the same family; its Kubernetes version is yours to keep"
    return Outcome("changed", note, {f"{GROUP}.ami_id": name})


def _script(entry: Entry) -> Outcome:
    commands = [str(command) for command in entry.value] if isinstance(entry.value, list) else [str(entry.value)]
    text = "\n".join(["#!/bin/bash", "set -eux", *commands, ""])
    note = "one script that runs before kubelet starts; check it on AL2023, which has containerd and no /etc/eks/bootstrap.sh"
    return Outcome("changed", note, {f"{GROUP}.user_data_before_bootstrap": text}, matters=True)


def _bottlerocket(entry: Entry) -> Outcome:
    if not isinstance(entry.value, Mapping):
        raise ValueError("is not a mapping of settings; write them as TOML in user_data_before_bootstrap")
    text = "\n".join(_toml(entry.value, "settings")) + "\n"
    admin = entry.of_item("bottlerocket", "enableAdminContainer")
    if isinstance(admin, bool):
        text += _ADMIN.format(str(admin).lower())
    return Outcome("changed", "the same settings as TOML", {f"{GROUP}.user_data_before_bootstrap": text})


_ADMIN = "[settings.host-containers.admin]\nenabled = {}\n"


def _admin_container(entry: Entry) -> Outcome:
    if entry.of_item("bottlerocket", "settings"):
        return Outcome("changed", "part of user_data_before_bootstrap")
    text = _ADMIN.format(str(bool(entry.value)).lower())
    return Outcome("changed", "the same setting as TOML", {f"{GROUP}.user_data_before_bootstrap": text})


def _toml(values: Mapping[str, Any], table: str) -> list[str]:
    """Lines of a table and of those in it."""
    plain = {key: value for key, value in values.items() if not isinstance(value, Mapping)}
    lines = [f"[{table}]", *(f"{json.dumps(key)} = {json.dumps(value)}" for key, value in plain.items())]
    for key, value in values.items():
        if isinstance(value, Mapping):
            lines += _toml(value, f"{table}.{json.dumps(key)}")
    return lines


def _container_runtime(entry: Entry) -> Outcome:
    if entry.value == "containerd":
        return Outcome("maps", "the only one")
    return Outcome(
        "changed", "containerd is the only one; pods that use the socket of Docker must be changed", {}, True
    )


def _cluster_dns(entry: Entry) -> Outcome:
    """The cluster DNS of kubelet, with what kubeletExtraConfig has."""
    extra = entry.of_item("kubeletExtraConfig")
    if isinstance(extra, Mapping):
        raise ValueError("kubeletExtraConfig is set, too; add clusterDNS to kubelet by hand")
    return Outcome("maps", "", {f"{GROUP}.kubelet": {"clusterDNS": [str(entry.value)]}})


def fields(of: str) -> Table:
    """Fields of both kinds of groups."""
    return {
        f"{of}.amiFamily": decided(f"{GROUP}.ami_family", _family),
        f"{of}.ami": decided(f"{GROUP}.ami_id", _ami),
        f"{of}.preBootstrapCommands": decided(f"{GROUP}.user_data_before_bootstrap", _script),
        f"{of}.overrideBootstrapCommand": by_hand(
            "nodeadm joins AL2023 nodes; write what it must know as a NodeConfig in user_data_before_bootstrap, or use kubelet"
        ),
        f"{of}.bottlerocket.settings": decided(f"{GROUP}.user_data_before_bootstrap", _bottlerocket),
        f"{of}.bottlerocket.enableAdminContainer": decided(f"{GROUP}.user_data_before_bootstrap", _admin_container),
        f"{of}.maxPodsPerNode": same(f"{GROUP}.max_pods"),
    }


def self_managed(of: str) -> Table:
    """Fields of self-managed groups only."""
    return {
        f"{of}.kubeletExtraConfig": same(f"{GROUP}.kubelet"),
        f"{of}.clusterDNS": decided(f"{GROUP}.kubelet", _cluster_dns),
        f"{of}.containerRuntime": decided("", _container_runtime),
    }
