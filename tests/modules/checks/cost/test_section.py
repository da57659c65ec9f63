"""The section Cost with artificial amounts: quantities of real platforms, sums, shares of teams, and each kind of finding."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from modules.checks.cost.items import HOURS, Item, items
from modules.checks.cost.section import section
from modules.checks.inputs import Inputs
from modules.checks.price import NotPriced, Price, PriceQuery
from modules.checks.section import Section, Table
from modules.settings import Quota, Team
from tests.check_inputs import TODAY, inputs_of
from tests.platforms import NAMES, PLATFORMS

ARTIFICIAL = date(2000, 1, 1)


class One:
    """Every unit costs one artificial dollar, but what is named has no price."""

    def __init__(self, *missing: str, currency: str = "XXX") -> None:
        self.missing = missing
        self.currency = currency

    def price(self, query: PriceQuery) -> Price | NotPriced:
        if any(name in query.key for name in self.missing):
            return NotPriced("AWS throttles pricing:GetProducts; run the command again in a minute")
        return Price(Decimal(1), self.currency, "artificial unit", ARTIFICIAL, "artificial source")


def made(name: str, *missing: str) -> Section:
    return section(replace(inputs_of(name), prices=One(*missing)))


def table(found: Section, title: str) -> Table:
    (one,) = [one for one in found.tables if one.title == title]
    return one


def named(name: str) -> dict[str, Item]:
    return {one.name: one for one in items(inputs_of(name).documents, PLATFORMS[name].region, TODAY)}


def test_quantities_of_the_example_for_production() -> None:
    found = named("production")
    assert found["nodes platform: m6i.xlarge"].quantity == (3, 3, 5)
    assert found["disks of nodes platform: gp3"].quantity == (300, 300, 500)
    assert found["NAT gateways"].quantity == found["public IPv4 addresses of NAT gateways"].quantity == (3, 3, 3)
    assert found["load balancer kubeflow"].query.attributes == {"productFamily": "Load Balancer-Application"}
    assert found["database db.m7g.large, Multi-AZ"].query.attributes["deploymentOption"] == "Multi-AZ"
    assert found["database storage gp3"].quantity == (50, 50, 50)
    assert found["EFS efs"].quantity is None, "what is stored is not guessed"
    assert found["EKS control plane"].quantity == (1, 1, 1)
    assert "extended support of Kubernetes 1.35" not in found


def test_quantities_of_other_platforms() -> None:
    assert named("old")["extended support of Kubernetes 1.32"].hourly
    assert named("databases")["database db.t4g.medium, Aurora"].quantity == (2, 2, 2)
    assert named("storage")["FSx for Lustre fsx"].quantity == (1200, 1200, 1200)
    private = inputs_of("private").documents["private-network"]["resource"]["aws_vpc_endpoint"].values()
    interfaces = [one for one in private if one["vpc_endpoint_type"] == "Interface"]
    assert named("private")["VPC endpoints, for each zone"].quantity == (len(interfaces) * 2,) * 3
    spot = [one for one in named("everything").values() if one.query.service == "spot"]
    assert [one.name for one in spot] == ["nodes spot: m6i.xlarge, spot"]


@pytest.mark.parametrize("name", NAMES)
def test_sums_are_those_of_the_items_and_have_a_date_and_a_source(name: str) -> None:
    found = made(name)
    lines = [one for one in found.document["items"] if one["cost_per_month"] is not None]
    total = sum((Decimal(one["cost_per_month"][1]) for one in lines), Decimal(0))
    rows = table(found, "Cost by stack").rows
    assert rows[-1][0] == "all"
    if not lines:
        assert set(rows[-1][1:-1]) == {"not priced"}
        return
    assert Decimal(rows[-1][5].replace(",", "")) == total.quantize(Decimal("0.01"))
    assert all((one["as_of"], one["source"]) == ("2000-01-01", "artificial source") for one in lines)
    dated = [found.verdict, *(table(found, one).about for one in ("Cost by stack", "Share of teams"))]
    assert all("prices of AWS as of 2000-01-01" in one for one in dated)
    prices = [row for one in ("Items", "Prices of what depends on use") for row in table(found, one).rows]
    assert all(row[-2:] == ("2000-01-01", "artificial source") for row in prices)


def test_volumes_that_components_claim() -> None:
    (line,) = [one for one in made("full").document["items"] if one["item"] == "volumes of components: gp3"]
    assert (line["stack"], line["quantity"]) == ("full-kubeflow", (60, 60, 60))
    assert not [one for one in made("prod").document["items"] if one["item"] == "volumes of components: gp3"]


def test_an_hour_and_a_month() -> None:
    (network,) = [row for row in table(made("prod"), "Cost by stack").rows if row[0] == "prod-network"]
    gateways = 2 * HOURS  # one NAT gateway and its address
    keys = len(inputs_of("prod").documents["prod-network"]["resource"].get("aws_kms_key", {}))
    assert network[5] == f"{gateways + keys:,.2f}"
    assert network[2] == f"{(Decimal(gateways) + keys) / HOURS:,.4f}"


def test_an_item_without_a_price_is_named_and_in_no_sum() -> None:
    whole, less = made("prod"), made("prod", "NatGateway-Hours")
    finding = next(one for one in less.findings if one.id == "COST001")
    assert finding.text == "NAT gateways: AWS throttles pricing:GetProducts; run the command again in a minute"
    sums = [Decimal(table(one, "Cost by stack").rows[-1][5].replace(",", "")) for one in (whole, less)]
    assert sums[0] - sums[1] == HOURS
    assert less.verdict.endswith("1 item without a price")
    (network,) = [row for row in table(less, "Cost by stack").rows if row[0] == "prod-network"]
    assert network[-1] == "1"
    assert "COST001" not in {one.id for one in whole.findings}


def test_without_any_price_there_is_no_figure() -> None:
    found = made("prod", "|")
    assert found.verdict.startswith("not priced, ")
    assert table(found, "Items").rows == ()
    assert all(set(row[1:-1]) == {"not priced"} for row in table(found, "Cost by stack").rows)


def with_teams(*teams: Team) -> Inputs:
    inputs = inputs_of("prod")
    kubeflow = inputs.platform.kubeflow
    assert kubeflow is not None
    return replace(
        inputs, platform=inputs.platform.with_changes(kubeflow=kubeflow.with_changes(teams=teams)), prices=One()
    )


def test_a_team_has_the_greater_part_of_cpu_and_memory() -> None:
    cpu = Team(name="cpu", owner="ada@example.com", quota=Quota(cpu=6, memory_gib=1))
    memory = Team(name="memory", owner="ada@example.com", quota=Quota(cpu=1, memory_gib=40))
    free = Team(name="free", owner="ada@example.com")
    rows = {row[0]: row[1:] for row in table(section(with_teams(cpu, memory, free)), "Share of teams").rows}
    assert rows["cpu"][0] == "51%", "6 of 3 x 3.92 CPU"
    assert int(rows["memory"][0].removesuffix("%")) > 90
    assert rows["free"] == ("no quota", "")
    assert Decimal(rows["cpu"][1].replace(",", "")) > 0


def test_a_share_needs_the_price_of_all_nodes() -> None:
    quota = Team(name="a", owner="ada@example.com", quota=Quota(cpu=6))
    inputs = replace(with_teams(quota), prices=One("BoxUsage"))
    assert table(section(inputs), "Share of teams").rows == (("a", "51%", ""),)


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        ("COST101", "prod"),
        ("COST102", "production"),
        ("COST102", "both"),
        ("COST102", "everything"),
        ("COST103", "prod"),
        ("COST104", "prod"),
    ],
)
def test_what_is_not_counted_is_named(kind: str, name: str) -> None:
    assert kind in {one.id for one in made(name).findings}


def test_prices_are_read_only_when_they_are_requested() -> None:
    with pytest.raises(ValueError, match="add --prices"):
        section(inputs_of("prod"))
