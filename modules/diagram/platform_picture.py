"""The picture of a running platform in AWS."""

import re
from collections.abc import Iterator, Mapping

from modules.diagram import cluster_blocks, kubeflow_blocks, network_blocks, service_blocks
from modules.diagram.blocks import GAP, LINE, PADDING, WIDTH, Block, Card, Frame, Placed, Row, Stack, Words
from modules.diagram.found import Document, Found, addresses, some
from modules.diagram.svg import Arrow, Picture
from modules.diagram.words import wrapped

MARGIN = 8
GUTTER = 28
"""Between the VPC and the services, where arrows run."""
SHARES = (0.7, 0.3)
HEADING = 17


def platform_picture(platform: str, documents: Mapping[str, Document]) -> Picture:
    """Draw a platform.

    Args:
        platform: its name.
        documents: stack name to document, of all its stacks.
    """
    found = Found(platform, dict(sorted(documents.items())))
    title = f"{platform}: {_what(found)} on AWS"
    heading = [
        Words(line, MARGIN, MARGIN + HEADING + number * HEADING * LINE, HEADING, bold=True)
        for number, line in enumerate(wrapped(title, WIDTH - 2 * MARGIN, HEADING, bold=True))
    ]
    inner = WIDTH - 2 * (MARGIN + PADDING)
    callers = Row(tuple(_callers(found)), weights=SHARES, gap=GUTTER)
    top = callers.place(MARGIN + PADDING, heading[-1].y + 14, inner)
    account = _account(found).place(MARGIN, top.bottom + 34, WIDTH - 2 * MARGIN)
    boxes = (top, account)
    return Picture(
        title, _description(found), WIDTH, account.bottom + MARGIN, boxes, tuple(_arrows(found, boxes)), tuple(heading)
    )


def _what(found: Found) -> str:
    there = [*kubeflow_blocks.kubeflow(found)]
    return str(there[0].title) if there and isinstance(there[0], Frame) else "a cluster"


def _account(found: Found) -> Frame:
    """The account with the VPC on the left and the services on the right."""
    parts = [*cluster_blocks.nodes(found), *kubeflow_blocks.kubeflow(found), *kubeflow_blocks.teams(found)]
    parts += cluster_blocks.addons(found)
    existing = not found.of("aws_eks_cluster")
    cluster = [
        Frame(
            f"{'Existing EKS' if existing else 'EKS'} cluster {name}",
            tuple(parts),
            (),
            "cluster",
            None,
            addresses(cluster_blocks.clusters(found)),
            "cluster",
        )
        for name in [cluster_blocks.cluster_name(found)]
        if name
    ]
    vpc = network_blocks.vpc(found, cluster, [*network_blocks.stores_in_vpc(found)])
    others = Frame("AWS services", tuple(service_blocks.services(found)), style="account", name="services")
    right = Stack((*cluster_blocks.control_plane(found), *([others] if others.blocks else [])), gap=GAP + 6)
    account = "AWS account " + some(found.accounts, 2) if found.accounts else "AWS account"
    region = f", region {found.region}" if found.region else ""
    return Frame(account + region, (Row((vpc, right), weights=SHARES, gap=GUTTER),), style="account", name="account")


def _callers(found: Found) -> Iterator[Block]:
    """Users of Kubeflow, and of the Kubernetes API."""
    access = [*cluster_blocks.access(found)]
    users = [*_users(found)]
    yield from users or [Stack(())]
    yield from access or [Stack(())]


def _users(found: Found) -> Iterator[Block]:
    if not found.layer("kubeflow").documents:
        return
    cognito = found.of("aws_cognito_user")
    passwords = [one for one in found.of("aws_secretsmanager_secret") if one.name.startswith("user_")]
    names = [one.text("username") for one in cognito]
    names += [found_name[1] for one in passwords if (found_name := re.search(r"(\S+@\S+?),", one.text("description")))]
    lines = [some(names, 3)] if names else []
    issuer = service_blocks.issuer(found)
    if issuer and not names and not issuer.startswith(service_blocks.COGNITO):
        lines.append(f"accounts of {issuer}")
    url = found.output("dashboard_url")
    lines.append(f"{url} by kubectl port-forward" if url.startswith("http://localhost") else url)
    yield Card("Users", tuple(filter(None, lines)), "users", "user", addresses(cognito), "users")


def _description(found: Found) -> str:
    """The same in words."""
    services = [block.title for block in service_blocks.services(found) if isinstance(block, Card)]
    stores = [card.title for card in network_blocks.stores_in_vpc(found)]
    parts = [
        f"Platform {found.platform} in region {found.region}" if found.region else f"Platform {found.platform}",
        f"EKS cluster {cluster_blocks.cluster_name(found)}",
        "In its VPC: " + ", ".join(stores) if stores else "",
        "AWS services: " + ", ".join(dict.fromkeys(services)) if services else "",
    ]
    return ". ".join(filter(None, parts)) + "."


def _arrows(found: Found, boxes: tuple[Placed, ...]) -> Iterator[Arrow]:
    """Requests of users and administrators, and what the cluster calls."""
    named = {box.name: box for whole in boxes for box in whole.all() if box.name}
    plane, cluster, services = (named.get(name) for name in ("control-plane", "cluster", "services"))
    users, balancer, callers = (named.get(name) for name in ("users", "balancer", "administrators"))
    if plane and callers:
        yield _down(callers, plane, plane.x + plane.width * 0.7)
    if users and balancer:
        yield _down(users, balancer, balancer.x + balancer.width * 0.8)
        yield _by_the_lane(balancer, named.get("kubeflow") or cluster or named["vpc"])
    elif users and plane:
        between = users.bottom + 16
        middle, target = users.x + users.width * 0.8, plane.x + plane.width * 0.3
        yield Arrow(((middle, users.bottom), (middle, between), (target, between), (target, plane.y)))
    gutter = named["vpc"].right + GUTTER / 2
    if plane and cluster:
        yield _to_the_left(plane, cluster, gutter - 5)
    if services and cluster:
        yield _to_the_right(named.get("kubeflow") or cluster, services, gutter + 5)
    stores = [box for name, box in sorted(named.items()) if name.startswith("store")]
    for store in stores:
        if cluster and store.y == stores[0].y:  # a second row is behind the first one
            yield _down(cluster, store, store.x + store.width / 2)


def _down(upper: Placed, lower: Placed, x: float) -> Arrow:
    return Arrow(((x, upper.bottom), (x, lower.y)))


def _by_the_lane(balancer: Placed, target: Placed) -> Arrow:
    lane = balancer.x - network_blocks.LANE / 2
    start, end = balancer.y + balancer.height / 2, target.y + 18
    return Arrow(((balancer.x, start), (lane, start), (lane, end), (target.x, end)))


def _to_the_left(plane: Placed, cluster: Placed, x: float) -> Arrow:
    """Between the control plane and the nodes, in both directions."""
    start, end = plane.y + plane.height / 2, cluster.y + 16
    return Arrow(((plane.x, start), (x, start), (x, end), (cluster.right, end)), both=True)


def _to_the_right(source: Placed, services: Placed, x: float) -> Arrow:
    top, bottom = max(source.y, services.y) + 20, min(source.bottom, services.bottom) - 20
    if top <= bottom:
        return Arrow(((source.right, top), (services.x, top)))
    start, end = source.y + 30, services.y + services.height / 2
    return Arrow(((source.right, start), (x, start), (x, end), (services.x, end)))
