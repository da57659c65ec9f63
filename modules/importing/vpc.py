"""Reader of a VPC: subnets, gateways, route tables, endpoints, and the given security groups.

Default security group, main route table and default network ACL belong to the VPC and are not imported.
"""

from typing import Any

from modules.importing import left, tables
from modules.importing.reader import Reader, by_vpc, name_of

ROUTE_TARGETS = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "CarrierGatewayId": "carrier_gateway_id",
    "LocalGatewayId": "local_gateway_id",
    "CoreNetworkArn": "core_network_arn",
    "NetworkInterfaceId": "network_interface_id",
}
"""Route target name in EC2 to its Terraform argument."""
DESTINATIONS = {
    "DestinationCidrBlock": "destination_cidr_block",
    "DestinationIpv6CidrBlock": "destination_ipv6_cidr_block",
    "DestinationPrefixListId": "destination_prefix_list_id",
}
"""Route destination name in EC2 to its Terraform argument."""
AMAZON_POOL = "Amazon"
"""Pool of IPv6 blocks that Amazon provides."""


def read_vpc(reader: Reader, vpc_id: str) -> None:
    """Record a VPC and its resources.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
    """
    ec2 = reader.ec2
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]

    def attribute(name: str) -> bool:
        answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    reader.read(
        "aws_vpc",
        "this",
        vpc_id,
        tables.VPC,
        vpc,
        enable_dns_support=attribute("enableDnsSupport"),
        enable_dns_hostnames=attribute("enableDnsHostnames"),
        enable_network_address_usage_metrics=attribute("enableNetworkAddressUsageMetrics"),
        **_ipv6(reader, vpc),
    )
    for block in vpc.get("CidrBlockAssociationSet", ()):
        if block["CidrBlock"] != vpc["CidrBlock"]:
            reader.add(
                "aws_vpc_ipv4_cidr_block_association",
                block["CidrBlock"],
                block["AssociationId"],
                vpc_id=vpc_id,
                cidr_block=block["CidrBlock"],
            )
    _subnets(reader, vpc_id)
    _gateways(reader, vpc_id)
    _route_tables(reader, vpc_id)
    _endpoints(reader, vpc_id)
    left.of_vpc(reader, vpc)


def _ipv6(reader: Reader, vpc: dict[str, Any]) -> dict[str, Any]:
    """The IPv6 block that Amazon provides; others are named as not read."""
    blocks = [one for one in vpc.get("Ipv6CidrBlockAssociationSet", ()) if is_associated(one)]
    reader.unread += [
        f"aws_vpc {vpc['VpcId']}: IPv6 block {one['Ipv6CidrBlock']} of the pool {one.get('Ipv6Pool')}"
        for one in blocks[1:] + [one for one in blocks[:1] if one.get("Ipv6Pool") != AMAZON_POOL]
    ]
    return {"assign_generated_ipv6_cidr_block": True} if blocks and blocks[0].get("Ipv6Pool") == AMAZON_POOL else {}


def is_associated(block: dict[str, Any]) -> bool:
    """Whether an IPv6 block is associated with its VPC or subnet."""
    return bool(block.get("Ipv6CidrBlockState", {}).get("State") == "associated")


def _subnets(reader: Reader, vpc_id: str) -> None:
    for subnet in reader.pages(reader.ec2, "describe_subnets", "Subnets", Filters=by_vpc(vpc_id)):
        dns = subnet.get("PrivateDnsNameOptionsOnLaunch", {})
        blocks = [one["Ipv6CidrBlock"] for one in subnet.get("Ipv6CidrBlockAssociationSet", ()) if is_associated(one)]
        reader.read(
            "aws_subnet",
            name_of(subnet.get("Tags"), subnet["SubnetId"]),
            subnet["SubnetId"],
            tables.SUBNET,
            subnet,
            ipv6_cidr_block=blocks[0] if blocks else None,
            map_customer_owned_ip_on_launch=subnet.get("MapCustomerOwnedIpOnLaunch") or None,
            enable_lni_at_device_index=subnet.get("EnableLniAtDeviceIndex") or None,
            private_dns_hostname_type_on_launch=dns.get("HostnameType"),
            enable_resource_name_dns_a_record_on_launch=dns.get("EnableResourceNameDnsARecord"),
            enable_resource_name_dns_aaaa_record_on_launch=dns.get("EnableResourceNameDnsAAAARecord"),
        )


def _gateways(reader: Reader, vpc_id: str) -> None:
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    for gateway in reader.pages(reader.ec2, "describe_internet_gateways", "InternetGateways", Filters=attached):
        reader.read(
            "aws_internet_gateway",
            name_of(gateway.get("Tags"), "this"),
            gateway["InternetGatewayId"],
            tables.INTERNET_GATEWAY,
            gateway,
            vpc_id=vpc_id,
        )
    gateways = [
        gateway
        for gateway in reader.pages(reader.ec2, "describe_nat_gateways", "NatGateways", Filters=by_vpc(vpc_id))
        if gateway["State"] == "available"
    ]
    addresses = [
        one["AllocationId"] for gateway in gateways for one in gateway["NatGatewayAddresses"] if "AllocationId" in one
    ]
    for address in reader.ec2.describe_addresses(AllocationIds=addresses)["Addresses"] if addresses else ():
        reader.read(
            "aws_eip",
            name_of(address.get("Tags"), address["AllocationId"]),
            address["AllocationId"],
            tables.ADDRESS,
            address,
        )
    for gateway in gateways:
        # AWS may answer in any order; one address alone is the primary one
        first, *others = sorted(gateway["NatGatewayAddresses"], key=lambda one: not one.get("IsPrimary", True))
        reader.read(
            "aws_nat_gateway",
            name_of(gateway.get("Tags"), gateway["NatGatewayId"]),
            gateway["NatGatewayId"],
            tables.NAT_GATEWAY,
            gateway,
            allocation_id=first.get("AllocationId"),
            secondary_allocation_ids=sorted(one["AllocationId"] for one in others if "AllocationId" in one),
            secondary_private_ip_addresses=sorted(one["PrivateIp"] for one in others if "AllocationId" not in one),
        )


