"""What holds for any platform, any VPC and any name.

Each run draws new examples; with CI set, as .ci/run does, Hypothesis loads its own profile `ci`, which draws the same ones
each time (https://hypothesis.readthedocs.io/en/latest/reference/api.html#hypothesis.settings.load_profile).
`make test-fast` takes the profile `fast` of tests/conftest.py, a tenth of the examples.
"""

import json
import re
import tempfile
from collections.abc import Iterator
from ipaddress import IPv4Network
from pathlib import Path
from typing import Any
from unittest import mock

import cdktf
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from modules.naming import aws_name, slug
from modules.network.plan import private_cidrs, public_cidrs
from modules.rules import problems_of_all
from modules.rules.reserved_role_names import reserved_role_names
from modules.settings import Platform
from stacks.order import platform_layers
from stacks.platform import Synthesized, build
from tests.stacks.any_platform import names, platforms
from tests.terraform import Terraform

ANY = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
# Not made smaller when one fails: at half a second each that takes minutes, and the error names the place.
PLATFORMS = settings(ANY, max_examples=ANY.max_examples * 3 // 10, phases=(Phase.explicit, Phase.reuse, Phase.generate))

# --- the plan of a VPC ---------------------------------------------------------------------------------------------------

ZONES = tuple(f"us-east-1{letter}" for letter in "abcdef")
vpcs = st.builds(
    lambda bits, length: IPv4Network((bits >> (32 - length) << (32 - length), length)),
    st.integers(0, 2**32 - 1),
    st.integers(16, 20),
)
some_zones = st.lists(st.sampled_from(ZONES), min_size=2, unique=True).map(sorted)


@ANY
@given(vpcs, some_zones)
def test_subnets_are_in_the_vpc_and_do_not_overlap(vpc: IPv4Network, zones: list[str]) -> None:
    planned = [*private_cidrs(vpc, zones).values(), *public_cidrs(vpc, zones).values()]
    subnets = [IPv4Network(cidr) for cidr in planned]
    assert all(subnet.subnet_of(vpc) for subnet in subnets)
    assert not any(one.overlaps(other) for index, one in enumerate(subnets) for other in subnets[index + 1 :])


@ANY
@given(vpcs, some_zones, st.data())
def test_a_zone_more_or_less_moves_no_subnet(vpc: IPv4Network, zones: list[str], data: st.DataObject) -> None:
    fewer = data.draw(st.lists(st.sampled_from(zones), min_size=1, unique=True))
    for plan in (private_cidrs, public_cidrs):
        whole = plan(vpc, zones)
        assert plan(vpc, fewer) == {zone: whole[zone] for zone in fewer}


@ANY
@given(vpcs, some_zones)
def test_private_subnets_have_an_eighth_each_and_an_eighth_stays_free(vpc: IPv4Network, zones: list[str]) -> None:
    private = [IPv4Network(cidr) for cidr in private_cidrs(vpc, zones).values()]
    public = [IPv4Network(cidr) for cidr in public_cidrs(vpc, zones).values()]
    assert {subnet.num_addresses for subnet in private} == {vpc.num_addresses // 8}
    assert {subnet.num_addresses for subnet in public} == {vpc.num_addresses // 64}
    free = list(vpc.subnets(prefixlen_diff=3))[7]
    assert not any(free.overlaps(subnet) for subnet in (*private, *public))


# --- names ---------------------------------------------------------------------------------------------------------------

parts = st.lists(st.from_regex(r"[a-z0-9-]{1,40}", fullmatch=True), min_size=1, max_size=4)


@ANY
@given(parts, st.integers(1, 100))
def test_a_name_is_whole_or_refused(words: list[str], limit: int) -> None:
    whole = "-".join(words)
    if len(whole) <= limit:
        assert aws_name(*words, limit=limit) == whole
    else:
        with pytest.raises(ValueError, match=f"{len(whole)} characters, but AWS allows {limit}"):
            aws_name(*words, limit=limit)


@ANY
@given(st.text())
def test_a_slug_is_part_of_an_address_and_stays_one(text: str) -> None:
    assert re.fullmatch(r"([0-9A-Za-z]+(_[0-9A-Za-z]+)*)?", slug(text))
    assert slug(slug(text)) == slug(text)


@ANY
@given(st.tuples(names(36), names(36)))
def test_two_names_have_two_addresses(two: tuple[str, str]) -> None:
    assert (slug(two[0]) == slug(two[1])) == (two[0] == two[1])


@ANY
@given(names(22), names(36))
def test_the_longest_names_fit(platform: str, group: str) -> None:
    assert len(aws_name(platform, "node", group)) <= 64


# --- whole platforms -----------------------------------------------------------------------------------------------------


def build_counted(platform: Platform) -> tuple[Synthesized, int]:
    """What a platform synthesizes to, and how many elements were given an address."""
    with mock.patch.object(
        cdktf.TerraformElement,
        "override_logical_id",
        autospec=True,
        side_effect=cdktf.TerraformElement.override_logical_id,
    ) as counted:
        made = build(platform)
    return made, counted.call_count


def blocks(document: Any) -> Iterator[tuple[str, str, Any]]:
    """Type, name and body of every element of cdktf that has an address; ephemeral blocks are overrides."""
    for section, before in (("resource", ""), ("data", "data.")):
        for kind, named in document.get(section, {}).items():
            yield from ((before + kind, name, body) for name, body in named.items())
    for section in ("output", "variable", "locals"):
        yield from ((section, name, body) for name, body in document.get(section, {}).items())


@PLATFORMS
@given(platforms())
def test_any_platform_synthesizes(platform: Platform) -> None:
    assert problems_of_all([platform]) == []
    made, addressed = build_counted(platform)
    assert sorted(made.documents) == sorted(f"{platform.name}-{layer}" for layer in platform_layers(platform))
    found = [block for document in made.documents.values() for block in blocks(document)]
    assert len(found) == addressed, "cdktf merges two elements of one address without a word"
    for kind, name, _ in found:
        assert re.fullmatch(r"[A-Za-z_][\w-]*", name), f"{kind}.{name} is no Terraform identifier"
        assert not re.search(r"_(?=.*[A-F])[0-9A-F]{8}$", name), f"{kind}.{name} ends in a hash"
    text = b"".join(content for path, content in made.tree.items() if path.endswith("/cdk.tf.json")).decode()
    for machine in ("TfToken", "TOKEN[", str(Path.cwd()), str(Path.home()), f"{tempfile.gettempdir()}/"):
        assert machine not in text
    roles = {body["name"] for kind, _, body in found if kind == "aws_iam_role"}
    own = {role.name for role in platform.service_account_roles}
    assert roles - {f"{platform.name}-{name}" for name in reserved_role_names(platform) | own} == set()
    assert build(platform).tree == made.tree


@pytest.mark.terraform
def test_random_platforms_are_valid_terraform(tmp_path: Path) -> None:
    """Stacks of eight platforms as modules of one configuration, since Terraform takes 5 s for the provider's schema.

    What is in a module is checked as in a root, but its backend, which is not read there. Stacks with the Kubernetes and Helm
    providers are left out: their binaries are stand-ins that serve one configuration at a time (tests/e2e/test_kubeflow*.py).
    """
    calls: dict[str, Any] = {}

    @settings(PLATFORMS, max_examples=8)
    @given(platforms())
    def collect(platform: Platform) -> None:
        for stack, document in build(platform).documents.items():
            if document["terraform"]["required_providers"].keys() != {"aws"}:
                continue
            name = f"{stack}-{len(calls)}"
            (tmp_path / name).mkdir()
            (tmp_path / name / "cdk.tf.json").write_text(json.dumps(document))
            unknown = dict.fromkeys(document.get("variable", {}), "${terraform_data.unknown.output}")
            calls[name] = {"source": f"./{name}", **unknown}

    collect()
    root = {"module": calls, "resource": {"terraform_data": {"unknown": {"input": "of any type until it is applied"}}}}
    (tmp_path / "cdk.tf.json").write_text(json.dumps(root))
    Terraform(tmp_path, endpoint="http://127.0.0.1:1").validate()
