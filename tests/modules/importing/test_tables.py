"""Each field of AWS's answers, and each argument of the provider, is in the tables of the import or named with a reason."""

import ast
import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import botocore.session  # type: ignore[import-untyped]
import pytest

from modules.importing.fields import Argument, Elsewhere, Fields, NoArgument, arguments, unread
from modules.importing.tables import ANSWERS, CLUSTER, LAUNCH_TEMPLATE_DATA, NODE_GROUP

META = {"connection", "count", "depends_on", "for_each", "id", "lifecycle", "provider", "provisioners"}
META |= {"region", "tags_all", "timeouts"}
"""Of Terraform, CDKTF or the provider itself."""
BY_THE_READER: Mapping[str, set[str]] = {
    "aws_launch_template": {"name"},
    "aws_vpc": {
        "enable_dns_support",
        "enable_dns_hostnames",
        "enable_network_address_usage_metrics",
        "assign_generated_ipv6_cidr_block",
    },
    "aws_subnet": {
        "ipv6_cidr_block",
        "map_customer_owned_ip_on_launch",
        "enable_lni_at_device_index",
        "private_dns_hostname_type_on_launch",
        "enable_resource_name_dns_a_record_on_launch",
        "enable_resource_name_dns_aaaa_record_on_launch",
    },
    "aws_nat_gateway": {"allocation_id", "secondary_allocation_ids", "secondary_private_ip_addresses"},
    "aws_vpc_endpoint": {"private_dns_enabled"},
    "aws_internet_gateway": {"vpc_id"},
    "aws_vpc_security_group_ingress_rule": {"referenced_security_group_id"},
    "aws_eks_cluster": {"enabled_cluster_log_types"},
    "aws_eks_addon": {"pod_identity_association"},
    "aws_iam_role": {"assume_role_policy", "permissions_boundary"},
}
"""What readers write in addition to the tables, since one field of AWS is not one argument."""
NOT_READ: Mapping[str, dict[str, str]] = {
    "aws_launch_template": {
        "name_prefix": "name is set",
        "default_version": "of the provider; unset it changes nothing",
        "update_default_version": "of the provider; unset it changes nothing",
    },
    "aws_vpc": {
        "ipv4_ipam_pool_id": "AWS does not return it",
        "ipv4_netmask_length": "AWS does not return it",
        "ipv6_cidr_block": "the provider keeps it if unset",
        "ipv6_cidr_block_network_border_group": "the provider keeps it if unset",
        "ipv6_ipam_pool_id": "named as unknown",
        "ipv6_netmask_length": "named as unknown",
    },
    "aws_subnet": {
        "availability_zone_id": "availability_zone is set",
    },
    "aws_nat_gateway": {
        "private_ip": "the provider keeps it if unset",
        "secondary_private_ip_address_count": "the addresses are set",
        "availability_mode": "of provider 6 only; a regional gateway is named as unknown",
        "availability_zone_address": "of provider 6 only; a regional gateway is named as unknown",
        "vpc_id": "of provider 6 only; a regional gateway is named as unknown",
    },
    "aws_eip": dict.fromkeys(
        (
            *("address", "associate_with_private_ip", "customer_owned_ipv4_pool", "instance", "ipam_pool_id"),
            *("network_border_group", "network_interface", "public_ipv4_pool"),
        ),
        "of the association with the NAT gateway, or the provider keeps it if unset",
    ),
    "aws_vpc_endpoint": {
        "auto_accept": "not of AWS",
        "policy": "the provider keeps it if unset",
        "service_region": "the provider keeps it if unset",
        "subnet_configuration": "subnet_ids is set",
    },
    "aws_route_table": {"route": "each route is a resource"},
    "aws_security_group": {
        "ingress": "each rule is a resource",
        "egress": "each rule is a resource",
        "name_prefix": "name is set",
        "revoke_rules_on_delete": "not of AWS",
    },
    "aws_eks_cluster": {
        "bootstrap_self_managed_addons": "AWS does not return it, and the import ignores it",
        "force_update_version": "not of AWS",
        "control_plane_scaling_config": "of provider 6 only; another tier is named as unknown",
    },
    "aws_eks_node_group": {"node_group_name_prefix": "the name is set", "force_update_version": "not of AWS"},
    "aws_eks_addon": dict.fromkeys(
        ("preserve", "resolve_conflicts", "resolve_conflicts_on_create", "resolve_conflicts_on_update"), "not of AWS"
    ),
    "aws_iam_role": {
        "force_detach_policies": "not of AWS",
        "inline_policy": "each is a resource",
        "managed_policy_arns": "each is a resource",
        "name_prefix": "name is set",
    },
}
"""Arguments that no reader writes, with the reason."""
NESTED_NOT_READ = {
    "access_config.bootstrap_cluster_creator_admin_permissions": "AWS does not return it, and the import ignores it",
    "launch_template.name": "the id is set",
    # of provider 6 only, and named as unknown
    "node_repair_config.max_parallel_nodes_repaired_count": "",
    "node_repair_config.max_parallel_nodes_repaired_percentage": "",
    "node_repair_config.max_unhealthy_node_threshold_count": "",
    "node_repair_config.max_unhealthy_node_threshold_percentage": "",
    "node_repair_config.node_repair_config_overrides": "",
    "update_config.update_strategy": "",
    "placement.group_id": "",
    "cpu_options.nested_virtualization": "",
    "dns_options.private_dns_preference": "",
    "dns_options.private_dns_specified_domains": "",
}


