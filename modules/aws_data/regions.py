"""AWS partitions and regions: names, zones, and which services a place lacks.

Source: https://docs.aws.amazon.com/general/latest/gr/eks.html, botocore's endpoints (a test compares), and for the
zones moto's table, except two where it is behind: cn-north-1 has a third zone (d), us-west-1 a third name (c).
"""

from __future__ import annotations

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Literal

PartitionName = Literal["aws", "aws-us-gov", "aws-cn"]
OIDC_AUDIENCE = "sts.amazonaws.com"
"""The `aud` of service account tokens for IAM, in every partition.

Source: https://github.com/aws/amazon-eks-pod-identity-webhook (annotation eks.amazonaws.com/audience)
"""


@dataclass(frozen=True, slots=True)
class Partition:
    """One AWS partition: accounts, ARN prefix and domain."""

    name: PartitionName
    dns_suffix: str
    """Value of `data.aws_partition.dns_suffix`: suffix of host names."""
    ec2_principal: str
    """Service principal of EC2; the one of EKS, `eks.amazonaws.com`, is the same everywhere.

    Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
    """
    home_region: str
    """A region that cannot be disabled.

    Source: https://docs.aws.amazon.com/general/latest/gr/rande-manage.html
    """
    lacks: frozenset[str]
    """Services (keys of `SERVICES`) not available in any of its regions."""
    lacks_eks_addons: frozenset[str] = frozenset()
    """Names of EKS add-ons (`eks_addons.py`) that EKS does not offer in it."""


SERVICES: Mapping[str, str] = MappingProxyType(
    {
        "aps": "Amazon Managed Service for Prometheus",
        "arc-zonal-shift": "zonal shift",
        "cognito-idp": "Amazon Cognito user pools",
        "eks-auth": "EKS Pod Identity",
        "eks-auto-mode": "EKS Auto Mode",
        "eks-fargate": "EKS on Fargate",
        "elasticfilesystem": "Amazon EFS",
        "fsx": "Amazon FSx for Lustre",
        "fsx-scratch-2": "the FSx for Lustre deployment type SCRATCH_2",
        "grafana": "Amazon Managed Grafana",
        "wafv2": "AWS WAF",
    }
)
"""Services with limited availability, by botocore's endpoint name; eks-auto-mode, eks-fargate and fsx-scratch-2 are added here.

Only documented gaps are listed: a wrong gap would reject a valid region. botocore lists each of these services for all 34
regions of aws, so it has no information within a partition; its gaps for whole partitions are correct.
"""

PARTITIONS: Mapping[str, Partition] = MappingProxyType(
    {
        "aws": Partition("aws", "amazonaws.com", "ec2.amazonaws.com", "us-east-1", frozenset()),
        # https://docs.aws.amazon.com/govcloud-us/latest/UserGuide/govcloud-eks.html
        "aws-us-gov": Partition(
            "aws-us-gov",
            "amazonaws.com",
            "ec2.amazonaws.com",
            "us-gov-west-1",
            frozenset({"eks-fargate"}),
            frozenset({"metrics-server"}),
        ),
        # botocore; for Cognito also https://docs.amazonaws.cn/en_us/aws/latest/userguide/cognito.html
        # SCRATCH_2: https://docs.amazonaws.cn/en_us/aws/latest/userguide/fsx.html
        "aws-cn": Partition(
            "aws-cn",
            "amazonaws.com.cn",
            "ec2.amazonaws.com.cn",
            "cn-north-1",
            frozenset({"aps", "cognito-idp", "fsx-scratch-2", "grafana"}),
            frozenset({"metrics-server"}),
        ),
    }
)


@dataclass(frozen=True, slots=True)
class Region:
    """One region with EKS."""

    name: str
    partition: PartitionName
    zones: tuple[str, ...]
    """Availability zones by name, such as us-west-2a. The same name maps to different zones in different accounts."""
    zones_per_account: int
    """Number of zones visible to one account: all, except in us-west-1 (two of three, returned by
    `data.aws_availability_zones`).

    Source: https://docs.aws.amazon.com/global-infrastructure/latest/regions/aws-availability-zones.html
    """

    excluded_zone_ids: tuple[str, ...] = ()
    """Ids of zones where EKS refuses subnets of a control plane. A zone's id is the same in every account, its name is not.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/network-reqs.html#network-requirements-subnets
    """

    @property
    def lacks(self) -> frozenset[str]:
        """Services (keys of `SERVICES`) not available in the region."""
        return PARTITIONS[self.partition].lacks


_LETTERS: dict[PartitionName, dict[str, str]] = {
    "aws": {
        "af-south-1": "abc",
        "ap-east-1": "abc",
        "ap-east-2": "abc",
        "ap-northeast-1": "acd",
        "ap-northeast-2": "abcd",
        "ap-northeast-3": "abc",
        "ap-south-1": "abc",
        "ap-south-2": "abc",
        "ap-southeast-1": "abc",
        "ap-southeast-2": "abc",
        "ap-southeast-3": "abc",
        "ap-southeast-4": "abc",
        "ap-southeast-5": "abc",
        "ap-southeast-6": "abc",
        "ap-southeast-7": "abc",
        "ca-central-1": "abd",
        "ca-west-1": "abc",
        "eu-central-1": "abc",
        "eu-central-2": "abc",
        "eu-north-1": "abc",
        "eu-south-1": "abc",
        "eu-south-2": "abc",
        "eu-west-1": "abc",
        "eu-west-2": "abc",
        "eu-west-3": "abc",
        "il-central-1": "abc",
        "me-central-1": "abc",
        "me-south-1": "abc",
        "mx-central-1": "abc",
        "sa-east-1": "abc",
        "us-east-1": "abcdef",
        "us-east-2": "abc",
        "us-west-1": "abc",
        "us-west-2": "abcd",
    },
    "aws-us-gov": {"us-gov-east-1": "abc", "us-gov-west-1": "abc"},
    "aws-cn": {"cn-north-1": "abd", "cn-northwest-1": "abc"},
}
_ZONES_PER_ACCOUNT = {"us-west-1": 2}
_EXCLUDED_ZONE_IDS = {"us-east-1": ("use1-az3",), "us-west-1": ("usw1-az2",), "ca-central-1": ("cac1-az3",)}

REGIONS: Mapping[str, Region] = MappingProxyType(
    {
        name: Region(
            name,
            partition,
            tuple(name + letter for letter in letters),
            _ZONES_PER_ACCOUNT.get(name, len(letters)),
            _EXCLUDED_ZONE_IDS.get(name, ()),
        )
        for partition, regions in _LETTERS.items()
        for name, letters in regions.items()
    }
)


def region(name: str) -> Region:
    """Data of one region.

    Raises:
        ValueError: there is no EKS region of that name; the message lists similar names.
    """
    if name in REGIONS:
        return REGIONS[name]
    near = difflib.get_close_matches(name, REGIONS, n=3, cutoff=0.6)
    raise ValueError(
        f"region {name!r}: not an EKS region of {', '.join(PARTITIONS)}; "
        + (f"did you mean {', '.join(near)}?" if near else "see https://docs.aws.amazon.com/general/latest/gr/eks.html")
    )


def partition_of(region_name: str) -> Partition:
    """The partition of a region.

    Raises:
        ValueError: as `region` does.
    """
    return PARTITIONS[region(region_name).partition]
