"""Container images."""

from typing import Any

import pytest

from modules.rules import problems_of_all
from modules.settings import Platform, PullThrough, Repositories, Services
from modules.settings.repositories import UPSTREAM_PREFIXES
from tests.modules.settings.valid import Rows, on_kubeflow

WHERE = "kubeflow.services.repositories"
SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:"


def on_images(**changes: Any) -> Platform:
    return on_kubeflow(services=Services(repositories=Repositories(**{"names": ("trainer",), **changes})))


def on_upstream(registry: str, secret: str | None = None) -> Platform:
    return on_images(pull_through=(PullThrough(registry=registry, credential_arn=secret),))


ROWS: Rows = {
    "name": (
        on_images(names=("Trainer",)),
        f"{WHERE}.names[0]: 'Trainer' is not the name of an ECR repository: lower-case letters, digits, single inner . _ - and /",
    ),
    "name_twice": (on_images(names=("a", "a")), f"{WHERE}.names: a stands there twice; name it once"),
    "names_alike": (
        on_images(names=("team/a", "team-a")),
        f"{WHERE}.names: team-a, team/a differ by punctuation only, and would be one Terraform address; choose other names",
    ),
    "name_of_a_copy": (
        on_images(names=("quay/trainer",), pull_through=(PullThrough(registry="quay.io"),)),
        f"{WHERE}.names: quay/trainer is where the platform puts copies of others; choose another name",
    ),
    "registry_twice": (
        on_images(pull_through=(PullThrough(registry="quay.io"), PullThrough(registry="quay.io"))),
        f"{WHERE}.pull_through: quay.io stands there twice; name it once",
    ),
    "nothing": (
        on_images(names=()),
        f"{WHERE}.names: there is nothing to make; give names, pull_through or mirror, or leave repositories out",
    ),
    "login_missing": (
        on_upstream("ghcr.io"),
        f"{WHERE}.pull_through[0].credential_arn: ECR copies from ghcr.io with a login only; give the ARN of a secret named "
        "ecr-pullthroughcache/…",
    ),
    "login_needless": (
        on_upstream("quay.io", f"{SECRET}ecr-pullthroughcache/quay-a1B2c3"),
        f"{WHERE}.pull_through[0].credential_arn: quay.io is open to all, and ECR takes no login for it; leave it out",
    ),
    "login_elsewhere": (
        on_upstream("docker.io", f"{SECRET.replace('us-west-2', 'us-east-1')}ecr-pullthroughcache/hub-a1B2c3"),
        f"{WHERE}.pull_through[0].credential_arn: the secret is in us-east-1, and ECR reads it in us-west-2; make one there",
    ),
    "login_of_another_name": (
        on_upstream("docker.io", f"{SECRET}hub-a1B2c3"),
        f"{WHERE}.pull_through[0].credential_arn: ECR reads only secrets whose name begins with ecr-pullthroughcache/; name it so",
    ),
    "login_itself": (
        on_upstream("docker.io", "hunter2"),
        f"{WHERE}.pull_through[0].credential_arn: what you gave is not the whole ARN of a secret in Secrets Manager (its last six "
        "characters, too), never the secret",
    ),
}


@pytest.mark.parametrize("row", ROWS)
def test_what_the_reader_sees(row: str) -> None:
    bad, *lines = ROWS[row]
    assert problems_of_all([bad]) == [f"prod: {line}" for line in lines]


def test_the_longest_prefix_is_one_that_ecr_takes() -> None:
    assert max(len(f"{'p' * 22}/{prefix}") for prefix in UPSTREAM_PREFIXES.values()) <= 30


def test_copies_alone_are_enough() -> None:
    assert problems_of_all([on_images(names=(), pull_through=(PullThrough(registry="quay.io"),))]) == []
