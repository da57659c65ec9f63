"""Releases and cluster of a platform, read from the generated JSON without settings."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.aws_providers import aws_providers
from modules.program import run

_STACK = re.compile(r"(?P<platform>.+)-(?:addons|kubeflow|teams)(?:-\d+)?")


@dataclass(frozen=True)
class Wanted:
    """One `helm_release` of the generated JSON."""

    stack: str
    address: str
    """`helm_release.<name>` in its stack."""
    namespace: str
    name: str
    upgrade_install: bool
    """Whether an apply continues a failed first install (`upgrade_install`)."""
    version: str = ""
    """Version of its chart."""


@dataclass(frozen=True)
class Target:
    """The releases of one platform and their cluster."""

    platform: str
    cluster: str
    """Name of the EKS cluster."""
    region: str
    role_arn: str | None
    """The role that Terraform assumes, if any."""
    releases: tuple[Wanted, ...]
    external_id: str | None = None
    """External id for assuming the role."""
    dashboard_url: str | None = None
    """Address of the dashboard, if the platform has one."""


def targets(generated: Path) -> list[Target]:
    """All platforms of a generated folder with releases in a cluster.

    Raises:
        ValueError: the folder or a cluster name is missing.
    """
    folder = generated / "stacks"
    if not folder.is_dir():
        raise ValueError(f"{folder}: does not exist; run: {run('synth')}")
    documents = {file.parent.name: json.loads(file.read_bytes()) for file in sorted(folder.glob("*/cdk.tf.json"))}
    found: dict[str, list[str]] = {}
    for stack, document in documents.items():
        match = _STACK.fullmatch(stack)
        if match and document.get("resource", {}).get("helm_release"):
            found.setdefault(match["platform"], []).append(stack)
    return [_target(platform, stacks, documents) for platform, stacks in found.items()]


def _target(platform: str, stacks: list[str], documents: Mapping[str, Any]) -> Target:
    aws = aws_providers(documents[stacks[0]])[0]
    releases = [
        Wanted(
            stack,
            f"helm_release.{key}",
            body["namespace"],
            body["name"],
            bool(body.get("upgrade_install")),
            str(body.get("version") or ""),
        )
        for stack in stacks
        for key, body in documents[stack]["resource"]["helm_release"].items()
    ]
    roles = aws.get("assume_role") or [{}]
    return Target(
        platform,
        _cluster(platform, stacks, documents),
        aws["region"],
        roles[0].get("role_arn"),
        tuple(releases),
        roles[0].get("external_id"),
        _dashboard_url(platform, documents),
    )


def target_of(platform: str, cluster: str, documents: Mapping[str, Any]) -> Target:
    """A platform with or without releases, for commands that know the name of its cluster.

    Args:
        platform: its name.
        cluster: name of its cluster.
        documents: stack name to its `cdk.tf.json`.
    """
    aws = aws_providers(next(iter(documents.values())))[0]
    role = (aws.get("assume_role") or [{}])[0]
    return Target(platform, cluster, aws["region"], role.get("role_arn"), (), role.get("external_id"))


def _dashboard_url(platform: str, documents: Mapping[str, Any]) -> str | None:
    """Address of the dashboard: an output of one of the stacks, known at synthesis."""
    for stack in (f"{platform}-kubeflow", f"{platform}-services"):
        value = documents.get(stack, {}).get("output", {}).get("dashboard_url", {}).get("value", "${")
        if "${" not in value:
            return str(value)
    return None


def _cluster(platform: str, stacks: list[str], documents: Mapping[str, Any]) -> str:
    made = documents.get(f"{platform}-cluster", {}).get("resource", {}).get("aws_eks_cluster", {})
    looked_up = documents[stacks[0]].get("data", {}).get("aws_eks_cluster", {})
    for body in (*made.values(), *looked_up.values()):
        if "${" not in body["name"]:
            return str(body["name"])
    raise ValueError(f"{platform}: cluster name not found in generated/; run: {run('synth')}")
