"""Fields of the control plane: its capacity, and settings of API server and scheduler.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""

import re
from collections.abc import Mapping

from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, same

SCORING = "cluster.scheduler_scoring"
RESOURCES = ("kubeSchedulerConfig", "nodeResourcesFit", "scoringStrategy", "resources")
PROVIDER = "requires AWS provider {} for the cluster stack"
SERVER_PROVIDER = PROVIDER.format("6.62")
_MINUTES = {"h": 60, "m": 1}


def _tier(entry: Entry) -> Outcome:
    if entry.value == "standard":
        return Outcome("maps", "is the default")
    return Outcome("maps", PROVIDER.format("6.23"), {"cluster.control_plane_tier": entry.value})


def _event_minutes(entry: Entry) -> Outcome:
    """A duration of Go in whole minutes, such as 30m or 1h."""
    text = str(entry.value)
    found = re.findall(r"(\d+)([hm])", text)
    if "".join(number + unit for number, unit in found) != re.sub(r"(?<!\d)0s$", "", text) or not found:
        raise ValueError(f"{text} is not a number of minutes such as 30m; set cluster.event_retention_minutes")
    minutes = sum(int(number) * _MINUTES[unit] for number, unit in found)
    return Outcome("maps", SERVER_PROVIDER, {"cluster.event_retention_minutes": minutes})


def _weights(entry: Entry) -> Outcome:
    """The weights of all resources, which are one setting."""
    listed = entry.document.get(*RESOURCES)
    named = [one for one in listed if isinstance(one, Mapping) and "name" in one and isinstance(one.get("weight"), int)]
    if len(named) != len(listed):
        raise ValueError("a resource has no name or no weight; set cluster.scheduler_scoring.weights")
    weights = {str(one["name"]): one["weight"] for one in named}
    return Outcome("maps", SERVER_PROVIDER, {f"{SCORING}.weights": weights})


FIELDS: Table = {
    "controlPlaneScalingConfig.tier": decided("cluster.control_plane_tier", _tier),
    "kubeAPIServerConfig.eventTTL": decided("cluster.event_retention_minutes", _event_minutes),
    "kubeAPIServerConfig.serviceNodePortRange.minPort": same("cluster.node_ports.first", note=SERVER_PROVIDER),
    "kubeAPIServerConfig.serviceNodePortRange.maxPort": same("cluster.node_ports.last", note=SERVER_PROVIDER),
    "kubeControllerManagerConfig.*": no_home(
        "the AWS provider has no settings of the controller manager", matters=True
    ),
    "kubeSchedulerConfig.nodeResourcesFit.scoringStrategy.type": same(f"{SCORING}.strategy", note=SERVER_PROVIDER),
    f"{'.'.join(RESOURCES)}[].name": Field("maps", f"{SCORING}.weights"),
    f"{'.'.join(RESOURCES)}[].weight": decided(f"{SCORING}.weights", _weights),
}
