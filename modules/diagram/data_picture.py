"""What a platform stores, by stack, and the key that encrypts it."""

import re
from collections.abc import Iterator, Mapping

from modules.diagram.blocks import WIDTH, Block, Card, Frame, Row, Stack
from modules.diagram.found import Document, Found, Resource, addresses
from modules.diagram.glyphs import GlyphName
from modules.diagram.palette import StyleName
from modules.diagram.svg import Picture

MARGIN = 8
KINDS: Mapping[str, tuple[str, StyleName, GlyphName]] = {
    "aws_s3_bucket": ("S3 bucket", "data", "bucket"),
    "aws_db_instance": ("RDS database", "data", "database"),
    "aws_rds_cluster": ("Aurora database", "data", "database"),
    "aws_efs_file_system": ("EFS", "data", "files"),
    "aws_fsx_lustre_file_system": ("FSx for Lustre", "data", "files"),
    "aws_ecr_repository": ("ECR", "data", "files"),
    "aws_prometheus_workspace": ("Managed Prometheus", "data", "logs"),
    "aws_cognito_user_pool": ("Cognito user pool", "entrance", "user"),
    "aws_eks_cluster": ("Kubernetes objects", "cluster", "cluster"),
    "aws_secretsmanager_secret": ("Secrets", "closed", "key"),
    "aws_cloudwatch_log_group": ("Logs", "plain", "logs"),
    "aws_kms_key": ("KMS keys", "closed", "shield"),
}
"""Resources that hold data, and how a card shows them."""
KEY = re.compile(r"\baws_kms_key\.(\w+)\.")


def data_picture(platform: str, documents: Mapping[str, Document]) -> Picture:
    """Draw the stored data of a platform.

    Args:
        platform: its name.
        documents: stack name to document, in apply order.
    """
    frames = tuple(_frames(Found(platform, documents)))
    placed = Stack(frames, gap=12).place(MARGIN, MARGIN, WIDTH - 2 * MARGIN)
    stacks = ", ".join(frame.title for frame in frames)
    return Picture(
        f"Stored data of {platform}",
        f"What is stored, and the key that encrypts it, in the stacks {stacks}.",
        WIDTH,
        placed.bottom + MARGIN,
        (placed,),
    )


def _frames(found: Found) -> Iterator[Frame]:
    for stack, document in found.documents.items():
        cards = tuple(_cards(Found(found.platform, {stack: document})))
        if cards:
            yield Frame(stack, (Row(cards, least=195),), style="account")


def _cards(found: Found) -> Iterator[Block]:
    for kind, (title, style, glyph) in KINDS.items():
        if resources := found.of(kind):
            by_key: dict[str, list[str]] = {}
            for one in resources:
                by_key.setdefault(_key(found, one), []).append(one.name)
            lines = tuple(", ".join(names) + (f" (key {key})" if key else "") for key, names in by_key.items())
            yield Card(title, lines, style, glyph, addresses(resources))


def _key(found: Found, resource: Resource) -> str:
    """Name of the key that encrypts a resource; empty for a key, and without one of the platform's."""
    settings = found.of("aws_s3_bucket_server_side_encryption_configuration")
    bodies = [resource.body, *(one.body for one in settings if one.name == resource.name)]
    key = KEY.search(str(bodies)) if resource.kind != "aws_kms_key" else None
    return key[1] if key else ""
