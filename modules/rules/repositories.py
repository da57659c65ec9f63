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
            f"ECR requires credentials for {pull_through.registry}",
            "set the ARN of a secret named ecr-pullthroughcache/…",
        )
    elif pull_through.registry not in WITH_CREDENTIALS and pull_through.credential_arn is not None:
        yield "credential_arn", f"{pull_through.registry} is public, and ECR accepts no credentials for it", "remove it"
    elif pull_through.credential_arn is not None and CREDENTIAL not in pull_through.credential_arn:
        yield (
            "credential_arn",
            "ECR requires a secret whose name begins with ecr-pullthroughcache/",
            "rename the secret",
        )


@rule(Repositories)
def repository_names(repositories: Repositories) -> Iterator[Problem]:
    """Unique names outside of the prefixes of copies."""
    yield from each_once("names", repositories.names)
    for address in repeated(slug(name) for name in set(repositories.names)):
        alike = ", ".join(sorted(name for name in set(repositories.names) if slug(name) == address))
        yield "names", f"{alike} become one Terraform address", "use names that differ in more than punctuation"
    prefixes = {UPSTREAM_PREFIXES[one.registry] for one in repositories.pull_through} | (
        {COPIES} if repositories.mirror else set()
    )
    for name in sorted(set(repositories.names)):
        if name.partition("/")[0] in prefixes:
            yield "names", f"{name} is reserved for copies of upstream images", "use another name"


@rule(Repositories)
def unique_registries(repositories: Repositories) -> Iterator[Problem]:
    """Each registry once."""
    for registry in repeated(one.registry for one in repositories.pull_through):
        yield "pull_through", f"{registry} occurs more than once", "keep one"


@rule(Repositories)
def not_empty(repositories: Repositories) -> Iterator[Problem]:
    """At least one repository."""
    if not repositories.names and not repositories.pull_through and repositories.mirror is None:
        yield (
            "names",
            "there are no repositories to create",
            "set names, pull_through or mirror, or remove repositories",
        )
