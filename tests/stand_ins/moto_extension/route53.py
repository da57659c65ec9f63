"""Route 53: ids of zones begin with Z, as AWS's do; settings ask for that."""

from moto.moto_api._internal import mock_random
from moto.route53 import models

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def create_route53_zone_id(resource_identifier: object, existing_ids: object = None, tags: object = None) -> str:
    """An id in AWS's form; moto's own may begin with any letter."""
    return "Z" + "".join(mock_random.choice(ALPHABET) for _ in range(20))


def install() -> None:
    """Put the repair into moto."""
    setattr(models, create_route53_zone_id.__name__, create_route53_zone_id)
