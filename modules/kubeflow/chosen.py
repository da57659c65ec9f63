"""Selection of catalogue components by settings: install order, external services, stacks."""

from modules.kubeflow.auth.kinds import AUTH_COMPONENTS, strategy_of
from modules.kubeflow.behaviours import DATABASE_COMPONENTS
from modules.kubeflow.catalogue import CATALOGUE, FOUNDATION
from modules.kubeflow.database_users import CREATE, DROP
from modules.kubeflow.install_order import StackPart, install_order, parts
from modules.kubeflow.program_databases import with_own_databases
from modules.kubeflow.variants import ExternalServices
from modules.settings.artifacts import InClusterStore
from modules.settings.component import Component
from modules.settings.database import InClusterDatabase, MadeDatabase
from modules.settings.exposure import PortForward
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform
from modules.settings.services import SECRETS_STORE

LOAD_BALANCER_CONTROLLER = "aws-load-balancer-controller"
AUTO_MODE_POOLS = "auto-mode-node-pools"


def by_settings(kubeflow: Kubeflow) -> dict[str, bool]:
    """Entries enabled or disabled by a setting, with its value."""
    auth = strategy_of(kubeflow.auth)
    return {
        **{name: name in auth.components for name in AUTH_COMPONENTS},
        "gateway-target-group": not isinstance(kubeflow.exposure, PortForward),
        "machine-tokens": kubeflow.machine_tokens and auth.authenticates,
        "efs-storage-class": kubeflow.services.efs is not None,
        "dns01-issuer": kubeflow.dns01_issuer is not None,
        AUTO_MODE_POOLS: auto_mode_pools(kubeflow),
        "fsx-storage-class": kubeflow.services.fsx is not None,
        **dict.fromkeys((CREATE, DROP), _creates_database_users(kubeflow)),
        **dict.fromkeys(SECRETS_STORE if kubeflow.services.credential_delivery == "csi" else (), True),
    }


def auto_mode_pools(kubeflow: Kubeflow) -> bool:
    """Whether EKS Auto Mode runs the configured node pools, and not Karpenter among the components."""
    return bool(kubeflow.node_pools) and "cluster" in kubeflow.auto_mode and "karpenter" not in kubeflow.enable


def _creates_database_users(kubeflow: Kubeflow) -> bool:
    """Whether the platform creates a MySQL server that an installed program uses."""
    left_out = {*kubeflow.disable, *kubeflow.preinstalled}
    programs = {
        component.name
        for component in CATALOGUE
        if component.name in DATABASE_COMPONENTS and (component.default or component.name in kubeflow.enable)
    }
    return isinstance(kubeflow.services.database, MadeDatabase) and bool(programs - left_out)


def external_services_of(kubeflow: Kubeflow) -> ExternalServices:
    """External services of its components, for their variants."""
    outside = {
        "s3": not isinstance(kubeflow.services.artifacts, InClusterStore),
        "rds": not isinstance(kubeflow.services.database, InClusterDatabase),
        "ecr": kubeflow.services.repositories is not None,
    }
    return ExternalServices(
        frozenset(name for name, chosen in outside.items() if chosen),
        with_own_databases(kubeflow),
        via_csi=kubeflow.services.credential_delivery == "csi",
    )


def in_auto_mode(kubeflow: Kubeflow) -> frozenset[str]:
    """Entries that are neither installed nor required, since EKS Auto Mode of the cluster does their work."""
    parts = kubeflow.auto_mode
    if not parts:
        return frozenset()
    asked = {*kubeflow.enable, *kubeflow.preinstalled}
    return frozenset(
        component.name for component in CATALOGUE if component.in_auto_mode in parts and component.name not in asked
    )


def auto_mode_balances(kubeflow: Kubeflow) -> bool:
    """Whether EKS Auto Mode registers the gateway's pods as targets, and not a controller among the components."""
    return LOAD_BALANCER_CONTROLLER in in_auto_mode(kubeflow)


def selected_components(kubeflow: Kubeflow) -> list[Component]:
    """Entries to install as selected by settings, without a check of dependencies."""
    switched, left_out = by_settings(kubeflow), {*kubeflow.disable, *kubeflow.preinstalled, *in_auto_mode(kubeflow)}
    return [
        component
        for component in (*CATALOGUE, *kubeflow.extra_components)
        if switched.get(
            component.name,
            component.default or component.name in kubeflow.enable or component in kubeflow.extra_components,
        )
        and component.name not in left_out
        and not (component.default and any(other in kubeflow.enable for other in component.alternative_to))
    ]


def chosen_components(kubeflow: Kubeflow) -> list[Component]:
    """Entries to install, in install order.

    Raises:
        InstallOrderError: they cannot be installed together; `modules.rules` reports it.
    """
    return install_order(selected_components(kubeflow), {*kubeflow.preinstalled, *in_auto_mode(kubeflow)})


def known_components(kubeflow: Kubeflow) -> dict[str, Component]:
    """All entries by name: the catalogue's and extra components."""
    return {component.name: component for component in (*CATALOGUE, *kubeflow.extra_components)}


def release_namespaces(kubeflow: Kubeflow) -> list[str]:
    """Namespaces with Helm releases and their Secrets; requires valid settings."""
    return sorted({"kube-system", *(component.namespace for component in chosen_components(kubeflow))})


def has_component(platform: Platform, name: str) -> bool:
    """Whether a catalogue entry is installed on this platform; requires valid settings."""
    kubeflow = platform.kubeflow
    return kubeflow is not None and any(component.name == name for component in chosen_components(kubeflow))


def platform_parts(platform: Platform) -> list[StackPart]:
    """The stacks of add-ons and Kubeflow; requires valid settings."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return []
    split = platform.provider_auth() == "token" if kubeflow.split is None else kubeflow.split
    return parts(chosen_components(kubeflow), FOUNDATION if split else ())
