"""User data of managed node groups.

EKS adds what a node needs to join the cluster, unless the AMI is your own: then all of it is written here.
"""

import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.cluster.addons import merged
from modules.cluster.user_data.formats import NODE_CONFIG, SCRIPT, Part, mime, part, toml
from modules.settings import NodeGroup
from modules.text import escaped, render

TAINT_EFFECTS = {"NO_SCHEDULE": "NoSchedule", "NO_EXECUTE": "NoExecute", "PREFER_NO_SCHEDULE": "PreferNoSchedule"}
"""In the spelling of EKS and in that of Kubernetes."""
LOCAL_DISKS = {"raid0": "RAID0", "mount": "Mount"}
"""In the spelling of nodeadm."""
EPHEMERAL_FOLDERS = ("/var/lib/containerd", "/var/lib/kubelet", "/var/log/pods")
"""What Bottlerocket can move to local disks, an array of all of them."""
END = "END-OF-AFTER-BOOTSTRAP"
"""Line behind the script in `after_bootstrap.sh.j2`."""
FOLDER = Path(__file__).parent


@dataclass(frozen=True)
class ClusterDetails:
    """What a node needs to join a cluster; tokens."""

    name: str
    endpoint: str
    certificate_authority_data: str
    """In base64."""
    service_cidr: str


def user_data(group: NodeGroup, max_pods: int, cluster: ClusterDetails) -> str:
    """The text that a node reads at its first boot, escaped for a Terraform string.

    Args:
        group: node group settings.
        max_pods: maximum pods per node.
        cluster: details that a node with an AMI of your own needs to join it.

    Raises:
        ValueError: a text of the group is not in the format of its operating system.
    """
    if group.ami_family == "BOTTLEROCKET":
        return bottlerocket(group, max_pods, cluster)
    return mime(_parts(group, max_pods, cluster))


def _parts(group: NodeGroup, max_pods: int, cluster: ClusterDetails) -> Iterator[Part]:
    """Parts in the order in which cloud-init takes them; scripts run before kubelet starts.

    A script for later is run by a unit: nodeadm-run.service, which starts kubelet, waits for the end of cloud-init.

    Source: https://github.com/awslabs/amazon-eks-ami/blob/main/templates/al2023/runtime/rootfs/etc/systemd/system/nodeadm-run.service
    """
    if group.user_data_before_bootstrap:
        yield _escaped(part(group.user_data_before_bootstrap))
    if group.ami_family == "AL2023":
        yield NODE_CONFIG, _node_config(group, max_pods, cluster)
    # AL2 always has a part, since EKS merges its own into a MIME message
    if group.sysctls or group.ami_family == "AL2":
        yield SCRIPT, render(FOLDER / "sysctls.sh.j2", sysctls=group.sysctls)
    if group.user_data_after_bootstrap:
        script = part(group.user_data_after_bootstrap)[1].rstrip("\n")
        yield SCRIPT, render(FOLDER / "after_bootstrap.sh.j2", script=escaped(script), end=END)


def _escaped(own: Part) -> Part:
    return own[0], escaped(own[1])


def _node_config(group: NodeGroup, max_pods: int, cluster: ClusterDetails) -> str:
    """Source: https://awslabs.github.io/amazon-eks-ami/nodeadm/doc/api/."""
    return render(
        FOLDER / "node_config.yaml.j2",
        kubelet={**escaped(group.kubelet), "maxPods": max_pods},
        cluster={
            "name": cluster.name,
            "apiServerEndpoint": cluster.endpoint,
            "certificateAuthority": cluster.certificate_authority_data,
            "cidr": cluster.service_cidr,
        }
        if group.ami_id is not None
        else None,
        flags=list(_flags(group)),
        local_disks=LOCAL_DISKS[group.local_disks] if group.local_disks is not None else None,
    )


