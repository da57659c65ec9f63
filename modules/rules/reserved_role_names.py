"""Names of the IAM roles that stacks create, which roles of service accounts cannot have.

Two stacks with a role of the same name pass the plan, and the second apply fails with EntityAlreadyExists.
"""

from collections.abc import Iterator

from modules.aws_data.eks_addons import ADDONS
from modules.iam.role_names import PLATFORM_ROLES
from modules.kubeflow.chosen import chosen_components, external_services_of
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.selection import secrets
from modules.kubeflow.variants import entries, lock
from modules.settings.cluster import Cluster
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform
from modules.teams.names import release_name


def reserved_role_names(platform: Platform) -> set[str]:
    """Last parts of the names of all roles that the stacks of a platform can create, without those of `service_account_roles`."""
    groups = platform.cluster.node_groups if isinstance(platform.cluster, Cluster) else ()
    others = platform.cluster.addons.others if isinstance(platform.cluster, Cluster) else ()
    found = {
        *PLATFORM_ROLES,
        *ADDONS,
        *(one.name for one in others),
        "karpenter-node",
        *(f"node-{group.name}" for group in groups),
    }
    return found if platform.kubeflow is None else {*found, *_of_kubeflow(platform.kubeflow)}


def _of_kubeflow(kubeflow: Kubeflow) -> Iterator[str]:
    """Roles of teams, and of components by the names of their service accounts."""
    yield from (release_name(team.name) for team in kubeflow.teams)
    try:
        chosen = chosen_components(kubeflow)
    except InstallOrderError:  # reported by the rules about components
        return
    yield from (access.role or access.service_account for component in chosen for access in component.aws)
    if kubeflow.services.credential_delivery == "csi":
        in_lock = [component for component in chosen if component.name in lock().components]
        found = entries(in_lock, external_services=external_services_of(kubeflow))
        for secret in secrets(chosen, found, derived_secrets(kubeflow)):
            yield from secret.readers
