"""The fields of `instanceSelector`: eksctl queries EC2 for all types with these properties; here the platform's table has them.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/instance-selector.html
"""

import re
from collections.abc import Mapping
from typing import Any

from modules.aws_data.instance_types import InstanceType, instance_types
from modules.converting.field import Entry, Field, Outcome, Table, decided

MOST_TYPES = 20
"""Of a managed node group. Source: https://docs.aws.amazon.com/eks/latest/APIReference/API_CreateNodegroup.html"""
ARCHITECTURES = {"amd64": "x86_64"}
FIX = "choose instance types and set instance_types"
_MIB = {"m": 1, "g": 1024, "t": 1024 * 1024}
_MEMORY = re.compile(r"(\d+(?:\.\d+)?)\s*(?:([mgt])i?b?)?", re.IGNORECASE)
_NAME = re.compile(r"(?P<family>[a-z]+(?:-[a-z]+)?)(?P<generation>\d+)(?P<variant>[^.]*)\..+")
_PREFERRED = ("m", "c", "r")
_BURSTABLE = "t"


def selected(selector: Mapping[str, Any]) -> list[str]:
    """Names of the types that match: newer generations first, general purpose before others, burstable and old ones last.

    Without `gpus` and `neuron_devices`, types with such devices are left out, which eksctl includes: nodes of one group have one
    AMI, and GPUs of other vendors have no driver there. Properties are exact, as in eksctl.

    Args:
        selector: the section of a node group.

    Raises:
        ValueError: a value is not valid, or no type matches; with what to do.
    """
    vcpus, memory = selector.get("vCPUs"), selector.get("memory")
    memory_mib = _mib(memory) if memory not in (None, "") else None
    architecture = str(selector.get("cpuArchitecture") or "x86_64")
    architecture = ARCHITECTURES.get(architecture, architecture)
    allowed, denied = (_patterns(selector.get(name)) for name in ("allow", "deny"))
    found = [
        one
        for one in instance_types().values()
        if vcpus in (None, 0, one.vcpus)
        and memory_mib in (None, one.memory_mib)
        and one.gpus == (selector.get("gpus") or 0)
        and (not one.gpus or one.accelerator == "nvidia")
        and one.neuron_devices == (selector.get("neuron_devices") or 0)
        and one.architecture == architecture
        and one.hypervisor != "bare-metal"
        and (not allowed or any(pattern.search(one.name) for pattern in allowed))
        and not any(pattern.search(one.name) for pattern in denied)
    ]
    if not found:
        raise ValueError(f"no type of the platform's table has these properties; {FIX}")
    return [one.name for one in sorted(found, key=_rank)]


def _rank(one: InstanceType) -> tuple[bool, bool, int, int, str]:
    name = _NAME.fullmatch(one.name)
    family, generation = (name["family"], int(name["generation"])) if name else ("", 0)
    preferred = _PREFERRED.index(family) if family in _PREFERRED else len(_PREFERRED)
    return one.hypervisor == "xen", family == _BURSTABLE, preferred, -generation, one.name


def _mib(memory: Any) -> int:
    read = _MEMORY.fullmatch(str(memory).strip())
    if read is None:
        raise ValueError(f"{memory} is not an amount of memory such as 4 or 4GiB; {FIX}")
    return round(float(read[1]) * _MIB[(read[2] or "g").lower()])


def _patterns(given: Any) -> list[re.Pattern[str]]:
    """Regular expressions of names, one or several."""
    try:
        return [re.compile(str(one)) for one in (given if isinstance(given, list) else [given]) if one]
    except re.error as error:
        raise ValueError(f"{given} is not a regular expression ({error}); {FIX}") from error


def fields(of: str, setting: str) -> Table:
    """Fields of the section, each of which decides about the same types.

    Args:
        of: path of the node groups.
        setting: path of their instance types.
    """

    def decide(entry: Entry) -> Outcome:
        selector = entry.of_item("instanceSelector")
        if not isinstance(selector, Mapping):
            raise ValueError(f"is not a mapping of properties; {FIX}")
        names = selected(selector)
        chosen = tuple(names[:MOST_TYPES])
        more = f", the first {MOST_TYPES} of {len(names)}" if len(names) > MOST_TYPES else ""
        note = (
            f"chosen here from the platform's table, and no longer at each run: {', '.join(chosen)}{more}; "
            "remove those that your zones do not offer"
        )
        return Outcome("changed", note, {setting: chosen}, matters=True)

    known: Field = decided(setting, decide)
    names = ("vCPUs", "memory", "gpus", "neuron_devices", "cpuArchitecture", "allow", "deny")
    return {f"{of}.instanceSelector.{name}": known for name in names}
