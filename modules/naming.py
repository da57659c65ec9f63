"""AWS names, tags and Terraform addresses."""

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # settings validate names with this module and must not load cdktf
    from cdktf import TerraformElement

    from modules.settings import Platform

AnyElement = TypeVar("AnyElement", bound="TerraformElement")

PLATFORM_TAG = "kubeflow-platform"
"""Key of the tag that all resources of a platform have; the value is its name."""


def aws_name(*parts: str, limit: int = 64) -> str:
    """Name of an AWS resource: the parts joined by hyphens.

    Args:
        parts: the platform's name, the kind and, if there are several, the name.
        limit: maximum length in AWS; 64 is IAM's limit for roles.

    Raises:
        ValueError: the name is too long. It is not truncated, since truncated names could collide.
    """
    name = "-".join(parts)
    if len(name) > limit:
        raise ValueError(
            f"{name}: {len(name)} characters, but AWS allows {limit}; use a shorter name for the platform or {parts[-1]!r}"
        )
    return name


PLATFORM_NAME_CHARACTERS = 22
"""Most characters of a platform's name; the rest of AWS names has room after it."""


def proposed_name(text: str, most: int) -> str:
    """A valid name of a platform, a team or a node group for a text that is none; a valid one is unchanged.

    Args:
        text: any name.
        most: maximum length.
    """
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")
    words = words if words[:1].isalpha() else f"n-{words}".rstrip("-")
    return words[:most].rstrip("-")


def tags(platform: "Platform") -> dict[str, str]:
    """Tags of every resource of a platform (the provider's `default_tags`); they do not override configured tags."""
    return {**platform.tags, PLATFORM_TAG: platform.name, "managed-by": "terraform"}


def slug(text: str) -> str:
    """A part of a Terraform address: letters, digits and underscores."""
    return re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_")


def addressed(name: str, element: AnyElement) -> AnyElement:
    """Set a readable Terraform name for an element, instead of its path and a hash.

    The name is stable when the parent construct is renamed or moved, so refactoring destroys nothing. A name with a leading
    digit, as in a Kubernetes namespace, gets a leading underscore, since Terraform does not allow a digit there.
    """
    address = slug(name)
    element.override_logical_id(f"_{address}" if address[:1].isdigit() else address)
    return element
