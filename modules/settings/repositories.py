"""ECR repositories of teams, and copies of public images."""

from collections.abc import Mapping
from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
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


class PullThrough(Section):
    """A registry whose images ECR caches on first pull (pull-through cache)."""

    registry: Literal["public.ecr.aws", "registry.k8s.io", "quay.io", "ghcr.io", "docker.io"]
    """Registry host, as in image names."""
    credential_arn: SecretArn | None = None
    """Secret with username and accessToken, named ecr-pullthroughcache/…, required by ghcr.io and docker.io. None: the
    registry needs no credential.
    """


class Repositories(Section):
    """ECR repositories created by the platform: scan on push, encrypted, with a lifecycle policy."""

    names: tuple[RepositoryName, ...] = ()
    """Suffixes of the names, `<platform>/<name>`."""
    immutable_tags: bool = True
    """Tag immutability."""
    encryption: Literal["KMS", "AES256"] = "KMS"
    """Encryption of images: a customer managed key (KMS), or ECR's (AES256). Changing this forces replacement."""
    keep_images: int = Field(default=100, ge=1)
    """Number of latest images that a repository keeps."""
    untagged_days: int = Field(default=14, ge=1)
    """Days after which untagged images expire."""
    empty_on_destroy: bool = False
    """Delete images when repositories are destroyed. False: destroy fails for a repository with images."""
    pull_through: tuple[PullThrough, ...] = ()
    """Registries whose images ECR caches on first pull."""

    mirror: Literal["pull_through", "copies"] | None = None
    """Pull all images of the platform from this account's ECR: through the pull-through cache where pull_through covers
    them and copies otherwise (pull_through), or copies only (copies), which a network without internet access requires.
    `make image-copies` writes the copy script. None: images are pulled from their own registries.
    """
