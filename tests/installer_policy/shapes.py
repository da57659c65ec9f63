"""From recorded decisions to modules/aws_data/installer_requests.json: ARNs of one platform become those of any."""

import json
import re
from collections.abc import Iterable

from modules.installer_policy.measured import FILE, PHASES
from tests.installer_policy.lives import BACKEND
from tests.installer_policy.need import Need
from tests.installer_policy.recorded_requests import Row
from tests.stand_ins.moto_extension.names import ACCOUNT

REGION = "us-west-2"
CLUSTERS = dict.fromkeys(("aurora", "files", "guest", "rds"), "theirs")
"""Platform to its cluster, where the names differ."""
ISSUER = re.compile(r"oidc-provider/oidc\.eks\.[\w-]+\.amazonaws\.com/.*")
SERVICE_LINKED = re.compile(r"role/aws-service-role/.*")
CONSTANT_BEGINNINGS = ("autoScalingGroupName/eks-", "targetgroup/kf-")
"""Names that AWS or the AWS provider complete: their beginning is always the same."""
SECTION = {"plan": "plan", "create": "apply", "change": "apply", "destroy": "destroy"}

Document = dict[str, dict[str, dict[str, list[str]]]]


def as_text(document: Document) -> str:
    """The file: JSON with a line for each action."""
    kinds = [
        f" {json.dumps(kind)}: {{\n"
        + ",\n".join(
            f"  {json.dumps(phase)}: {{\n"
            + ",\n".join(f"   {json.dumps(action)}: {json.dumps(shapes)}" for action, shapes in actions.items())
            + "\n  }"
            for phase, actions in phases.items()
        )
        + "\n }"
        for kind, phases in document.items()
    ]
    return "{\n" + ",\n".join(kinds) + "\n}\n"


def document(rows: Iterable[Row]) -> Document:
    """Terraform type to phase to action to the shapes of its resources; what a plan needs is under `plan` only."""
    found: dict[str, dict[str, dict[str, set[str]]]] = {}
    for row in rows:
        if row.kind == BACKEND:
            continue
        for need in row.needs:
            phases = found.setdefault(row.kind, {name: {} for name in PHASES})
            phases[SECTION[row.phase]].setdefault(need.action, set()).add(shape(need, row.platform))
    return {
        kind: {phase: one for phase in PHASES if (one := _further(phases, phase))}
        for kind, phases in sorted(found.items())
    }


def _further(phases: dict[str, dict[str, set[str]]], phase: str) -> dict[str, list[str]]:
    """What a phase requests in addition to a plan."""
    plan = phases["plan"] if phase != "plan" else {}
    left = {action: sorted(shapes - plan.get(action, set())) for action, shapes in sorted(phases[phase].items())}
    return {action: shapes for action, shapes in left.items() if shapes}


def write(rows: Iterable[Row]) -> None:
    """Write the file of the product."""
    FILE.write_text(as_text(document(rows)), encoding="utf-8")


def shape(need: Need, platform: str) -> str:
    """`arn:{partition}:ec2:{region}:{account}:vpc/* if aws:RequestTag` of a decision.

    Args:
        need: the decision.
        platform: name of the platform that it was made for.
    """
    conditions = "".join(
        f" if {key}" + (f"={','.join(_value(key, one) for one in values)}" if values and key != "iam:PolicyARN" else "")
        for key, values in need.conditions
    )
    return f"{_arn(need.resource, platform)}{conditions}"


def _value(key: str, value: str) -> str:
    if key == "ec2:LaunchTemplate":
        return _arn(value, "")
    if key == "kms:ViaService":
        return value.replace(f".{REGION}.amazonaws.com", ".{region}.{dns_suffix}")
    return value


def _arn(arn: str, platform: str) -> str:
    if arn == "*":
        return arn
    _, partition, service, region, account, resource = arn.split(":", 5)
    assert partition == "aws"
    place = ("{region}" if region == REGION else region, "{account}" if account == ACCOUNT else account)
    return f"arn:{{partition}}:{service}:{place[0]}:{place[1]}:{_resource(service, resource, platform)}"


def _resource(service: str, resource: str, platform: str) -> str:
    if SERVICE_LINKED.match(resource):
        return resource
    if ISSUER.match(resource):
        return "oidc-provider/{issuer}"
    for beginning in CONSTANT_BEGINNINGS:
        if beginning in resource:
            before = resource.partition(beginning)[0]
            return f"{before}{beginning}*"
    cluster = CLUSTERS.get(platform, platform)
    of_eks = service == "eks" or resource.startswith("log-group:/aws/eks/")
    if of_eks and (match := re.match(rf"((?:log-group:/aws/eks|[\w-]+)/){cluster}(/|$)", resource)):
        return f"{match[1]}{{cluster}}{match[2]}{'*' if match[2] else ''}"
    if platform and (match := re.match(rf"(.*?(?<![0-9A-Za-z])){platform}([^0-9A-Za-z]|$)", resource)):
        # IAM sees some requests about a log group with `:*` after its name.
        return f"{match[1]}{{platform}}{match[2]}{'*' if match[2] or service == 'logs' else ''}"
    # An id: the type stays. Services without a type before it (S3, SQS) keep nothing.
    kind = re.match(r"[\w-]+(?:/app|/regional)?[/:]", resource)
    return f"{kind[0]}*" if kind and service not in ("s3", "sqs") else "*"
