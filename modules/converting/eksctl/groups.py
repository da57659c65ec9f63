"""Fields of node groups: managed ones, and self-managed ones, which become managed.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/nodegroups.html
"""

import json
from collections.abc import Callable, Mapping
from typing import Any

from modules.converting.eksctl import instance_selector
from modules.converting.eksctl.entries import OTHER_POLICIES, flags
from modules.converting.field import Entry, Field, Outcome, Table, by_hand, changed, decided, no_home, same
from modules.settings import Taint

GROUP = "cluster.node_groups[]"
STANDARD_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)
EFFECTS = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
FAMILIES = {
    "AmazonLinux2023": "AL2023",
    "Bottlerocket": "BOTTLEROCKET",
    "BottlerocketFips": "BOTTLEROCKET",
}
ONE_KIND = "a group is ON_DEMAND or SPOT; if both are wanted, a second group <name>-spot is added"
AUTOSCALER_TAG = "k8s.io/cluster-autoscaler/"


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


def _taints(entry: Entry) -> Outcome:
    """Taints as a list, or, in old files, as `key: value:effect`."""
    if isinstance(entry.value, Mapping):
        parts = [(key, *str(text).partition(":")[::2]) for key, text in entry.value.items()]
        listed = [{"key": key, "value": value, "effect": effect} for key, value, effect in parts]
    else:
        listed = entry.value
    if not isinstance(listed, list) or any(not isinstance(one, dict) for one in listed):
        raise ValueError("is not a list of taints; set taints by hand")
    unknown = sorted({str(one.get("effect")) for one in listed} - {*EFFECTS})
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is not an effect of taints; set taints by hand")
    made = tuple(
        Taint(key=str(one.get("key", "")), value=str(one.get("value") or ""), effect=EFFECTS[str(one.get("effect"))])
        for one in listed
    )
    return Outcome("maps", "", {f"{GROUP}.taints": made})


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


def _volume_type(entry: Entry) -> Outcome:
    name = str(entry.value)
    if name == "gp3":
        return Outcome("maps", "", {f"{GROUP}.disk.volume_type": name})
    if name in ("io1", "io2"):
        iops = entry.of_item("volumeIOPS")
        settings = {f"{GROUP}.disk.volume_type": "io2", **({} if iops else {f"{GROUP}.disk.iops": 3000})}
        return Outcome("maps" if name == "io2" else "changed", "" if name == "io2" else "io2, its successor", settings)
    return Outcome("changed", f"gp3 in place of {name}", {f"{GROUP}.disk.volume_type": "gp3"})


def _iops(entry: Entry) -> Outcome:
    value, setting = entry.value, f"{GROUP}.disk.iops"
    if isinstance(value, int) and value < 3000:
        return Outcome("changed", "3000 is the smallest number here", {setting: 3000})
    return Outcome("maps", "", {setting: value})


def _volume_key(entry: Entry) -> Outcome:
    name = str(entry.value)
    if not name.startswith("arn:"):
        region = entry.document.get("metadata", "region") or "<region>"
        raise ValueError(
            f"the platform needs the ARN of the key; set disk=Disk(kms_key_arn=…) to arn:aws:kms:{region}:<account>:key/{name}"
        )
    return Outcome("maps", "", {f"{GROUP}.disk.kms_key_arn": name})


def _policies(entry: Entry) -> Outcome:
    arns = entry.value if isinstance(entry.value, list) else [entry.value]
    own = tuple(str(arn) for arn in arns if not str(arn).endswith(STANDARD_POLICIES))
    if not own:
        return Outcome("maps", "nodes have these policies, or a role of their own has them")
    note = "all pods of these nodes have them; a role for one service account is better (service_account_roles)"
    return Outcome(
        "changed", note, {f"{GROUP}.role_policy_arns": own, f"{GROUP}.pods_use_node_role": True}, matters=True
    )


def _tags(entry: Entry) -> Outcome:
    if not isinstance(entry.value, Mapping):
        raise ValueError("is not a mapping; set tags by hand")
    own = {key: str(value) for key, value in entry.value.items() if not key.startswith(AUTOSCALER_TAG)}
    if not own:
        return Outcome("maps", "the platform sets the tags of cluster-autoscaler itself (autoscaler_tags)")
    note = "" if len(own) == len(entry.value) else "without those of cluster-autoscaler, which autoscaler_tags sets"
    return Outcome("changed" if note else "maps", note, {f"{GROUP}.tags": own})


