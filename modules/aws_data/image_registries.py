"""Registries of EKS container images: one per region.

Source: https://docs.aws.amazon.com/eks/latest/userguide/add-ons-images.html
"""

from modules.aws_data.regions import partition_of

_ACCOUNT = "602401143452"
"""Registry account of most regions; newer regions and other partitions have a separate account."""
_OTHER_ACCOUNTS = {
    "af-south-1": "877085696533",
    "ap-east-1": "800184023465",
    "ap-east-2": "533267051163",
    "ap-south-2": "900889452093",
    "ap-southeast-3": "296578399912",
    "ap-southeast-4": "491585149902",
    "ap-southeast-5": "151610086707",
    "ap-southeast-6": "333609536671",
    "ap-southeast-7": "121268973566",
    "ca-west-1": "761377655185",
    "cn-north-1": "918309763551",
    "cn-northwest-1": "961992271922",
    "eu-central-2": "900612956339",
    "eu-south-1": "590381155156",
    "eu-south-2": "455263428931",
    "il-central-1": "066635153087",
    "me-central-1": "759879836304",
    "me-south-1": "558608220178",
    "mx-central-1": "730335286997",
    "us-gov-east-1": "151742754352",
    "us-gov-west-1": "013241004608",
}


def eks_image_registry(region: str) -> str:
    """Host of the registry in a region, such as 602401143452.dkr.ecr.us-west-2.amazonaws.com.

    Raises:
        ValueError: the region is unknown or has no EKS.
    """
    return f"{_OTHER_ACCOUNTS.get(region, _ACCOUNT)}.dkr.ecr.{region}.{partition_of(region).dns_suffix}"
