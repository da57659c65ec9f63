import json
from typing import Any

import pytest

from modules.iam.role import Iam
from modules.settings import PullThrough, Repositories
from modules.storage.repositories import ImageRepositories, PullThroughCache
from tests.contexts import context_of
from tests.documents import GONE, at, bare_stack, synthesized

ROOT = "arn:aws:iam::111122223333:root"
LOGIN = "arn:aws:secretsmanager:us-west-2:111122223333:secret:ecr-pullthroughcache/hub-a1B2c3"
REPOSITORY = "resource aws_ecr_repository team_gpu"


def made(protect: bool = True, **settings: Any) -> dict[str, Any]:
    stack = bare_stack()
    chosen = Repositories(**{"names": ("team/gpu",), **settings})
    ImageRepositories(stack, "images", context=context_of(stack, protect=protect), settings=chosen)
    return synthesized(stack)


@pytest.mark.parametrize("protect", [True, False])
def test_images_are_scanned_encrypted_kept_and_their_tags_stay(protect: bool) -> None:
    repository = at(made(protect), REPOSITORY)
    assert repository["name"] == "prod/team/gpu"
    assert repository["image_scanning_configuration"] == {"scan_on_push": True}
    assert repository["encryption_configuration"] == [
        {"encryption_type": "KMS", "kms_key": "${aws_kms_key.images.arn}"}
    ]
    assert repository["image_tag_mutability"] == "IMMUTABLE"
    assert (repository["force_delete"], repository["lifecycle"]) == (False, {"prevent_destroy": protect})


def test_settings_may_say_otherwise() -> None:
    document = made(immutable_tags=False, encryption="AES256", empty_on_destroy=True)
    repository = at(document, REPOSITORY)
    assert repository["image_tag_mutability"] == "MUTABLE"
    assert repository["encryption_configuration"] == [{"encryption_type": "AES256"}]
    assert repository["force_delete"] is True
    assert at(document, "resource aws_kms_key") == GONE


def test_old_images_go_untagged_ones_first() -> None:
    policy = json.loads(at(made(keep_images=5, untagged_days=3), "resource aws_ecr_lifecycle_policy team_gpu policy"))
    untagged, newest = policy["rules"]
    assert untagged["selection"] == {
        "tagStatus": "untagged",
        "countType": "sinceImagePushed",
        "countUnit": "days",
        "countNumber": 3,
    }
    assert newest["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 5}
    # AWS takes a rule on all images only as the last one
    assert untagged["rulePriority"] < newest["rulePriority"]


def cache() -> tuple[PullThroughCache, dict[str, Any]]:
    stack = bare_stack()
    upstream = (PullThrough(registry="registry.k8s.io"), PullThrough(registry="docker.io", credential_arn=LOGIN))
    made = PullThroughCache(
        stack,
        "cache",
        context=context_of(stack, iam=Iam("prod", path="/kubeflow/")),
        settings=Repositories(pull_through=upstream),
        node_role_names={"nodes": "prod-node-nodes"},
    )
    return made, synthesized(stack)


def test_copies_lie_below_the_platform_and_a_login_is_named_by_its_secret() -> None:
    rules = at(cache()[1], "resource aws_ecr_pull_through_cache_rule")
    assert {
        name: (rule["ecr_repository_prefix"], rule["upstream_registry_url"], rule.get("credential_arn"))
        for name, rule in rules.items()
    } == {
        "registry_k8s_io": ("prod/k8s", "registry.k8s.io", None),
        "docker_io": ("prod/docker", "registry-1.docker.io", LOGIN),
    }


def test_nodes_may_make_copies_and_nothing_else() -> None:
    _, document = cache()
    (statement,) = at(document, "data aws_iam_policy_document pull_through_rights statement")
    assert statement["actions"] == ["ecr:BatchImportUpstreamImage", "ecr:CreateRepository"]
    place = "arn:aws:ecr:us-west-2:${data.aws_caller_identity.current.account_id}:repository/prod"
    assert statement["resources"] == [f"{place}/k8s/*", f"{place}/docker/*"]
    attachment = at(document, "resource aws_iam_role_policy_attachment nodes_pull_through")
    assert (attachment["role"], attachment["policy_arn"]) == ("prod-node-nodes", "${aws_iam_policy.pull_through.arn}")


def test_an_images_name_gets_another_beginning() -> None:
    made, _ = cache()
    assert set(made.prefixes) == {"registry.k8s.io", "docker.io"}
    assert ".dkr.ecr.us-west-2.amazonaws.com/" in made.prefixes["docker.io"]
