"""The fields of each answer of AWS that the readers read."""

from collections.abc import Mapping

from modules.importing.fields import Argument, Elsewhere, Fields, NoArgument, elsewhere, same, untaken

TAGS = {"Tags": Argument("tags", kind="tags")}
SMALL_TAGS = {"tags": Argument("tags", kind="tags")}
ENABLED = same("enabled")
RANGE = same("Min Max")
"""Of instance requirements."""

LAUNCH_TEMPLATE: Fields = {
    **TAGS,
    **elsewhere("LaunchTemplateId LaunchTemplateName CreateTime CreatedBy DefaultVersionNumber LatestVersionNumber"),
    "Operator": Elsewhere(),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_LaunchTemplate.html"""

INSTANCE_REQUIREMENTS: Fields = {
    **same(
        "CpuManufacturers ExcludedInstanceTypes InstanceGenerations SpotMaxPricePercentageOverLowestPrice "
        "OnDemandMaxPricePercentageOverLowestPrice BareMetal BurstablePerformance RequireHibernateSupport LocalStorage "
        "LocalStorageTypes AcceleratorTypes AcceleratorManufacturers AcceleratorNames AllowedInstanceTypes "
        "MaxSpotPriceAsPercentageOfOptimalOnDemandPrice"
    ),
    "VCpuCount": Argument("vcpu_count", RANGE),
    "MemoryMiB": Argument("memory_mib", RANGE),
    "MemoryGiBPerVCpu": Argument("memory_gib_per_vcpu", RANGE),
    "NetworkInterfaceCount": Argument("network_interface_count", RANGE),
    "TotalLocalStorageGB": Argument("total_local_storage_gb", RANGE),
    "BaselineEbsBandwidthMbps": Argument("baseline_ebs_bandwidth_mbps", RANGE),
    "AcceleratorCount": Argument("accelerator_count", RANGE),
    "AcceleratorTotalMemoryMiB": Argument("accelerator_total_memory_mib", RANGE),
    "NetworkBandwidthGbps": Argument("network_bandwidth_gbps", RANGE),
    **untaken("BaselinePerformanceFactors RequireEncryptionInTransit"),
}
INTERFACE: Fields = {
    **same(
        "Description DeviceIndex InterfaceType Ipv6AddressCount NetworkInterfaceId PrivateIpAddress SubnetId NetworkCardIndex "
        "Ipv4PrefixCount Ipv6PrefixCount"
    ),
    **same("AssociateCarrierIpAddress AssociatePublicIpAddress DeleteOnTermination PrimaryIpv6", kind="text"),
    "Groups": Argument("security_groups"),
    "Ipv6Addresses": Argument("ipv6_addresses", kind="Ipv6Address"),
    "PrivateIpAddresses": Argument("ipv4_addresses", kind="PrivateIpAddress"),
    "SecondaryPrivateIpAddressCount": Argument("ipv4_address_count"),
    "Ipv4Prefixes": Argument("ipv4_prefixes", kind="Ipv4Prefix"),
    "Ipv6Prefixes": Argument("ipv6_prefixes", kind="Ipv6Prefix"),
    "EnaSrdSpecification": Argument(
        "ena_srd_specification",
        {
            **same("EnaSrdEnabled"),
            "EnaSrdUdpSpecification": Argument("ena_srd_udp_specification", same("EnaSrdUdpEnabled")),
        },
    ),
    "ConnectionTrackingSpecification": Argument(
        "connection_tracking_specification", same("TcpEstablishedTimeout UdpTimeout UdpStreamTimeout")
    ),
    **untaken("EnaQueueCount"),
}
LAUNCH_TEMPLATE_DATA: Fields = {
    **same(
        "KernelId RamDiskId ImageId InstanceType KeyName InstanceInitiatedShutdownBehavior UserData DisableApiTermination "
        "DisableApiStop"
    ),
    **same("EbsOptimized", kind="text"),
    "SecurityGroupIds": Argument("vpc_security_group_ids"),
    "SecurityGroups": Argument("security_group_names"),
    "IamInstanceProfile": Argument("iam_instance_profile", same("Arn Name")),
    "BlockDeviceMappings": Argument(
        "block_device_mappings",
        {
            **same("DeviceName VirtualName NoDevice"),
            "Ebs": Argument(
                "ebs",
                {
                    **same("Iops KmsKeyId SnapshotId VolumeSize VolumeType Throughput VolumeInitializationRate"),
                    **same("Encrypted DeleteOnTermination", kind="text"),
                    **untaken("EbsCardIndex"),
                },
            ),
        },
    ),
    "NetworkInterfaces": Argument("network_interfaces", INTERFACE),
    "Monitoring": Argument("monitoring", {**same("Enabled"), **untaken("MetricCategoryIds")}),
    "Placement": Argument(
        "placement",
        {
            **same(
                "AvailabilityZone Affinity GroupName HostId Tenancy SpreadDomain HostResourceGroupArn PartitionNumber"
            ),
            **untaken("AvailabilityZoneId GroupId"),
        },
    ),
    "TagSpecifications": Argument("tag_specifications", {**same("ResourceType"), **TAGS}),
    "InstanceMarketOptions": Argument(
        "instance_market_options",
        {
            **same("MarketType"),
            "SpotOptions": Argument(
                "spot_options",
                {
                    **same("MaxPrice SpotInstanceType BlockDurationMinutes InstanceInterruptionBehavior"),
                    **same("ValidUntil", kind="text"),
                },
            ),
        },
    ),
    "CreditSpecification": Argument("credit_specification", same("CpuCredits")),
    "CpuOptions": Argument(
        "cpu_options", {**same("CoreCount ThreadsPerCore AmdSevSnp"), **untaken("NestedVirtualization")}
    ),
    "CapacityReservationSpecification": Argument(
        "capacity_reservation_specification",
        {
            **same("CapacityReservationPreference"),
            "CapacityReservationTarget": Argument(
                "capacity_reservation_target", same("CapacityReservationId CapacityReservationResourceGroupArn")
            ),
        },
    ),
    "LicenseSpecifications": Argument("license_specification", same("LicenseConfigurationArn")),
    "HibernationOptions": Argument("hibernation_options", same("Configured")),
    "MetadataOptions": Argument(
        "metadata_options",
        {
            **same("HttpEndpoint HttpTokens HttpPutResponseHopLimit HttpProtocolIpv6 InstanceMetadataTags"),
            **elsewhere("State"),
        },
    ),
    "EnclaveOptions": Argument("enclave_options", same("Enabled")),
    "InstanceRequirements": Argument("instance_requirements", INSTANCE_REQUIREMENTS),
    "PrivateDnsNameOptions": Argument(
        "private_dns_name_options",
        {
            **same("HostnameType EnableResourceNameDnsARecord"),
            "EnableResourceNameDnsAAAARecord": Argument("enable_resource_name_dns_aaaa_record"),
        },
    ),
    "MaintenanceOptions": Argument("maintenance_options", same("AutoRecovery")),
    # arguments of the AWS provider 5 only, whose services AWS has ended
    **untaken("ElasticGpuSpecifications ElasticInferenceAccelerators"),
    **untaken("NetworkPerformanceOptions SecondaryInterfaces"),
    "Operator": Elsewhere(),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ResponseLaunchTemplateData.html"""
LAUNCH_TEMPLATE_VERSION: Fields = {
    "VersionDescription": Argument("description"),
    **elsewhere(
        "LaunchTemplateId LaunchTemplateName VersionNumber CreateTime CreatedBy DefaultVersion LaunchTemplateData Operator"
    ),
}

NODE_GROUP: Fields = {
    "clusterName": Argument("cluster_name"),
    "nodegroupName": Argument("node_group_name"),
    "nodeRole": Argument("node_role_arn"),
    "subnets": Argument("subnet_ids"),
    **same("amiType capacityType instanceTypes version releaseVersion diskSize labels"),
    **SMALL_TAGS,
    "taints": Argument("taint", same("key value effect")),
    "scalingConfig": Argument("scaling_config", same("minSize desiredSize maxSize")),
    "updateConfig": Argument(
        "update_config", {**same("maxUnavailable maxUnavailablePercentage"), "updateStrategy": NoArgument("DEFAULT")}
    ),
    "nodeRepairConfig": Argument(
        "node_repair_config",
        {
            **same("enabled"),
            **untaken(
                "maxUnhealthyNodeThresholdCount maxUnhealthyNodeThresholdPercentage maxParallelNodesRepairedCount "
                "maxParallelNodesRepairedPercentage nodeRepairConfigOverrides"
            ),
        },
    ),
    "remoteAccess": Argument(
        "remote_access",
        {"ec2SshKey": Argument("ec2_ssh_key"), "sourceSecurityGroups": Argument("source_security_group_ids")},
    ),
    "launchTemplate": Argument("launch_template", {**same("id version"), **elsewhere("name")}),
    "warmPoolConfig": NoArgument({"enabled": False}),
    **elsewhere("nodegroupArn createdAt modifiedAt status resources health"),
}
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Nodegroup.html"""

CLUSTER: Fields = {
    **same("name roleArn version deletionProtection"),
    **SMALL_TAGS,
    "accessConfig": Argument(
        "access_config", {**same("authenticationMode"), **elsewhere("bootstrapClusterCreatorAdminPermissions")}
    ),
    "resourcesVpcConfig": Argument(
        "vpc_config",
        {
            **same("subnetIds securityGroupIds endpointPublicAccess endpointPrivateAccess publicAccessCidrs"),
            **elsewhere("clusterSecurityGroupId vpcId"),
            **untaken("controlPlaneEgressMode"),
        },
    ),
    "kubernetesNetworkConfig": Argument(
        "kubernetes_network_config",
        {
            "serviceIpv4Cidr": Argument("service_ipv4_cidr"),
            **same("ipFamily"),
            "elasticLoadBalancing": Argument("elastic_load_balancing", {**ENABLED, **untaken("gatewayApi")}),
            **elsewhere("serviceIpv6Cidr"),
        },
    ),
    "encryptionConfig": Argument(
        "encryption_config", {**same("resources"), "provider": Argument("provider", same("keyArn"))}
    ),
    "upgradePolicy": Argument("upgrade_policy", same("supportType")),
    "zonalShiftConfig": Argument("zonal_shift_config", ENABLED),
    "computeConfig": Argument("compute_config", same("enabled nodePools nodeRoleArn")),
    "storageConfig": Argument("storage_config", {"blockStorage": Argument("block_storage", ENABLED)}),
    "remoteNetworkConfig": Argument(
        "remote_network_config",
        {
            "remoteNodeNetworks": Argument("remote_node_networks", same("cidrs")),
            "remotePodNetworks": Argument("remote_pod_networks", same("cidrs")),
        },
    ),
    "outpostConfig": Argument(
        "outpost_config",
        {
            **same("outpostArns controlPlaneInstanceType"),
            "controlPlanePlacement": Argument(
                "control_plane_placement", {**same("groupName"), **untaken("spreadLevel")}
            ),
            **untaken("etcdInstanceType etcdPlacement"),
        },
    ),
    "controlPlaneScalingConfig": NoArgument({"tier": "standard"}),
    **untaken("connectorConfig kubeApiServerConfig kubeSchedulerConfig kubeControllerManagerConfig"),
    **elsewhere(
        "arn createdAt endpoint identity status certificateAuthority clientRequestToken platformVersion id health logging"
    ),
}
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Cluster.html"""

ADDON: Fields = {
    **same("addonName clusterName addonVersion serviceAccountRoleArn configurationValues"),
    **SMALL_TAGS,
    "namespaceConfig": NoArgument(),
    **elsewhere(
        "status health addonArn createdAt modifiedAt publisher owner marketplaceInformation podIdentityAssociations"
    ),
}
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_Addon.html"""
ACCESS_ENTRY: Fields = {
    **same("clusterName principalArn kubernetesGroups type"),
    "username": Argument("user_name"),
    **SMALL_TAGS,
    **elsewhere("accessEntryArn createdAt modifiedAt"),
}
"""Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_AccessEntry.html"""
ROLE: Fields = {
    "RoleName": Argument("name"),
    **same("Path Description MaxSessionDuration"),
    "PermissionsBoundary": Elsewhere(),
    "AssumeRolePolicyDocument": Elsewhere(),
    **TAGS,
    "MaxSigninSessionDuration": NoArgument(),
    **elsewhere("RoleId Arn CreateDate RoleLastUsed SourceRoleTemplate"),
}
"""Source: https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html"""

VPC: Fields = {
    **same("CidrBlock InstanceTenancy"),
    **TAGS,
    **elsewhere(
        "OwnerId Ipv6CidrBlockAssociationSet CidrBlockAssociationSet IsDefault EncryptionControl BlockPublicAccessStates "
        "NetworkFirewallAssociations VpcId State DhcpOptionsId"
    ),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Vpc.html"""
SUBNET: Fields = {
    **same(
        "VpcId CidrBlock AvailabilityZone MapPublicIpOnLaunch AssignIpv6AddressOnCreation CustomerOwnedIpv4Pool OutpostArn "
        "EnableDns64 Ipv6Native"
    ),
    **TAGS,
    "PrivateDnsNameOptionsOnLaunch": Elsewhere(),
    **elsewhere(
        "AvailabilityZoneId EnableLniAtDeviceIndex MapCustomerOwnedIpOnLaunch OwnerId Ipv6CidrBlockAssociationSet SubnetArn "
        "BlockPublicAccessStates Type NetworkFirewallConnectivityType SubnetId State AvailableIpAddressCount DefaultForAz"
    ),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Subnet.html"""
NAT_GATEWAY: Fields = {
    **same("SubnetId ConnectivityType"),
    **TAGS,
    "AvailabilityMode": NoArgument("zonal"),
    **untaken("AutoScalingIps AutoProvisionZones AttachedAppliances"),
    **elsewhere(
        "CreateTime DeleteTime FailureCode FailureMessage NatGatewayAddresses NatGatewayId ProvisionedBandwidth State VpcId "
        "RouteTableId"
    ),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html"""
ADDRESS: Fields = {
    **same("Domain"),
    **TAGS,
    **elsewhere(
        "AllocationId AssociationId NetworkInterfaceId NetworkInterfaceOwnerId PrivateIpAddress PublicIpv4Pool NetworkBorderGroup "
        "CustomerOwnedIp CustomerOwnedIpv4Pool CarrierIp SubnetId ServiceManaged InstanceId PublicIp"
    ),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_Address.html"""
ENDPOINT: Fields = {
    **same(
        "VpcId ServiceName VpcEndpointType IpAddressType RouteTableIds SubnetIds ServiceNetworkArn ResourceConfigurationArn"
    ),
    "Groups": Argument("security_group_ids", kind="GroupId"),
    **TAGS,
    "PrivateDnsEnabled": Elsewhere(),
    "PolicyDocument": Elsewhere(),
    "DnsOptions": Argument(
        "dns_options",
        {
            **same("DnsRecordIpType PrivateDnsOnlyForInboundResolverEndpoint"),
            **untaken("PrivateDnsPreference PrivateDnsSpecifiedDomains"),
        },
    ),
    **untaken("PayerResponsibilities"),
    **elsewhere(
        "VpcEndpointId State RequesterManaged NetworkInterfaceIds DnsEntries CreationTimestamp OwnerId LastError Ipv4Prefixes "
        "Ipv6Prefixes FailureReason ServiceRegion"
    ),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_VpcEndpoint.html"""
INTERNET_GATEWAY: Fields = {**TAGS, **elsewhere("Attachments InternetGatewayId OwnerId")}
ROUTE_TABLE: Fields = {
    **same("VpcId"),
    "PropagatingVgws": Argument("propagating_vgws", kind="GatewayId"),
    **TAGS,
    **elsewhere("Associations RouteTableId Routes OwnerId"),
}
"""Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RouteTable.html"""
SECURITY_GROUP: Fields = {
    "GroupName": Argument("name"),
    **same("Description VpcId"),
    **TAGS,
    **elsewhere("GroupId IpPermissionsEgress SecurityGroupArn OwnerId IpPermissions"),
}
SECURITY_GROUP_RULE: Fields = {
    "GroupId": Argument("security_group_id"),
    **same("IpProtocol FromPort ToPort CidrIpv4 CidrIpv6 PrefixListId Description"),
    "ReferencedGroupInfo": Elsewhere(),
    **TAGS,
    **elsewhere("SecurityGroupRuleId GroupOwnerId IsEgress SecurityGroupRuleArn"),
}

ANSWERS: Mapping[str, tuple[str, str, Fields]] = {
    "LaunchTemplate": ("ec2", "aws_launch_template", LAUNCH_TEMPLATE),
    "LaunchTemplateVersion": ("ec2", "aws_launch_template", LAUNCH_TEMPLATE_VERSION),
    "ResponseLaunchTemplateData": ("ec2", "aws_launch_template", LAUNCH_TEMPLATE_DATA),
    "Vpc": ("ec2", "aws_vpc", VPC),
    "Subnet": ("ec2", "aws_subnet", SUBNET),
    "NatGateway": ("ec2", "aws_nat_gateway", NAT_GATEWAY),
    "Address": ("ec2", "aws_eip", ADDRESS),
    "VpcEndpoint": ("ec2", "aws_vpc_endpoint", ENDPOINT),
    "InternetGateway": ("ec2", "aws_internet_gateway", INTERNET_GATEWAY),
    "RouteTable": ("ec2", "aws_route_table", ROUTE_TABLE),
    "SecurityGroup": ("ec2", "aws_security_group", SECURITY_GROUP),
    "SecurityGroupRule": ("ec2", "aws_vpc_security_group_ingress_rule", SECURITY_GROUP_RULE),
    "Cluster": ("eks", "aws_eks_cluster", CLUSTER),
    "Nodegroup": ("eks", "aws_eks_node_group", NODE_GROUP),
    "Addon": ("eks", "aws_eks_addon", ADDON),
    "AccessEntry": ("eks", "aws_eks_access_entry", ACCESS_ENTRY),
    "Role": ("iam", "aws_iam_role", ROLE),
}
"""Shape of the AWS API to its service, the Terraform type and its fields."""
