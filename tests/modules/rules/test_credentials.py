"""How credentials are kept and reach the cluster."""

from typing import Any

import pytest

from modules.kubeflow.behaviours import BEHAVIOURS, SUPPLIED_SECRETS
from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.database_users import BUILTIN_READERS, NAMESPACE
from modules.kubeflow.lock import read_lock
from modules.rules import problems_of_all
from modules.settings import (
    Addons,
    ArtifactBucket,
    FargateProfile,
    FargateSelector,
    InClusterDatabase,
    InClusterStore,
    RdsMysql,
    Services,
    Team,
)
from modules.settings.kubeflow import Kubeflow
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import cluster, on_kubeflow, platform

RAISED = "kubeflow.services.credentials_version: "
BY_HAND = (
    " keeps the password that it was made with, and its readers would be locked out; leave it at 1, and change that password by "
    "hand: set it in the store, put it into Secrets Manager, and apply (docs/secrets.md#by-hand)"
)
ELSEWHERE: dict[str, Any] = {"artifacts": ArtifactBucket(), "database": RdsMysql()}
GRAFANA = "kube-prometheus-stack"


def raised(grafana: Any = None, **services: Any) -> Any:
    values = {GRAFANA: {"grafana": grafana}} if grafana is not None else {}
    return on_kubeflow(
        services=Services(**{**ELSEWHERE, **services}, credentials_version=2), enable=(GRAFANA,), values=values
    )


def fargate(*namespaces: str) -> FargateProfile:
    return FargateProfile(name="sparse", selectors=tuple(FargateSelector(namespace=name) for name in namespaces))


def on_fargate(delivery: str, *namespaces: str) -> Any:
    kubeflow = on_kubeflow(services=Services(credential_delivery=delivery)).kubeflow
    return platform(cluster=cluster(fargate_profiles=(fargate(*namespaces),)), kubeflow=kubeflow)


ROWS: Rows = {
    "mysql_in_the_cluster": (
        raised(database=InClusterDatabase()),
        "kubeflow.services.credentials_version: model-registry",
    ),
    "store_in_the_cluster": (
        raised(artifacts=InClusterStore()),
        "kubeflow.services.credentials_version: SeaweedFS",
    ),
    "grafana_with_a_volume": (
        raised({"persistence": {"enabled": True}}),
        "kubeflow.services.credentials_version: kubeflow.values",
    ),
    "grafana_with_a_database": (
        raised({"grafana.ini": {"database": {"type": "mysql"}}}),
        "kubeflow.services.credentials_version: kubeflow.values",
    ),
    "no_driver": (
        on_kubeflow(services=Services(credential_delivery="csi"), disable=("secrets-store-csi-driver-provider-aws",)),
        "kubeflow.disable: secrets-store-csi-driver-provider-aws",
    ),
    "no_agent": (
        on_kubeflow(service_account_auth="pod_identity").with_changes(
            cluster=cluster(addons=Addons(eks_pod_identity_agent=None))
        ),
        "kubeflow.service_account_auth: eks_pod_identity_agent",
    ),
    "no_agent_on_fargate": (
        on_kubeflow(
            service_account_auth="pod_identity", teams=(Team(name="team-a", owner="ada@example.com"),)
        ).with_changes(cluster=cluster(fargate_profiles=(fargate("auth", "kubeflow", "team-a"),))),
        "kubeflow.service_account_auth: Identity",
        "kubeflow.service_account_auth: team-a",
    ),
    "no_driver_on_fargate": (
        on_fargate("csi", "auth", "team-a"),
        "kubeflow.services.credential_delivery: driver",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


@pytest.mark.parametrize(
    "good",
    [
        raised(),
        raised({"persistence": {"enabled": False}, "grafana.ini": {"server": {}}}),
        on_kubeflow(services=Services(database=InClusterDatabase(), artifacts=InClusterStore())),
        on_fargate("csi", "team-a"),
        on_fargate("terraform", "auth"),
        platform(),
    ],
)
def test_what_may_be_chosen(good: Any) -> None:
    assert problems_of_all([good]) == []


def test_a_store_that_nothing_uses_may_be_anywhere() -> None:
    in_cluster = Services(database=InClusterDatabase(), artifacts=InClusterStore(), credentials_version=2)
    without = ("katib", "model-registry", "pipelines")
    assert problems_of_all([on_kubeflow(services=in_cluster, disable=without)]) == []


def test_fetching_brings_the_driver() -> None:
    chosen = {one.name for one in chosen_components(Kubeflow(services=Services(credential_delivery="csi")))}
    assert chosen - {one.name for one in chosen_components(Kubeflow())} == {
        "secrets-store-csi-driver",
        "secrets-store-csi-driver-provider-aws",
    }
    there = Kubeflow(
        services=Services(credential_delivery="csi"),
        preinstalled=("secrets-store-csi-driver", "secrets-store-csi-driver-provider-aws"),
    )
    assert not {one.name for one in chosen_components(there)} & {"secrets-store-csi-driver"}


NAMESPACES = {component.name: component.namespace for component in CATALOGUE}


def test_namespaces_of_readers_are_those_of_the_lock() -> None:
    found = {
        (name, secret.namespace)
        for name, entries in read_lock().components.items()
        for entry in entries.values()
        for secret in entry.secrets
    }
    found |= {(name, NAMESPACE) for name in BUILTIN_READERS}
    found |= {(name, NAMESPACES[name]) for name in SUPPLIED_SECRETS}
    readers = {name for name, one in BEHAVIOURS.items() if one.keys or one.database_keys is not None}
    assert found == {(name, NAMESPACES[name]) for name in {*readers, *BUILTIN_READERS}}
