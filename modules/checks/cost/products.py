"""Which product of the AWS Price List each part of a platform is.

Usage types begin with the code of their region (`USW2-`), except in us-east-1 and for some older services; the questions name the
rest. Source: https://docs.aws.amazon.com/awsaccountbilling/latest/aboutv2/using-price-list-query-api.html
"""

from modules.checks.price import PriceQuery

RDS_ENGINES = {"mysql": "MySQL", "aurora-mysql": "Aurora MySQL"}


def node(region: str, instance_type: str) -> PriceQuery:
    """An hour of an instance with Linux, on demand, with shared tenancy."""
    attributes = {
        "instanceType": instance_type,
        "operatingSystem": "Linux",
        "tenancy": "Shared",
        "preInstalledSw": "NA",
        "capacitystatus": "Used",
    }
    return PriceQuery("AmazonEC2", region, r"BoxUsage:[\w.-]+", attributes)


def spot(region: str, instance_type: str) -> PriceQuery:
    """An hour of a spot instance with Linux."""
    return PriceQuery("spot", region, attributes={"instanceType": instance_type})


def control_plane(region: str) -> PriceQuery:
    """An hour of a cluster."""
    return PriceQuery("AmazonEKS", region, "AmazonEKS-Hours:perCluster")


def extended_support(region: str) -> PriceQuery:
    """What an hour of a cluster costs in addition in extended support."""
    return PriceQuery("AmazonEKS", region, "AmazonEKS-Hours:extendedSupport")


def volume(region: str, kind: str) -> PriceQuery:
    """A GiB-month of an EBS volume, such as gp3."""
    return PriceQuery(
        "AmazonEC2", region, rf"EBS:VolumeUsage(\.{kind})?", {"volumeApiName": kind, "productFamily": "Storage"}
    )


def nat_gateway(region: str) -> PriceQuery:
    """An hour of a NAT gateway."""
    return PriceQuery("AmazonEC2", region, "NatGateway-Hours", {"productFamily": "NAT Gateway"})


def public_ipv4(region: str) -> PriceQuery:
    """An hour of a public IPv4 address in use."""
    return PriceQuery("AmazonVPC", region, "PublicIPv4:InUseAddress")


def endpoint(region: str) -> PriceQuery:
    """An hour of an interface endpoint in one zone."""
    return PriceQuery("AmazonVPC", region, "VpcEndpoint-Hours", {"productFamily": "VpcEndpoint"})


def load_balancer(region: str, kind: str) -> PriceQuery:
    """An hour of a load balancer: `application` or `network`."""
    family = f"Load Balancer-{kind.capitalize()}"
    return PriceQuery("AWSELB", region, "LoadBalancerUsage", {"productFamily": family})


def database(region: str, engine: str, instance_class: str, multi_az: bool) -> PriceQuery:
    """An hour of a database instance of RDS or Aurora, both zones of Multi-AZ included."""
    attributes = {
        "instanceType": instance_class,
        "databaseEngine": RDS_ENGINES[engine],
        "deploymentOption": "Multi-AZ" if multi_az else "Single-AZ",
        "productFamily": "Database Instance",
    }
    return PriceQuery("AmazonRDS", region, r"(Multi-AZ|Instance)Usage:db\.[\w.-]+", attributes)


def database_storage(region: str, kind: str, multi_az: bool) -> PriceQuery:
    """A GiB-month of storage of RDS, such as gp3, both zones of Multi-AZ included."""
    option = "Multi-AZ" if multi_az else "Single-AZ"
    attributes = {"productFamily": "Database Storage", "deploymentOption": option, "databaseEngine": "Any"}
    middle = "Multi-AZ-" if multi_az else ""
    return PriceQuery("AmazonRDS", region, f"RDS:{middle}{kind.upper()}-Storage", attributes)


def aurora_storage(region: str) -> PriceQuery:
    """A GiB-month of storage of Aurora."""
    return PriceQuery("AmazonRDS", region, "Aurora:StorageUsage", {"databaseEngine": "Aurora MySQL"})


def efs(region: str) -> PriceQuery:
    """A GiB-month of EFS in its standard class."""
    return PriceQuery("AmazonEFS", region, "TimedStorage-ByteHrs", {"productFamily": "Storage"})


def s3(region: str) -> PriceQuery:
    """A GiB-month of S3 Standard, the first tier."""
    return PriceQuery("AmazonS3", region, "TimedStorage-ByteHrs", {"volumeType": "Standard"})


def fsx(region: str, throughput: int) -> PriceQuery:
    """A GiB-month of FSx for Lustre on SSD with a throughput in MB/s for each TiB."""
    attributes = {"fileSystemType": "Lustre", "throughputCapacity": str(throughput), "storageType": "SSD"}
    return PriceQuery("AmazonFSx", region, attributes=attributes)


def kms_key(region: str) -> PriceQuery:
    """A month of a customer managed key."""
    return PriceQuery("awskms", region, "KMS-Keys")


def secret(region: str) -> PriceQuery:
    """A month of a secret."""
    return PriceQuery("AWSSecretsManager", region, "AWSSecretsManager-Secrets")
