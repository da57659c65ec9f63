"""Fields of node groups: managed ones, and self-managed ones, which become managed.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/nodegroups.html
"""

from collections.abc import Mapping
from typing import Any

from modules.converting.eksctl import group_access, group_boot, group_disks, instance_selector
from modules.converting.eksctl.group_path import GROUP
from modules.converting.field import Entry, Field, Outcome, Table, by_hand, changed, decided, no_home, same, texts
from modules.settings import Taint

EFFECTS = {"NoSchedule": "NO_SCHEDULE", "NoExecute": "NO_EXECUTE", "PreferNoSchedule": "PREFER_NO_SCHEDULE"}
ONE_KIND = "a group is ON_DEMAND or SPOT; if both are wanted, a second group <name>-spot is added"
AUTOSCALER_TAG = "k8s.io/cluster-autoscaler/"


def _taints(entry: Entry) -> Outcome:
    """Taints as a list, or, in old files, as `key: value:effect`."""
    if isinstance(entry.value, Mapping):
        parts = [(key, *str(text).partition(":")[::2]) for key, text in entry.value.items()]
        listed = [{"key": key, "value": value, "effect": effect} for key, value, effect in parts]
    else:
        listed = entry.value
    if not isinstance(listed, list) or any(not isinstance(one, dict) for one in listed):
        raise ValueError("is not a list of taints; set taints by hand")
    unknown = sorted({str(one.get("effect")) for one in listed} - {*EFFECTS})
    if unknown:
        raise ValueError(f"{', '.join(unknown)} is not an effect of taints; set taints by hand")
    made = tuple(
        Taint(key=str(one.get("key", "")), value=str(one.get("value") or ""), effect=EFFECTS[str(one.get("effect"))])
        for one in listed
    )
    return Outcome("maps", "", {f"{GROUP}.taints": made})


def _tags(entry: Entry) -> Outcome:
    if not isinstance(entry.value, Mapping):
        raise ValueError("is not a mapping; set tags by hand")
    own = {key: str(value) for key, value in entry.value.items() if not key.startswith(AUTOSCALER_TAG)}
    if not own:
        return Outcome("maps", "the platform sets the tags of cluster-autoscaler itself (autoscaler_tags)")
    note = "" if len(own) == len(entry.value) else "without those of cluster-autoscaler, which autoscaler_tags sets"
    return Outcome("changed" if note else "maps", note, {f"{GROUP}.tags": own})


def _public_nodes(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "nodes are always in private subnets")
    return Outcome("changed", PRIVATE, {}, True)


PRIVATE = "nodes are always in private subnets and have no public address: they reach the internet through NAT, which costs money"


def _market(entry: Entry) -> Outcome:
    kinds = {"spot": "SPOT", "capacity-block": "CAPACITY_BLOCK"}
    name = str(entry.value)
    if name not in kinds:
        raise ValueError(f"{name} is not a known market; set capacity_type")
    return Outcome("maps", "", {f"{GROUP}.capacity_type": kinds[name]})


def _efa(entry: Entry) -> Outcome:
    return Outcome(
        "maps", "with a placement group of its own" if entry.value else "", {f"{GROUP}.efa": bool(entry.value)}
    )


