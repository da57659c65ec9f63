"""Access entries and their policies: permissions of principals in a cluster."""

import uuid

from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import utcnow
from moto.eks.exceptions import InvalidParameterException, InvalidRequestException, ResourceInUseException
from moto.eks.models import Cluster
from moto.eks.responses import EKSResponse

from .records import Record, arn, cluster_of, find, parameters, records, updated

KIND = "access-entry"
PROVIDERS = "identity-provider-config"
NODE_TYPES = ("EC2", "EC2_LINUX", "EC2_WINDOWS", "FARGATE_LINUX", "HYBRID_LINUX", "HYPERPOD_LINUX")


def add_entry(response: EKSResponse, cluster: Cluster, principal_arn: str, kind: str, **given: object) -> Record:
    """Make an access entry, as a person does and as EKS does by itself for node roles."""
    name = principal_arn.split("/")[-1]
    is_node = kind in NODE_TYPES
    records(cluster, KIND)[principal_arn] = entry = {
        "clusterName": cluster.name,
        "principalArn": principal_arn,
        "kubernetesGroups": ["system:nodes"] if is_node else given.get("kubernetesGroups") or [],
        "accessEntryArn": arn(
            response, "access-entry", cluster.name, "role", response.current_account, name, str(uuid.uuid4())
        ),
        "createdAt": utcnow(),
        "modifiedAt": utcnow(),
        "tags": given.get("tags") or {},
        "username": given.get("username") or ("system:node:{{EC2PrivateDNSName}}" if is_node else principal_arn),
        "type": kind,
        "policies": {},
    }
    return entry


def add_entry_of_nodes(response: EKSResponse, cluster: Cluster, role_arn: str, kind: str) -> None:
    """EKS's own entry for a role of managed nodes or Fargate; a later CreateAccessEntry for it meets a 409."""
    if cluster.access_config["authenticationMode"] != "CONFIG_MAP" and role_arn not in records(cluster, KIND):  # type: ignore[attr-defined]
        add_entry(response, cluster, role_arn, kind)


def create_access_entry(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateAccessEntry.html."""
    wanted = parameters(self)
    cluster = cluster_of(self, wanted["clusterName"])
    if cluster.access_config["authenticationMode"] == "CONFIG_MAP":  # type: ignore[attr-defined]
        raise InvalidRequestException(
            message="The cluster's authentication mode must be set to one of [API, API_AND_CONFIG_MAP]"
        )
    principal = wanted.pop("principalArn")
    if principal in records(cluster, KIND):
        raise ResourceInUseException(message=f"The specified access entry resource is already in use: {principal}")
    return ActionResult({"accessEntry": add_entry(self, cluster, principal, wanted.pop("type", "STANDARD"), **wanted)})


def describe_access_entry(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAccessEntry.html."""
    return ActionResult({"accessEntry": _entry(self, parameters(self))})


def update_access_entry(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_UpdateAccessEntry.html."""
    wanted = parameters(self)
    entry = _entry(self, wanted)
    entry.update({key: wanted[key] for key in ("kubernetesGroups", "username") if key in wanted})
    return ActionResult({"accessEntry": entry})


def delete_access_entry(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DeleteAccessEntry.html."""
    wanted = parameters(self)
    entry = _entry(self, wanted)
    del records(cluster_of(self, wanted["clusterName"]), KIND)[entry["principalArn"]]
    return EmptyResult()


def list_access_entries(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListAccessEntries.html."""
    return ActionResult({"accessEntries": sorted(records(cluster_of(self, parameters(self)["clusterName"]), KIND))})


def associate_access_policy(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateAccessPolicy.html."""
    wanted = parameters(self)
    entry = _entry(self, wanted)
    if entry["type"] != "STANDARD":
        raise InvalidRequestException(
            message=f"Access policies cannot be associated with entries of type {entry['type']}"
        )
    if f"{self.partition}:eks::aws:cluster-access-policy/" not in wanted["policyArn"]:
        raise InvalidParameterException(message=f"The policyArn parameter format is not valid: {wanted['policyArn']}")
    association = {
        "policyArn": wanted["policyArn"],
        "accessScope": wanted["accessScope"],
        "associatedAt": utcnow(),
        "modifiedAt": utcnow(),
    }
    entry["policies"][wanted["policyArn"]] = association
    return ActionResult({**_names(entry), "associatedAccessPolicy": association})


def list_associated_access_policies(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListAssociatedAccessPolicies.html."""
    entry = _entry(self, parameters(self))
    return ActionResult({**_names(entry), "associatedAccessPolicies": list(entry["policies"].values())})


def disassociate_access_policy(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DisassociateAccessPolicy.html."""
    wanted = parameters(self)
    _entry(self, wanted)["policies"].pop(wanted["policyArn"], None)
    return EmptyResult()


def associate_identity_provider_config(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_AssociateIdentityProviderConfig.html."""
    wanted = parameters(self)
    cluster, provider = cluster_of(self, wanted["clusterName"]), wanted["oidc"]
    name = provider["identityProviderConfigName"]
    records(cluster, PROVIDERS)[name] = {"type": "oidc", "name": name}
    return ActionResult({"update": updated(cluster, "AssociateIdentityProviderConfig"), "tags": wanted.get("tags", {})})


def list_identity_provider_configs(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_ListIdentityProviderConfigs.html."""
    found = records(cluster_of(self, parameters(self)["clusterName"]), PROVIDERS)
    return ActionResult({"identityProviderConfigs": list(found.values())})


def _entry(response: EKSResponse, wanted: Record) -> Record:
    return find(cluster_of(response, wanted["clusterName"]), KIND, wanted["principalArn"])


def _names(entry: Record) -> Record:
    return {"clusterName": entry["clusterName"], "principalArn": entry["principalArn"]}


OPERATIONS = (
    create_access_entry,
    describe_access_entry,
    update_access_entry,
    delete_access_entry,
    list_access_entries,
    associate_access_policy,
    list_associated_access_policies,
    disassociate_access_policy,
    associate_identity_provider_config,
    list_identity_provider_configs,
)
