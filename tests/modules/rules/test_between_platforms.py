"""Rules between the platforms of one run."""

from collections.abc import Sequence
from typing import Any

from modules.rules import problems_of_all
from modules.rules.between_platforms import warnings_between
from modules.settings import (
    Dex,
    ExistingCluster,
    ExistingDatabase,
    ExistingNetwork,
    Kubeflow,
    Network,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    Services,
)
from tests.modules.settings.valid import platform

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@example.com",)))
ROLE = "arn:aws:iam::111122223333:role/deploy"


def on_shared(name: str, **changes: Any) -> Platform:
    given = {"network": None, "cluster": ExistingCluster(name="shared"), "kubeflow": KUBEFLOW, **changes}
    return platform(name=name, **given)


ONE_CLUSTER = (on_shared("one"), on_shared("two"))
ONE_RANGE = (platform(name="one"), platform(name="two"))


def paths(*platforms: Platform) -> list[str]:
    return [": ".join(line.split(": ")[:2]) for line in problems_of_all(platforms)]


def test_a_cluster_has_one_kubeflow() -> None:
    assert paths(on_shared("one"), on_shared("two"), on_shared("three")) == ["two: cluster", "three: cluster"]
    (line,) = problems_of_all(ONE_CLUSTER)
    assert "shared has the Kubeflow of platform one" in line


def test_of_a_cluster_created_by_another_platform_too() -> None:
    assert paths(platform(name="shared", kubeflow=KUBEFLOW), on_shared("two")) == ["two: cluster"]
    assert paths(platform(name="shared"), on_shared("two")) == [], "the first one has no Kubeflow"


def test_clusters_of_one_name_in_two_places_are_two() -> None:
    assert paths(on_shared("one"), on_shared("two", region="eu-west-1")) == []
    there = {"allowed_account_ids": ("444455556666",)}
    assert paths(on_shared("one", assume_role_arn=ROLE), on_shared("two", **there)) == []
    assert paths(on_shared("one"), on_shared("two", **there)) == ["two: cluster"], "the account of one is not known"


def test_an_invalid_platform_hides_no_other() -> None:
    assert paths(on_shared("one"), on_shared("two"), on_shared("three", region=7)) == ["three: region", "two: cluster"]


def warned(platforms: Sequence[Platform]) -> list[tuple[str, str, str]]:
    return [(name, path, what) for name, (path, what, _) in warnings_between(platforms)]


def network(name: str, cidr: str) -> Platform:
    return platform(name=name, network=Network(cidr=cidr))


def test_overlapping_networks_are_one_warning() -> None:
    many = [network(f"p{number}", "10.0.0.0/16") for number in range(100)]
    ((name, path, what),) = warned(many)
    assert (name, path) == ("p0", "network.cidr")
    assert "10.0.0.0/16 overlaps with the networks of p1, p10, p11, p12 and 95 more" in what


def test_each_group_of_overlapping_networks_is_named() -> None:
    found = warned(
        [
            network("a", "10.1.0.0/16"),
            network("b", "10.0.0.0/16"),
            network("c", "10.1.16.0/20"),
            network("d", "10.2.0.0/16"),
            network("e", "10.1.32.0/20"),
        ]
    )
    assert [(name, what.partition(":")[0]) for name, _, what in found] == [
        ("a", "10.1.0.0/16 overlaps with the networks of c, e")
    ]


def test_existing_networks_are_not_compared() -> None:
    there = ExistingNetwork(
        vpc_id="vpc-0123456789abcdef0", private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1")
    )
    assert warned([platform(name="a", network=there), platform(name="b", network=there)]) == []


def on_server(name: str, **services: Any) -> Platform:
    arn = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"
    server = ExistingDatabase(host=services.pop("host", "mysql.corp.org"), username="kf", password_secret_arn=arn)
    kubeflow = KUBEFLOW.with_changes(services=Services(database=server, **services), disable=("model-registry",))
    return network(name, f"10.{len(name)}.0.0/16").with_changes(kubeflow=kubeflow)


OWN = ProgramDatabases(
    katib=ProgramDatabase(database="katib_2"),
    pipelines=ProgramDatabase(database="pipelines_2"),
    pipelines_cache=ProgramDatabase(database="cache_2"),
)
ONE_DATABASE = (on_server("one", host="MySQL.corp.org"), on_server("second", program_databases=OWN))


def test_a_database_of_two_platforms_is_a_warning_for_each_database() -> None:
    ((name, path, what),) = warned(ONE_DATABASE)
    assert (name, path) == ("second", "kubeflow.services.program_databases")
    assert "platform one uses the database metadb on mysql.corp.org:3306" in what
    assert warned((on_server("one"), on_server("second", host="other.corp.org"), platform(name="third"))) == []
