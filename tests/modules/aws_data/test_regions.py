import json
from importlib.resources import files
from typing import Any, cast

import pytest

from modules.aws_data.regions import OIDC_AUDIENCE, PARTITIONS, REGIONS, SERVICES, partition_of, region


def botocore_data(name: str) -> list[dict[str, Any]]:
    text = (files("botocore") / "data" / f"{name}.json").read_text(encoding="utf-8")
    return cast("list[dict[str, Any]]", json.loads(text)["partitions"])


@pytest.fixture(scope="module")
def endpoints() -> dict[str, dict[str, Any]]:
    return {entry["partition"]: entry for entry in botocore_data("endpoints") if entry["partition"] in PARTITIONS}


def test_the_regions_are_those_where_botocore_has_eks(endpoints: dict[str, dict[str, Any]]) -> None:
    have = {
        name: partition
        for partition, entry in endpoints.items()
        for name in entry["services"]["eks"]["endpoints"]
        if name in entry["regions"]
    }
    assert {name: facts.partition for name, facts in REGIONS.items()} == have


def test_the_domains_are_botocore_s() -> None:
    have = {entry["id"]: entry["outputs"]["dnsSuffix"] for entry in botocore_data("partitions")}
    assert {name: facts.dns_suffix for name, facts in PARTITIONS.items()} == {name: have[name] for name in PARTITIONS}


def test_a_service_that_botocore_has_nowhere_in_a_partition_is_a_gap(endpoints: dict[str, dict[str, Any]]) -> None:
    for partition, entry in endpoints.items():
        told = {service for service in SERVICES if service in entry["services"]}
        ours = {"eks-auto-mode", "eks-fargate", "fsx-scratch-2"}
        assert PARTITIONS[partition].lacks - ours == set(SERVICES) - told - ours, partition


def test_gaps_by_region() -> None:
    assert region("us-west-2").lacks == frozenset()
    assert region("us-gov-west-1").lacks == {"eks-fargate"}
    assert region("cn-north-1").lacks == {"aps", "cognito-idp", "fsx-scratch-2", "grafana"}


def test_zones_are_full_names_of_the_region_in_order() -> None:
    for name, facts in REGIONS.items():
        assert facts.name == name
        assert all(zone.startswith(name) and len(zone) == len(name) + 1 for zone in facts.zones), name
        assert list(facts.zones) == sorted(set(facts.zones)), name
        assert 2 <= facts.zones_per_account <= len(facts.zones), name


def test_zones_agree_with_moto_except_where_moto_is_behind() -> None:
    from moto.ec2.models.availability_zones_and_regions import RegionsAndZonesBackend

    moto = {
        name: tuple(zone.name for zone in zones)
        for name, zones in RegionsAndZonesBackend.zones.items()
        if name in REGIONS
    }
    differ = {name for name, zones in moto.items() if zones != REGIONS[name].zones}
    assert set(moto) == set(REGIONS)
    assert differ == {"cn-north-1", "us-west-1"}


def test_zones_that_users_know() -> None:
    assert region("us-west-2").zones == ("us-west-2a", "us-west-2b", "us-west-2c", "us-west-2d")
    assert region("us-east-1").zones[-1] == "us-east-1f"
    assert region("ap-northeast-1").zones == ("ap-northeast-1a", "ap-northeast-1c", "ap-northeast-1d")
    assert region("us-west-1").zones_per_account == 2


def test_zones_without_a_control_plane_are_those_of_their_region() -> None:
    excluded = {name: one.excluded_zone_ids for name, one in REGIONS.items() if one.excluded_zone_ids}
    assert excluded == {"us-east-1": ("use1-az3",), "us-west-1": ("usw1-az2",), "ca-central-1": ("cac1-az3",)}


def test_the_home_region_of_a_partition_is_in_it() -> None:
    for partition in PARTITIONS.values():
        assert region(partition.home_region).partition == partition.name


def test_a_misspelled_region_names_the_nearest() -> None:
    with pytest.raises(ValueError, match=r"^region 'us-wst-2': not an EKS region of aws, .*; did you mean us-west-2, "):
        region("us-wst-2")


def test_a_name_like_no_region_gets_the_list() -> None:
    with pytest.raises(ValueError, match=r"see https://docs\.aws\.amazon\.com/general/latest/gr/eks\.html"):
        region("?")


def test_each_region_is_in_the_partition_that_aws_has_it_in() -> None:
    assert partition_of("cn-northwest-1").dns_suffix == "amazonaws.com.cn"
    assert partition_of("us-gov-east-1").name == "aws-us-gov"
    assert partition_of("eu-central-1") == PARTITIONS["aws"]
    assert OIDC_AUDIENCE == "sts.amazonaws.com"
