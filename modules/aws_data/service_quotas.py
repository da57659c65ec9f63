"""Quotas of AWS that a platform counts against.

Codes do not differ between regions; values do, and are read from the account.

Source: https://docs.aws.amazon.com/general/latest/gr/aws-service-information.html (the quotas page of each service)
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

CapacityType = Literal["ON_DEMAND", "SPOT"]


@dataclass(frozen=True, slots=True)
class Quota:
    """One quota of the Service Quotas API."""

    service: str
    """Service code, such as ec2."""
    code: str
    """Quota code, such as L-1216C47A."""
    name: str
    """Name in the console."""


VPCS = Quota("vpc", "L-F678F1CE", "VPCs per Region")
"""Source: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html"""
ELASTIC_IPS = Quota("ec2", "L-0263D0A3", "EC2-VPC Elastic IPs")
"""One for each NAT gateway. Source: https://docs.aws.amazon.com/general/latest/gr/ec2-service.html"""
CLUSTERS = Quota("eks", "L-1194D53C", "Clusters")
NODE_GROUPS = Quota("eks", "L-6D54EA21", "Managed node groups per cluster")
"""Source: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html"""
DB_INSTANCES = Quota("rds", "L-7B6409FD", "DB instances")
DB_CLUSTERS = Quota("rds", "L-952B80B8", "DB clusters")
"""Source: https://docs.aws.amazon.com/general/latest/gr/rds-service.html"""
LOAD_BALANCERS = Quota("elasticloadbalancing", "L-53DA6B97", "Application Load Balancers per Region")
"""Source: https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-limits.html"""

_STANDARD = ("L-1216C47A", "L-34B43A08", "Standard (A, C, D, H, I, M, R, T, Z)")
_G = ("L-DB2E81BA", "L-3819A6DF", "G and VT")
_FAMILIES: dict[str, tuple[str, str | None, str]] = {
    **dict.fromkeys(("a", "c", "d", "h", "i", "m", "r", "t", "z", "im", "is"), _STANDARD),
    **dict.fromkeys(("g", "gr", "vt"), _G),
    "p": ("L-417A185B", "L-7212CCBC", "P"),
    "inf": ("L-1945791B", "L-B5D1601B", "Inf"),
    "trn": ("L-2C3B7624", "L-6B0D517C", "Trn"),
    "dl": ("L-6E869C2A", "L-85EED4F7", "DL"),
    "f": ("L-74FC7D96", "L-88CF9481", "F"),
    "x": ("L-7295265B", "L-E3A00192", "X"),
    "u": ("L-43DA4232", None, "High Memory"),
    "hpc": ("L-F7808C92", None, "HPC"),
}
"""First letters of an instance type: quota codes of on-demand and spot instances, and the name of the families.

Source: https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-instance-quotas.html
"""


def vcpu_quota(instance_type: str, capacity_type: CapacityType) -> Quota | None:
    """The quota of vCPUs that instances of a type count against; None: families without one.

    Args:
        instance_type: such as m6i.xlarge.
        capacity_type: on-demand and spot instances have separate quotas.
    """
    letters = re.match(r"[a-z]+", instance_type)
    codes = _FAMILIES.get(letters[0]) if letters else None
    if codes is None:
        return None
    on_demand, spot, families = codes
    if capacity_type == "ON_DEMAND":
        return Quota("ec2", on_demand, f"Running On-Demand {families} instances")
    return Quota("ec2", spot, f"All {families} Spot Instance Requests") if spot else None
