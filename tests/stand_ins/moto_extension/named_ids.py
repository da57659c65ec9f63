"""Resources with an id that is known before they are created: settings name a VPC by the id that AWS gave it."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from moto.ec2.models import security_groups, subnets, vpcs
from moto.route53 import models as route53

_MAKERS: dict[str, tuple[Any, str]] = {
    "hosted zone": (route53, "create_route53_zone_id"),
    "security group": (security_groups, "random_security_group_id"),
    "subnet": (subnets, "random_subnet_id"),
    "vpc": (vpcs, "random_vpc_id"),
}
"""Kind of a resource to the function of moto that makes up its id."""


@contextmanager
def with_id(kind: str, identifier: str) -> Iterator[None]:
    """The first resource of this kind that is created here gets this id; all others the usual ones.

    Args:
        kind: `vpc`, `subnet`, `security group` or `hosted zone`.
        identifier: the id; empty: any.
    """
    module, name = _MAKERS[kind]
    original = getattr(module, name)
    left = [identifier] if identifier else []
    setattr(module, name, lambda *given, **named: left.pop() if left else original(*given, **named))
    try:
        yield
    finally:
        setattr(module, name, original)
