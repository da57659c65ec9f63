"""A VPC and a cluster that others made and this platform takes over, as `make import` read them from AWS."""

import json
from pathlib import Path
from typing import Annotated

from pydantic import JsonValue

from modules.settings.network import FlowLogs
from modules.settings.section import Section
from modules.settings.texts import FREE_FORM
from modules.settings.types import NonEmpty, OptionalBlocks, matching, parsed_default


class ImportedResource(Section):
    """One resource, as Terraform is to know it."""

    type: Annotated[str, matching(r"aws_[a-z0-9_]+", "a type of the AWS provider, such as aws_vpc")]
    """Terraform type."""
    name: Annotated[str, matching(r"[a-z_][a-z0-9_]*", "a Terraform name: small letters, digits and underscores")]
    """Terraform name."""
    id: NonEmpty
    """What Terraform imports it by."""
    arguments: Annotated[dict[str, JsonValue], FREE_FORM]
    """Its arguments, as they are in AWS now."""

    @property
    def address(self) -> str:
        """`<type>.<name>`."""
        return f"{self.type}.{self.name}"


class Import(Section):
    """What is taken over, unchanged; and single hardenings, all off, since each of them changes what is theirs."""

    resources: tuple[ImportedResource, ...]
    """Read from the file that `make import` wrote: read_import(…)."""
    default_tags: bool = False
    """Put the platform's tags on all of it."""
    closed_default_security_group: bool = False
    """Take every rule out of the VPC's default security group, which lets its members talk."""
    flow_logs: FlowLogs | None = None
    """Flow logs of the VPC. None: as they are."""
    log_types: tuple[NonEmpty, ...] | None = None
    """Logs of the control plane, such as audit. None: as they are."""
    public_access_cidrs: OptionalBlocks = parsed_default(None)
    """Networks that reach the public endpoint of the API server. None: as they are."""
    private_endpoint: bool | None = None
    """Whether the API server has an endpoint in the VPC. None: as it is."""


def read_import(file: str | Path) -> Import:
    """Settings from the file that `make import` wrote; for `main.py`.

    Raises:
        FileNotFoundError: there is no such file.
    """
    return Import(resources=tuple(ImportedResource(**one) for one in json.loads(Path(file).read_bytes())["resources"]))
