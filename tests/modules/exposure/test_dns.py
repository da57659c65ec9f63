"""Zone, records and certificate: one rule says which names."""

import cdktf
import pytest
from cdktf_cdktf_provider_aws.provider import AwsProvider

from modules.exposure.dns import Zone
from modules.exposure.hosts import host_names
from modules.settings import ExistingZone, HostedZone
from modules.settings.section import view
from tests.documents import GONE, at, bare_stack, synthesized
from tests.modules.exposure.exposed import HOST, MODELS, THEIRS, exposed

ZONE_ID = "Z0123456789ABCDEFGHIJ"


def test_names_are_the_host_and_all_hosts_of_models() -> None:
    assert host_names(HOST, None) == (HOST,)
    assert host_names(HOST, MODELS) == (HOST, f"*.{MODELS}")


def test_certificate_records_and_rule_have_the_same_names() -> None:
    document = exposed()
    certificate = at(document, "resource aws_acm_certificate hosts")
    names = {certificate["domain_name"], *certificate["subject_alternative_names"]}
    records = at(document, "resource aws_route53_record")
    assert (
        {record["name"] for record in records.values() if "alias" in record} == names == set(host_names(HOST, MODELS))
    )
    proofs = {name: record for name, record in records.items() if "alias" not in record}
    assert set(proofs) == {"proof_kubeflow_team_example_net", "proof_any_models_team_example_net"}
    assert all(
        f'option.domain_name == "{HOST}"' in text for text in proofs["proof_kubeflow_team_example_net"]["records"]
    )
    assert at(document, "resource aws_acm_certificate_validation hosts timeouts") == {"create": "30m"}
    assert certificate["lifecycle"] == {"create_before_destroy": True}


def test_a_name_and_its_wildcard_are_proven_by_one_record() -> None:
    document = exposed(context={"knative_domain": HOST})
    assert [name for name in at(document, "resource aws_route53_record") if "proof" in name] == [
        "proof_kubeflow_team_example_net"
    ]


def test_a_zone_made_here_says_its_name_servers_and_stays() -> None:
    document = exposed()
    assert at(document, "resource aws_route53_zone hosts lifecycle") == {"prevent_destroy": True}
    assert at(document, "resource aws_route53_record delegation") == GONE
    delegated = exposed(zone=HostedZone(name="team.example.net", parent_zone_id=ZONE_ID))
    record = at(delegated, "resource aws_route53_record delegation")
    assert (record["zone_id"], record["name"], record["type"]) == (ZONE_ID, "team.example.net", "NS")
    assert record["records"] == "${aws_route53_zone.hosts.name_servers}"


@pytest.mark.parametrize(
    ("settings", "through"),
    [
        (HostedZone(name="team.example.net", parent_zone_id=ZONE_ID, parent_role_arn="arn"), {"delegation"}),
        (ExistingZone(zone_id=ZONE_ID, role_arn="arn"), {"kubeflow_team_example_net", "hosts"}),
    ],
    ids=lambda value: type(value).__name__,
)
def test_only_what_is_in_the_other_account_goes_by_its_role(
    settings: HostedZone | ExistingZone, through: set[str]
) -> None:
    stack: cdktf.TerraformStack = bare_stack()
    provider = AwsProvider(stack, "there", alias="zone")
    zone = Zone(stack, "zone", settings=view(settings), hosts=(HOST,), public=True, provider=provider, protect=True)
    zone.lead_to({"dns_name": "lb.example.net", "zone_id": "Z1"}, (HOST,))
    document = synthesized(stack)
    found = {
        name
        for blocks in (document.get("data", {}), document["resource"])
        for kind in blocks.values()
        for name, body in kind.items()
        if body.get("provider") == "aws.zone"
    }
    assert found == through


def test_an_existing_zone_is_checked_at_plan() -> None:
    document = exposed(zone=ExistingZone(zone_id=ZONE_ID))
    in_it, models, public = at(document, "data aws_route53_zone hosts lifecycle postcondition")
    assert HOST in in_it["condition"]
    assert MODELS in models["condition"]
    assert public["condition"] == "${!self.private_zone}"
    arn = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    given = exposed(zone=ExistingZone(zone_id=ZONE_ID), certificate_arn=arn)
    assert len(at(given, "data aws_route53_zone hosts lifecycle postcondition")) == 2, "a private zone is fine then"


def test_without_a_zone_no_record_is_made() -> None:
    document = exposed(THEIRS, context={"balancer_group_id": None, "pod_group_ids": {"nodes": "sg-nodes"}})
    assert at(document, "resource aws_route53_record") == GONE