def _ssh_allowed(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "SSH is disabled by default")
    if not any(entry.of_item("ssh", key) for key in ("publicKey", "publicKeyName")):
        raise ValueError(
            "eksctl takes a public key from a file of your machine; set ssh=Ssh(public_key=…, source_cidrs=…), or use session_manager"
        )
    return Outcome(
        "changed", "port 22 is open for the networks in source_cidrs only, not for the internet", matters=True
    )


def _ssh(setting: str) -> Callable[[Entry], Outcome]:
    def decide(entry: Entry) -> Outcome:
        if entry.of_item("ssh", "allow") is False:
            return Outcome("changed", "not used: `allow` is false")
        note = "10.0.0.0/8 is assumed in source_cidrs; set the networks that need SSH"
        settings = {f"{GROUP}.ssh.{setting}": str(entry.value).strip(), f"{GROUP}.ssh.source_cidrs": ("10.0.0.0/8",)}
        return Outcome("changed", note, settings, matters=True)

    return decide


def _public_nodes(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "nodes are always in private subnets")
    return Outcome("changed", PRIVATE, {}, True)


PRIVATE = "nodes are always in private subnets and have no public address: they reach the internet through NAT, which costs money"


def _imds(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "IMDSv2 is always required")
    return Outcome("changed", "IMDSv2 is always required; programs that use version 1 must be updated", {}, True)


def _pod_imds(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "pods do not reach the instance metadata")
    return Outcome("changed", "pods do not reach the instance metadata, unless pods_use_node_role is set", {}, True)


def _encrypted(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "disks are always encrypted")
    return Outcome("changed", "disks are always encrypted")


def _market(entry: Entry) -> Outcome:
    kinds = {"spot": "SPOT", "capacity-block": "CAPACITY_BLOCK"}
    name = str(entry.value)
    if name not in kinds:
        raise ValueError(f"{name} is not a known market; set capacity_type")
    return Outcome("maps", "", {f"{GROUP}.capacity_type": kinds[name]})


def _efa(entry: Entry) -> Outcome:
    return Outcome(
        "maps", "with a placement group of its own" if entry.value else "", {f"{GROUP}.efa": bool(entry.value)}
    )


def _container_runtime(entry: Entry) -> Outcome:
    if entry.value == "containerd":
        return Outcome("maps", "the only one")
    return Outcome(
        "changed", "containerd is the only one; pods that use the socket of Docker must be changed", {}, True
    )


