"""Rules about repositories."""

from collections.abc import Iterator

from modules.kubeflow.images.rewrite import COPIES
from modules.naming import slug
from modules.rules.rule import Problem, each_once, repeated, rule
from modules.settings.repositories import UPSTREAM_PREFIXES, PullThrough, Repositories

WITH_CREDENTIALS = frozenset({"ghcr.io", "docker.io"})
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html"""
CREDENTIAL = ":secret:ecr-pullthroughcache/"
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html"""


@rule(PullThrough)
def registry_credential(pull_through: PullThrough) -> Iterator[Problem]:
    """Registries that require a login have one."""
    if pull_through.registry in WITH_CREDENTIALS and pull_through.credential_arn is None:
        yield (
            "credential_arn",
            f"ECR copies from {pull_through.registry} with a login only; give the ARN of a secret named ecr-pullthroughcache/…",
        )
    elif pull_through.registry not in WITH_CREDENTIALS and pull_through.credential_arn is not None:
        yield "credential_arn", f"{pull_through.registry} is open to all, and ECR takes no login for it; leave it out"
    elif pull_through.credential_arn is not None and CREDENTIAL not in pull_through.credential_arn:
        yield "credential_arn", "ECR reads only secrets whose name begins with ecr-pullthroughcache/; name it so"


@rule(Repositories)
def repository_names(repositories: Repositories) -> Iterator[Problem]:
    """Unique names outside of the prefixes of copies."""
    yield from each_once("names", repositories.names)
    for address in repeated(slug(name) for name in set(repositories.names)):
        alike = ", ".join(sorted(name for name in set(repositories.names) if slug(name) == address))
        yield "names", f"{alike} differ by punctuation only, and would be one Terraform address; choose other names"
    prefixes = {UPSTREAM_PREFIXES[one.registry] for one in repositories.pull_through} | (
        {COPIES} if repositories.mirror else set()
    )
    for name in sorted(set(repositories.names)):
        if name.partition("/")[0] in prefixes:
            yield "names", f"{name} is where the platform puts copies of others; choose another name"


@rule(Repositories)
def unique_registries(repositories: Repositories) -> Iterator[Problem]:
    """Each registry once."""
    for registry in repeated(one.registry for one in repositories.pull_through):
        yield "pull_through", f"{registry} stands there twice; name it once"


@rule(Repositories)
def not_empty(repositories: Repositories) -> Iterator[Problem]:
    """At least one repository."""
    if not repositories.names and not repositories.pull_through and repositories.mirror is None:
        yield "names", "there is nothing to make; give names, pull_through or mirror, or leave repositories out"
