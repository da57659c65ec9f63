"""All fields of a ClusterConfig.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""

from typing import get_args

from modules.converting.eksctl import access, addons, control_plane, groups, network, roles
from modules.converting.eksctl.entries import ENABLE
from modules.converting.eksctl.version import kubernetes_version
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, same
from modules.settings import AutoMode, FargateSelector
from modules.settings.cluster import LogType

PROFILE = "cluster.fargate_profiles[]"
OUTPOST = no_home("AWS Outposts are not supported", matters=True)
HYBRID = no_home("hybrid nodes are not supported", matters=True)
CAPABILITY = no_home("EKS Capabilities are not set up; add them next to the platform", matters=True)
IDENTITY = no_home(
    "sign-in of kubectl by an OIDC provider is not set up; use cluster.admins, viewers and access with IAM roles",
    matters=True,
)


def _tags(entry: Entry) -> Outcome:
    if not isinstance(entry.value, dict):
        raise ValueError("is not a mapping; set tags by hand")
    return Outcome("maps", "", {"tags": {key: str(value) for key, value in entry.value.items()}})


def _selectors(entry: Entry) -> Outcome:
    listed = entry.value if isinstance(entry.value, list) else [None]
    if any(not isinstance(one, dict) or not isinstance(one.get("labels") or {}, dict) for one in listed):
        raise ValueError("is not a list of selectors; set selectors by hand")
    made = tuple(
        FargateSelector(
            namespace=str(one.get("namespace", "")),
            **({"labels": {key: str(value) for key, value in one["labels"].items()}} if one.get("labels") else {}),
        )
        for one in entry.value
    )
    return Outcome("maps", "", {f"{PROFILE}.selectors": made})


def _logs(entry: Entry) -> Outcome:
    listed = entry.value if isinstance(entry.value, list) else [entry.value]
    every = get_args(LogType)
    if any(one in ("*", "all") for one in listed):
        return Outcome("maps", "all five, also by default", {"cluster.log_types": every})
    return Outcome("maps", "", {"cluster.log_types": tuple(map(str, listed))})


def _auto_mode(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "is off")
    return Outcome("maps", "", kinds={"cluster.auto_mode": AutoMode})


def _node_pools(entry: Entry) -> Outcome:
    if not entry.document.get("autoModeConfig", "enabled"):
        return Outcome("maps", "not used: autoModeConfig is off")
    return Outcome("maps", "", {"cluster.auto_mode.node_pools": tuple(map(str, entry.value or ()))})


def _karpenter(entry: Entry) -> Outcome:
    note = "the catalogue's Karpenter in the version of this platform, with one pool; your NodePools and EC2NodeClasses become node_pools"
    entries = {f"{ENABLE}<{name}>": name for name in ("karpenter-crds", "karpenter", "karpenter-node-pools")}
    return Outcome("changed", note, {**entries, "kubeflow.node_pools<karpenter>.name": "default"}, True)


FIELDS: Table = {
    "apiVersion": Field("maps", note="names the format"),
    "kind": Field("maps", note="names the format"),
    "metadata.name": same("name"),
    "metadata.region": same("region"),
    "metadata.version": decided("cluster.kubernetes_version", kubernetes_version),
    "metadata.tags": decided("tags", _tags),
    "metadata.annotations": no_home("only eksctl reads them"),
    "metadata.forceUpdateVersion": no_home("EKS checks an upgrade before it begins"),
    "metadata.rollbackConfig.timeoutMinutes": no_home("only eksctl rolls back in this time"),
    **network.FIELDS,
    **control_plane.FIELDS,
    **access.FIELDS,
    **roles.FIELDS,
    **groups.FIELDS,
    **addons.FIELDS,
    "fargateProfiles[].name": same(f"{PROFILE}.name"),
    "fargateProfiles[].selectors": decided(f"{PROFILE}.selectors", _selectors),
    "fargateProfiles[].podExecutionRoleARN": no_home("the platform makes the role of Fargate pods", matters=True),
    "fargateProfiles[].subnets": no_home("Fargate pods use the private subnets", matters=True),
    "fargateProfiles[].tags": no_home("profiles have the tags of the platform"),
    "fargateProfiles[].status": no_home("written by eksctl, about what exists"),
    "cloudWatch.clusterLogging.enableTypes": decided("cluster.log_types", _logs),
    "cloudWatch.clusterLogging.logRetentionInDays": same("cluster.log_retention_days"),
    "secretsEncryption.keyARN": same("cluster.secrets_kms_key_arn"),
    "zonalShiftConfig.enabled": same("cluster.zonal_shift", bool),
    "upgradePolicy.supportType": same("cluster.support_type", lambda value: str(value).upper()),
    "autoModeConfig.enabled": decided("cluster.auto_mode", _auto_mode),
    "autoModeConfig.nodePools": decided("cluster.auto_mode.node_pools", _node_pools),
    "autoModeConfig.nodeRoleARN": no_home("the platform makes the role of the nodes", matters=True),
    "autoModeConfig.permissionsBoundaryARN": same("permissions_boundary_arn", str),
    "karpenter.version": decided(ENABLE, _karpenter),
    "karpenter.createServiceAccount": no_home("the chart makes the service account, the platform its role"),
    "karpenter.withSpotInterruptionQueue": no_home("the platform makes the queue"),
    "karpenter.defaultInstanceProfile": no_home("Karpenter makes instance profiles of the role of its nodes"),
    "gitops.flux.*": no_home("run `flux bootstrap` after the cluster is applied", matters=True),
    **{
        f"identityProviders[].{name}": IDENTITY
        for name in (
            *("name", "type", "issuerURL", "clientID", "usernameClaim", "usernamePrefix"),
            *("groupsClaim", "groupsPrefix", "requiredClaims", "tags"),
        )
    },
    "outpost.*": OUTPOST,
    "remoteNetworkConfig.*": HYBRID,
    "capabilities[].*": CAPABILITY,
}
