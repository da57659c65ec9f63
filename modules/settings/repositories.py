"""Container images of the teams' own, and copies of others'."""

from collections.abc import Iterator, Mapping
from typing import Annotated, Literal

from pydantic import Field

from modules.kubeflow.images.rewrite import COPIES
from modules.naming import slug
from modules.settings.section import Problem, Section, each_once, repeated, rule
from modules.settings.types import SecretArn, matching

RepositoryName = Annotated[
    str,
    matching(
        r"(?=.{1,200}$)[a-z0-9]+([._-][a-z0-9]+)*(/[a-z0-9]+([._-][a-z0-9]+)*)*",
        "the name of an ECR repository: lower-case letters, digits, single inner . _ - and /",
    ),
]
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html"""
UPSTREAM_PREFIXES: Mapping[str, str] = {
    "public.ecr.aws": "public",
    "registry.k8s.io": "k8s",
    "quay.io": "quay",
    "ghcr.io": "ghcr",
    "docker.io": "docker",
}
"""Registry to the last part of the prefix of its copies: with the platform's 22 characters and a slash ECR's 30 are not passed."""
WITH_CREDENTIALS = frozenset({"ghcr.io", "docker.io"})
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache.html"""
CREDENTIAL = ":secret:ecr-pullthroughcache/"
"""Source: https://docs.aws.amazon.com/AmazonECR/latest/userguide/pull-through-cache-creating-secret.html"""


class PullThrough(Section):
    """A registry of others whose images are copied into yours when they are pulled through it the first time."""

    registry: Literal["public.ecr.aws", "registry.k8s.io", "quay.io", "ghcr.io", "docker.io"] = Field(
        description="The registry, as it stands at the beginning of an image's name."
    )
    credential_arn: SecretArn | None = Field(
        None,
        description="Secret of yours with username and accessToken, named ecr-pullthroughcache/…, which ghcr.io and docker.io ask for. "
        "None: the others are open to all.",
    )

    @rule
    def _credential(self) -> Iterator[Problem]:
        if self.registry in WITH_CREDENTIALS and self.credential_arn is None:
            yield (
                "credential_arn",
                f"ECR copies from {self.registry} with a login only; give the ARN of a secret named ecr-pullthroughcache/…",
            )
        elif self.registry not in WITH_CREDENTIALS and self.credential_arn is not None:
            yield "credential_arn", f"{self.registry} is open to all, and ECR takes no login for it; leave it out"
        elif self.credential_arn is not None and CREDENTIAL not in self.credential_arn:
            yield "credential_arn", "ECR reads only secrets whose name begins with ecr-pullthroughcache/; name it so"


class Repositories(Section):
    """ECR repositories made here: scanned when an image arrives, encrypted, old images go."""

    names: tuple[RepositoryName, ...] = Field((), description="Last parts of the names, `<platform>/<name>`.")
    immutable_tags: bool = Field(
        True, description="Refuse to move a tag to another image, so that a tag is the same image for ever."
    )
    encryption: Literal["KMS", "AES256"] = Field(
        "KMS",
        description="What encrypts images: a key of their own (KMS), or ECR's (AES256). A change makes repositories anew.",
    )
    keep_images: int = Field(100, ge=1, description="Images that a repository keeps, the newest.")
    untagged_days: int = Field(14, ge=1, description="Days after which an image that no tag names goes.")
    empty_on_destroy: bool = Field(
        False, description="Let destroy delete repositories with their images. False: destroy stops at one with images."
    )
    pull_through: tuple[PullThrough, ...] = Field(
        (), description="Registries of others whose images are copied when they are first pulled through ECR."
    )

    mirror: Literal["pull_through", "copies"] | None = Field(
        None,
        description="Take every image of the platform from this account's ECR: what pull_through covers through it and the rest as copies "
        "(pull_through), or everything as copies (copies), which a network without a way out needs. `make image-copies` writes the "
        "script that makes the copies. None: images come from their own registries.",
    )

    @rule
    def _names(self) -> Iterator[Problem]:
        yield from each_once("names", self.names)
        for address in repeated(slug(name) for name in set(self.names)):
            alike = ", ".join(sorted(name for name in set(self.names) if slug(name) == address))
            yield "names", f"{alike} differ by punctuation only, and would be one Terraform address; choose other names"
        prefixes = {UPSTREAM_PREFIXES[one.registry] for one in self.pull_through} | ({COPIES} if self.mirror else set())
        for name in sorted(set(self.names)):
            if name.partition("/")[0] in prefixes:
                yield "names", f"{name} is where the platform puts copies of others; choose another name"

    @rule
    def _registries(self) -> Iterator[Problem]:
        for registry in repeated(one.registry for one in self.pull_through):
            yield "pull_through", f"{registry} stands there twice; name it once"

    @rule
    def _something(self) -> Iterator[Problem]:
        if not self.names and not self.pull_through and self.mirror is None:
            yield "names", "there is nothing to make; give names, pull_through or mirror, or leave repositories out"
