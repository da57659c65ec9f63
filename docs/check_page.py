"""docs/check.md, from the kinds of findings and the tables of nodes and add-ons."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from docs.check_reports import REPORTS
from docs.check_texts import ACCESS, ADMISSION, COST, ENDS, IMAGES, MANIFESTS, TRAFFIC
from docs.markdown import NOTE, table
from modules.aws_data.eks_addon_pods import ADDON_PODS
from modules.aws_data.node_capacity import (
    EVICTION_MIB,
    HYPERVISOR_SHARE,
    MEMORY_RESERVED_MIB,
    MEMORY_RESERVED_PER_POD_MIB,
)
from modules.checks.access.kinds import KINDS as ACCESS_KINDS
from modules.checks.admission.kinds import KINDS as ADMISSION_KINDS
from modules.checks.admission.templates.table import ROWS
from modules.checks.cost.kinds import KINDS as COST_KINDS
from modules.checks.ends.kinds import KINDS as ENDS_KINDS
from modules.checks.finding import Kind
from modules.checks.fit.kinds import KINDS
from modules.checks.images.kinds import KINDS as IMAGES_KINDS
from modules.checks.manifest.kinds import KINDS as MANIFEST_KINDS
from modules.checks.teardown.kinds import KINDS as TEARDOWN_KINDS
from modules.checks.traffic.kinds import KINDS as TRAFFIC_KINDS

INTRODUCTION = """\
`kubeflow-aws check` answers before the first apply, offline, whether a platform will run. It reads `main.py` and the rendered
objects of Kubeflow; no AWS account is required. `--section` prints one section with its tables; [commands.md](commands.md#check) has all
options. With `--json`, CPU is in millicores and memory in MiB.

| severity | meaning | exit code |
| --- | --- | --- |
| error | the apply fails, something does not run, or access is open that must not be | 1 |
| warning | the platform runs; something can fail later, costs more, or is open wider than it must be | 0 |
| not checked | the check cannot know the result, and the platform can still have the problem | 0 |

A finding is printed as `platform: id: what is wrong; what to do`. The id is a heading on this page. Wrong options exit with 2.
"""

FIT = f"""\
All Deployments, StatefulSets and DaemonSets of the platform's components and EKS add-ons, with Istio's sidecars and init containers,
are placed on the nodes that will be there. What runs in a component, an official chart with the platform's default values among
them, is in `workloads.lock.json` ([vendoring](vendoring.md)). A pod is placed only where the scheduler would admit it: CPU, memory, number of
pods, EBS volumes and devices suffice; taints, node selector, required node affinity, pod affinity and anti-affinity, topology spread
with `DoNotSchedule` and host ports allow it. DaemonSets are placed first, then pods with such constraints, then the largest pods, each on the
first node that takes it. The scheduler spreads pods instead of filling nodes, so close to the limit pods can stay pending although a
placement exists.

| result | meaning |
| --- | --- |
| fits | all known pods have a place on `desired_size` nodes |
| fits after scaling up | all have a place on more nodes: within `max_size`, or on nodes that Karpenter or EKS Auto Mode add |
| does not fit | pods are left at `max_size` and at the limits of node pools |
| not checked | the nodes are not known, or pods are left that only your own NodePools may run |

For a platform that fits, the same is done without one node of each group, without the nodes of one zone, with one more pod of each Deployment that an
update replaces by adding one, with a notebook, at each scheduled size, and with all teams at their quotas.

What a node offers to pods:

- CPU: all vCPUs without the share that the EKS AMI reserves: 6 % of the first, 1 % of the second, 0.5 % of the next two, 0.25 % of the rest.
- Memory: that of the instance without {HYPERVISOR_SHARE:.1%} for the hypervisor (Karpenter's default for types that it has not run),
  without {MEMORY_RESERVED_MIB} MiB and {MEMORY_RESERVED_PER_POD_MIB} MiB for each pod of the reserve, and without {EVICTION_MIB} MiB where kubelet evicts. AL2023
  reserves for the pods that have an address without prefixes; other AMIs count with the greater of this and `max_pods`. The
  hypervisor's share differs by type: what exceeds the nodes by less than it may still run.
- Pods: `max_pods`, or the limit of the network interfaces.
- EBS volumes: the attachments of the type without the node's own disks and, where they share the limit, network interfaces.
- Devices: GPUs, Neuron devices and EFA interfaces of the type, if the AMI or a component has the device plugin.
- Zones: nodes of a group are spread evenly over its zones.

A group of several instance types counts as the least of each figure.

Karpenter and EKS Auto Mode add, for all pending pods that a pool admits, the smallest type that holds them, or the largest one and further nodes; a
pool ends at its limits. Prices are not known, so a cheaper and larger type may start instead. Pods that a Fargate profile selects run on Fargate: each
in the next size that Fargate offers, without DaemonSets, host network and ports, EBS volumes and devices.

Synthesis reads the same data. It refuses settings with which no scheduler could place all pods: more requests in sum than all nodes
have, even without the hypervisor's share, or pods that no node takes. What is close to the limit is found by `check` only.
"""

TEARDOWN = """\
`kubeflow-aws check --teardown` prints the plan of a teardown, from main.py and the JSON that it makes, in memory and without AWS: the stacks in
the order of their destroy with what holds data, what must be emptied by hand, what remains and until when, and what controllers and AWS
create outside of Terraform, with the tag or name by which it is recognized. It is not part of `check` without the option.
[`kubeflow-aws teardown`](day-two.md#take-a-platform-down) carries it out, and lists what it finds in AWS under the same ids.
"""


@dataclass(frozen=True)
class Part:
    """A section of the page: how it checks, and its findings."""

    title: str
    text: str
    kinds: Sequence[Kind]


def parts() -> tuple[Part, ...]:
    """One for each section of `check`, in its order."""
    return (
        Part("Fit", f"{FIT}\n{_addons()}", KINDS),
        Part("Traffic", TRAFFIC, TRAFFIC_KINDS),
        Part("Admission", ADMISSION, ADMISSION_KINDS),
        Part("Manifests", f"{MANIFESTS}\n{_kinds_with_pods()}", MANIFEST_KINDS),
        Part("Images", IMAGES, IMAGES_KINDS),
        Part("Ends", ENDS, ENDS_KINDS),
        Part("Access", ACCESS, ACCESS_KINDS),
        Part("Cost", COST, COST_KINDS),
        Part("Teardown", TEARDOWN, TEARDOWN_KINDS),
    )


def check_page() -> str:
    """How each section checks, and each finding."""
    return "\n".join(
        [
            NOTE.format(source="modules/checks/ and modules/aws_data/"),
            "# Check before the apply\n",
            INTRODUCTION,
            "## Reports\n",
            REPORTS,
            *(line for part in parts() for line in _part(part)),
        ]
    )


def _part(part: Part) -> Iterator[str]:
    yield f"## {part.title}\n"
    yield part.text
    for kind in part.kinds:
        yield f"### {kind.id}\n"
        yield f"{kind.title} ({kind.severity}). {kind.about}\n"
        if kind.fix:
            yield f"To fix: {kind.fix}.\n"


def _kinds_with_pods() -> str:
    rows = (
        (f"[{row.kind}]({row.source})", f"`{row.group}`" if row.group else "core", f"`{row.where}`", row.adds)
        for row in ROWS
    )
    return table(("kind", "group", "pods", "the operator adds"), rows)


def _addons() -> str:
    rows = (
        (
            f"`{one.addon}`",
            f"`{one.name}`",
            "each node" if one.replicas is None else str(one.replicas),
            f"{one.cpu_millicores} m",
            f"{one.memory_mib} MiB",
        )
        for found in ADDON_PODS.values()
        for one in found
    )
    return "\n".join(
        [
            "Requests of EKS add-ons with their default configuration, for each pod:\n",
            table(("add-on", "workload", "pods", "CPU", "memory"), rows),
        ]
    )