def _labels(value: Any) -> Any:
    return {str(key): _text(item) for key, item in value.items()} if isinstance(value, Mapping) else value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _shared(of: str) -> Table:
    return {
        f"{of}.name": same(f"{GROUP}.name"),
        f"{of}.instanceType": same(f"{GROUP}.instance_types", lambda value: (str(value),)),
        **instance_selector.fields(of, f"{GROUP}.instance_types"),
        f"{of}.minSize": same(f"{GROUP}.min_size"),
        f"{of}.maxSize": same(f"{GROUP}.max_size"),
        f"{of}.desiredCapacity": same(f"{GROUP}.desired_size"),
        f"{of}.labels": same(f"{GROUP}.labels", _labels),
        f"{of}.taints": decided(f"{GROUP}.taints", _taints),
        f"{of}.availabilityZones": same(f"{GROUP}.zones", texts),
        f"{of}.subnets": no_home(
            "a group uses the private subnets of its zones; set zones for some of them", matters=True
        ),
        f"{of}.privateNetworking": decided("", _public_nodes),
        f"{of}.updateConfig.maxUnavailable": same(f"{GROUP}.max_unavailable"),
        f"{of}.updateConfig.maxUnavailablePercentage": same(f"{GROUP}.max_unavailable_percentage"),
        f"{of}.efaEnabled": decided(f"{GROUP}.efa", _efa),
        f"{of}.placement.*": no_home(
            "only groups with efa have a placement group, which the platform makes", matters=True
        ),
        f"{of}.capacityReservation.capacityReservationTarget.capacityReservationID": same(
            f"{GROUP}.capacity_reservation_id"
        ),
        f"{of}.capacityReservation.capacityReservationTarget.capacityReservationResourceGroupARN": no_home(
            "a group uses one reservation: capacity_reservation_id", matters=True
        ),
        f"{of}.capacityReservation.capacityReservationPreference": no_home(
            "instances without capacity_reservation_id use open reservations of the account"
        ),
        f"{of}.instanceMarketOptions.marketType": decided(f"{GROUP}.capacity_type", _market),
        f"{of}.ebsOptimized": no_home("instance types of today are optimized for EBS at no cost"),
        f"{of}.enableDetailedMonitoring": no_home("instances send metrics every 5 minutes; Prometheus has finer ones"),
        f"{of}.instanceName": no_home("nodes are named after the group"),
        f"{of}.instancePrefix": no_home("nodes are named after the group"),
        f"{of}.propagateASGTags": no_home("autoscaler_tags sets the tags that cluster-autoscaler reads"),
        f"{of}.tags": decided(f"{GROUP}.tags", _tags),
        f"{of}.outpostARN": no_home("AWS Outposts are not supported", matters=True),
        f"{of}.asgSuspendProcesses": no_home("EKS operates the Auto Scaling group of a managed group"),
        **group_boot.fields(of),
        **group_disks.fields(of),
        **group_access.fields(of),
    }


def _managed() -> Table:
    of = "managedNodeGroups[]"
    return {
        **_shared(of),
        f"{of}.instanceTypes": same(f"{GROUP}.instance_types", texts),
        f"{of}.spot": Field(
            "maps",
            f"{GROUP}.capacity_type",
            decide=lambda entry: Outcome(
                "maps", "", {f"{GROUP}.capacity_type": "SPOT" if entry.value else "ON_DEMAND"}
            ),
        ),
        f"{of}.releaseVersion": same(f"{GROUP}.ami_release_version"),
        f"{of}.launchTemplate.*": by_hand(
            "the platform makes the launch template: read yours with `aws ec2 describe-launch-template-versions` and set what it has "
            "(disk, ami_id, user_data_before_bootstrap, ssh, tags)"
        ),
        f"{of}.nodeRepairConfig.enabled": same(f"{GROUP}.node_repair", bool),
        f"{of}.nodeRepairConfig.*": no_home("EKS repairs with its own limits and waiting times"),
    }


def _self_managed() -> Table:
    of = "nodeGroups[]"
    distribution = f"{of}.instancesDistribution"
    return {
        **_shared(of),
        f"{of}.name": changed(
            f"{GROUP}.name", str, "becomes a managed node group: new nodes; drain and delete the old ones", matters=True
        ),
        f"{distribution}.instanceTypes": same(f"{GROUP}.instance_types", texts),
        f"{distribution}.onDemandBaseCapacity": Field("changed", "", ONE_KIND),
        f"{distribution}.onDemandPercentageAboveBaseCapacity": Field("changed", f"{GROUP}.capacity_type", ONE_KIND),
        f"{distribution}.maxPrice": no_home(
            "spot nodes cost the price of the day, at most that of on-demand", matters=True
        ),
        f"{distribution}.spotAllocationStrategy": no_home("EKS uses price-capacity-optimized"),
        f"{distribution}.spotInstancePools": no_home("EKS chooses pools by capacity and price"),
        f"{distribution}.capacityRebalance": no_home("EKS always rebalances spot nodes"),
        f"{of}.targetGroupARNs": no_home(
            "targets are pods and not nodes: use a TargetGroupBinding of aws-load-balancer-controller", matters=True
        ),
        f"{of}.classicLoadBalancerNames": no_home("use a Service of type LoadBalancer", matters=True),
        f"{of}.asgMetricsCollection": no_home("EKS operates the Auto Scaling group; see its metrics in CloudWatch"),
        f"{of}.cpuCredits": no_home("burstable types have unlimited credits, the default of T3 and later"),
        f"{of}.enclaveEnabled": no_home("Nitro Enclaves are not supported", matters=True),
        f"{of}.maxInstanceLifetime": no_home("replace nodes by ami_release_version or Karpenter", matters=True),
        f"{of}.localZones": no_home(
            "Local Zones are not supported; nodes are in the zones of the network", matters=True
        ),
        **group_boot.self_managed(of),
    }


FIELDS: Table = {**_managed(), **_self_managed()}
