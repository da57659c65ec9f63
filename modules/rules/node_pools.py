"""Rules about Karpenter's node pools."""

from collections.abc import Iterator

from modules.aws_data.instance_types import instance_types
from modules.aws_data.regions import REGIONS, region
from modules.cluster.user_data.formats import MOST_BYTES, mime, part
from modules.cluster.user_data.node_group import own_settings
from modules.rules.node_groups import images_of_snapshot
from modules.rules.pasted_secrets import is_secret
from modules.rules.rule import Problem, each_once, of_each, rule, unique_names
from modules.rules.user_data import ASSIGNMENT
from modules.settings.kubeflow import Kubeflow
from modules.settings.network import Network
from modules.settings.node_pool import DisruptionBudget, NodePool
from modules.settings.platform import Platform
from modules.settings.types import LABEL_KEY, LABEL_VALUE

LABEL_FORM = "use up to 63 letters, digits, - _ and . that begin and end with a letter or digit; the key can have a domain and / before it"
ARCHITECTURES = {"amd64": "x86_64", "arm64": "arm64"}
MOST_BUDGETS, MOST_RESERVATIONS = 50, 30
KARPENTER_BYTES = 3 * 1024
"""Reserved for the part that Karpenter adds: details of the cluster, labels and taints."""


@rule(Kubeflow)
def names_of_pools(kubeflow: Kubeflow) -> Iterator[Problem]:
    """Names of node pools are unique."""
    yield from unique_names("node_pools", kubeflow.node_pools)


@rule(NodePool)
def labels_of_pool(pool: NodePool) -> Iterator[Problem]:
    """Labels that the API server and Karpenter accept."""
    for key, value in sorted(pool.labels.items()):
        if not LABEL_KEY.fullmatch(key) or (value and not LABEL_VALUE.fullmatch(value)):
            yield f"labels[{key}]", f"{key!r}: {value!r} is not a valid label", LABEL_FORM
        elif is_restricted(key):
            yield f"labels[{key}]", f"Karpenter does not accept labels such as {key}", "use a key of your own domain"


@rule(NodePool)
def taints_of_pool(pool: NodePool) -> Iterator[Problem]:
    """Taints that Karpenter accepts, each once."""
    for index, taint in enumerate(pool.taints):
        if not LABEL_KEY.fullmatch(taint.key) or (taint.value and not LABEL_VALUE.fullmatch(taint.value)):
            yield f"taints[{index}]", f"{taint.key!r}: {taint.value!r} is not a valid taint", LABEL_FORM
        elif taint.key.startswith("karpenter.sh/"):
            yield f"taints[{index}]", f"Karpenter sets {taint.key} by itself", "use a key of your own domain"
    yield from each_once("taints", (f"{taint.key}:{taint.effect}" for taint in pool.taints))


def is_restricted(key: str) -> bool:
    """Whether the CRD of NodePools rejects a label, or Karpenter would overwrite it."""
    domain, slash, _ = key.rpartition("/")
    if not slash or domain.endswith(("node.kubernetes.io", "node-restriction.kubernetes.io")):
        return False
    return domain.endswith(("karpenter.sh", "karpenter.k8s.aws", "kubernetes.io", "k8s.io"))


@rule(NodePool)
def some_type_fits(pool: NodePool) -> Iterator[Problem]:
    """At least one instance type meets all requirements; a type or family that the table lacks can be a newer one."""
    types = instance_types()
    families = {name.partition(".")[0] for name in types}
    if {*pool.instance_types} - types.keys() or {*pool.instance_families} - families:
        return
    wanted = {ARCHITECTURES[one] for one in pool.architectures}
    if not any(pool.accepts(name) and facts.architecture in wanted for name, facts in types.items()):
        field = next(
            (one for one in ("instance_types", "instance_families") if getattr(pool, one)), "instance_categories"
        )
        yield (
            field,
            "no instance type meets all requirements of the pool, so Karpenter adds no node",
            "compare families, types, sizes, generation and architectures",
        )


@rule(NodePool)
def images_in_advance(pool: NodePool) -> Iterator[Problem]:
    """As of node groups."""
    yield from images_of_snapshot(pool.disk, pool.ami_family == "Bottlerocket", pool.local_disks, "Bottlerocket")


@rule(NodePool)
def named_once(pool: NodePool) -> Iterator[Problem]:
    """Each value once."""
    for field in ("instance_categories", "instance_families", "instance_types", "instance_sizes", "zones"):
        yield from each_once(field, getattr(pool, field))


