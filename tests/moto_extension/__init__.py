"""moto as the real Terraform AWS provider needs it: an in-process server, extended service by service.

    aws = start()
    aws.client("eks").list_clusters()
    aws.gate.fail_once("eks", "CreateAddon")
    ...
    assert leftovers("us-west-2") == []

Not here, since moto has no API for them: placement groups and capacity reservations (`terraform test` mocks those).
"""

import os
from dataclasses import dataclass
from functools import cache
from threading import Thread
from typing import Any

import boto3  # type: ignore[import-untyped]
from moto import settings
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from . import amp, autoscaling, cognito, ec2, efs, eks, iam, kms, rds, route53, s3
from .gate import Call, Gate
from .leftovers import ACCOUNT, leftovers

__all__ = ["ACCOUNT", "CREDENTIALS", "Call", "Gate", "Server", "leftovers", "start"]

CREDENTIALS = {"AWS_ACCESS_KEY_ID": "testing", "AWS_SECRET_ACCESS_KEY": "testing"}


@dataclass(frozen=True)
class Server:
    """The running server.

    Args:
        endpoint: `http://127.0.0.1:<port>`, what AWS_ENDPOINT_URL must be.
        gate: the calls it saw, and the faults that it is to answer with.
    """

    endpoint: str
    gate: Gate

    def client(self, service: str, region: str = "us-west-2") -> Any:
        """A boto3 client that talks to this server."""
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=self.endpoint,
            aws_access_key_id=CREDENTIALS["AWS_ACCESS_KEY_ID"],
            aws_secret_access_key=CREDENTIALS["AWS_SECRET_ACCESS_KEY"],
        )

    def reset(self) -> None:
        """An empty AWS account: no resources, no recorded calls, no faults to come."""
        self.gate.reset()
        moto_api_backend.reset()


class RequestHandler(MotoRequestHandler):
    """Keeps connections open, and writes no log line for each request; a crash in moto is still logged."""

    # With werkzeug's HTTP/1.0 each request opens a connection; under load two of twenty applies ended in
    # "use of closed network connection".
    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: one Terraform run sends hundreds, and Gate has those that matter."""


@cache
def start() -> Server:
    """Start the server on a free port of 127.0.0.1, once per process; it ends with the process."""
    # Without these every arn:aws:iam::aws:policy attachment is a NoSuchEntity.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # moto's 800 sample AMIs cost 0.25 s of CPU at every reset; managed node groups name theirs by type.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    # moto issues an ACM certificate after 60 s.
    settings.ACM_VALIDATION_WAIT = 0
    for service in (amp, autoscaling, cognito, ec2, efs, eks, iam, kms, rds, route53, s3):
        service.install()
    gate = Gate(DomainDispatcherApplication(create_backend_app))
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=RequestHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    return Server(f"http://127.0.0.1:{server.server_port}", gate)
