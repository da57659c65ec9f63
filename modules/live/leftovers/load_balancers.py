"""Leftover load balancers and target groups, of ELBv2 and of the classic service."""

from collections.abc import Iterable, Iterator
from typing import Any

from modules.checks.finding import Kind
from modules.checks.teardown import kinds
from modules.live.aws import Aws
from modules.live.entrance import TAGGED_AT_ONCE
from modules.live.leftovers.found import Leftover
from modules.live.leftovers.identity import OBJECT_TAGS, PLATFORM_TAG, Identity, Tags, tags_of


def leftovers(aws: Aws, identity: Identity) -> Iterator[Leftover]:
    """Load balancers and target groups of a platform."""
    yield from _version_2(aws, identity, "load balancer", "describe_load_balancers", "LoadBalancer", "LoadBalancers")
    yield from _version_2(aws, identity, "target group", "describe_target_groups", "TargetGroup", "TargetGroups")
    found = {one["LoadBalancerName"]: one for one in _classic(aws)}
    for name, tags in _tags(aws, "elb", found):
        vpc = found[name].get("VPCId")
        yield from _of(identity, "classic load balancer", name, name, tags, str(vpc))


def for_objects(aws: Aws, objects: Iterable[str]) -> list[str]:
    """ARNs and names of load balancers that are tagged as for some objects.

    Args:
        aws: requests; without answers from before.
        objects: `<namespace>/<name>` of Services and Ingresses, or names of Ingress groups.
    """
    wanted = set(objects)
    every = [("elbv2", one["LoadBalancerArn"]) for one in aws.get("elbv2", "describe_load_balancers")["LoadBalancers"]]
    every += [("elb", one["LoadBalancerName"]) for one in _classic(aws)]
    return [
        name
        for service in ("elbv2", "elb")
        for name, tags in _tags(aws, service, [one for kind, one in every if kind == service])
        if wanted & {tags[key] for key in OBJECT_TAGS if key in tags}
    ]


def _version_2(aws: Aws, identity: Identity, type_: str, operation: str, prefix: str, key: str) -> Iterator[Leftover]:
    found = {one[f"{prefix}Arn"]: one for one in aws.get("elbv2", operation)[key]}
    for arn, tags in _tags(aws, "elbv2", found):
        one = found[arn]
        yield from _of(identity, type_, arn, one[f"{prefix}Name"], tags, str(one.get("VpcId")))


def _of(identity: Identity, type_: str, id_: str, name: str, tags: Tags, vpc: str) -> Iterator[Leftover]:
    if id_ in identity.recorded:
        return
    kind: Kind = kinds.NOT_DESTROYED if PLATFORM_TAG in tags else kinds.LOAD_BALANCERS
    purpose = next((f"{name}, for {tags[key]}" for key in OBJECT_TAGS if key in tags), name)
    if mark := identity.mark(tags):
        yield Leftover(kind, type_, id_, purpose, mark)
    elif vpc in identity.vpc_ids:
        yield Leftover(kinds.IN_NETWORK, type_, id_, purpose, f"in {vpc}", removable=False)


def _classic(aws: Aws) -> list[dict[str, str]]:
    found: list[dict[str, str]] = aws.get("elb", "describe_load_balancers")["LoadBalancerDescriptions"]
    return found


def _tags(aws: Aws, service: str, ids: Iterable[str]) -> Iterator[tuple[str, Tags]]:
    """Each id with its tags; the services return those of 20 at once."""
    listed = list(ids)
    parameter, key = (
        ("ResourceArns", "ResourceArn") if service == "elbv2" else ("LoadBalancerNames", "LoadBalancerName")
    )
    for start in range(0, len(listed), TAGGED_AT_ONCE):
        page: dict[str, Any] = {parameter: listed[start : start + TAGGED_AT_ONCE]}
        answer = aws.get(service, "describe_tags", **page)
        for one in answer["TagDescriptions"]:
            yield one[key], tags_of(one["Tags"])