def _route_tables(reader: Reader, vpc_id: str) -> None:
    for table in reader.pages(reader.ec2, "describe_route_tables", "RouteTables", Filters=by_vpc(vpc_id)):
        table_id, associations = table["RouteTableId"], table.get("Associations", ())
        if any(one.get("Main") for one in associations):
            reader.left.append(f"route table {table_id}: the VPC's main one; subnets without another use its routes")
            continue
        name = name_of(table.get("Tags"), table_id)
        reader.read("aws_route_table", name, table_id, tables.ROUTE_TABLE, table)
        for route in table["Routes"]:
            _route(reader, name, table_id, route)
        for one in associations:
            kind, target = next(((kind, one[word]) for kind, word in ASSOCIATED.items() if word in one), ("", ""))
            if target:
                reader.add(
                    "aws_route_table_association",
                    f"{name}-{target}",
                    f"{target}/{table_id}",
                    **{kind: target},
                    route_table_id=table_id,
                )


ASSOCIATED = {"subnet_id": "SubnetId", "gateway_id": "GatewayId"}
"""Argument of an association to its name in EC2."""


def _route(reader: Reader, table: str, table_id: str, route: dict[str, Any]) -> None:
    """Explicit routes, without the local route, propagated ones and those of gateway endpoints."""
    destination = next((word for word in DESTINATIONS if route.get(word)), None)
    gateway = route.get("GatewayId", "")
    of_endpoint = gateway.startswith("vpce-")
    if route.get("Origin") not in (None, "CreateRoute") or gateway == "local" or destination is None:
        return
    if of_endpoint and destination == "DestinationPrefixListId":
        return
    target = next((word for word in ROUTE_TARGETS if route.get(word)), None)
    if target is None:
        reader.left.append(f"route {route[destination]} of {table_id}: its target is none that Terraform can set")
        return
    reader.add(
        "aws_route",
        f"{table}-{route[destination]}",
        f"{table_id}_{route[destination]}",
        route_table_id=table_id,
        **{DESTINATIONS[destination]: route[destination]},
        **{"vpc_endpoint_id" if of_endpoint else ROUTE_TARGETS[target]: route[target]},
    )


def _endpoints(reader: Reader, vpc_id: str) -> None:
    for endpoint in reader.pages(reader.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=by_vpc(vpc_id)):
        reader.read(
            "aws_vpc_endpoint",
            endpoint.get("ServiceName", endpoint["VpcEndpointId"]).partition(".")[2].partition(".")[2]
            or endpoint["VpcEndpointId"],
            endpoint["VpcEndpointId"],
            tables.ENDPOINT,
            endpoint,
            private_dns_enabled=endpoint.get("PrivateDnsEnabled")
            if endpoint["VpcEndpointType"] == "Interface"
            else None,
        )


def read_security_groups(reader: Reader, group_ids: list[str]) -> None:
    """Record security groups with each rule as a separate resource, so that rules can be added later."""
    if not group_ids:
        return
    groups = reader.ec2.describe_security_groups(GroupIds=group_ids)["SecurityGroups"]
    for group in groups:
        reader.read("aws_security_group", group["GroupName"], group["GroupId"], tables.SECURITY_GROUP, group)
    rules = reader.pages(
        reader.ec2,
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": group_ids}],
    )
    names = {one["id"]: one["name"] for one in reader.found if one["type"] == "aws_security_group"}
    owners = {group["GroupId"]: group["OwnerId"] for group in groups}
    for rule in rules:
        _rule(reader, names[rule["GroupId"]], owners[rule["GroupId"]], rule)


def _rule(reader: Reader, group: str, account: str, rule: dict[str, Any]) -> None:
    everything = rule["IpProtocol"] == "-1"
    port = "all" if everything else f"{rule['FromPort']}"
    source = rule.get("ReferencedGroupInfo", {})
    group_id, owner = source.get("GroupId"), source.get("UserId", account)
    reader.read(
        f"aws_vpc_security_group_{'egress' if rule['IsEgress'] else 'ingress'}_rule",
        f"{group}-{port}",
        rule["SecurityGroupRuleId"],
        tables.SECURITY_GROUP_RULE,
        rule,
        from_port=None if everything else rule["FromPort"],
        to_port=None if everything else rule["ToPort"],
        # of a peered VPC in another account
        referenced_security_group_id=f"{owner}/{group_id}" if group_id and owner != account else group_id,
    )
