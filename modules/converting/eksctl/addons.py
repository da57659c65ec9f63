"""Fields of EKS add-ons.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/addons.html
"""

from collections.abc import Mapping
from typing import Any

import yaml

from modules.aws_data.eks_addons import ADDONS
from modules.converting.eksctl.entries import WELL_KNOWN
from modules.converting.eksctl.roles import pod_identity
from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home
from modules.settings import Addon, VpcCni

NEWEST = ("latest", "default", "auto")
OWN_ROLE = "the platform gives the add-on a role with what it needs"


def _setting(entry: Entry) -> str:
    """The setting of the add-on that a field belongs to.

    Raises:
        ValueError: there is none.
    """
    name = str(entry.of_item("name"))
    if name not in ADDONS:
        raise ValueError(f"the platform has no setting for the add-on {name}; {ELSEWHERE}")
    return f"cluster.addons.{name.replace('-', '_')}"


ELSEWHERE = (
    "install it next to the platform, such as with `aws eks create-addon`, and give it a role in service_account_roles"
)


def _name(entry: Entry) -> Outcome:
    setting = _setting(entry)
    return Outcome("maps", "", kinds={setting: VpcCni if setting.endswith("vpc_cni") else Addon})


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
    **{
        f"addons[].{name}": no_home(OWN_ROLE)
        for name in ("serviceAccountRoleARN", "attachPolicyARNs", "attachPolicy", "useDefaultPodIdentityAssociations")
    },
    **{f"addons[].wellKnownPolicies.{name}": no_home(OWN_ROLE) for name in WELL_KNOWN},
    "addons[].permissionsBoundary": no_home("permissions_boundary_arn is for all roles of the platform", matters=True),
    "addons[].tags": no_home("add-ons have the tags of the platform"),
    "addons[].resolveConflicts": no_home("the settings here win over changes in the cluster"),
    "addons[].namespaceConfig.namespace": no_home("add-ons are in kube-system"),
    **{
        f"addons[].{name}": no_home("a filter of listings, not of what is installed")
        for name in ("owners", "publishers", "types")
    },
    **pod_identity("addons[].podIdentityAssociations[]", of_addon=True),
    "addonsConfig.autoApplyPodIdentityAssociations": Field(
        "changed",
        "cluster.service_account_auth",
        decide=lambda entry: Outcome(
            "maps", "", {"cluster.service_account_auth": "pod_identity" if entry.value else "irsa"}
        ),
    ),
    "addonsConfig.disableDefaultAddons": decided("cluster.addons", _disabled),
}
