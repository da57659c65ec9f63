"""Rules about service accounts that the platform creates for `service_account_roles`."""

from collections.abc import Iterator

from modules.kubeflow.chosen import chosen_components, external_services_of, known_components
from modules.kubeflow.install_order import InstallOrderError
from modules.kubeflow.lock import Entry
from modules.kubeflow.selection import EVERY_CLUSTER, namespaces, namespaces_of_others
from modules.kubeflow.variants import entries, lock
from modules.rules.rule import Problem, of_each, rule
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform
from modules.settings.service_account_role import ServiceAccountRole
from modules.teams.names import SERVICE_ACCOUNT

BY_KUBERNETES = frozenset({"default"})
"""In every namespace.

Source: https://kubernetes.io/docs/concepts/security/service-accounts/#default-service-accounts
"""
BY_PROFILE_CONTROLLER = frozenset({SERVICE_ACCOUNT, "default-viewer"})
"""In the namespace of every team.

Source: https://github.com/kubeflow/dashboard/blob/main/components/profile-controller/controllers/profile_controller.go
"""


@rule(Platform)
def created_service_accounts(platform: Platform) -> Iterator[Problem]:
    """Their namespaces exist, and nothing else creates them."""
    kubeflow = platform.kubeflow
    try:
        existing = frozenset() if kubeflow is None else existing_namespaces(kubeflow)
        owned = frozenset() if kubeflow is None else service_accounts_of_components(kubeflow)
    except InstallOrderError:  # reported by the rules about components
        return

    def check(role: ServiceAccountRole) -> Iterator[Problem]:
        if not role.create_service_account:
            return
        if kubeflow is None:
            yield (
                "create_service_account",
                "no stack of this platform writes to the cluster: kubeflow is not set",
                "create the service account with your own manifests, annotated with the role of the output service_account_role_arns",
            )
            return
        if role.namespace not in existing:
            yield (
                "create_service_account",
                f"nothing on this platform creates the namespace {role.namespace}",
                f"use one of {', '.join(sorted(existing))}, or create the service account together with its namespace",
            )
        place = f"{role.namespace}/{role.service_account}"
        creator = _creator(kubeflow, role) or ("a component" if place in owned else None)
        if creator is not None:
            yield "create_service_account", f"{creator} creates the service account {place}", "set False"

    yield from of_each("service_account_roles", platform.service_account_roles, check)


def _creator(kubeflow: Kubeflow, role: ServiceAccountRole) -> str | None:
    """What creates a service account outside of Terraform."""
    if role.service_account in BY_KUBERNETES:
        return "Kubernetes"
    if role.service_account in BY_PROFILE_CONTROLLER and role.namespace in {team.name for team in kubeflow.teams}:
        return "Kubeflow's profile controller"
    return None


def existing_namespaces(kubeflow: Kubeflow) -> frozenset[str]:
    """Namespaces of every cluster, of components, also preinstalled ones, and of teams."""
    made = namespaces(chosen_components(kubeflow), _entries(kubeflow), frozenset())
    known = known_components(kubeflow)
    present = [known[name] for name in kubeflow.preinstalled if name in known]
    return frozenset(
        {
            *EVERY_CLUSTER,
            *(namespace.name for namespace in made),
            *namespaces_of_others(present),
            *(team.name for team in kubeflow.teams),
        }
    )


def service_accounts_of_components(kubeflow: Kubeflow) -> frozenset[str]:
    """`<namespace>/<name>` of service accounts of installed components, as far as they are known: not all of charts."""
    chosen = chosen_components(kubeflow)
    return frozenset(
        {
            *(f"{component.namespace}/{access.service_account}" for component in chosen for access in component.aws),
            *(
                place.removeprefix("ServiceAccount ")
                for entry in _entries(kubeflow).values()
                for place in entry.owned
                if place.startswith("ServiceAccount ")
            ),
        }
    )


def _entries(kubeflow: Kubeflow) -> dict[str, Entry]:
    """Lock entries of installed components; those without an entry are reported elsewhere."""
    chosen = [component for component in chosen_components(kubeflow) if component.name in lock().components]
    return entries(chosen, external_services=external_services_of(kubeflow))
