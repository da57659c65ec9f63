"""S3 as a team's pod has it: botocore's client with its own validation, answered from memory, judged by the team's policy.

moto needs seconds to start, and its own judgement is off; what a program may do is what the policy engine says of the role's statements.
"""

from dataclasses import dataclass, field
from functools import cache
from io import BytesIO
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import ClientError  # type: ignore[import-untyped]
from botocore.response import StreamingBody  # type: ignore[import-untyped]

from modules.iam.policy_context import ArtifactBucket
from modules.iam.policy_engine import Request, is_allowed
from modules.settings import Statement
from modules.teams.rights import rights

NAME = "artifacts"
BUCKET = ArtifactBucket(f"arn:aws:s3:::{NAME}", None, "s3.us-west-2.amazonaws.com")
ACTIONS = {
    "ListObjectsV2": "s3:ListBucket",
    "GetObject": "s3:GetObject",
    "PutObject": "s3:PutObject",
    "DeleteObject": "s3:DeleteObject",
}


@cache
def _client() -> Any:
    """Made once: reading the description of the service takes 0.3 s of CPU."""
    session = boto3.session.Session(aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-west-2")
    return session.client("s3")


@dataclass
class Bucket:
    """Objects, and the statements of the caller's role."""

    statements: tuple[Statement, ...] = field(default_factory=lambda: rights("research", BUCKET))
    objects: dict[str, bytes] = field(default_factory=dict)

    def put(self, bucket: str, key: str, content: bytes) -> None:
        """What another program wrote."""
        assert bucket == NAME
        self.objects[key] = content

    def get(self, bucket: str, key: str) -> bytes:
        """What another program reads."""
        assert bucket == NAME
        return self.objects[key]

    def client(self, service: str, **settings: Any) -> Any:
        """In place of `boto3.client`."""
        assert (service, settings) == ("s3", {})
        made = _client()
        made._make_api_call = self._answer
        return made

    def _answer(self, operation: str, parameters: dict[str, Any]) -> dict[str, Any]:
        assert parameters.pop("Bucket") == NAME
        key = parameters.get("Key", "")
        listing = operation == "ListObjectsV2"
        context = {"s3:prefix": (parameters["Prefix"],)} if listing else {}
        wanted = Request(ACTIONS[operation], BUCKET.arn if listing else f"{BUCKET.arn}/{key}", context)
        if not is_allowed(self.statements, wanted):
            raise ClientError({"Error": {"Code": "AccessDenied", "Message": f"{wanted.action} is denied"}}, operation)
        if listing:
            keys = [one for one in self.objects if one.startswith(parameters["Prefix"])]
            return {"Contents": [{"Key": one} for one in keys]} if keys else {}
        if operation == "PutObject":
            self.objects[key] = parameters["Body"]
        elif operation == "DeleteObject":
            self.objects.pop(key, None)
        elif key not in self.objects:
            raise ClientError({"Error": {"Code": "NoSuchKey", "Message": "no such key"}}, operation)
        else:
            return {"Body": StreamingBody(BytesIO(self.objects[key]), len(self.objects[key]))}
        return {}
