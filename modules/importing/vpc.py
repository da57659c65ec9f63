"""Reader of a VPC: subnets, gateways, route tables, endpoints, and the given security groups.

Default security group, main route table and default network ACL belong to the VPC and are not imported.
"""

from typing import Any

from modules.importing.reader import Reader, by_vpc, name_of, tags

ROUTE_TARGETS = {
    "GatewayId": "gateway_id",
    "NatGatewayId": "nat_gateway_id",
    "TransitGatewayId": "transit_gateway_id",
    "VpcPeeringConnectionId": "vpc_peering_connection_id",
    "EgressOnlyInternetGatewayId": "egress_only_gateway_id",
    "NetworkInterfaceId": "network_interface_id",
}
"""Route target name in EC2 to its Terraform argument."""


def read_vpc(reader: Reader, vpc_id: str) -> None:
    """Record a VPC and its resources.

    Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcs.html
    """
    ec2 = reader.ec2
    (vpc,) = ec2.describe_vpcs(VpcIds=[vpc_id])["Vpcs"]

    def attribute(name: str) -> bool:
        answer = ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)
        return bool(answer[name[0].upper() + name[1:]]["Value"])

    reader.add(
        "aws_vpc",
        "this",
        vpc_id,
        cidr_block=vpc["CidrBlock"],
        enable_dns_support=attribute("enableDnsSupport"),
        enable_dns_hostnames=attribute("enableDnsHostnames"),
        instance_tenancy=vpc["InstanceTenancy"],
        tags=tags(vpc.get("Tags")),
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


def _subnets(reader: Reader, vpc_id: str) -> None:
    for subnet in reader.pages(reader.ec2, "describe_subnets", "Subnets", Filters=by_vpc(vpc_id)):
        reader.add(
            "aws_subnet",
            name_of(subnet.get("Tags"), subnet["SubnetId"]),
            subnet["SubnetId"],
            vpc_id=vpc_id,
            cidr_block=subnet["CidrBlock"],
            availability_zone=subnet["AvailabilityZone"],
            map_public_ip_on_launch=subnet["MapPublicIpOnLaunch"],
            tags=tags(subnet.get("Tags")),
        )


def _gateways(reader: Reader, vpc_id: str) -> None:
    attached = [{"Name": "attachment.vpc-id", "Values": [vpc_id]}]
    for gateway in reader.pages(reader.ec2, "describe_internet_gateways", "InternetGateways", Filters=attached):
        reader.add(
            "aws_internet_gateway",
            name_of(gateway.get("Tags"), "this"),
            gateway["InternetGatewayId"],
            vpc_id=vpc_id,
            tags=tags(gateway.get("Tags")),
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
        reader.add(
            "aws_eip",
            name_of(address.get("Tags"), address["AllocationId"]),
            address["AllocationId"],
            domain="vpc",
            tags=tags(address.get("Tags")),
        )
    for gateway in gateways:
        reader.add(
            "aws_nat_gateway",
            name_of(gateway.get("Tags"), gateway["NatGatewayId"]),
            gateway["NatGatewayId"],
            allocation_id=gateway["NatGatewayAddresses"][0].get("AllocationId"),
            subnet_id=gateway["SubnetId"],
            connectivity_type=gateway.get("ConnectivityType", "public"),
            tags=tags(gateway.get("Tags")),
        )


def _route_tables(reader: Reader, vpc_id: str) -> None:
    for table in reader.pages(reader.ec2, "describe_route_tables", "RouteTables", Filters=by_vpc(vpc_id)):
        table_id, associations = table["RouteTableId"], table.get("Associations", ())
        if any(one.get("Main") for one in associations):
            reader.left.append(f"{table_id}: the VPC's main route table")
            continue
        name = name_of(table.get("Tags"), table_id)
        reader.add("aws_route_table", name, table_id, vpc_id=vpc_id, tags=tags(table.get("Tags")))
        for route in table["Routes"]:
            _route(reader, name, table_id, route)
        for one in associations:
            if "SubnetId" in one:
                reader.add(
                    "aws_route_table_association",
                    f"{name}-{one['SubnetId']}",
                    f"{one['SubnetId']}/{table_id}",
                    subnet_id=one["SubnetId"],
                    route_table_id=table_id,
                )


def _route(reader: Reader, table: str, table_id: str, route: dict[str, Any]) -> None:
    """Explicit routes, without the local route and those of gateway endpoints."""
    target = next((name for name in ROUTE_TARGETS if route.get(name)), None)
    destination = route.get("DestinationCidrBlock")
    if target is None or destination is None or route.get("GatewayId", "").startswith(("local", "vpce-")):
        return
    reader.add(
        "aws_route",
        f"{table}-{destination}",
        f"{table_id}_{destination}",
        route_table_id=table_id,
        destination_cidr_block=destination,
        **{ROUTE_TARGETS[target]: route[target]},
    )


def _endpoints(reader: Reader, vpc_id: str) -> None:
    for endpoint in reader.pages(reader.ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=by_vpc(vpc_id)):
        interface = endpoint["VpcEndpointType"] == "Interface"
        reader.add(
            "aws_vpc_endpoint",
            endpoint["ServiceName"].partition(".")[2].partition(".")[2],
            endpoint["VpcEndpointId"],
            vpc_id=vpc_id,
            service_name=endpoint["ServiceName"],
            vpc_endpoint_type=endpoint["VpcEndpointType"],
            route_table_ids=sorted(endpoint.get("RouteTableIds", ())),
            subnet_ids=sorted(endpoint.get("SubnetIds", ())),
            security_group_ids=sorted(group["GroupId"] for group in endpoint.get("Groups", ())),
            private_dns_enabled=endpoint.get("PrivateDnsEnabled") if interface else None,
            tags=tags(endpoint.get("Tags")),
        )


def read_security_groups(reader: Reader, group_ids: list[str]) -> None:
    """Record security groups with each rule as a separate resource, so that rules can be added later."""
    if not group_ids:
        return
    for group in reader.ec2.describe_security_groups(GroupIds=group_ids)["SecurityGroups"]:
        reader.add(
            "aws_security_group",
            group["GroupName"],
            group["GroupId"],
            name=group["GroupName"],
            description=group["Description"],
            vpc_id=group["VpcId"],
            tags=tags(group.get("Tags")),
        )
    rules = reader.pages(
        reader.ec2,
        "describe_security_group_rules",
        "SecurityGroupRules",
        Filters=[{"Name": "group-id", "Values": group_ids}],
    )
    names = {one["id"]: one["name"] for one in reader.found if one["type"] == "aws_security_group"}
    for rule in rules:
        _rule(reader, names[rule["GroupId"]], rule)


def _rule(reader: Reader, group: str, rule: dict[str, Any]) -> None:
    everything = rule["IpProtocol"] == "-1"
    port = "all" if everything else f"{rule['FromPort']}"
    reader.add(
        f"aws_vpc_security_group_{'egress' if rule['IsEgress'] else 'ingress'}_rule",
        f"{group}-{port}",
        rule["SecurityGroupRuleId"],
        security_group_id=rule["GroupId"],
        ip_protocol=rule["IpProtocol"],
        from_port=None if everything else rule["FromPort"],
        to_port=None if everything else rule["ToPort"],
        cidr_ipv4=rule.get("CidrIpv4"),
        cidr_ipv6=rule.get("CidrIpv6"),
        prefix_list_id=rule.get("PrefixListId"),
        referenced_security_group_id=rule.get("ReferencedGroupInfo", {}).get("GroupId"),
        description=rule.get("Description"),
        tags=tags(rule.get("Tags")),
    )
