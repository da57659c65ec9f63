"""The server of moto with the extension of every service."""

import functools
import os
import pickle
from threading import Thread

from botocore.loaders import JSONFileLoader  # type: ignore[import-untyped]
from moto import settings
from moto.core import responses, utils
from moto.core.base_backend import AccountSpecificBackend
from moto.eks import models as eks_models
from moto.eks.utils import validate_role_arn
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from . import amp, autoscaling, backup, cognito, ec2, efs, eks, iam, kms, rds, route53, s3, service_quotas
from .gate import Gate


class RequestHandler(MotoRequestHandler):
    """Sends an answer in one piece, and writes no log line for each request; a crash in moto is still logged."""

    # werkzeug closes the connection after each answer and sends headers and body apart. Under load the provider found the connection
    # closed between them, in two of twenty applies with HTTP/1.0 and once in all three tries of one request with HTTP/1.1.
    protocol_version = "HTTP/1.1"
    wbufsize = 64 * 1024

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        """Nothing: one Terraform run sends hundreds, and Gate has those that matter."""


class Dispatcher(DomainDispatcherApplication):
    """Looks up a host once: moto lists its 200 folders and tries 900 patterns at each request."""

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self.get_backend_for_host = functools.cache(super().get_backend_for_host)  # type: ignore[method-assign]


def serve() -> tuple[str, Gate]:
    """Start serving in a thread of this process; endpoint, and the gate in front of it."""
    # Without these every arn:aws:iam::aws:policy attachment is a NoSuchEntity.
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    # moto's 800 sample AMIs cost 0.25 s of CPU at every reset; managed node groups name AMIs by type.
    os.environ["MOTO_EC2_LOAD_DEFAULT_AMIS"] = "false"
    # moto issues an ACM certificate after 60 s.
    settings.ACM_VALIDATION_WAIT = 0
    # Each boto3 session of the product reads the models of its services again, 0.1 s for EC2; commands have one, tests hundreds.
    # As bytes: botocore changes the model of S3 for each client (botocore/handlers.py, remove_bucket_from_url_paths_from_model).
    load = JSONFileLoader().load_file
    read = functools.cache(lambda path: pickle.dumps(load(path)))
    JSONFileLoader.load_file = lambda self, path: pickle.loads(read(path))
    # moto reads the model of each service for the regions that have it, 0.3 s of CPU for those of a platform. Here each has all regions.
    of_service = AccountSpecificBackend._generate_regions
    AccountSpecificBackend._generate_regions = lambda self, _: of_service(self, "ec2")  # type: ignore[method-assign, assignment]
    # Both are pure, and made again at each request: all members of a class with 300 methods, and a boto3 session.
    responses.method_names_from_class = functools.cache(utils.method_names_from_class)  # type: ignore[attr-defined]
    eks_models.validate_role_arn = functools.cache(validate_role_arn)  # type: ignore[attr-defined]
    for service in (amp, autoscaling, backup, cognito, ec2, efs, eks, iam, kms, rds, route53, s3, service_quotas):
        service.install()
    gate = Gate(Dispatcher())
    server = make_server("127.0.0.1", 0, gate, threaded=True, request_handler=RequestHandler)
    Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}", gate
