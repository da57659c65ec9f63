"""Hypothesis strategies: any choice of components, authentication, exposure and services."""

from dataclasses import dataclass
from typing import Any

from hypothesis import strategies as st

from modules.aws_data.regions import Region
from modules.rules.devices import NVIDIA, of_group
from modules.settings import (
    ArtifactBucket,
    AuroraMysql,
    AutoMode,
    Cluster,
    Cognito,
    CognitoGroup,
    Contributor,
    Dex,
    Efs,
    ExistingCluster,
    ExistingDatabase,
    ExistingLoadBalancer,
    ExistingNetwork,
    ExistingZone,
    FsxLustre,
    HostedZone,
    InClusterDatabase,
    InClusterStore,
    KnativeDomain,
    Kubeflow,
    LoadBalancer,
    ManagedPrometheus,
    Network,
    NoAuth,
    NodePool,
    Notebooks,
    Oidc,
    PortForward,
    PullThrough,
    Quota,
    RdsMysql,
    Repositories,
    Services,
    Team,
    TeamDefaults,
    TeamPermissions,
    Waf,
)

ACCOUNT = "111122223333"
PEOPLE = ("ada@team.example.com", "grace@team.example.com")
ZONE = "Z0123456789ABCDEFGHIJ"
OPTIONAL = ("training-operator", "mpi-operator", "kuberay", "seldon-core", "jupyterhub", "aws-for-fluent-bit")
"""Entries without dependencies."""
LEFT_OUT = (
    *("volumes-web-app", "tensorboards-web-app", "spark-operator", "trainer"),
    *("katib", "kserve-models-web-app", "cluster-autoscaler"),
)
"""Default entries that nothing else needs."""


@dataclass(frozen=True)
class Place:
    """Where it is installed.

    Args:
        where: name of the region.
        region: facts of the region.
        network: of the platform; None on an existing cluster.
        cluster: of the platform.
    """

    where: str
    region: Region
    network: Network | ExistingNetwork | None
    cluster: Cluster | ExistingCluster

    @property
    def internet(self) -> bool:
        """Whether pods reach the internet."""
        found = self.network
        return not (
            (isinstance(found, Network) and found.nat == "none")
            or (isinstance(found, ExistingNetwork) and not found.internet_route)
        )

    @property
    def public(self) -> bool:
        """Whether there are public subnets in two zones."""
        found = self.network
        if isinstance(found, Network):
            return not found.fully_private
        return found is not None and len(found.public_subnet_ids) > 1

    @property
    def zone(self) -> str | None:
        """A zone of the network; None where the network is not made here."""
        if not isinstance(self.network, Network):
            return None
        zones = self.network.zones
        return self.region.zones[0] if isinstance(zones, int) else sorted(zones)[0]

    def arn(self, rest: str) -> str:
        """An ARN of the region and the account: `<service>` is in `rest`, with `{}` for region and account."""
        return f"arn:{self.region.partition}:" + rest.format(f"{self.where}:{ACCOUNT}")

    def mounts(self, driver: str) -> bool:
        """Whether an add-on is in the cluster."""
        return isinstance(self.cluster, Cluster) and getattr(self.cluster.addons, driver) is not None


@st.composite
def signing_in(draw: st.DrawFn, place: Place) -> Any:
    """Any way to sign in; from the internet where pods reach it, and Cognito where AWS has it."""
    ways: list[Any] = [Dex(users=PEOPLE[:1]), Dex(users=PEOPLE), NoAuth(user=PEOPLE[0])]
    if place.internet:
        secret = place.arn("secretsmanager:{}:secret:login-a1B2c3")
        ways.append(
            Oidc(issuer="https://login.example.net/realms/team", client_id="kubeflow", client_secret_arn=secret)
        )
    if place.internet and place.region.partition == "aws":
        ways.append(
            Cognito(domain_prefix="team-kubeflow", users=PEOPLE, groups=(CognitoGroup(name="ml", users=PEOPLE[:1]),))
        )
    return draw(st.sampled_from(ways))


@st.composite
def services(draw: st.DrawFn, place: Place, metrics: bool) -> Services:
    """Any storage, database and delivery of credentials.

    Args:
        draw: of Hypothesis.
        place: where it is installed.
        metrics: whether kube-prometheus-stack is installed.
    """
    database = ExistingDatabase(
        host="tables.example.net",
        username="platform",
        password_secret_arn=place.arn("secretsmanager:{}:secret:tables-a1B2c3"),
        security_group_id="sg-0123456789abcdef0",
    )
    chosen: dict[str, Any] = {
        "artifacts": draw(st.sampled_from((ArtifactBucket(), InClusterStore()))),
        "database": draw(
            st.sampled_from((RdsMysql(), RdsMysql(multi_az=True), AuroraMysql(), InClusterDatabase(), database))
        ),
        "credential_recovery_days": draw(st.sampled_from((0, 7, 30))),
    }
    if not isinstance(chosen["artifacts"], InClusterStore) and not isinstance(chosen["database"], InClusterDatabase):
        chosen["credentials_version"] = draw(st.integers(1, 3))  # what runs in the cluster keeps its first password
    if not place.internet:
        chosen["repositories"] = Repositories(mirror="copies")
        return Services(**chosen)
    chosen["credential_delivery"] = draw(st.sampled_from(("terraform", "csi")))
    if draw(st.booleans()):
        pull_through = draw(st.sampled_from(((), (PullThrough(registry="public.ecr.aws"),))))
        chosen["repositories"] = Repositories(names=("notebooks", "trainer/gpu"), pull_through=pull_through)
    if place.mounts("aws_efs_csi_driver") and draw(st.booleans()):
        chosen["efs"] = Efs()
    if place.zone is not None and place.mounts("aws_fsx_csi_driver") and draw(st.booleans()):
        chosen["fsx"] = FsxLustre(zone=place.zone)
    if metrics and place.region.partition == "aws" and draw(st.booleans()):
        chosen["metrics"] = ManagedPrometheus()
    return Services(**chosen)


