"""EKS add-ons, and the pod identity associations that they or a person make."""

import uuid

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.eks.exceptions import ResourceInUseException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from .records import Record, arn, cluster_of, find, parameters, records, updated
from .versions import addon_versions

ADDON = "addon"
POD_IDENTITY = "pod-identity"


def create_addon(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAddon.html."""
    wanted = parameters(self)
    cluster, name = cluster_of(self, wanted["clusterName"]), wanted["addonName"]
    if name in records(cluster, ADDON):
        raise ResourceInUseException(message=f"Addon already exists: {name}", clusterName=cluster.name, addonName=name)
    addon: Record = {
        "clusterName": cluster.name,
        "addonName": name,
        "addonVersion": wanted.get("addonVersion") or addon_versions(cluster.version)[0],
        "addonArn": arn(self, "addon", cluster.name, name, str(uuid.uuid4())),
        "status": "ACTIVE",
        "health": {"issues": []},
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": wanted.get("tags", {}),
        "serviceAccountRoleArn": wanted.get("serviceAccountRoleArn"),
        "configurationValues": wanted.get("configurationValues"),
    }
    addon["podIdentityAssociations"] = [
        _associate(self, cluster, addon["addonArn"], association)["associationArn"]
        for association in wanted.get("podIdentityAssociations", [])
    ]
    records(cluster, ADDON)[name] = addon
    return ActionResult({"addon": addon})


def describe_addon(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddon.html."""
    wanted = parameters(self)
    return ActionResult({"addon": find(cluster_of(self, wanted["clusterName"]), ADDON, wanted["addonName"])})


def list_addons(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListAddons.html."""
    return ActionResult({"addons": sorted(records(cluster_of(self, parameters(self)["clusterName"]), ADDON))})


def update_addon(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAddon.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    addon = find(cluster, ADDON, wanted["addonName"])
    for key in ("addonVersion", "serviceAccountRoleArn", "configurationValues"):
        if key in wanted:
            addon[key] = wanted[key]
    if "podIdentityAssociations" in wanted:
        _drop_owned(cluster, addon["addonArn"])
        addon["podIdentityAssociations"] = [
            _associate(self, cluster, addon["addonArn"], association)["associationArn"]
            for association in wanted["podIdentityAssociations"]
        ]
    return ActionResult({"update": updated(cluster, "AddonUpdate")})


def delete_addon(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteAddon.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    addon = find(cluster, ADDON, wanted["addonName"])
    _drop_owned(cluster, addon["addonArn"])
    del records(cluster, ADDON)[addon["addonName"]]
    return ActionResult({"addon": {**addon, "status": "DELETING"}})


def create_pod_identity_association(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreatePodIdentityAssociation.html."""
    wanted = parameters(self)
    return ActionResult({"association": _associate(self, cluster_of(self, wanted["clusterName"]), None, wanted)})


def describe_pod_identity_association(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribePodIdentityAssociation.html."""
    wanted = parameters(self)
    found = find(cluster_of(self, wanted["clusterName"]), POD_IDENTITY, wanted["associationId"])
    return ActionResult({"association": found})


def update_pod_identity_association(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdatePodIdentityAssociation.html."""
    wanted = parameters(self)
    found = find(cluster_of(self, wanted["clusterName"]), POD_IDENTITY, wanted["associationId"])
    found.update({key: wanted[key] for key in ("roleArn", "targetRoleArn", "disableSessionTags") if key in wanted})
    return ActionResult({"association": found})


def delete_pod_identity_association(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeletePodIdentityAssociation.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    found = find(cluster, POD_IDENTITY, wanted["associationId"])
    del records(cluster, POD_IDENTITY)[found["associationId"]]
    return ActionResult({"association": found})


def list_pod_identity_associations(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListPodIdentityAssociations.html."""
    wanted = parameters(self)
    found = [
        association
        for association in records(cluster_of(self, wanted["clusterName"]), POD_IDENTITY).values()
        if all(association[key] == wanted.get(key, association[key]) for key in ("namespace", "serviceAccount"))
    ]
    return ActionResult({"associations": found})


def _associate(response: EKSResponse, cluster: Cluster, owner_arn: str | None, wanted: Record) -> Record:
    """Bind a service account to a role; AWS knows the namespace of an add-on's own service account."""
    namespace = wanted.get("namespace", "kube-system")
    account = wanted["serviceAccount"]
    for other in records(cluster, POD_IDENTITY).values():
        if (other["namespace"], other["serviceAccount"]) == (namespace, account):
            raise ResourceInUseException(message=f"Association already exists: {other['associationId']}")
    key = f"a-{uuid.uuid4().hex[:17]}"
    records(cluster, POD_IDENTITY)[key] = association = {
        "clusterName": cluster.name,
        "namespace": namespace,
        "serviceAccount": account,
        "roleArn": wanted["roleArn"],
        "targetRoleArn": wanted.get("targetRoleArn"),
        "disableSessionTags": wanted.get("disableSessionTags"),
        "associationArn": arn(response, "podidentityassociation", cluster.name, key),
        "associationId": key,
        "ownerArn": owner_arn,
        "tags": wanted.get("tags", {}),
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
    }
    return association


def _drop_owned(cluster: Cluster, owner_arn: str) -> None:
    kept = {key: one for key, one in records(cluster, POD_IDENTITY).items() if one["ownerArn"] != owner_arn}
    dropped = records(cluster, POD_IDENTITY).keys() - kept.keys()
    for key in dropped:
        del records(cluster, POD_IDENTITY)[key]


OPERATIONS = (
    create_addon,
    describe_addon,
    list_addons,
    update_addon,
    delete_addon,
    create_pod_identity_association,
    describe_pod_identity_association,
    update_pod_identity_association,
    delete_pod_identity_association,
    list_pod_identity_associations,
)
