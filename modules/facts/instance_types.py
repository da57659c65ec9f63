"""EC2 instance types: what a node of each type holds.

`instance_types.csv` is made by `python -m modules.facts.update`; it is read once, at the first question. EC2 brings out
types faster than this table is made, so a type that is not `known` is a type to ask AWS about, not a wrong one.

Source: https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_InstanceTypeInfo.html
"""

from __future__ import annotations

import csv
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
    memory_mib: int
    max_enis: int
    """Network interfaces of the default network card, the only card whose addresses pods get."""
    ipv4_per_eni: int
    architecture: Architecture
    hypervisor: Hypervisor
    gpus: int
    """Whole GPUs; 0 also for a share of one (see `gpu_memory_mib`)."""
    gpu_manufacturer: str
    """Lower case, `nvidia` or another; empty without GPUs."""
    gpu_memory_mib: int
    """Of all GPUs together."""
    neuron_devices: int
    """AWS Trainium and Inferentia chips: what the resource `aws.amazon.com/neuron` counts."""
    neuron_cores: int
    max_efa_interfaces: int
    instance_storage_gb: int
    """Local disks together, GB (10^9 bytes); 0 when there are none."""

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
_TEXT = frozenset({"name", "architecture", "hypervisor", "gpu_manufacturer"})


@functools.cache
def _rows() -> Mapping[str, dict[str, str]]:
    with CSV_FILE.open(encoding="utf-8", newline="") as stream:
        return {row["name"]: row for row in csv.DictReader(stream)}


@functools.cache
def instance_types() -> Mapping[str, InstanceType]:
    """All types of the table, by name."""
    return MappingProxyType({name: instance_type(name) for name in _rows()})


def known(name: str) -> bool:
    """Whether the table has the type. One that it lacks may be newer than the table."""
    return name in _rows()


@functools.cache
def instance_type(name: str) -> InstanceType:
    """The facts of one type, by its API name such as `m7i.xlarge`.

    Raises:
        ValueError: the table lacks it; the text names the nearest ones. Ask `known` first where new types may come.
    """
    row = _rows().get(name)
    if row is None:
        near = difflib.get_close_matches(name, _rows(), n=3, cutoff=0.6)
        hint = f"did you mean {', '.join(near)}?" if near else "see https://aws.amazon.com/ec2/instance-types/"
        raise ValueError(
            f"instance type {name!r}: not in the table of {len(_rows())} types; {hint} "
            "A newer type is added by: python -m modules.facts.update --from-account <region>"
        )
    return cast(
        "InstanceType",
        InstanceType(**{key: value if key in _TEXT else int(value or 0) for key, value in row.items()}),  # type: ignore[arg-type]
    )
