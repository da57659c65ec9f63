"""Container images."""

from typing import Any

from modules.rules import problems_of_all
from modules.settings import Platform, PullThrough, Repositories, Services
from modules.settings.repositories import UPSTREAM_PREFIXES
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import on_kubeflow

WHERE = "kubeflow.services.repositories"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:"


def on_images(**changes: Any) -> Platform:
    return on_kubeflow(services=Services(repositories=Repositories(**{"names": ("trainer",), **changes})))


def on_upstream(registry: str, secret: str | None = None) -> Platform:
    return on_images(pull_through=(PullThrough(registry=registry, credential_arn=secret),))


ROWS: Rows = {
    "name": (
        on_images(names=("Trainer",)),
        "kubeflow.services.repositories.names[0]: repository",
    ),
    "name_twice": (on_images(names=("a", "a")), "kubeflow.services.repositories.names: once"),
    "names_alike": (
        on_images(names=("team/a", "team-a")),
        "kubeflow.services.repositories.names: Terraform",
    ),
    "name_of_a_copy": (
        on_images(names=("quay/trainer",), pull_through=(PullThrough(registry="quay.io"),)),
        "kubeflow.services.repositories.names: quay/trainer",
    ),
    "registry_twice": (
        on_images(pull_through=(PullThrough(registry="quay.io"), PullThrough(registry="quay.io"))),
        "kubeflow.services.repositories.pull_through: quay.io",
    ),
    "nothing": (
        on_images(names=()),
        "kubeflow.services.repositories.names: there",
    ),
    "login_missing": (
        on_upstream("ghcr.io"),
        "kubeflow.services.repositories.pull_through[0].credential_arn: ghcr.io",
    ),
    "login_needless": (
        on_upstream("quay.io", f"{SECRET}ecr-pullthroughcache/quay-a1B2c3"),
        "kubeflow.services.repositories.pull_through[0].credential_arn: quay.io",
    ),
    "login_elsewhere": (
        on_upstream("docker.io", f"{SECRET.replace('us-west-2', 'us-east-1')}ecr-pullthroughcache/hub-a1B2c3"),
        "kubeflow.services.repositories.pull_through[0].credential_arn: us-east-1",
    ),
    "login_of_another_name": (
        on_upstream("docker.io", f"{SECRET}hub-a1B2c3"),
        "kubeflow.services.repositories.pull_through[0].credential_arn: ecr-pullthroughcache",
    ),
    "login_itself": (
        on_upstream("docker.io", "hunter2"),
        "kubeflow.services.repositories.pull_through[0].credential_arn: characters",
    ),
}


def test_rows() -> None:
    assert differences(ROWS) == []


def test_the_longest_prefix_is_one_that_ecr_takes() -> None:
    assert max(len(f"{'p' * 22}/{prefix}") for prefix in UPSTREAM_PREFIXES.values()) <= 30


def test_copies_alone_are_enough() -> None:
    assert problems_of_all([on_images(names=(), pull_through=(PullThrough(registry="quay.io"),))]) == []
