"""Terraform on the stand-ins: they serve from inside the test process, and Terraform gets their addresses.

Source: https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:  # it brings moto along, two seconds that the executables do without
    from tests.terraform import Terraform

from . import helm, kubernetes
from .charts import ChartFolders
from .clusters import Clusters
from .protocol import grpc_server
from .provider import Behaviour, Provider

BEHAVIOURS: dict[str, dict[str, Behaviour]] = {"helm": helm.BEHAVIOURS, "kubernetes": kubernetes.BEHAVIOURS}


@contextmanager
def attached(
    stack: "Terraform",
    clusters: Clusters,
    charts: ChartFolders | None = None,
    helm_provider: Literal["3.1", "2.17"] = "3.1",
) -> Iterator["Terraform"]:
    """The stack with both stand-ins as its helm and kubernetes providers; the AWS provider stays the real one.

        clusters = Clusters()
        with attached(workspaces(generated, tmp_path, aws.endpoint)["prod-addons"], clusters) as stack:
            stack.apply()
            assert clusters.only.done("install") == [...]

    Args:
        stack: its folder is what relative chart paths count from.
        clusters: what the providers talk to. Stacks of one platform are given the same.
        charts: where the charts lie that are named by repository and version.
        helm_provider: whose ways the Helm stand-in has where 3.1 and 2.17 differ; its schema is that of 3.1.1 always.
    """
    with serving(stack.folder, clusters, charts, helm_provider) as reattach:
        yield replace(stack, environment={**stack.environment, "TF_REATTACH_PROVIDERS": reattach})


@contextmanager
def serving(
    folder: Path,
    clusters: Clusters,
    charts: ChartFolders | None = None,
    helm_provider: Literal["3.1", "2.17"] = "3.1",
) -> Iterator[str]:
    """Both stand-ins for one working directory of Terraform; the value of its TF_REATTACH_PROVIDERS.

    Args:
        folder: what relative chart paths count from.
        clusters: what the providers talk to.
        charts: where the charts lie that are named by repository and version.
        helm_provider: as in `attached`.
    """
    servers = []
    reattach: dict[str, Any] = {}
    for name, behaviours in BEHAVIOURS.items():
        provider = Provider(name, behaviours, clusters, charts or ChartFolders(), folder, helm_provider)
        server = grpc_server(provider.handle)
        # TCP: each connection of Terraform then has a port of its own, by which its configuration is kept apart.
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        # A server that nothing refers to is collected, and Terraform sees "Request cancelled".
        servers.append(server)
        reattach[f"registry.terraform.io/hashicorp/{name}"] = {
            "Protocol": "grpc",
            "ProtocolVersion": 6,
            "Pid": os.getpid(),
            "Test": True,
            "Addr": {"Network": "tcp", "String": f"127.0.0.1:{port}"},
        }
    try:
        yield json.dumps(reattach)
    finally:
        for server in servers:
            server.stop(grace=None).wait()
