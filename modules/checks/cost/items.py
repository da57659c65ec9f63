"""Everything in a platform's Terraform JSON that AWS bills for by the hour, by the month or by its size."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from modules.aws_data.kubernetes_versions import kubernetes_version
from modules.checks.cost import products
from modules.checks.price import PriceQuery

HOURS = 730
"""Hours of a month, as AWS's own calculator counts: 8,760 / 12."""
Sizes = tuple[float, float, float]
"""At minimum, desired and maximum size of node groups."""


@dataclass(frozen=True)
class Item:
    """One line."""

    stack: str
    name: str
    query: PriceQuery
    quantity: Sizes | None
    """Units for each hour (of an hourly price) or month; None: it depends on use and is not guessed."""
    hourly: bool
    """Whether the price is for an hour."""
    is_node: bool = False
    """Whether it is part of what teams share: instances of node groups and their disks."""


def items(documents: Mapping[str, Mapping[str, Any]], region: str, today: date) -> list[Item]:
    """All items of a platform, in the order of its stacks.

    Args:
        documents: stack to document.
        region: region of the platform.
        today: day for which extended support of Kubernetes counts.
    """
    return [one for stack, document in documents.items() for one in _of_stack(stack, document, region, today)]


def _of_stack(stack: str, document: Mapping[str, Any], region: str, today: date) -> Iterator[Item]:
    resources: Mapping[str, Mapping[str, Any]] = document.get("resource", {})
    for body in resources.get("aws_eks_cluster", {}).values():
        yield _hourly(stack, "EKS control plane", products.control_plane(region))
        if kubernetes_version(body["version"]).support(today) != "STANDARD":
            yield _hourly(stack, f"extended support of Kubernetes {body['version']}", products.extended_support(region))
    for name, body in resources.get("aws_eks_node_group", {}).items():
        yield from _nodes(stack, name, body, resources, region)
    yield from _network(stack, resources, region)
    yield from _databases(stack, resources, region)
    yield from _storage(stack, resources, region)
    for kind, what, query in (
        ("aws_kms_key", "KMS keys", products.kms_key(region)),
        ("aws_secretsmanager_secret", "secrets", products.secret(region)),
    ):
        if count := len(resources.get(kind, {})):
            yield Item(stack, what, query, _same(count), hourly=False)


def _nodes(stack: str, name: str, body: Mapping[str, Any], resources: Mapping[str, Any], region: str) -> Iterator[Item]:
    if body.get("capacity_type") == "CAPACITY_BLOCK":
        return  # paid in advance
    scaling = body["scaling_config"]
    sizes = (float(scaling["min_size"]), float(scaling["desired_size"]), float(scaling["max_size"]))
    first = body["instance_types"][0]
    is_spot = body.get("capacity_type") == "SPOT"
    query = products.spot(region, first) if is_spot else products.node(region, first)
    words = f"nodes {name}: {first}{', spot' if is_spot else ''}"
    yield Item(stack, words, query, sizes, hourly=True, is_node=True)
    template = resources.get("aws_launch_template", {}).get(name, {})
    for disk in _list(template.get("block_device_mappings")):
        ebs = disk["ebs"]
        if "volume_size" not in ebs:
            continue  # the OS disk of Bottlerocket, of the AMI's size
        size = float(ebs["volume_size"])
        gib = (size * sizes[0], size * sizes[1], size * sizes[2])
        kind = ebs.get("volume_type", "gp3")
        yield Item(
            stack, f"disks of nodes {name}: {kind}", products.volume(region, kind), gib, hourly=False, is_node=True
        )


def _network(stack: str, resources: Mapping[str, Any], region: str) -> Iterator[Item]:
    if gateways := len(resources.get("aws_nat_gateway", {})):
        yield _hourly(stack, "NAT gateways", products.nat_gateway(region), gateways)
    if addresses := len(resources.get("aws_eip", {})):
        yield _hourly(stack, "public IPv4 addresses of NAT gateways", products.public_ipv4(region), addresses)
    interfaces = [
        one for one in resources.get("aws_vpc_endpoint", {}).values() if one.get("vpc_endpoint_type") == "Interface"
    ]
    if zones := sum(len(one["subnet_ids"]) for one in interfaces if isinstance(one["subnet_ids"], list)):
        yield _hourly(stack, "VPC endpoints, for each zone", products.endpoint(region), zones)
    for name, body in resources.get("aws_lb", {}).items():
        kind = body["load_balancer_type"]
        yield _hourly(stack, f"load balancer {name}", products.load_balancer(region, kind))


def _databases(stack: str, resources: Mapping[str, Any], region: str) -> Iterator[Item]:
    for body in resources.get("aws_db_instance", {}).values():
        double = bool(body.get("multi_az"))
        words = f"{body['instance_class']}{', Multi-AZ' if double else ''}"
        yield _hourly(
            stack, f"database {words}", products.database(region, body["engine"], body["instance_class"], double)
        )
        kind, size = body.get("storage_type", "gp3"), float(body["allocated_storage"])
        query = products.database_storage(region, kind, double)
        yield Item(stack, f"database storage {kind}", query, _same(size), hourly=False)
    classes: dict[str, int] = {}
    for body in resources.get("aws_rds_cluster_instance", {}).values():
        classes[body["instance_class"]] = classes.get(body["instance_class"], 0) + 1
    for instance_class, count in classes.items():
        query = products.database(region, "aurora-mysql", instance_class, multi_az=False)
        yield _hourly(stack, f"database {instance_class}, Aurora", query, count)
    if classes:
        yield Item(stack, "database storage, Aurora", products.aurora_storage(region), None, hourly=False)


def _storage(stack: str, resources: Mapping[str, Any], region: str) -> Iterator[Item]:
    for name in resources.get("aws_efs_file_system", {}):
        yield Item(stack, f"EFS {name}", products.efs(region), None, hourly=False)
    for name, body in resources.get("aws_fsx_lustre_file_system", {}).items():
        query = products.fsx(region, int(body["per_unit_storage_throughput"]))
        yield Item(stack, f"FSx for Lustre {name}", query, _same(float(body["storage_capacity"])), hourly=False)
    for name in resources.get("aws_s3_bucket", {}):
        yield Item(stack, f"S3 bucket {name}", products.s3(region), None, hourly=False)


def _hourly(stack: str, name: str, query: PriceQuery, count: int = 1) -> Item:
    return Item(stack, name, query, _same(count), hourly=True)


def _same(count: float) -> Sizes:
    return (float(count), float(count), float(count))


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value] if value else []
