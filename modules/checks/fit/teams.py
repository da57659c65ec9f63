"""Whether teams find room in addition to the platform: one notebook, and all teams at their quotas."""

import math
from collections.abc import Iterator, Sequence
from dataclasses import replace

from modules.checks.finding import Finding, listed
from modules.checks.fit import kinds
from modules.checks.fit.changes import fix
from modules.checks.fit.devices import GPU, NEURON
from modules.checks.fit.placement import place
from modules.checks.fit.search import kinds_of
from modules.checks.fit.supply import Supply, settle
from modules.checks.fit.workloads import Workload
from modules.kubeflow.chosen import has_component
from modules.settings import Kubeflow, Platform, Quota, Team

GIB_PER_POD = 4
"""Memory of each pod of a quota that limits memory only."""
TOLERANT = {"tolerations": [{"operator": "Exists"}]}


def teams(platform: Platform, running: Sequence[Workload], supply: Supply) -> Iterator[Finding]:
    """What of the teams does not fit, for a platform whose own pods fit.

    Args:
        platform: platform with teams and options of notebooks.
        running: pods of the platform on nodes.
        supply: nodes that there are and can be.
    """
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    if has_component(platform, "jupyter-web-app"):
        one = _notebook(kubeflow)
        if not _takes(running, one, supply):
            yield Finding(
                kinds.NOTEBOOK.id,
                kinds.NOTEBOOK.severity,
                f"a notebook with {one.cpu_millicores / 1000:g} CPU and {one.memory_mib / 1024:g} GiB stays pending",
                fix(supply, lambda changed: _takes(running, one, changed)),
            )
    pods = [one for team in kubeflow.teams for one in at_quota(team)]
    if lacking := _lacking([*running, *pods], supply) if pods else []:
        names = sorted({one.namespace for one in pods})
        cpu, memory = (sum(getattr(one, field) * (one.replicas or 0) for one in pods) for field in _REQUESTS)
        yield Finding(
            kinds.QUOTAS.id,
            kinds.QUOTAS.severity,
            f"{listed(names)} at their quotas request {cpu / 1000:g} CPU and {memory / 1024:g} GiB: "
            f"not enough {', '.join(lacking)} with the platform",
            "raise max_size or the limits of node pools, or lower quotas",
        )


def _takes(running: Sequence[Workload], one: Workload, supply: Supply) -> bool:
    return not settle([*running, one], supply).waiting


_REQUESTS = ("cpu_millicores", "memory_mib")


def _notebook(kubeflow: Kubeflow) -> Workload:
    options = kubeflow.notebooks
    cpu, memory = math.ceil(options.cpu * 1000), math.ceil(options.memory_gib * 1024)
    return Workload("team/Notebook/notebook", 1, cpu, memory, block_volumes=options.storage_class not in ("efs", "fsx"))


def unlimited_teams(platform: Platform) -> list[str]:
    """Teams whose quota does not limit both CPU and memory."""
    found = platform.kubeflow.teams if platform.kubeflow is not None else ()
    return [team.name for team in found if not _limited(team.quota)]


def _limited(quota: Quota | None) -> bool:
    return quota is not None and quota.cpu is not None and quota.memory_gib is not None


def at_quota(team: Team) -> Iterator[Workload]:
    """Pods with which a team reaches its quota: equal ones with 1 CPU or 4 GiB, as many with one device as it has devices.

    A quota without CPU and memory counts with its devices only.
    """
    quota = team.quota
    if quota is None:
        return
    cpu, memory = (quota.cpu or 0) * 1000, (quota.memory_gib or 0) * 1024
    devices = {GPU: quota.gpus or 0, NEURON: quota.neuron_devices or 0}
    count = quota.cpu or math.ceil((quota.memory_gib or 0) / GIB_PER_POD)
    count = max(min(count, quota.pods or count), sum(devices.values()))
    plain = count - sum(devices.values())
    for device, replicas in (*devices.items(), ("", plain)):
        if replicas:
            yield Workload(
                name=f"{team.name}/Quota/{device or 'pods'}",
                replicas=replicas,
                cpu_millicores=cpu // count,
                memory_mib=memory // count,
                devices={device: 1} if device else {},
                spec=TOLERANT,
            )


def _lacking(running: Sequence[Workload], supply: Supply) -> list[str]:
    """Of what all nodes that there can be have too little. With pools, only sums are compared."""
    groups = [replace(one, desired=one.most if supply.autoscaler else one.desired) for one in supply.groups]
    nodes = list(kinds_of(groups))
    counted = [(one, one.replicas) for one in running if one.replicas]
    lacking = []
    for word, wanted, offered, limits in (
        (
            "CPU",
            sum(one.cpu_millicores * pods for one, pods in counted),
            sum(one.cpu_millicores for one in nodes),
            [None if pool.cpu_limit is None else pool.cpu_limit * 1000 for pool in supply.pools],
        ),
        (
            "memory",
            sum(one.memory_mib * pods for one, pods in counted),
            sum(one.memory_mib for one in nodes),
            [pool.memory_limit_mib for pool in supply.pools],
        ),
    ):
        more = None if None in limits else sum(one or 0 for one in limits)
        if more is not None and wanted > offered + more:
            lacking.append(word)
    for device in sorted({name for one, _ in counted for name in one.devices}):
        pooled = any(of.kind.devices.get(device) for pool in supply.pools for of in pool.types)
        if not pooled and sum(one.devices.get(device, 0) * pods for one, pods in counted) > sum(
            one.devices.get(device, 0) for one in nodes
        ):
            lacking.append(device)
    if lacking or supply.pools:
        return lacking
    return sorted({what for left in place(running, nodes).pending for what, _ in left.obstacles})
