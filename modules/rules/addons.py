"""Rules about EKS add-ons and EKS Auto Mode."""

from collections.abc import Iterator

from modules.aws_data.eks_addons import ADDONS, OTHER_ADDONS
from modules.rules.rule import Problem, each_once, of_each, rule, unique_names, warning
from modules.rules.selected import names_of
from modules.rules.service_account_roles import permissions
from modules.settings.addons import AddonRole, Addons, AutoMode, OtherAddon, VpcCni, setting_of
from modules.settings.cluster import Cluster
from modules.settings.platform import Platform

MONITORING_AGENT = "eks-node-monitoring-agent"


@rule(VpcCni)
def vpc_cni_configuration(addon: VpcCni) -> Iterator[Problem]:
    """Configuration keys that have a setting of their own."""
    for key, setting in (("enableNetworkPolicy", "network_policy"), ("eniConfig", "Network.secondary_cidr")):
        if key in addon.configuration:
            yield f"configuration[{key}]", f"{key} is set by {setting}", "use that setting and remove the key here"
    env = addon.configuration.get("env")
    if isinstance(env, dict) and "ENABLE_PREFIX_DELEGATION" in env:
        yield (
            "configuration[env]",
            "ENABLE_PREFIX_DELEGATION is set by prefix_delegation",
            "use that setting and remove the variable here",
        )


@rule(AutoMode)
def auto_mode_pools(auto_mode: AutoMode) -> Iterator[Problem]:
    """Each built-in node pool once."""
    yield from each_once("node_pools", auto_mode.node_pools)


@rule(Addons)
def other_addons(addons: Addons) -> Iterator[Problem]:
    """Each once, and none that has a setting of its own."""
    yield from unique_names("others", addons.others)

    def check(other: OtherAddon) -> Iterator[Problem]:
        if other.name in ADDONS:
            yield "name", f"{other.name} is set by Addons.{setting_of(ADDONS[other.name])}", "use that setting"

    yield from of_each("others", addons.others, check)


@rule(Addons)
def roles_of_addons(addons: Addons) -> Iterator[Problem]:
    """A role is for a service account, and some add-ons do nothing without one."""
    for facts, addon in addons.chosen():
        path = setting_of(facts)
        if addon.role is not None and facts.service_account is None:
            fix = "remove role" if facts.name in ADDONS or facts.name in OTHER_ADDONS else "set service_account"
            yield f"{path}.role", f"{facts.name} has no service account that calls AWS", fix
        if addon.role is None and facts.needs_role:
            yield (
                f"{path}.role",
                f"{facts.name} can do nothing without permissions",
                "set AddonRole(policy_arns=…) or AddonRole(statements=…)",
            )
        given = isinstance(addon, OtherAddon) and addon.service_account is not None
        if addon.role is None and given and not facts.managed_policies:
            yield f"{path}.service_account", "it has no role without AddonRole(…)", "set role, or remove it"


@rule(AddonRole)
def permissions_of_addons(role: AddonRole) -> Iterator[Problem]:
    """At least one permission, within the quotas of IAM."""
    yield from permissions(role)


@rule(Platform)
def addons_of_the_catalogue(platform: Platform) -> Iterator[Problem]:
    """No program twice: as an EKS add-on and as a component."""
    if not isinstance(platform.cluster, Cluster) or platform.kubeflow is None:
        return
    installed = names_of(platform.kubeflow)
    for facts, _ in platform.cluster.addons.chosen():
        if facts.same_as in installed:
            yield (
                f"cluster.addons.{setting_of(facts)}",
                f"the component {facts.same_as} of Kubeflow installs it, too, and both would conflict",
                f"remove the add-on, or add disable=({facts.same_as!r},) to Kubeflow if nothing requires it",
            )


@rule(Cluster)
def addons_by_pod_identity(cluster: Cluster) -> Iterator[Problem]:
    """Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html."""
    if cluster.addons.eks_pod_identity_agent is not None or (cluster.auto_mode is not None and not cluster.node_groups):
        return
    for facts, addon in cluster.addons.chosen():
        if addon.role is not None and addon.role.auth == "pod_identity":
            yield (
                f"addons.{setting_of(facts)}.role.auth",
                "EKS Pod Identity requires the agent on each node",
                "do not set eks_pod_identity_agent to None",
            )


@warning(Cluster)
def unreported_hardware(cluster: Cluster) -> Iterator[Problem]:
    """EKS repairs nodes with broken devices only if an agent reports them.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/node-repair.html
    """
    if any(other.name == MONITORING_AGENT for other in cluster.addons.others):
        return
    for index, group in enumerate(cluster.node_groups):
        if group.accelerator is not None and group.node_repair:
            yield (
                f"node_groups[{index}].node_repair",
                f"EKS does not see broken {group.accelerator} devices without the add-on {MONITORING_AGENT}",
                f'add others=(OtherAddon(name="{MONITORING_AGENT}"),) to Addons, or set node_repair=False',
            )
