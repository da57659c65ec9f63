"""What the network hands to the stacks that stand on it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class NetworkOutputs:
    """A network as later stacks see it; every value is a token, known at apply."""

    vpc_id: str
    private_subnet_ids: Sequence[str]
    public_subnet_ids: Sequence[str]
    private_subnet_ids_by_zone: Mapping[str, Sequence[str]] | str
    """Zone name to subnet ids; a token of type map(list(string))."""
    pod_subnet_id_by_zone: Mapping[str, str] | str
    """Zone name to the subnet that only pods use; empty without a secondary CIDR."""
    vpc_cidr_blocks: Sequence[str]
