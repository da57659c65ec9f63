"""The only place where AWS names, tags and Terraform addresses are made."""

import re
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:  # the settings ask here which names fit, and must not load cdktf for it
    from cdktf import TerraformElement

    from modules.settings import Platform

AnyElement = TypeVar("AnyElement", bound="TerraformElement")


def aws_name(*parts: str, limit: int = 64) -> str:
    """Name of a thing in AWS: the parts joined by hyphens.

    Args:
        parts: the platform's name first, then the kind and, where there are several, the name.
        limit: most characters AWS takes; 64 is IAM's limit for roles.

    Raises:
        ValueError: the name is too long. It is never cut: two cut names could become one.
    """
    name = "-".join(parts)
    if len(name) > limit:
        raise ValueError(
            f"{name}: {len(name)} characters, and AWS takes {limit}; give the platform or {parts[-1]!r} a shorter name"
        )
    return name


def tags(platform: "Platform") -> dict[str, str]:
    """Tags of every resource of a platform (the provider's `default_tags`); the platform's own win over nothing."""
    return {**platform.tags, "kubeflow-platform": platform.name, "managed-by": "terraform"}


def slug(text: str) -> str:
    """A part of a Terraform address: letters, digits and underscores."""
    return re.sub(r"[^0-9A-Za-z]+", "_", text).strip("_")


def addressed(name: str, element: AnyElement) -> AnyElement:
    """Give an element the Terraform name a person would write, instead of its path and a hash.

    It stays the same when the construct that holds it is renamed or moved, so nothing is destroyed by tidying up. A name
    that begins with a digit, as a Kubernetes namespace may, gets an underscore before it: Terraform takes no digit there.
    """
    address = slug(name)
    element.override_logical_id(f"_{address}" if address[:1].isdigit() else address)
    return element