def shape(service: str, name: str) -> Any:
    return botocore.session.get_session().get_service_model(service).shape_for(name)


def unnamed(members: Any, fields: Fields, path: str) -> Iterator[str]:
    """Members of a shape that the table does not name, and entries that no member has."""
    members = members.member if members.type_name == "list" else members
    yield from (f"{path}.{name}: not in the table" for name in members.members.keys() - fields.keys())
    yield from (f"{path}.{name}: AWS has no such field" for name in fields.keys() - members.members.keys())
    for name, field in fields.items():
        if isinstance(field, Argument) and field.fields is not None and name in members.members:
            yield from unnamed(members.members[name], field.fields, f"{path}.{name}")


@pytest.mark.parametrize("name", ANSWERS)
def test_each_field_of_aws_is_named(name: str) -> None:
    service, _, fields = ANSWERS[name]
    assert sorted(unnamed(shape(service, name), fields, name)) == []


@cache
def source(type_: str) -> str:
    """The bindings of a type."""
    package = find_spec("cdktf_cdktf_provider_aws")
    assert package is not None
    assert package.submodule_search_locations is not None
    folder = Path(package.submodule_search_locations[0]) / type_.removeprefix("aws_")
    return (folder / "__init__.py").read_text(encoding="utf-8")


def given(type_: str, block: str) -> dict[str, str]:
    """Argument to its Python type, of a class of the bindings."""
    found = re.search(rf"^class {block}[(:].*?    (def __init__\(.*?\) -> None:)", source(type_), re.M | re.S)
    assert found is not None, f"{type_}: no class {block}"
    (function,) = ast.parse(f"{found[1]} ...").body
    assert isinstance(function, ast.FunctionDef)
    return {one.arg.rstrip("_"): ast.unparse(one.annotation) for one in function.args.kwonlyargs if one.annotation}


def pascal(name: str) -> str:
    return "".join(word.capitalize() for word in name.split("_"))


def missing(type_: str, block: str, fields: Fields, path: str = "") -> Iterator[str]:
    """Arguments of the provider that the table lacks, and the other way round; texts that are booleans, and the other way round."""
    has = given(type_, f"{block}Config" if not path else block)
    takes = {field.name: field for field in fields.values() if isinstance(field, Argument)}
    if path:
        unset = {name for name in has if f"{path}{name}" in NESTED_NOT_READ}
        yield from (f"{path}{name}: not read" for name in has.keys() - takes.keys() - unset)
    yield from (f"{path}{name}: not an argument" for name in takes.keys() - has.keys())
    for name, field in takes.items():
        if name in has and field.fields is not None:
            inner = re.findall(rf"{block}\w+", has[name])
            yield from missing(type_, inner[-1], field.fields, f"{path}{name}.")
        elif name in has and field.kind == "text" and "builtins.bool" in has[name]:
            yield f"{path}{name}: a boolean, not a text"


@pytest.mark.parametrize("type_", sorted({type_ for _, type_, _ in ANSWERS.values()}))
def test_each_argument_of_the_provider_is_read_or_has_a_reason(type_: str) -> None:
    fields: dict[str, Argument | NoArgument | Elsewhere] = {}
    for _, one, some in ANSWERS.values():
        fields |= some if one == type_ else {}
    block = "".join(pascal(word) for word in type_.removeprefix("aws_").split("_"))
    assert sorted(missing(type_, block, fields)) == []
    taken = {field.name for field in fields.values() if isinstance(field, Argument)}
    others = BY_THE_READER.get(type_, set()) | NOT_READ.get(type_, {}).keys() | META
    assert given(type_, f"{block}Config").keys() - taken - others == set()
    assert others - META - given(type_, f"{block}Config").keys() <= {"resolve_conflicts"}  # removed in provider 6


def test_what_no_argument_takes_is_named_with_its_value() -> None:
    data = {
        "EbsOptimized": True,
        "Placement": {"GroupId": "pg-0", "Tenancy": "default"},
        "NetworkInterfaces": [{"EnaQueueCount": 2, "DeleteOnTermination": True}],
        "NotYetInvented": {"Speed": 3},
        "MetadataOptions": {"State": "applied"},
        "NetworkPerformanceOptions": {},
    }
    assert list(unread(LAUNCH_TEMPLATE_DATA, data)) == [
        "Placement.GroupId=pg-0",
        "NetworkInterfaces.EnaQueueCount=2",
        "NotYetInvented={'Speed': 3}",
    ]
    assert arguments(LAUNCH_TEMPLATE_DATA, data) == {
        "ebs_optimized": "true",
        "placement": {"tenancy": "default"},
        "network_interfaces": [{"delete_on_termination": "true"}],
    }
    assert list(unread(CLUSTER, {"controlPlaneScalingConfig": {"tier": "standard"}})) == []
    assert list(unread(CLUSTER, {"controlPlaneScalingConfig": {"tier": "tier-xl"}})) == [
        "controlPlaneScalingConfig={'tier': 'tier-xl'}"
    ]
    assert list(unread(NODE_GROUP, {"updateConfig": {"updateStrategy": "MINIMAL"}})) == [
        "updateConfig.updateStrategy=MINIMAL"
    ]
