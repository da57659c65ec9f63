"""Kubernetes and add-on versions on offer."""

from typing import Any

from moto.core.responses import ActionResult
from moto.eks.responses import EKSResponse

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION, KUBERNETES_VERSIONS, minor_number

from .records import parameters


def addon_versions(kubernetes_version: str) -> tuple[str, str]:
    """Default and newest version that any add-on has for a Kubernetes version; invented, but ordered as on AWS."""
    minor = minor_number(kubernetes_version)
    return f"v1.{minor}.0-eksbuild.1", f"v1.{minor}.1-eksbuild.2"


def describe_cluster_versions(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeClusterVersions.html."""
    wanted = parameters(self)
    versions = [
        {
            "clusterVersion": version.name,
            "clusterType": "eks",
            "defaultPlatformVersion": "eks.1",
            "defaultVersion": version.name == DEFAULT_KUBERNETES_VERSION,
            "endOfStandardSupportDate": version.end_of_standard_support and str(version.end_of_standard_support),
            "endOfExtendedSupportDate": version.end_of_extended_support and str(version.end_of_extended_support),
            "status": "STANDARD_SUPPORT",
            "versionStatus": "STANDARD_SUPPORT",
            "kubernetesPatchVersion": f"{version.name}.1",
        }
        for version in reversed(list(KUBERNETES_VERSIONS.values()))
        if version.name in wanted.get("clusterVersions", KUBERNETES_VERSIONS)
        and (version.name == DEFAULT_KUBERNETES_VERSION or not wanted.get("defaultOnly"))
    ]
    return ActionResult({"clusterVersions": versions})


def describe_addon_versions(self: EKSResponse) -> ActionResult:
    """https://docs.aws.amazon.com/eks/latest/APIReference/API_DescribeAddonVersions.html."""
    wanted = parameters(self)
    name, kubernetes = wanted.get("addonName", "vpc-cni"), wanted.get("kubernetesVersion", DEFAULT_KUBERNETES_VERSION)
    default, newest = addon_versions(kubernetes)
    versions: list[dict[str, Any]] = [
        {
            "addonVersion": version,
            "architecture": ["amd64", "arm64"],
            "compatibilities": [
                {"clusterVersion": kubernetes, "platformVersions": ["*"], "defaultVersion": version == default}
            ],
        }
        for version in (newest, default)
    ]
    return ActionResult({"addons": [{"addonName": name, "owner": "aws", "addonVersions": versions}]})


OPERATIONS = (describe_cluster_versions, describe_addon_versions)
