"""The VPC: entrance, gateways, subnets by zone, and what is in the private subnets."""

from collections.abc import Iterator, Sequence

from modules.diagram.blocks import PADDING, Block, Card, Frame, Row, Stack
from modules.diagram.found import Found, Resource, addresses, counted, some
from modules.diagram.glyphs import GlyphName

LANE = 24
"""Padding on the left, where the arrow from the load balancer to the cluster runs."""


def vpc(found: Found, cluster: Sequence[Block], stores: Sequence[Block]) -> Frame:
    """The VPC around the cluster, and around stores with addresses in it."""
    made = found.of("aws_vpc")
    title = f"VPC {made[0].text('cidr_block')}" if made else "Existing VPC"
    lines = [one.text("id") for one in found.read("aws_vpc") if one.text("id")]
    blocks = [*balancer(found), *public_subnets(found), private_subnets(found, cluster, stores)]
    return Frame(
        title,
        tuple(blocks),
        tuple(lines if not made else [f"second CIDR {text}" for text in _second_cidrs(found)]),
        "vpc",
        resources=addresses(
            made or found.read("aws_vpc"), found.of("aws_vpc_ipv4_cidr_block_association", "aws_flow_log")
        ),
        name="vpc",
        left=LANE if found.of("aws_lb") or found.read("aws_lb") else PADDING,
    )


def balancer(found: Found) -> Iterator[Block]:
    """The load balancer in front of Kubeflow."""
    made, existing = found.of("aws_lb"), found.read("aws_lb")
    rules = found.of("aws_lb_listener_rule")
    for one in [*made, *existing][:1]:
        title = "Existing load balancer" if one.data else "Application Load Balancer"
        lines = [found.output("dashboard_url") or "HTTPS"]
        if not one.data:
            lines.append("internal: private subnets" if one.body.get("internal") else "internet-facing: public subnets")
        yield Card(title, tuple(lines), "entrance", "gateway", addresses(made, existing, rules), "balancer")


def public_subnets(found: Found) -> Iterator[Block]:
    """Public subnets by zone, with NAT gateways."""
    nat, internet = found.of("aws_nat_gateway"), found.of("aws_internet_gateway")
    cells = []
    for subnet in subnets(found, "public"):
        here = [one for one in nat if f"aws_subnet.{subnet.name}." in str(one.body.get("subnet_id"))]
        cells.append(cell(subnet, ["NAT gateway"] if here else [], here))
    if cells:
        title = "Public subnets and internet gateway" if internet else "Public subnets"
        yield Frame(title, (Row(tuple(cells), least=104),), (), "subnet", resources=addresses(internet))


def private_subnets(found: Found, cluster: Sequence[Block], stores: Sequence[Block]) -> Block:
    """Private subnets by zone around all that spans them; without a box if the subnets are not known."""
    pods = {one.text("availability_zone"): one for one in subnets(found, "pods")}
    cells = []
    for subnet in subnets(found, "private"):
        own = [one for zone, one in pods.items() if zone and zone == subnet.text("availability_zone")]
        cells.append(cell(subnet, [f"pods {one.text('cidr_block')}" for one in own], own))
    spanning = Stack((*cluster, *([Row(tuple(stores), least=150)] if stores else [])), gap=22)
    if not cells:
        return spanning
    ends = found.of("aws_vpc_endpoint")
    blocks = (Row(tuple(cells), least=104), spanning)
    return Frame("Private subnets", blocks, tuple(_endpoints(ends)), "subnet", resources=addresses(ends))


def _endpoints(ends: Sequence[Resource]) -> Iterator[str]:
    """VPC endpoints, through which AWS is reached without the internet."""
    for kind in ("Gateway", "Interface"):
        names = {one.name.replace("_", ".") for one in ends if one.text("vpc_endpoint_type") == kind}
        if names:
            yield f"{kind} endpoints: {some(names, 6)}"


def subnets(found: Found, kind: str) -> list[Resource]:
    """Subnets of one kind: `public`, `private`, `pods`."""
    return [one for one in found.of("aws_subnet") or found.read("aws_subnet") if one.name.startswith(f"{kind}_")]


def cell(subnet: Resource, lines: Sequence[str], more: Sequence[Resource]) -> Card:
    """One subnet."""
    title = subnet.text("availability_zone") or subnet.text("id")
    cidr = [subnet.text("cidr_block")] if subnet.text("cidr_block") else []
    return Card(title, (*cidr, *lines), "vpc", None, addresses([subnet], more))


def stores_in_vpc(found: Found) -> Iterator[Card]:
    """Databases and file systems, which have addresses in private subnets; their names begin with `store`."""
    cards = (*_databases(found), *_file_systems(found))
    for number, (title, text, glyph, resources) in enumerate(cards, 1):
        yield Card(title, (text,), "data", glyph, resources, f"store {number}")


Store = tuple[str, str, GlyphName, tuple[str, ...]]
"""Title, line, glyph, addresses."""


def _databases(found: Found) -> Iterator[Store]:
    for one in found.of("aws_db_instance"):
        zones = "in two zones" if one.body.get("multi_az") else "in one zone"
        yield "RDS", ", ".join((_engine(one), one.text("instance_class"), zones)), "database", (one.address,)
    members = found.of("aws_rds_cluster_instance")
    for one in found.of("aws_rds_cluster"):
        yield "Aurora", f"{_engine(one)}, {counted(len(members), 'instance')}", "database", addresses([one], members)
    if not found.of("aws_db_instance", "aws_rds_cluster") and (host := found.output("database_host")):
        yield "Existing database", host, "database", ()


def _file_systems(found: Found) -> Iterator[Store]:
    targets = found.of("aws_efs_mount_target")
    for one in found.of("aws_efs_file_system"):
        yield "EFS", counted(len(targets), "mount target"), "files", addresses([one], targets)
    for one in found.read("aws_efs_file_system"):
        yield "Existing EFS", one.text("file_system_id"), "files", (one.address,)
    for one in found.of("aws_fsx_lustre_file_system"):
        yield "FSx for Lustre", f"{one.body['storage_capacity']} GiB", "files", (one.address,)
    if not found.of("aws_fsx_lustre_file_system") and (system := found.output("fsx_file_system_id")):
        yield "Existing FSx for Lustre", system, "files", ()


def _engine(one: Resource) -> str:
    name = {"mysql": "MySQL", "aurora-mysql": "MySQL"}.get(one.text("engine"), one.text("engine"))
    return f"{name} {one.text('engine_version').partition('.mysql')[0]}"


def _second_cidrs(found: Found) -> list[str]:
    return [one.text("cidr_block") for one in found.of("aws_vpc_ipv4_cidr_block_association")]
