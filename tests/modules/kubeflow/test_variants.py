"""Which variant of an entry is installed."""

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import external_services_of
from modules.kubeflow.variants import ExternalServices, entries, lock, variant, variants_of
from modules.settings import (
    AuroraMysql,
    ExistingBucket,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    RdsMysql,
    Repositories,
    Services,
)

BY_NAME = {component.name: component for component in CATALOGUE}
NONE: frozenset[str] = frozenset()
THEIRS = ExistingDatabase(
    host="mysql.example.net",
    username="kubeflow",
    password_secret_arn="arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3",
)


@pytest.mark.parametrize(
    ("external", "pipelines", "others"),
    [
        ((), "in-cluster", "in-cluster"),
        (("s3",), "s3", "in-cluster"),
        (("rds",), "rds", "rds"),
        (("rds", "s3"), "s3-rds", "rds"),
    ],
)
def test_stores_outside_of_the_cluster_choose_the_variant(
    external: tuple[str, ...], pipelines: str, others: str
) -> None:
    external_services = ExternalServices(frozenset(external))
    assert variant(BY_NAME["pipelines"], NONE, external_services) == pipelines
    assert (
        variant(BY_NAME["katib"], NONE, external_services)
        == variant(BY_NAME["model-registry"], NONE, external_services)
        == others
    )
    assert variant(BY_NAME["istio"], NONE, external_services) == "default"


def test_repositories_choose_the_variant_of_knative() -> None:
    """Without them its service account has no role, and its chart is the same as ever."""
    found = [variant(BY_NAME["knative-serving"], NONE, ExternalServices(frozenset(one))) for one in ((), ("s3", "ecr"))]
    assert found == ["default", "ecr"]
    by_default, with_role = (
        entries([BY_NAME["knative-serving"]], external_services=ExternalServices(frozenset(one)))
        for one in ((), ("ecr",))
    )
    tokens = [set(one["knative-serving"].phases["main"].tokens) for one in (by_default, with_role)]
    assert tokens[1] - tokens[0] == {"annotations_controller"}


def test_every_variant_that_may_be_chosen_is_in_the_lock() -> None:
    for external in ((), ("s3",), ("rds",), ("s3", "rds")):
        for via_csi in (False, True):
            chosen = entries(CATALOGUE, external_services=ExternalServices(frozenset(external), via_csi=via_csi))
            found = {key for key, one in lock().components["pipelines"].items() if one is chosen["pipelines"]}
            assert found == {("-".join(external) or "in-cluster") + "-csi" * via_csi}


@pytest.mark.parametrize("external", [("rds",), ("s3", "rds")])
@pytest.mark.parametrize("via_csi", [False, True])
def test_components_with_other_databases_have_a_variant_of_their_own(external: tuple[str, ...], via_csi: bool) -> None:
    own = frozenset({"model-registry", "pipelines"})
    services = ExternalServices(frozenset(external), own, via_csi)
    names = variants_of(list(BY_NAME.values()), external_services=services)
    assert names["pipelines"] == f"{'-'.join(external)}-databases{'-csi' * via_csi}"
    assert names["model-registry"] == f"rds-databases{'-csi' * via_csi}"
    assert names["katib"] == f"rds{'-csi' * via_csi}"
    assert {"pipelines", "model-registry"} <= entries(CATALOGUE, external_services=services).keys()


OURS = Repositories(names=("sum",))


@pytest.mark.parametrize(
    ("services", "external"),
    [
        (Services(), {"s3", "rds"}),
        (Services(artifacts=InClusterStore(), database=InClusterDatabase()), set()),
        (Services(artifacts=ExistingBucket(name="theirs"), database=InClusterDatabase()), {"s3"}),
        (Services(artifacts=InClusterStore(), database=RdsMysql()), {"rds"}),
        (Services(artifacts=InClusterStore(), database=AuroraMysql()), {"rds"}),
        (Services(artifacts=InClusterStore(), database=THEIRS), {"rds"}),
        (Services(artifacts=InClusterStore(), database=InClusterDatabase(), repositories=OURS), {"ecr"}),
    ],
)
def test_settings_say_what_is_outside(services: Services, external: set[str]) -> None:
    assert external_services_of(Kubeflow(services=services)) == ExternalServices(frozenset(external))
    via_csi = services.with_changes(credential_delivery="csi")
    assert external_services_of(Kubeflow(services=via_csi)) == ExternalServices(frozenset(external), via_csi=True)
