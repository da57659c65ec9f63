"""Policies that eksctl knows by name: catalogue entries and EKS add-ons here, which have their own roles.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/iamserviceaccounts.html
"""

from modules.converting.field import Entry, Field, Outcome, Table, decided
from modules.settings import Addon

ENTRIES = {
    "autoScaler": "cluster-autoscaler",
    "albIngress": "aws-load-balancer-controller",
    "awsLoadBalancerController": "aws-load-balancer-controller",
    "externalDNS": "external-dns",
    "cloudWatch": "aws-for-fluent-bit",
}
"""Name of a policy to the catalogue entry that has these permissions."""
ADDONS = {
    "ebs": "aws_ebs_csi_driver",
    "ebsCSIController": "aws_ebs_csi_driver",
    "efs": "aws_efs_csi_driver",
    "efsCSIController": "aws_efs_csi_driver",
    "fsx": "aws_fsx_csi_driver",
}
NONE = {
    "certManager": "cert-manager is part of Kubeflow; for DNS01, kubeflow.dns01_issuer makes its issuer and its role",
    "imageBuilder": "give the service account of the build a role in service_account_roles with the policy EC2InstanceProfileForImageBuilderECRContainerBuilds",
    "xRay": "give the service account a role in service_account_roles with the policy AWSXRayDaemonWriteAccess",
    "appMesh": "AWS App Mesh has ended; Istio is part of Kubeflow",
    "appMeshPreview": "AWS App Mesh has ended; Istio is part of Kubeflow",
}
OTHER_POLICIES = (
    *("autoScaler", "albIngress", "awsLoadBalancerController", "externalDNS", "cloudWatch"),
    *("ebs", "efs", "fsx", *NONE),
)
"""Names in `withAddonPolicies` of a node group."""
WELL_KNOWN = (
    *("autoScaler", "awsLoadBalancerController", "externalDNS"),
    *("ebsCSIController", "efsCSIController", "certManager", "imageBuilder"),
)
"""Names in `wellKnownPolicies` of a service account, a pod identity association or an add-on."""
ENABLE = "kubeflow.enable"


def flags(path: str, names: tuple[str, ...]) -> Table:
    """Fields of a section whose keys are such names."""
    return {f"{path}.{name}": _field(name) for name in names}


def _field(name: str) -> Field:
    if name in NONE:
        return Field("no_home", "", NONE[name], True, lambda entry: None if entry.value else _OFF)
    if name in ENTRIES:
        entry_name = ENTRIES[name]
        note = f"the catalogue entry {entry_name} has a role of its own"
        return decided(
            ENABLE,
            lambda entry: Outcome("changed", note, {f"{ENABLE}<{entry_name}>": entry_name}) if entry.value else _OFF,
            note,
        )
    setting = f"cluster.addons.{ADDONS[name]}"
    return decided(setting, lambda entry: _addon(entry, name), "the EKS add-on has a role of its own")


_OFF = Outcome("maps", "is off")


def _addon(entry: Entry, name: str) -> Outcome:
    if not entry.value:
        return _OFF
    if ADDONS[name] == "aws_ebs_csi_driver":
        return Outcome("maps", "the EKS add-on is installed by default and has a role of its own")
    kinds = {f"cluster.addons.{ADDONS[name]}": Addon}
    return Outcome("maps", "the EKS add-on has a role of its own; a file system is also needed (services)", kinds=kinds)
