"""Prices read from answers in the documented shape, with artificial amounts; errors and the cache."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError  # type: ignore[import-untyped]

from modules.checks.cost import products
from modules.checks.price import NotPriced, Price, PriceQuery
from modules.live.price_cache import PriceCache
from modules.live.prices import AwsPrices
from tests.modules.checks.cost.artificial import Clients, product, refused

DAY = date(2000, 1, 2)
NAT = products.nat_gateway("us-west-2")


def answered(clients: Clients, tmp_path: Path, query: PriceQuery = NAT, day: date = DAY) -> Price | NotPriced:
    return AwsPrices(clients, PriceCache(tmp_path), day).price(query)


def test_a_price_has_date_and_source(tmp_path: Path) -> None:
    clients = Clients([product("USW2-NatGateway-Hours", "7.77"), product("USW2-NatGateway-Bytes", "8.88", "GB")])
    found = answered(clients, tmp_path)
    assert found == Price(Decimal("7.77"), "USD", "Hrs", DAY, "AWS Price List API, AmazonEC2, us-west-2")
    (request,) = clients.requests
    assert (request["service"], request["region"], request["ServiceCode"]) == ("pricing", "us-east-1", "AmazonEC2")
    assert {"Type": "TERM_MATCH", "Field": "regionCode", "Value": "us-west-2"} in request["Filters"]


@pytest.mark.parametrize(
    ("query", "usage_type", "matches"),
    [
        (products.load_balancer("us-east-1", "application"), "LoadBalancerUsage", True),
        (products.load_balancer("us-east-1", "application"), "TS-LoadBalancerUsage", False),
        (products.load_balancer("eu-west-1", "application"), "EU-LoadBalancerUsage", True),
        (products.kms_key("us-west-2"), "us-west-2-KMS-Keys", True),
        (products.control_plane("us-east-1"), "USE1-AmazonEKS-Hours:perCluster", True),
        (products.control_plane("us-east-1"), "USE1-AmazonEKS-Hours:extendedSupport", False),
        (products.node("eu-west-1", "m6i.xlarge"), "EU-BoxUsage:m6i.xlarge", True),
        (products.node("eu-west-1", "m6i.xlarge"), "EU-UnusedBox:m6i.xlarge", False),
        (products.volume("us-west-2", "gp3"), "USW2-EBS:VolumeUsage.gp3", True),
        (products.volume("us-west-2", "gp3"), "USW2-EBS:VolumeUsage.gp3.outposts", False),
        (products.database("us-west-2", "mysql", "db.m7g.large", True), "USW2-Multi-AZUsage:db.m7g.large", True),
        (products.database_storage("us-west-2", "gp3", True), "USW2-RDS:Multi-AZ-GP3-Storage", True),
        (products.database_storage("us-west-2", "gp3", False), "USW2-RDS:Multi-AZ-GP3-Storage", False),
        (products.public_ipv4("us-gov-west-1"), "UGW1-PublicIPv4:InUseAddress", True),
        (products.public_ipv4("us-west-2"), "USW2-PublicIPv4:IdleAddress", False),
    ],
)
def test_usage_types_match_without_the_code_of_their_region(
    query: PriceQuery, usage_type: str, matches: bool, tmp_path: Path
) -> None:
    found = answered(Clients([product(usage_type, "7.77")]), tmp_path, query)
    assert isinstance(found, Price) is matches


def test_only_the_first_tier_counts_and_free_products_have_no_price(tmp_path: Path) -> None:
    tiers = [
        product("USW2-TimedStorage-ByteHrs", "7.77", "GB-Mo"),
        product("USW2-TimedStorage-ByteHrs", "6.66", "GB-Mo", begin="51200"),
        product("USW2-TimedStorage-ByteHrs", "0.0000000000", "GB-Mo"),
    ]
    found = answered(Clients(tiers), tmp_path, products.s3("us-west-2"))
    assert isinstance(found, Price)
    assert found.amount == Decimal("7.77")


def test_no_product_and_several_are_not_priced(tmp_path: Path) -> None:
    none = NotPriced("the Price List of AmazonEC2 has no such product in us-west-2")
    assert answered(Clients(), tmp_path) == none
    several = Clients([product("USW2-NatGateway-Hours", "7.77"), product("USW2-NatGateway-Hours", "8.88")])
    assert answered(several, tmp_path) == NotPriced("2 products of AmazonEC2 with different prices match")


def test_china_has_an_api_and_a_currency_of_its_own(tmp_path: Path) -> None:
    clients = Clients([product("CNW1-NatGateway-Hours", "7.77", currency="CNY")])
    found = answered(clients, tmp_path, products.nat_gateway("cn-north-1"))
    assert isinstance(found, Price)
    assert found.currency == "CNY"
    assert clients.requests[0]["region"] == "cn-northwest-1"


def test_the_spot_price_is_the_highest_of_the_zones(tmp_path: Path) -> None:
    clients = Clients(spot={"us-west-2a": "7.77", "us-west-2b": "10.10"})
    found = answered(clients, tmp_path, products.spot("us-west-2", "m6i.xlarge"))
    source = "EC2 DescribeSpotPriceHistory, us-west-2, highest of the zones"
    assert found == Price(Decimal("10.10"), "USD", "Hrs", DAY, source)
    assert (clients.requests[0]["service"], clients.requests[0]["InstanceTypes"]) == ("ec2", ["m6i.xlarge"])
    assert isinstance(answered(Clients(), tmp_path, products.spot("us-west-2", "x.large")), NotPriced)


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (NoCredentialsError(), "no AWS credentials; sign in"),
        (refused("ThrottlingException"), "AWS throttles pricing:GetProducts; run the command again in a minute"),
        (refused("AccessDeniedException"), "the caller lacks pricing:GetProducts"),
        (refused("ExpiredTokenException"), "the AWS credentials have expired; sign in again"),
        (refused("InternalErrorException"), "pricing:GetProducts failed: InternalErrorException"),
        (EndpointConnectionError(endpoint_url="https://example.com"), "AWS is not reachable ("),
    ],
)
def test_an_error_is_the_reason_and_ends_further_requests(error: Exception, reason: str, tmp_path: Path) -> None:
    clients = Clients(error=error)
    source = AwsPrices(clients, PriceCache(tmp_path), DAY)
    found = [source.price(query) for query in (NAT, products.kms_key("us-west-2"))]
    assert all(isinstance(one, NotPriced) and one.reason.startswith(reason) for one in found)
    assert len(clients.requests) == 1


def test_prices_of_a_day_are_kept_and_the_last_known_one_keeps_its_date(tmp_path: Path) -> None:
    clients = Clients([product("USW2-NatGateway-Hours", "7.77")])
    first = answered(clients, tmp_path)
    assert answered(clients, tmp_path) == first
    assert len(clients.requests) == 1
    offline = Clients(error=NoCredentialsError())
    later = answered(offline, tmp_path, day=date(2000, 3, 1))
    assert later == first, "with the date of the answer, not of the run"
    changed = answered(Clients([product("USW2-NatGateway-Hours", "8.88")]), tmp_path, day=date(2000, 3, 1))
    assert isinstance(changed, Price)
    assert (changed.amount, changed.as_of) == (Decimal("8.88"), date(2000, 3, 1))


def test_a_cache_that_is_broken_or_not_writable_does_not_stop_the_run(tmp_path: Path) -> None:
    (tmp_path / "us-west-2.json").write_text("{", encoding="utf-8")
    clients = Clients([product("USW2-NatGateway-Hours", "7.77")])
    assert isinstance(answered(clients, tmp_path), Price)
    taken = tmp_path / "file"
    taken.write_text("", encoding="utf-8")
    assert isinstance(answered(clients, taken / "below"), Price)
