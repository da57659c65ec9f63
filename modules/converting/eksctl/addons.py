"""Fields of EKS add-ons.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/addons.html
"""

from collections.abc import Mapping
from typing import Any

import yaml

from modules.aws_data.eks_addons import ADDONS, OTHER_ADDONS
from modules.converting.eksctl.entries import WELL_KNOWN
from modules.converting.eksctl.roles import pod_identity, statements
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home
from modules.settings import Addon, VpcCni

NEWEST = ("latest", "default", "auto")
OWN_ROLE = "the platform gives the add-on a role with what it needs"
OTHER = "cluster.addons.others[]"


def _setting(entry: Entry) -> str:
    """The setting of the add-on that a field belongs to."""
    name = str(entry.document.get(*entry.path[:2], "name"))
    return f"cluster.addons.{name.replace('-', '_')}" if name in ADDONS else OTHER


def _name(entry: Entry) -> Outcome:
    setting = _setting(entry)
    if setting == OTHER:
        return Outcome("maps", "", {f"{OTHER}.name": str(entry.value)})
    return Outcome("maps", "", kinds={setting: VpcCni if setting.endswith("vpc_cni") else Addon})


def _managed(entry: Entry) -> tuple[str, ...]:
    name = str(entry.document.get(*entry.path[:2], "name"))
    known = ADDONS.get(name) or OTHER_ADDONS.get(name)
    return known.managed_policies if known else ()


def _arns(entry: Entry) -> Outcome:
    arns = tuple(map(str, entry.value)) if isinstance(entry.value, list) else (str(entry.value),)
    if all(arn.endswith(_managed(entry) or (" ",)) for arn in arns):
        return Outcome("maps", OWN_ROLE)
    return Outcome("maps", "in place of the managed policy", {f"{_setting(entry)}.role.policy_arns": arns})


def _inline(entry: Entry) -> Outcome:
    if str(entry.document.get("kubernetesNetworkConfig", "ipFamily")).lower() == "ipv6":
        return Outcome("no_home", "permissions of IPv6: clusters are IPv4", {}, True)
    note = "in place of the managed policy"
    return Outcome("maps", note, {f"{_setting(entry)}.role.statements": statements(entry.value)})


def _service_account(entry: Entry) -> Outcome:
    if _managed(entry) or _setting(entry) != OTHER:
        return Outcome("maps", "the platform knows the service account of this add-on")
    settings = {f"{OTHER}.service_account": str(entry.value), f"{OTHER}.role.auth": "pod_identity"}
    return Outcome("maps", "", settings)


def _namespace(entry: Entry) -> Outcome:
    if _setting(entry) != OTHER:
        return Outcome("maps", "the platform knows the namespace of this add-on")
    return Outcome("maps", "", {f"{OTHER}.namespace": str(entry.value)})


def _version(entry: Entry) -> Outcome:
    setting = f"{_setting(entry)}.version"
    text = str(entry.value)
    if text in NEWEST:
        return Outcome("changed", "EKS's default for the Kubernetes version")
    return Outcome("maps", "", {setting: text if text.startswith("v") else f"v{text}"})


def _configuration(entry: Entry) -> Outcome:
    setting, value = _setting(entry), entry.value
    if isinstance(value, str):
        try:
            value = yaml.safe_load(value)
        except yaml.YAMLError:
            raise ValueError("is neither JSON nor YAML; set the configuration of the add-on by hand") from None
    if not isinstance(value, Mapping):
        raise ValueError("is not a mapping; set the configuration of the add-on by hand")
    return _known(setting, dict(value))


def _known(setting: str, value: dict[str, Any]) -> Outcome:
    """A configuration, without what vpc-cni has settings for."""
    settings: dict[str, Any] = {}
    if setting.endswith("vpc_cni"):
        policy = value.pop("enableNetworkPolicy", None)
        env = dict(value.pop("env", None) or {})
        prefixes = env.pop("ENABLE_PREFIX_DELEGATION", None)
        for name, found in (("network_policy", policy), ("prefix_delegation", prefixes)):
            if found is not None:
                settings[f"{setting}.{name}"] = str(found).lower() == "true"
        value |= {"env": env} if env else {}
    note = "in settings of their own" if settings else ""
    return Outcome(
        "changed" if settings else "maps", note, {**settings, **({f"{setting}.configuration": value} if value else {})}
    )


def _disabled(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "is off")
    raise ValueError(
        "the platform installs its add-ons by default; set those that you install in another way to None in addons"
    )


FIELDS: Table = {
    "addons[].name": decided("cluster.addons", _name),
    "addons[].version": decided("cluster.addons", _version),
    "addons[].configurationValues": decided("cluster.addons", _configuration),
    "addons[].attachPolicyARNs": decided("cluster.addons", _arns),
    "addons[].attachPolicy": decided("cluster.addons", _inline),
    "addons[].useDefaultPodIdentityAssociations": no_home(OWN_ROLE),
    "addons[].serviceAccountRoleARN": no_home(
        "the platform makes the role of an add-on; set policies of your own in its role", matters=True
    ),
    **{f"addons[].wellKnownPolicies.{name}": no_home(OWN_ROLE) for name in WELL_KNOWN},
    "addons[].permissionsBoundary": no_home("permissions_boundary_arn is for all roles of the platform", matters=True),
    "addons[].tags": no_home("add-ons have the tags of the platform"),
    "addons[].resolveConflicts": no_home("the settings here win over changes in the cluster"),
    "addons[].namespaceConfig.namespace": decided(f"{OTHER}.namespace", _namespace),
    **{
        f"addons[].{name}": no_home("a filter of listings, not of what is installed")
        for name in ("owners", "publishers", "types")
    },
    **dict.fromkeys(pod_identity("addons[].podIdentityAssociations[]"), no_home(OWN_ROLE)),
    "addons[].podIdentityAssociations[].serviceAccountName": decided(f"{OTHER}.service_account", _service_account),
    "addons[].podIdentityAssociations[].namespace": decided(f"{OTHER}.namespace", _namespace),
    "addons[].podIdentityAssociations[].permissionPolicyARNs": decided("cluster.addons", _arns),
    "addons[].podIdentityAssociations[].permissionPolicy": decided("cluster.addons", _inline),
    "addonsConfig.autoApplyPodIdentityAssociations": Field(
        "changed",
        "cluster.service_account_auth",
        decide=lambda entry: Outcome(
            "maps", "", {"cluster.service_account_auth": "pod_identity" if entry.value else "irsa"}
        ),
    ),
    "addonsConfig.disableDefaultAddons": decided("cluster.addons", _disabled),
}
