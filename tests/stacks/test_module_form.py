"""Stacks that a root calls as modules: what they have not, and what they require of its providers."""

from functools import cache
from typing import Any

import pytest

from modules.aws_providers import aws_providers
from modules.diagram.found import platforms_in
from modules.live.target import target_of
from modules.settings import ExistingZone, LoadBalancer, State
from stacks.fixed_values import fixed_of
from tests.built_once import build
from tests.documents import GONE, at
from tests.platforms import ACCOUNT, FULL_KUBEFLOW, platform

ZONE_ROLE = "arn:aws:iam::444455556666:role/dns"
ENTRANCE = LoadBalancer(
    host="kubeflow.example.net",
    allowed_cidrs=("198.51.100.0/24",),
    zone=ExistingZone(zone_id="Z0123456789ABCDEFGHIJ", role_arn=ZONE_ROLE),
)


@cache
def documents(form: str) -> dict[str, Any]:
    """The same platform in both forms; a zone in another account brings a second AWS provider."""
    return build(
        platform(
            "exported",
            state=State.none(form=form),
            kubeflow=FULL_KUBEFLOW.with_changes(exposure=ENTRANCE, knative_domain=None),
            allowed_account_ids=(ACCOUNT,),
            tags={"team": "ml"},
        )
    ).documents


def test_no_module_configures_a_provider_or_a_backend_or_imports() -> None:
    for document in documents("module").values():
        assert not {"provider", "import"} & document.keys()
        assert set(document["terraform"]) == {"required_providers", "required_version"}
        assert "aws_eks_cluster_auth" not in document.get("ephemeral", {}), "read by the provider of the root"
        assert document.get("ephemeral") != {}, "Terraform refuses an empty block"


def test_everything_else_is_as_in_root_form() -> None:
    for name, module in documents("module").items():
        root = documents("root")[name]
        for section in ("resource", "variable", "output"):
            assert module.get(section) == root.get(section), (name, section)
        assert {key for key in module if key not in root} <= {"data", "locals"}


def test_a_second_provider_is_passed_by_its_alias() -> None:
    services = documents("module")["exported-services"]
    assert at(services, "terraform required_providers aws configuration_aliases") == ["aws.zone"]
    assert at(services, "data aws_route53_zone hosts provider") == "aws.zone"
    assert at(services, "locals aws_providers 1 assume_role 0 role_arn") == ZONE_ROLE
    network = documents("module")["exported-network"]
    assert at(network, "terraform required_providers aws configuration_aliases") == GONE


def test_each_module_compares_the_provider_of_the_root_with_its_own_settings() -> None:
    for document in documents("module").values():
        provider = at(document, "locals aws_providers 0")
        assert provider["region"] == "us-west-2"
        assert provider["allowed_account_ids"] == [ACCOUNT]
        assert provider["default_tags"][0]["tags"]["team"] == "ml"
        for source in ("aws_region provider", "aws_caller_identity current", "aws_default_tags provider"):
            condition = at(document, f"data {source} lifecycle postcondition 0 condition")
            assert "local.aws_providers[0]" in condition, source


def test_accounts_are_compared_only_if_settings_name_them() -> None:
    document = build(platform("exported", state=State.none(form="module"))).documents["exported-network"]
    assert at(document, "data aws_caller_identity current lifecycle") == GONE


@pytest.mark.parametrize("form", ["root", "module"])
def test_readers_of_the_json_find_the_settings_of_the_provider_in_both_forms(form: str) -> None:
    found = documents(form)
    assert [one.get("alias") for one in aws_providers(found["exported-services"])] == [None, "zone"]
    assert set(platforms_in(found)["exported"]) == set(found)
    assert target_of("exported", "exported", found).region == "us-west-2"
    assert fixed_of(found["exported-network"])["accounts"] == [ACCOUNT]
    assert fixed_of(found["exported-network"]) == fixed_of(documents("root")["exported-network"])