def _texts(value: Any) -> Any:
    return {str(key): _text(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _tuple(value: Any) -> Any:
    return tuple(map(str, value)) if isinstance(value, list) else value


def _shared(of: str) -> Table:
    return {
        f"{of}.name": same(f"{GROUP}.name"),
        f"{of}.instanceType": same(f"{GROUP}.instance_types", lambda value: (str(value),)),
        **instance_selector.fields(of, f"{GROUP}.instance_types"),
        f"{of}.minSize": same(f"{GROUP}.min_size"),
        f"{of}.maxSize": same(f"{GROUP}.max_size"),
        f"{of}.desiredCapacity": same(f"{GROUP}.desired_size"),
        f"{of}.labels": same(f"{GROUP}.labels", _texts),
        f"{of}.taints": decided(f"{GROUP}.taints", _taints),
        f"{of}.availabilityZones": same(f"{GROUP}.zones", _tuple),
        f"{of}.subnets": no_home(
            "a group uses the private subnets of its zones; set zones for some of them", matters=True
        ),
        f"{of}.privateNetworking": decided("", _public_nodes),
        f"{of}.volumeSize": same(f"{GROUP}.disk.size_gib"),
        f"{of}.volumeType": decided(f"{GROUP}.disk.volume_type", _volume_type),
        f"{of}.volumeIOPS": decided(f"{GROUP}.disk.iops", _iops),
        f"{of}.volumeThroughput": same(f"{GROUP}.disk.throughput_mibps"),
        f"{of}.volumeKmsKeyID": decided(f"{GROUP}.disk.kms_key_arn", _volume_key),
        f"{of}.volumeEncrypted": decided("", _encrypted),
        f"{of}.volumeName": no_home("the AMI determines the device"),
        f"{of}.additionalVolumes[].*": no_home("nodes have one disk; give data a PersistentVolumeClaim", matters=True),
        f"{of}.amiFamily": decided(f"{GROUP}.ami_family", _family),
        f"{of}.ami": decided(f"{GROUP}.ami_id", _ami),
        f"{of}.preBootstrapCommands": decided(f"{GROUP}.user_data_before_bootstrap", _script),
        f"{of}.overrideBootstrapCommand": by_hand(
            "nodeadm joins AL2023 nodes; write what it must know as a NodeConfig in user_data_before_bootstrap, or use kubelet"
        ),
        f"{of}.bottlerocket.settings": decided(f"{GROUP}.user_data_before_bootstrap", _bottlerocket),
        f"{of}.bottlerocket.enableAdminContainer": decided(f"{GROUP}.user_data_before_bootstrap", _admin_container),
        f"{of}.maxPodsPerNode": same(f"{GROUP}.max_pods"),
        f"{of}.ssh.allow": decided("", _ssh_allowed),
        f"{of}.ssh.publicKeyName": decided(f"{GROUP}.ssh.key_name", _ssh("key_name")),
        f"{of}.ssh.publicKey": decided(f"{GROUP}.ssh.public_key", _ssh("public_key")),
        f"{of}.ssh.publicKeyPath": by_hand("set ssh=Ssh(public_key=…, source_cidrs=…) with the line of this file"),
        f"{of}.ssh.sourceSecurityGroupIds": no_home(
            "SSH is opened for networks; set their CIDR blocks in ssh=Ssh(source_cidrs=…)", matters=True
        ),
        f"{of}.ssh.enableSsm": same(f"{GROUP}.session_manager"),
        f"{of}.securityGroups.attachIDs": same(f"{GROUP}.additional_security_group_ids", _tuple),
        f"{of}.securityGroups.withLocal": no_home("the platform has one security group for all nodes"),
        f"{of}.securityGroups.withShared": no_home("the platform has one security group for all nodes"),
        f"{of}.iam.attachPolicyARNs": decided(f"{GROUP}.role_policy_arns", _policies),
        f"{of}.iam.attachPolicy": by_hand("make a managed policy of it and set its ARN in role_policy_arns"),
        f"{of}.iam.instanceRoleARN": no_home(
            "the platform makes the role of the nodes; set its further policies in role_policy_arns", matters=True
        ),
        f"{of}.iam.instanceProfileARN": no_home(
            "EKS makes the instance profile of a managed group; set further policies in role_policy_arns", matters=True
        ),
        f"{of}.iam.instanceRoleName": no_home("the role is named <platform>-node-<group>"),
        f"{of}.iam.instanceRolePermissionsBoundary": same(
            "permissions_boundary_arn", note="for all roles of the platform"
        ),
        **flags(f"{of}.iam.withAddonPolicies", OTHER_POLICIES),
        f"{of}.updateConfig.maxUnavailable": same(f"{GROUP}.max_unavailable"),
        f"{of}.updateConfig.maxUnavailablePercentage": same(f"{GROUP}.max_unavailable_percentage"),
        f"{of}.efaEnabled": decided(f"{GROUP}.efa", _efa),
        f"{of}.placement.*": no_home(
            "only groups with efa have a placement group, which the platform makes", matters=True
        ),
        f"{of}.capacityReservation.capacityReservationTarget.capacityReservationID": same(
            f"{GROUP}.capacity_reservation_id"
        ),
        f"{of}.capacityReservation.capacityReservationTarget.capacityReservationResourceGroupARN": no_home(
            "a group uses one reservation: capacity_reservation_id", matters=True
        ),
        f"{of}.capacityReservation.capacityReservationPreference": no_home(
            "instances without capacity_reservation_id use open reservations of the account"
        ),
        f"{of}.instanceMarketOptions.marketType": decided(f"{GROUP}.capacity_type", _market),
        f"{of}.disableIMDSv1": decided("", _imds),
        f"{of}.disablePodIMDS": decided("", _pod_imds),
        f"{of}.ebsOptimized": no_home("instance types of today are optimized for EBS at no cost"),
        f"{of}.enableDetailedMonitoring": no_home("instances send metrics every 5 minutes; Prometheus has finer ones"),
        f"{of}.instanceName": no_home("nodes are named after the group"),
        f"{of}.instancePrefix": no_home("nodes are named after the group"),
        f"{of}.propagateASGTags": no_home("autoscaler_tags sets the tags that cluster-autoscaler reads"),
        f"{of}.tags": decided(f"{GROUP}.tags", _tags),
        f"{of}.outpostARN": no_home("AWS Outposts are not supported", matters=True),
        f"{of}.asgSuspendProcesses": no_home("EKS operates the Auto Scaling group of a managed group"),
    }


def _managed() -> Table:
    of = "managedNodeGroups[]"
    return {
        **_shared(of),
        f"{of}.instanceTypes": same(f"{GROUP}.instance_types", _tuple),
        f"{of}.spot": Field(
            "maps",
            f"{GROUP}.capacity_type",
            decide=lambda entry: Outcome(
                "maps", "", {f"{GROUP}.capacity_type": "SPOT" if entry.value else "ON_DEMAND"}
            ),
        ),
        f"{of}.releaseVersion": same(f"{GROUP}.ami_release_version"),
        f"{of}.launchTemplate.*": by_hand(
            "the platform makes the launch template: read yours with `aws ec2 describe-launch-template-versions` and set what it has "
            "(disk, ami_id, user_data_before_bootstrap, ssh, tags)"
        ),
        f"{of}.nodeRepairConfig.enabled": same(f"{GROUP}.node_repair", bool),
        f"{of}.nodeRepairConfig.*": no_home("EKS repairs with its own limits and waiting times"),
    }


def _self_managed() -> Table:
    of = "nodeGroups[]"
    distribution = f"{of}.instancesDistribution"
    return {
        **_shared(of),
        f"{of}.name": changed(
            f"{GROUP}.name", str, "becomes a managed node group: new nodes; drain and delete the old ones", matters=True
        ),
        f"{distribution}.instanceTypes": same(f"{GROUP}.instance_types", _tuple),
        f"{distribution}.onDemandBaseCapacity": Field("changed", "", ONE_KIND),
        f"{distribution}.onDemandPercentageAboveBaseCapacity": Field("changed", f"{GROUP}.capacity_type", ONE_KIND),
        f"{distribution}.maxPrice": no_home(
            "spot nodes cost the price of the day, at most that of on-demand", matters=True
        ),
        f"{distribution}.spotAllocationStrategy": no_home("EKS uses price-capacity-optimized"),
        f"{distribution}.spotInstancePools": no_home("EKS chooses pools by capacity and price"),
        f"{distribution}.capacityRebalance": no_home("EKS always rebalances spot nodes"),
        f"{of}.kubeletExtraConfig": same(f"{GROUP}.kubelet"),
        f"{of}.clusterDNS": decided(f"{GROUP}.kubelet", _cluster_dns),
        f"{of}.containerRuntime": decided("", _container_runtime),
        f"{of}.targetGroupARNs": no_home(
            "targets are pods and not nodes: use a TargetGroupBinding of aws-load-balancer-controller", matters=True
        ),
        f"{of}.classicLoadBalancerNames": no_home("use a Service of type LoadBalancer", matters=True),
        f"{of}.asgMetricsCollection": no_home("EKS operates the Auto Scaling group; see its metrics in CloudWatch"),
        f"{of}.cpuCredits": no_home("burstable types have unlimited credits, the default of T3 and later"),
        f"{of}.enclaveEnabled": no_home("Nitro Enclaves are not supported", matters=True),
        f"{of}.maxInstanceLifetime": no_home("replace nodes by ami_release_version or Karpenter", matters=True),
        f"{of}.localZones": no_home(
            "Local Zones are not supported; nodes are in the zones of the network", matters=True
        ),
    }


def _cluster_dns(entry: Entry) -> Outcome:
    """The cluster DNS of kubelet, with what kubeletExtraConfig has."""
    extra = entry.of_item("kubeletExtraConfig")
    if isinstance(extra, Mapping):
        raise ValueError("kubeletExtraConfig is set, too; add clusterDNS to kubelet by hand")
    return Outcome("maps", "", {f"{GROUP}.kubelet": {"clusterDNS": [str(entry.value)]}})


FIELDS: Table = {**_managed(), **_self_managed()}
