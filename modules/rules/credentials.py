"""Rules about storage and delivery of credentials, and the pods that read them."""

from collections.abc import Iterator

from modules.kubeflow.behaviours import BEHAVIOURS, DATABASE_COMPONENTS
from modules.kubeflow.chosen import chosen_components, known_components
from modules.kubeflow.database_users import BUILTIN_READERS
from modules.kubeflow.install_order import InstallOrderError
from modules.rules.rule import Problem, rule
from modules.settings.cluster import Cluster
from modules.settings.database import InClusterDatabase
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform
from modules.settings.services import SECRETS_STORE


def _chosen(kubeflow: Kubeflow) -> set[str]:
    try:
        return {component.name for component in chosen_components(kubeflow)}
    except InstallOrderError:  # reported by the rules about components
        return set()


def stores_that_do_not_follow(kubeflow: Kubeflow) -> Iterator[str]:
    """Stores that keep their first password when their Secret changes."""
    chosen = _chosen(kubeflow)
    users = sorted(chosen & set(DATABASE_COMPONENTS))
    if isinstance(kubeflow.services.database, InClusterDatabase) and users:
        yield f"MySQL in the cluster ({', '.join(users)})"
    for name in sorted(chosen & set(BEHAVIOURS)):
        stores = BEHAVIOURS[name].in_cluster_stores
        if stores is not None:
            yield from stores(kubeflow)


def namespaces_of_readers(kubeflow: Kubeflow) -> set[str]:
    """Namespaces of the selected components whose pods read a credential."""
    known = known_components(kubeflow)
    readers = {name for name, one in BEHAVIOURS.items() if one.keys or one.database_keys is not None}
    return {known[name].namespace for name in _chosen(kubeflow) & {*readers, *BUILTIN_READERS}}


@rule(Platform)
def rotation_reaches_every_store(platform: Platform) -> Iterator[Problem]:
    """Rotation would lock out clients of a store that keeps its first password."""
    if platform.kubeflow is None or platform.kubeflow.services.credentials_version == 1:
        return
    for store in stores_that_do_not_follow(platform.kubeflow):
        yield (
            "kubeflow.services.credentials_version",
            f"{store} keeps its first password, so rotation would lock out its clients",
            "leave it at 1 and change that password by hand: in the store, then in Secrets Manager, then apply (docs/secrets.md#by-hand)",
        )


@rule(Platform)
def pods_can_fetch(platform: Platform) -> Iterator[Problem]:
    """The secrets store driver is installed, on every node where readers run."""
    kubeflow = platform.kubeflow
    if kubeflow is None or kubeflow.services.credential_delivery != "csi":
        return
    for name in SECRETS_STORE:
        if name in kubeflow.disable:
            yield (
                "kubeflow.disable",
                f'{name} is required by credential_delivery="csi"',
                "remove it here",
            )
    if not isinstance(platform.cluster, Cluster):
        return
    namespaces = namespaces_of_readers(kubeflow)
    for profile in platform.cluster.fargate_profiles:
        for namespace in sorted({selector.namespace for selector in profile.selectors} & namespaces):
            yield (
                "kubeflow.services.credential_delivery",
                f"pods of {namespace} run on Fargate (profile {profile.name}), where the CSI driver is not available",
                'set "terraform" or remove the namespace from the profile',
            )


@rule(Platform)
def pods_get_their_roles(platform: Platform) -> Iterator[Problem]:
    """EKS Pod Identity is available on every node where pods with a role run.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-identities.html
    """
    kubeflow, cluster = platform.kubeflow, platform.cluster
    if kubeflow is None or kubeflow.service_account_auth != "pod_identity" or not isinstance(cluster, Cluster):
        return
    path = "kubeflow.service_account_auth"
    if cluster.auto_mode is None and cluster.addons.eks_pod_identity_agent is None:
        yield path, "the cluster does not have the add-on eks_pod_identity_agent", 'enable that add-on or set "irsa"'
    known = known_components(kubeflow)
    namespaces = {known[name].namespace for name in _chosen(kubeflow) if known[name].aws}
    namespaces |= {team.name for team in kubeflow.teams}
    for fargate in cluster.fargate_profiles:
        for namespace in sorted(
            {selector.namespace for selector in fargate.selectors if not selector.labels} & namespaces
        ):
            yield (
                path,
                f"pods of {namespace} run on Fargate (profile {fargate.name}), where EKS Pod Identity is not available",
                'set "irsa" or remove the namespace from the profile',
            )
