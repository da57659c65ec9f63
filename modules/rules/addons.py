"""Rules about addons."""

from collections.abc import Iterator

from modules.rules.rule import Problem, each_once, rule
from modules.settings.addons import AutoMode, VpcCni


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
