"""Fields of access to the cluster: access entries, and mappings of the ConfigMap aws-auth, which become access entries.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/access-entries.html
"""

import re
from collections.abc import Mapping
from typing import Any

from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home
from modules.settings import AccessPolicy

ACCESS = "cluster.access[]"
ADMINS = "cluster.admins"
ADMIN_POLICY = "AmazonEKSClusterAdminPolicy"


def entry_name(principal: str) -> str:
    """A name for an access entry: the last part of the principal."""
    return re.sub(r"[^a-z0-9]+", "-", principal.rpartition("/")[2].lower()).strip("-")


def _mapped(entry: Entry) -> Outcome:
    """A principal of aws-auth: an administrator, or one with Kubernetes groups."""
    principal, groups = str(entry.value), [str(one) for one in entry.of_item("groups") or ()]
    if "system:masters" in groups:
        return Outcome("maps", "an administrator of the cluster", {f"{ADMINS}<{principal}>": principal})
    if "system:nodes" in groups:
        return Outcome("maps", "EKS makes the access entries of nodes")
    own = tuple(group for group in groups if not group.startswith("system:"))
    if not own:
        return Outcome(
            "by_hand", "has no group, so RBAC names the user: give it a policy in cluster.access, or groups", {}, True
        )
    return Outcome("changed", "an access entry in place of aws-auth", _entry(principal, None, own))


def _entry(principal: str, policy: str | None, groups: tuple[str, ...]) -> dict[str, Any]:
    settings = {f"{ACCESS}.name": entry_name(principal), f"{ACCESS}.principal": principal, f"{ACCESS}.policy": policy}
    return {**settings, **({f"{ACCESS}.kubernetes_groups": groups} if groups else {})}


def _principal(entry: Entry) -> Outcome:
    principal, kind = str(entry.value), str(entry.of_item("type") or "STANDARD")
    if kind != "STANDARD":
        return Outcome("maps", f"EKS makes the access entries of nodes ({kind}) of the platform")
    policies = entry.of_item("accessPolicies") or ()
    groups = tuple(str(one) for one in entry.of_item("kubernetesGroups") or ())
    if _is_admin(policies) and not groups:
        return Outcome("maps", "an administrator of the cluster", {f"{ADMINS}<{principal}>": principal})
    settings = _entry(principal, None, groups)
    if policies:  # the policy is set by that field
        del settings[f"{ACCESS}.policy"]
    return Outcome("maps", "", settings)


def _is_admin(policies: Any) -> bool:
    return bool(policies) and [_policy(one) for one in policies] == [(ADMIN_POLICY, ())]


def _policy(one: Any) -> tuple[str, tuple[str, ...]]:
    scope = one.get("accessScope") or {} if isinstance(one, Mapping) else {}
    name = str(one.get("policyARN", "")).rpartition("/")[2] if isinstance(one, Mapping) else ""
    return name, tuple(str(each) for each in scope.get("namespaces") or ())


def _policies(entry: Entry) -> Outcome:
    if not isinstance(entry.value, list) or not entry.value:
        raise ValueError("is not a list of policies; set cluster.access by hand")
    if str(entry.of_item("type") or "STANDARD") != "STANDARD":
        raise ValueError("entries of nodes have no policies; remove them")
    if _is_admin(entry.value) and not entry.of_item("kubernetesGroups"):
        return Outcome("maps", "an administrator of the cluster")
    (name, namespaces), *more = map(_policy, entry.value)
    settings: dict[str, Any] = {f"{ACCESS}.policy": name}
    if namespaces:
        settings[f"{ACCESS}.namespaces"] = namespaces
    if more:
        settings[f"{ACCESS}.more_policies"] = tuple(
            AccessPolicy(policy=policy, **({"namespaces": of} if of else {})) for policy, of in more
        )
    return Outcome("maps", "", settings)


def _mode(entry: Entry) -> Outcome:
    if entry.value == "CONFIG_MAP":
        note = "access entries are always used; aws-auth stays readable during the change"
        return Outcome("changed", note, {"cluster.authentication_mode": "API_AND_CONFIG_MAP"})
    return Outcome("maps", "", {"cluster.authentication_mode": entry.value})


def _creator(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "administrators are listed in cluster.admins")
    return Outcome("changed", "administrators are listed in cluster.admins; add the role that runs Terraform", {}, True)


USER_NAME = no_home(
    "EKS names users by their ARN; change RBAC bindings of this user to a group in kubernetes_groups", matters=True
)

FIELDS: Table = {
    "iamIdentityMappings[].arn": decided(ADMINS, _mapped),
    "iamIdentityMappings[].groups": Field("maps", note="decides between cluster.admins and cluster.access"),
    "iamIdentityMappings[].username": USER_NAME,
    "iamIdentityMappings[].account": no_home(
        "users of a whole account cannot be mapped: list principals in cluster.access", matters=True
    ),
    "iamIdentityMappings[].serviceName": no_home("access of an AWS service is set up with that service", matters=True),
    "iamIdentityMappings[].namespace": no_home("access of an AWS service is set up with that service", matters=True),
    "iamIdentityMappings[].noDuplicateARNs": no_home("EKS has one access entry per principal"),
    "accessConfig.authenticationMode": decided("cluster.authentication_mode", _mode),
    "accessConfig.bootstrapClusterCreatorAdminPermissions": decided("", _creator),
    "accessConfig.accessEntries[].principalARN": decided(f"{ACCESS}.principal", _principal),
    "accessConfig.accessEntries[].type": Field("maps", note="EKS makes the entries of nodes itself"),
    "accessConfig.accessEntries[].kubernetesGroups": Field("maps", f"{ACCESS}.kubernetes_groups"),
    "accessConfig.accessEntries[].kubernetesUsername": USER_NAME,
    "accessConfig.accessEntries[].accessPolicies": decided(f"{ACCESS}.policy", _policies),
}
