"""What must be refused: requests without sign-in, other teams' data, public entries, foreign images, the node's credentials."""

from collections.abc import Mapping
from typing import Any

from modules.acceptance.program import objects
from modules.acceptance.program.http import Response, UnreachableError, request
from modules.acceptance.program.kubernetes import PLURALS
from modules.acceptance.program.outcome import FailedError, SkippedError
from modules.acceptance.program.world import SHORT_SECONDS, World

DENIED = (401, 403)
DENIED_BY_S3 = ("AccessDenied", "403")
NO_CONNECTION = ("no healthy upstream", "upstream connect error")
"""Beginning of what the program's own sidecar answers, with 503, if it has no connection to a Service."""
BY_A_SERVICE = "x-envoy-upstream-service-time"
"""Header that a sidecar adds to answers that are not its own.

Source: https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/router_filter
"""
NOT_PULLED = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "RegistryUnavailable")


def program_without_token(world: World) -> str:
    """Pipelines refuses a program without a token."""
    return _denied(world.pipelines("GET", f"experiments?namespace={world.team}", signed_in=False))


def other_team_pipelines(world: World) -> str:
    """Pipelines refuses the runs of another team."""
    return _denied(world.pipelines("GET", f"experiments?namespace={_other(world)}"))


def other_team_objects(world: World) -> str:
    """The API server refuses pods and Secrets of another team."""
    kinds = ("Pod", "Secret", "InferenceService")
    for kind in kinds:
        _denied(world.kubernetes.call("GET", PLURALS[kind].format(_other(world))))
    return f"{', '.join(kinds)}: 403"


def other_team_artifacts(world: World) -> str:
    """S3 refuses to list, read and write below the prefix of another team."""
    s3, bucket = world.s3(), world.bucket
    prefix = f"private-artifacts/{_other(world)}/"
    key = f"{prefix}{world.run}"
    _refused_by_s3("list", prefix, s3.list_objects_v2, Bucket=bucket, Prefix=prefix)
    _refused_by_s3("read", key, s3.get_object, Bucket=bucket, Key=key)
    try:
        _refused_by_s3("write", key, s3.put_object, Bucket=bucket, Key=key, Body=b"")
    except FailedError:
        s3.delete_object(Bucket=bucket, Key=key)
        raise
    return f"s3://{bucket}/{prefix}: AccessDenied"


def other_team_services(world: World) -> str:
    """No Service of another team answers, such as its models and notebooks."""
    _other(world)
    if not world.other_services:
        raise SkippedError(f"{world.other_team} has no Services")
    for address in world.other_services:
        try:
            answer = request("GET", f"http://{address}/", timeout_seconds=SHORT_SECONDS)
        except UnreachableError:
            continue
        if answer.status == 503 and BY_A_SERVICE not in answer.headers and answer.text.startswith(NO_CONNECTION):
            continue  # such as a notebook that is stopped
        if answer.status not in DENIED:
            raise FailedError(
                f"{answer}; the NetworkPolicy and the AuthorizationPolicy of {world.other_team} must refuse it"
            )
    return f"{len(world.other_services)} Services of {world.other_team} were tried"


def ingress(world: World) -> str:
    """A team cannot create an Ingress."""
    return _not_created(world, objects.ingress(world))


def load_balancer(world: World) -> str:
    """A team cannot create a Service with a public address."""
    return _not_created(world, objects.load_balancer(world), objects.service(world))


def privileged_pod(world: World) -> str:
    """Pod Security refuses a privileged pod."""
    return _not_created(world, objects.pod(world, world.image, privileged=True), objects.pod(world, world.image))


def foreign_image(world: World) -> str:
    """A node cannot pull an image from outside of the platform's registry."""
    if world.foreign_image is None:
        raise SkippedError("nodes reach the internet, and admission does not limit images")
    body = objects.pod(world, world.foreign_image)
    answer = world.kubernetes.create(body)
    if answer.status in (403, 422):
        return f"refused: {_message(answer)}"
    if answer.status != 201:
        raise FailedError(str(answer))
    try:
        return world.wait_for(f"Pod {world.run}", lambda: _pull(world))
    finally:
        world.kubernetes.delete("Pod", world.team, world.run)


def node_credentials(world: World) -> str:
    """A pod does not reach the credentials of its node."""
    headers = {"X-aws-ec2-metadata-token-ttl-seconds": "60"}
    url = f"{world.metadata_address}/latest/api/token"
    try:
        answer = request("PUT", url, b"", headers, timeout_seconds=SHORT_SECONDS)
    except UnreachableError:
        return "instance metadata does not answer"
    if answer.status == 200:
        raise FailedError(f"{url} issued a session token: the hop limit of the node's instance metadata must be 1")
    return f"instance metadata answers {answer.status}"


def _other(world: World) -> str:
    if world.other_team is None:
        raise SkippedError("the platform has one team")
    return world.other_team


def _denied(answer: Response) -> str:
    if answer.status not in DENIED:
        raise FailedError(f"{answer}; expected: 401 or 403")
    return f"{answer.url}: {answer.status}"


def _refused_by_s3(what: str, key: str, operation: Any, **parameters: Any) -> None:
    from botocore.exceptions import ClientError  # type: ignore[import-untyped]

    try:
        operation(**parameters)
    except ClientError as error:
        if error.response["Error"]["Code"] in DENIED_BY_S3:
            return
        raise FailedError(f"{what} {key}: {error}; expected: AccessDenied") from error
    raise FailedError(f"{what} {key}: S3 allows it; look at the policy of the team's role")


def _not_created(world: World, body: Mapping[str, Any], allowed: Mapping[str, Any] | None = None) -> str:
    """Why an object is refused.

    Args:
        world: where.
        body: what must be refused.
        allowed: the same without what is forbidden, which must not be refused: otherwise a full quota would be the reason.
    """
    if allowed is not None and (answer := world.kubernetes.create(allowed, dry_run=True)).status != 201:
        raise FailedError(f"{allowed['kind']} that is allowed: {answer}; so that nothing is known of the forbidden one")
    answer = world.kubernetes.create(body, dry_run=True)
    if answer.status not in (403, 422):
        raise FailedError(f"{body['kind']}: {answer}; expected: 403, by a role or by admission")
    return _message(answer)


def _message(answer: Response) -> str:
    return str((answer.json or {}).get("message", answer.text))[:200]


def _pull(world: World) -> str | None:
    status = world.kubernetes.get("Pod", world.team, world.run).get("status") or {}
    for one in status.get("containerStatuses") or ():
        reason = (one["state"].get("waiting") or {}).get("reason")
        if reason in NOT_PULLED:
            return f"{world.foreign_image}: {reason}"
        if "running" in one["state"] or "terminated" in one["state"]:
            raise FailedError(f"{world.foreign_image} was pulled and started")
    return None


FORBIDDEN = {
    "program-without-token": program_without_token,
    "other-team-pipelines": other_team_pipelines,
    "other-team-objects": other_team_objects,
    "other-team-artifacts": other_team_artifacts,
    "other-team-services": other_team_services,
    "ingress": ingress,
    "load-balancer": load_balancer,
    "privileged-pod": privileged_pod,
    "foreign-image": foreign_image,
    "node-credentials": node_credentials,
}
"""Id to check, in the order in which they run."""
