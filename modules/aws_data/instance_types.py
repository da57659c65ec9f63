"""EC2 instance types: what a node of each type holds.

`instance_types.csv` is made by `python -m modules.aws_data.update`; it is read once, at the first question. EC2 brings out
types faster than this table is made, so a type that is not `known` is a type to ask AWS about, not a wrong one.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
"""

from __future__ import annotations

import difflib
import functools
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from types import MappingProxyType
from typing import Literal, cast

Architecture = Literal["x86_64", "arm64"]
Accelerator = Literal["nvidia", "neuron"]
Hypervisor = Literal["nitro", "xen", "bare-metal"]

CSV_FILE = Path(__file__).with_name("instance_types.csv")


@dataclass(frozen=True, slots=True)
class InstanceType:
    """One EC2 instance type."""

    name: str
    vcpus: int
    max_enis: int
    """Network interfaces of the default network card, the only card whose addresses pods get."""
    ipv4_per_eni: int
    architecture: Architecture
    hypervisor: Hypervisor
    gpus: int
    """GPUs as the node counts them (`nvidia.com/gpu`); g6f types have a share of one, and that counts as 1."""
    gpu_manufacturer: str
    """Lower case, `nvidia` or another; empty without GPUs."""
    neuron_devices: int
    """AWS Trainium and Inferentia chips: what the resource `aws.amazon.com/neuron` counts."""
    max_efa_interfaces: int

    @property
    def efa(self) -> bool:
        """Whether it has an Elastic Fabric Adapter."""
        return self.max_efa_interfaces > 0

    @property
    def accelerator(self) -> Accelerator | None:
        """The AMI variant whose drivers it needs; None when the plain AMI does."""
        if self.gpu_manufacturer == "nvidia":
            return "nvidia"
        return "neuron" if self.neuron_devices else None


FIELDS = tuple(field.name for field in fields(InstanceType))


@functools.cache
def _lines() -> Mapping[str, str]:
    # No field holds a comma or a quote (update.py refuses them), so only the rows asked for are taken apart: 0.4 ms for
    # the file, against 2.7 ms for csv.DictReader over all rows.
    lines = CSV_FILE.read_text(encoding="utf-8").splitlines()[1:]
    return {line.partition(",")[0]: line for line in lines}


@functools.cache
def instance_types() -> Mapping[str, InstanceType]:
    """All types of the table, by name."""
    return MappingProxyType({name: instance_type(name) for name in _lines()})


def known(name: str) -> bool:
    """Whether the table has the type. One that it lacks may be newer than the table."""
    return name in _lines()


@functools.cache
def instance_type(name: str) -> InstanceType:
    """The facts of one type, by its API name such as `m7i.xlarge`.

    Raises:
        ValueError: the table lacks it; the text names the nearest ones. Ask `known` first where new types may come.
    """
    line = _lines().get(name)
    if line is None:
        near = difflib.get_close_matches(name, _lines(), n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "see https://aws.amazon.com/ec2/instance-types/."
        raise ValueError(
            f"instance type {name!r}: not in the table of {len(_lines())} types; {hint} "
            "A type newer than the table is added by: python -m modules.aws_data.update --from-account <region>"
        )
    row = dict(zip(FIELDS, line.split(","), strict=True))

    def number(field: str) -> int:
        return int(row[field] or 0)

    return InstanceType(
        name=name,
        vcpus=number("vcpus"),
        max_enis=number("max_enis"),
        ipv4_per_eni=number("ipv4_per_eni"),
        architecture=cast("Architecture", row["architecture"]),
        hypervisor=cast("Hypervisor", row["hypervisor"]),
        gpus=number("gpus"),
        gpu_manufacturer=row["gpu_manufacturer"],
        neuron_devices=number("neuron_devices"),
        max_efa_interfaces=number("max_efa_interfaces"),
    )