@rule(NodePool)
def reserved_capacity(pool: NodePool) -> Iterator[Problem]:
    """Source: https://karpenter.sh/docs/tasks/odcrs/."""
    yield from each_once("capacity_reservation_ids", pool.capacity_reservation_ids)
    if "reserved" in pool.capacity_types and not pool.capacity_reservation_ids:
        yield (
            "capacity_reservation_ids",
            "reserved requires the reservations that Karpenter may use",
            "set their ids, or remove reserved from capacity_types",
        )
    if pool.capacity_reservation_ids and "reserved" not in pool.capacity_types:
        yield "capacity_types", "without reserved, nothing uses the reservations", 'add "reserved"'
    if len(pool.capacity_reservation_ids) > MOST_RESERVATIONS:
        yield (
            "capacity_reservation_ids",
            f"Karpenter accepts at most {MOST_RESERVATIONS} of one pool",
            "use several pools",
        )


@rule(NodePool)
def fixed_number(pool: NodePool) -> Iterator[Problem]:
    """Source: https://karpenter.sh/docs/concepts/nodepools/#specreplicas."""
    if pool.replicas is None:
        return
    for field in ("weight", "cpu_limit", "memory_limit_gib"):
        if field in pool.model_fields_set:
            yield field, "Karpenter does not accept it with a fixed number of nodes", "remove it, or replicas"


@rule(NodePool)
def placement_group(pool: NodePool) -> Iterator[Problem]:
    """A cluster placement group is in one zone."""
    if pool.efa and len(pool.zones) != 1:
        yield "zones", "a placement group is in one zone", "set exactly one zone"


@rule(NodePool)
def user_data_of_pool(pool: NodePool) -> Iterator[Problem]:
    """What cloud-init, nodeadm, Bottlerocket and the chart can read, without secrets."""
    text = pool.user_data
    if not text:
        return
    if not text.isascii() or "\r" in text:
        yield (
            "user_data",
            "has characters outside of ASCII, or line ends of Windows",
            "write it in ASCII, lines end with \\n",
        )
    if "@@" in text:
        yield "user_data", "has @@, which marks values of the platform", "write it in another way"
    for name, value in ASSIGNMENT.findall(text):
        if is_secret(name, value):
            yield (
                "user_data",
                f"{name} appears to be a secret; user data is readable on the node, in generated/ and in the cluster",
                "let the script read it from Secrets Manager",
            )
    try:
        if pool.ami_family == "Bottlerocket":
            own_settings(text)
            size = len(text)
        else:
            size = len(mime([part(text)]))
    except ValueError as error:
        yield (
            "user_data",
            str(error),
            "write settings of Bottlerocket" if pool.ami_family == "Bottlerocket" else "begin it with one of these",
        )
        return
    if size + KARPENTER_BYTES > MOST_BYTES:
        yield (
            "user_data",
            f"it has {size:,} bytes, and EC2 accepts {MOST_BYTES:,}, of which {KARPENTER_BYTES:,} are for Karpenter's part",
            "put what is large into the AMI, or download it in the script",
        )


@rule(NodePool)
def number_of_budgets(pool: NodePool) -> Iterator[Problem]:
    """Limit of the CRD of NodePools."""
    if len(pool.disruption_budgets) > MOST_BUDGETS:
        yield (
            "disruption_budgets",
            f"Karpenter accepts at most {MOST_BUDGETS}, not {len(pool.disruption_budgets)}",
            "remove some",
        )


@rule(DisruptionBudget)
def time_of_budget(budget: DisruptionBudget) -> Iterator[Problem]:
    """The CRD of NodePools requires both."""
    if (budget.schedule is None) != (budget.duration is None):
        missing = "schedule" if budget.schedule is None else "duration"
        yield missing, "schedule and duration belong together", f"set {missing}, or neither"


@rule(Platform)
def zones_of_pools(platform: Platform) -> Iterator[Problem]:
    """The network has the zones of each pool; of an existing network only the region is known."""
    if platform.kubeflow is None or platform.region not in REGIONS:
        return
    made = isinstance(platform.network, Network)
    zones = platform.zone_names() if made else region(platform.region).zones

    def check(pool: NodePool) -> Iterator[Problem]:
        for zone in sorted(set(pool.zones) - set(zones)):
            yield (
                "zones",
                f"{zone} is not a zone of {'the network' if made else platform.region}",
                f"use {', '.join(zones)}",
            )

    yield from of_each("kubeflow.node_pools", platform.kubeflow.node_pools, check)
