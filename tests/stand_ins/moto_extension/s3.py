"""S3: a Deny with a condition does not deny every caller.

moto does not evaluate conditions of bucket policies. It takes "deny unless TLS" as "deny", so that the state file or
any object of a bucket with such a policy could no longer be written. Without conditions it denies as before.
"""

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.models import FakeBucket


def get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """What the bucket policy says to an action, leaving out every Deny with a condition."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    policy = json.loads(self.policy)
    statements = policy["Statement"] if isinstance(policy["Statement"], list) else [policy["Statement"]]
    policy["Statement"] = [one for one in statements if not (one["Effect"] == "Deny" and "Condition" in one)]
    return IAMPolicy(json.dumps(policy)).is_action_permitted(action, resource)


def install() -> None:
    """Put the repair into moto."""
    setattr(FakeBucket, get_permission.__name__, get_permission)
