import pytest

from modules.storage.placement import ExistingSubnets, FileSystemGroup, NetworkPlacement, Ports
from tests.documents import GONE, at, bare_stack, synthesized

PLACE = NetworkPlacement("vpc-1", "local.subnets", ("us-west-2a",), {"nodes": "sg-nodes"})
NFS = Ports(2049, 2049, "NFS")


def test_a_zone_has_a_subnet_and_without_a_zone_the_first_one_is_taken() -> None:
    assert PLACE.subnet_in("us-west-2a") == '${local.subnets["us-west-2a"][0]}'
    assert PLACE.subnet_in(None) == "${values(local.subnets)[0][0]}"
    assert PLACE.one_of_each_zone == "${{ for zone, ids in local.subnets : zone => ids[0] }}"


@pytest.mark.parametrize("ids", [["subnet-1", "subnet-2"]])
def test_zones_of_subnets_are_looked_up_by_their_ids(ids: list[str]) -> None:
    stack = bare_stack()
    ExistingSubnets(stack, "subnets", subnet_ids=ids)
    document = synthesized(stack)
    assert at(document, "locals private_subnet_ids") == ids
    assert at(document, "data aws_subnet private for_each") == "${toset(local.private_subnet_ids)}"
    assert at(document, "data aws_subnet private id") == "${each.value}"
    by_zone = "${{ for subnet in data.aws_subnet.private : subnet.availability_zone => subnet.id... }}"
    assert at(document, ExistingSubnets.ids_by_zone.replace("local.", "locals ")) == by_zone


def test_a_group_has_the_required_rules_and_no_other() -> None:
    stack = bare_stack()
    group = FileSystemGroup(stack, "group", name="efs", description="Files", platform_name="prod", placement=PLACE)
    document = synthesized(stack)
    assert at(document, "resource aws_security_group efs name") == "prod-efs"
    assert at(document, "resource aws_vpc_security_group_ingress_rule") == GONE
    group.allow_ingress("nodes", "sg-nodes", NFS)
    group.let_out("nodes", "sg-nodes", NFS)
    group.reach("nodes", "sg-nodes", NFS)
    rules = synthesized(stack)["resource"]
    assert {
        (kind.split("_")[4], name, rule["security_group_id"], rule["referenced_security_group_id"])
        for kind in ("aws_vpc_security_group_ingress_rule", "aws_vpc_security_group_egress_rule")
        for name, rule in rules[kind].items()
    } == {
        ("ingress", "nodes_to_efs_2049", "${aws_security_group.efs.id}", "sg-nodes"),
        ("egress", "efs_to_nodes_2049", "${aws_security_group.efs.id}", "sg-nodes"),
        ("ingress", "efs_to_nodes_2049", "sg-nodes", "${aws_security_group.efs.id}"),
    }
