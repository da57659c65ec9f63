import pytest

from modules.aws_data.image_registries import _OTHER_ACCOUNTS, eks_image_registry
from modules.aws_data.regions import REGIONS


@pytest.mark.parametrize(
    ("region", "registry"),
    [
        ("us-west-2", "602401143452.dkr.ecr.us-west-2.amazonaws.com"),
        ("me-south-1", "558608220178.dkr.ecr.me-south-1.amazonaws.com"),
        ("us-gov-west-1", "013241004608.dkr.ecr.us-gov-west-1.amazonaws.com"),
        ("cn-north-1", "918309763551.dkr.ecr.cn-north-1.amazonaws.com.cn"),
    ],
)
def test_each_region_has_its_registry(region: str, registry: str) -> None:
    assert eks_image_registry(region) == registry


def test_the_exceptions_are_regions_with_accounts_of_their_own() -> None:
    assert set(_OTHER_ACCOUNTS) <= set(REGIONS)
    assert len(set(_OTHER_ACCOUNTS.values())) == len(_OTHER_ACCOUNTS)
    assert all(len(account) == 12 and account.isdecimal() for account in _OTHER_ACCOUNTS.values())


def test_another_partition_is_another_account() -> None:
    for name, region in REGIONS.items():
        if region.partition != "aws":
            assert not eks_image_registry(name).startswith("602401143452."), name


def test_a_region_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="moon-1"):
        eks_image_registry("moon-1")
