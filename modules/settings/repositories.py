"""Container images of the teams' own, and copies of others'."""

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
    """A registry of others whose images are copied into yours when they are pulled through it the first time."""

    registry: Literal["public.ecr.aws", "registry.k8s.io", "quay.io", "ghcr.io", "docker.io"]
    """The registry, as it stands at the beginning of an image's name."""
    credential_arn: SecretArn | None = None
    """Secret of yours with username and accessToken, named ecr-pullthroughcache/…, which ghcr.io and docker.io ask for.
    None: the others are open to all.
    """


class Repositories(Section):
    """ECR repositories made here: scanned when an image arrives, encrypted, old images go."""

    names: tuple[RepositoryName, ...] = ()
    """Last parts of the names, `<platform>/<name>`."""
    immutable_tags: bool = True
    """Refuse to move a tag to another image, so that a tag is the same image for ever."""
    encryption: Literal["KMS", "AES256"] = "KMS"
    """What encrypts images: a key of their own (KMS), or ECR's (AES256). A change makes repositories anew."""
    keep_images: int = Field(default=100, ge=1)
    """Images that a repository keeps, the newest."""
    untagged_days: int = Field(default=14, ge=1)
    """Days after which an image that no tag names goes."""
    empty_on_destroy: bool = False
    """Let destroy delete repositories with their images. False: destroy stops at one with images."""
    pull_through: tuple[PullThrough, ...] = ()
    """Registries of others whose images are copied when they are first pulled through ECR."""

    mirror: Literal["pull_through", "copies"] | None = None
    """Take every image of the platform from this account's ECR: what pull_through covers through it and the rest as copies
    (pull_through), or everything as copies (copies), which a network without a way out needs. `make image-copies`
    writes the script that makes the copies. None: images come from their own registries.
    """
