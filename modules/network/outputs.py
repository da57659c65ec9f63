"""Outputs of the network for later stacks."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkOutputs:
    """Attributes of the network for later stacks; all values are tokens known at apply."""

    vpc_id: str
    private_subnet_ids: Sequence[str]
    public_subnet_ids: Sequence[str]
    private_subnet_ids_by_zone: Mapping[str, Sequence[str]] | str
    """Zone name to subnet ids; a token of type map(list(string))."""
    pod_subnet_id_by_zone: Mapping[str, str] | str
    """Zone name to the pod-only subnet; empty without a secondary CIDR."""
    vpc_cidr_blocks: Sequence[str]