def _flags(group: NodeGroup) -> Iterator[str]:
    """With an AMI of your own, EKS sets labels and taints only after a node has joined and may have taken pods."""
    if group.ami_id is None:
        return
    if group.labels:
        yield f"--node-labels={','.join(f'{key}={value}' for key, value in sorted(group.labels.items()))}"
    if group.taints:
        taints = (f"{one.key}={one.value}:{TAINT_EFFECTS[one.effect]}" for one in group.taints)
        yield f"--register-with-taints={','.join(taints)}"


def bottlerocket(group: NodeGroup, max_pods: int, cluster: ClusterDetails) -> str:
    """Settings of the group and of the platform in one TOML document.

    Raises:
        ValueError: the text of the group is not TOML, sets something else than `settings`, or what the platform sets.
    """
    ours = _settings(group, max_pods, cluster)
    own = own_settings(group.user_data_before_bootstrap)
    if both := sorted(_both((), ours, own)):
        raise ValueError(f"sets {', '.join(both)}, which other settings of the group or the platform set")
    text = toml(merged(ours, escaped(own)))
    # without kernel settings the text has always ended with an empty line; another text replaces all nodes
    return text if group.sysctls or own else f"{text}\n"


def own_settings(text: str) -> dict[str, Any]:
    """The settings in a TOML text.

    Raises:
        ValueError: it is not TOML, or has something else than the table `settings`.
    """
    try:
        found = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise ValueError(f"is not TOML: {error}") from error
    if others := sorted(found.keys() - {"settings"}):
        raise ValueError(f"has {', '.join(others)} outside of the table settings, the only one that Bottlerocket reads")
    return found


def _settings(group: NodeGroup, max_pods: int, cluster: ClusterDetails) -> dict[str, Any]:
    """Bottlerocket's SSH server is in its admin container, which is off by default and takes the key pair of the instance.

    Source: https://bottlerocket.dev/en/os/latest/api/settings/kubernetes/,
    https://github.com/bottlerocket-os/bottlerocket-admin-container
    """
    kubernetes: dict[str, Any] = {"max-pods": max_pods}
    if group.ami_id is not None:
        kubernetes |= {
            "cluster-name": cluster.name,
            "api-server": cluster.endpoint,
            "cluster-certificate": cluster.certificate_authority_data,
            "cluster-dns-ip": f"${{cidrhost({cluster.service_cidr.removeprefix('${').removesuffix('}')}, 10)}}",
        }
        if group.labels:
            kubernetes["node-labels"] = dict(sorted(group.labels.items()))
        if group.taints:
            kubernetes["node-taints"] = _taints(group)
    settings: dict[str, Any] = {"kubernetes": kubernetes}
    if group.ssh is not None:
        settings["host-containers"] = {"admin": {"enabled": True}}
    if group.local_disks is not None:
        # https://bottlerocket.dev/en/os/latest/concepts/bootstrap-commands/ (configure ephemeral disks)
        disks = ["apiclient", "ephemeral-storage"]
        settings["bootstrap-commands"] = {
            "000-local-disks": {
                "commands": [[*disks, "init"], [*disks, "bind", "--dirs", *EPHEMERAL_FOLDERS]],
                "essential": True,
                "mode": "always",
            }
        }
    if group.sysctls:
        settings["kernel"] = {
            "sysctl": {name: str(group.sysctls[name]) for name in sorted(group.sysctls, key=str.lower)}
        }
    return {"settings": settings}


def _taints(group: NodeGroup) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for taint in group.taints:
        found.setdefault(taint.key, []).append(f"{taint.value}:{TAINT_EFFECTS[taint.effect]}")
    return found


def _both(path: tuple[str, ...], ours: Mapping[str, Any], own: Mapping[str, Any]) -> Iterator[str]:
    """Paths of what both set."""
    for key in ours.keys() & own.keys():
        if isinstance(ours[key], Mapping) and isinstance(own[key], Mapping):
            yield from _both((*path, key), ours[key], own[key])
        else:
            yield ".".join((*path, key))