@st.composite
def exposures(draw: st.DrawFn, place: Place) -> Any:
    """A load balancer made here or an existing one, or none."""
    host = "kubeflow.team.example.net"
    zones = (ExistingZone(zone_id=ZONE), HostedZone(name="team.example.net"))
    return draw(
        st.builds(PortForward)
        | st.builds(
            LoadBalancer,
            host=st.just(host),
            allowed_cidrs=st.just(("10.0.0.0/8",)),
            scheme=st.sampled_from(("internal", "internet-facing") if place.public else ("internal",)),
            zone=st.sampled_from(zones),
            waf=st.sampled_from((None, Waf())),
        )
        | st.builds(
            ExistingLoadBalancer,
            host=st.just(host),
            listener_arn=st.just(
                place.arn("elasticloadbalancing:{}:listener/app/edge/0123456789abcdef/0123456789abcdef")
            ),
            security_group_id=st.just("sg-0123456789abcdef0"),
            zone=st.sampled_from(zones[:1]),
        )
    )


@st.composite
def teams(draw: st.DrawFn, partition: str, gpus: bool) -> tuple[Team, ...]:
    """Up to three teams, with a quota of GPUs where nodes have them."""
    names = draw(st.lists(st.sampled_from(("vision", "speech", "team-a")), max_size=3, unique=True))
    policy = f"arn:{partition}:iam::{ACCOUNT}:policy/team/data"
    return tuple(
        Team(
            name=name,
            owner=PEOPLE[0],
            deletion_protection=draw(st.booleans()),
            contributors=draw(st.sampled_from(((), (Contributor(user=PEOPLE[1], role="view"),)))),
            quota=draw(st.sampled_from((None, Quota(cpu=8, memory_gib=32), Quota(gpus=2 if gpus else 0, pods=50)))),
            **draw(st.sampled_from(({}, {"aws": TeamPermissions(policy_arns=(policy,))}))),
        )
        for name in names
    )


@st.composite
def kubeflows(draw: st.DrawFn, place: Place) -> Kubeflow:
    """Any Kubeflow that fits a place."""
    auth = draw(signing_in(place))
    enable = draw(st.lists(st.sampled_from(OPTIONAL), unique=True))
    cluster = place.cluster
    karpenter = place.internet and isinstance(cluster, Cluster) and cluster.auto_mode is None and draw(st.booleans())
    disable = draw(st.lists(st.sampled_from(LEFT_OUT), unique=True))
    more: dict[str, Any] = {}
    if karpenter:
        enable += ["karpenter-crds", "karpenter", "karpenter-node-pools"]
        disable = [*{*disable, "cluster-autoscaler"}]
        more["node_pools"] = (NodePool(name="general"), NodePool(name="gpus", instance_categories=("g",)))
    if place.internet and draw(st.booleans()):
        enable.append("external-dns")
        more["dns_zone_ids"] = (ZONE,)
    if draw(st.booleans()):
        enable.append("kube-prometheus-stack")
    groups = cluster.node_groups if isinstance(cluster, Cluster) else ()
    if not karpenter and groups and groups[0].desired_size == 1:
        disable = [*{*disable} - {"cluster-autoscaler"}]
    devices = {device.name: device for group in groups for device in of_group(group)}
    devices |= {NVIDIA.name: NVIDIA} if karpenter else {}
    enable += [device.plugins[0] for device in devices.values()]
    authenticates = not isinstance(auth, NoAuth)
    exposure = draw(exposures(place)) if authenticates else PortForward()
    if draw(st.booleans()):
        more["knative_domain"] = KnativeDomain(name="models.team.example.net")
    return Kubeflow(
        auth=auth,
        exposure=exposure,
        machine_tokens=authenticates and place.internet and draw(st.booleans()),
        services=draw(services(place, "kube-prometheus-stack" in enable)),
        teams=draw(teams(place.region.partition, NVIDIA.name in devices)),
        team_defaults=TeamDefaults(isolated=draw(st.booleans())),
        notebooks=draw(st.sampled_from((Notebooks(), Notebooks(idle_minutes=120), Notebooks(cpu=2, memory_gib=4)))),
        enable=tuple(enable),
        disable=tuple(disable),
        service_account_auth=_accounts(cluster, draw(st.booleans())),
        split=draw(st.sampled_from((None, True, False))),
        pod_log_retention_days=draw(st.sampled_from((30, 365))) if "aws-for-fluent-bit" in enable else 365,
        **more,
    )


def _accounts(cluster: Cluster | ExistingCluster, irsa: bool) -> str:
    on_fargate = isinstance(cluster, Cluster) and bool(cluster.fargate_profiles)
    return "irsa" if on_fargate or irsa else "pod_identity"


def runs_pods(cluster: Cluster | ExistingCluster) -> bool:
    """Whether the pods of any component find a node, cluster DNS and volumes."""
    if isinstance(cluster, ExistingCluster):
        return True
    auto: AutoMode | None = cluster.auto_mode
    if cluster.node_groups:
        return cluster.addons.coredns is not None and cluster.addons.aws_ebs_csi_driver is not None
    return auto is not None and "general-purpose" in auto.node_pools
