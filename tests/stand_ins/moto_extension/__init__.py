"""moto as the real Terraform AWS provider needs it: an in-process server, extended service by service.

    aws = start()
    aws.client("eks").list_clusters()
    aws.gate.fail_once("eks", "CreateAddon")
    ...
    assert leftovers("us-west-2") == []

Not here, since moto has no API for them: placement groups and capacity reservations (`terraform test` mocks those).
"""

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from .names import ACCOUNT

# moto, boto3 and the extension are imported by the functions that use them: 2.6 s for each process that runs tests,
# while one test in five needs AWS.
if TYPE_CHECKING:
    from .gate import Gate

__all__ = ["ACCOUNT", "CREDENTIALS", "Server", "leftovers", "start"]

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclass(frozen=True)
class Server:
    """The running server.

    Args:
        endpoint: `http://127.0.0.1:<port>`, what AWS_ENDPOINT_URL must be.
        gate: the calls it saw, and the faults that it is to answer with.
    """

    endpoint: str
    gate: "Gate"

    def client(self, service: str, region: str = "us-west-2") -> Any:
        """A boto3 client that talks to this server."""
        import boto3  # type: ignore[import-untyped]

        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def reset(self) -> None:
        """An empty AWS account: no resources, no recorded calls, no faults to come."""
        from moto.moto_api._internal.models import moto_api_backend

        self.gate.reset()
        moto_api_backend.reset()


def leftovers(region: str) -> list[str]:
    """What Terraform left behind in a region after a destroy, as `type id` in order; empty when the account is clean."""
    from .after_destroy import leftovers as found

    return found(region)


@cache
def start() -> Server:
    """Start the server on a free port of 127.0.0.1, once per process; it ends with the process."""
    from .server import serve

    return Server(*serve())
