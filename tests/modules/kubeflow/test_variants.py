"""Which variant of an entry is installed."""

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.variants import Backing, entries, lock, variant
from modules.settings import (
    AuroraMysql,
    ExistingBucket,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    RdsMysql,
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
    ("outside", "pipelines", "others"),
    [
        ((), "in-cluster", "in-cluster"),
        (("s3",), "s3", "in-cluster"),
        (("rds",), "rds", "rds"),
        (("rds", "s3"), "s3-rds", "rds"),
    ],
)
def test_stores_outside_of_the_cluster_choose_the_variant(
    outside: tuple[str, ...], pipelines: str, others: str
) -> None:
    backing = Backing(frozenset(outside))
    assert variant(BY_NAME["pipelines"], NONE, backing) == pipelines
    assert variant(BY_NAME["katib"], NONE, backing) == variant(BY_NAME["model-registry"], NONE, backing) == others
    assert variant(BY_NAME["istio"], NONE, backing) == "default"


def test_every_variant_that_may_be_chosen_is_in_the_lock() -> None:
    for outside in ((), ("s3",), ("rds",), ("s3", "rds")):
        for fetching in (False, True):
            chosen = entries(CATALOGUE, backing=Backing(frozenset(outside), fetching))
            found = {key for key, one in lock().components["pipelines"].items() if one is chosen["pipelines"]}
            assert found == {("-".join(outside) or "in-cluster") + "-csi" * fetching}


@pytest.mark.parametrize(
    ("services", "outside"),
    [
        (Services(), {"s3", "rds"}),
        (Services(artifacts=InClusterStore(), database=InClusterDatabase()), set()),
        (Services(artifacts=ExistingBucket(name="theirs"), database=InClusterDatabase()), {"s3"}),
        (Services(artifacts=InClusterStore(), database=RdsMysql()), {"rds"}),
        (Services(artifacts=InClusterStore(), database=AuroraMysql()), {"rds"}),
        (Services(artifacts=InClusterStore(), database=THEIRS), {"rds"}),
    ],
)
def test_settings_say_what_is_outside(services: Services, outside: set[str]) -> None:
    assert Kubeflow(services=services).backing() == Backing(frozenset(outside))
    fetching = services.with_changes(credential_delivery="csi")
    assert Kubeflow(services=fetching).backing() == Backing(frozenset(outside), fetching=True)
