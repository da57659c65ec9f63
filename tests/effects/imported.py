"""What taking over does, and each hardening after it."""

from collections.abc import Mapping
from typing import Any

from modules.settings import ExistingCluster, FlowLogs, Import, ImportedResource
from tests.effects import BASE, Effect, Expected

VPC = ImportedResource(type="aws_vpc", name="this", id="vpc-0123456789abcdef0", arguments={"cidr_block": "10.0.0.0/16"})
CLUSTER = ImportedResource(
    type="aws_eks_cluster",
    name="this",
    id="shared",
    arguments={"name": "shared", "vpc_config": {"endpoint_public_access": True, "endpoint_private_access": False}},
)
ADOPTED = Import(resources=(VPC, CLUSTER))
EXISTING_CLUSTER = BASE.with_changes(network=None, cluster=ExistingCluster(name="shared"))
TAKEN = EXISTING_CLUSTER.with_changes(imported=ADOPTED)
EKS = "adopted resource aws_eks_cluster this"


def adopted(does: Mapping[str, Expected], **changes: Any) -> Effect:
    return Effect(TAKEN.with_changes(imported=ADOPTED.with_changes(**changes)), does, TAKEN)


def vpc(does: Mapping[str, Expected], **changes: Any) -> Effect:
    return adopted(does, resources=(VPC.with_changes(**changes), CLUSTER))


EFFECTS = (
    Effect(
        TAKEN,
        {
            "Platform.imported": {"adopted resource aws_vpc this cidr_block": "10.0.0.0/16"},
            "Import.resources": {f"{EKS} name": "shared"},
        },
        EXISTING_CLUSTER,
    ),
    vpc(
        {"ImportedResource.name": {"adopted resource aws_vpc main cidr_block": "10.0.0.0/16"}},
        name="main",
    ),
    vpc(
        {"ImportedResource.id": {"adopted import 0 id": "vpc-0123456789abcdef1"}},
        id="vpc-0123456789abcdef1",
    ),
    vpc(
        {"ImportedResource.arguments": {"adopted resource aws_vpc this cidr_block": "10.1.0.0/16"}},
        arguments={"cidr_block": "10.1.0.0/16"},
    ),
    vpc(
        {"ImportedResource.type": {"adopted resource aws_default_vpc this cidr_block": "10.0.0.0/16"}},
        type="aws_default_vpc",
    ),
    adopted(
        {
            "Import.default_tags": {
                "adopted provider aws 0 default_tags 0 tags kubeflow-platform": "base",
            }
        },
        default_tags=True,
    ),
    adopted(
        {"Import.closed_default_security_group": {"adopted resource aws_default_security_group this ingress": []}},
        closed_default_security_group=True,
    ),
    adopted(
        {"Import.flow_logs": {"adopted resource aws_flow_log this traffic_type": "ALL"}},
        flow_logs=FlowLogs(),
    ),
    adopted({"Import.log_types": {f"{EKS} enabled_cluster_log_types": ["audit"]}}, log_types=("audit",)),
    adopted(
        {
            "Import.public_access_cidrs": {
                f"{EKS} vpc_config public_access_cidrs": ["198.51.100.0/24"],
            }
        },
        public_access_cidrs=("198.51.100.0/24",),
    ),
    adopted({"Import.private_endpoint": {f"{EKS} vpc_config endpoint_private_access": True}}, private_endpoint=True),
)
