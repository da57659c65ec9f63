"""An existing VPC and cluster that this platform imports, as `make import` read them from AWS."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import JsonValue

from modules.settings.network import FlowLogs
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import NonEmpty, OptionalBlocks, matching, parsed_default


class ImportedResource(Section):
    """One resource to import."""

    type: Annotated[str, matching(r"aws_[a-z0-9_]+", "a type of the AWS provider, such as aws_vpc")]
    """Terraform resource type."""
    name: Annotated[str, matching(r"[a-z_][a-z0-9_]*", "a Terraform name: lower-case letters, digits and underscores")]
    """Terraform resource name."""
    id: NonEmpty
    """Import id."""
    arguments: Annotated[dict[str, JsonValue], FREE_FORM]
    """Arguments with their current values in AWS."""

    @property
    def address(self) -> str:
        """`<type>.<name>`."""
        return f"{self.type}.{self.name}"


class Import(Section):
    """Imported resources, unchanged, and optional hardenings.

    Each hardening is disabled by default, since it changes existing resources.
    """

    resources: tuple[ImportedResource, ...]
    """Read from the file that `make import` wrote: read_import(…)."""
    default_tags: bool = False
    """Add the platform's tags to all imported resources."""
    closed_default_security_group: bool = False
    """Remove all rules of the VPC's default security group."""
    flow_logs: FlowLogs | None = None
    """Flow logs of the VPC. None: unchanged."""
    log_types: tuple[NonEmpty, ...] | None = None
    """Control-plane logs, such as audit. None: unchanged."""
    public_access_cidrs: OptionalBlocks = parsed_default(None)
    """Networks that can reach the public endpoint of the API server. None: unchanged."""
    private_endpoint: bool | None = None
    """Private endpoint of the API server. None: unchanged."""


def read_import(file: str | Path) -> Import:
    """Settings from the file that `make import` wrote; for `main.py`.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return Import(resources=tuple(ImportedResource(**one) for one in json.loads(Path(file).read_bytes())["resources"]))
