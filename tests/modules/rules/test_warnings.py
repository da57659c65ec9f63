"""What is allowed and still printed at each synth."""

from datetime import date
from typing import Any

import pytest

from modules.kubeflow.ends import of_platform
from modules.rules import problems, warnings_of
from modules.settings import (
    FULLY_PRIVATE_ENDPOINTS,
    Addon,
    Addons,
    AuroraMysql,
    AutoMode,
    Backup,
    BackupCopy,
    BackupLock,
    BucketVolumes,
    Cognito,
    Dex,
    Efs,
    ExistingCluster,
    ExistingDatabase,
    Kubeflow,
    LoadBalancer,
    Network,
    NodeGroup,
    NodePool,
    Oidc,
    OtherAddon,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    Quota,
    RdsMysql,
    Repositories,
    Services,
    State,
    Team,
    TeamDefaults,
    VpcCni,
)
from modules.settings.component import Component, HelmChart
from modules.settings.database import AnyDatabase
from tests.effects import auth
from tests.modules.rules.rows import match
from tests.modules.settings.valid import (
    COPIED,
    READ,
    cluster,
    existing_network,
    group,
    on_cluster,
    on_kubeflow,
    platform,
)

DATABASE_SECRET = "arn:aws:secretsmanager:us-west-2:111122223333:secret:mysql-a1B2c3"
GPUS = NodeGroup(
    name="gpus",
    instance_types=("g5.xlarge",),
    accelerator="nvidia",
    min_size=0,
    desired_size=0,
    max_size=2,
    node_repair=False,
)
LONG_BEFORE = date(2026, 1, 15)


@pytest.fixture(autouse=True)
def _without_rows_of_components(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ends of what is installed in the cluster have tests of their own (test_ends.py): dates pass by themselves."""
    monkeypatch.setattr(of_platform, "ENDS", ())


def of_user(name: str) -> ProgramDatabase:
    """A server of one program."""
    server = ExistingDatabase(host="old.corp.org", username=name, password_secret_arn=DATABASE_SECRET)
    return ProgramDatabase(server=server)


def with_database(database: AnyDatabase, programs: ProgramDatabases | None = None, **kubeflow: Any) -> Platform:
    """On an existing cluster, whose version is not warned of."""
    services = Services(database=database, program_databases=programs or ProgramDatabases())
    chosen = Kubeflow(auth=Dex(users=("ada@example.company",)), services=services, **kubeflow)
    return platform(network=None, cluster=ExistingCluster(name="shared", network_policies="other"), kubeflow=chosen)


def with_exposure(**exposure: Any) -> Platform:
    """Behind a load balancer."""
    certificate = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"
    way = LoadBalancer(host="kubeflow.example.company", certificate_arn=certificate, **exposure)
    return on_kubeflow(auth=Dex(users=("ada@example.company",)), exposure=way)


def with_team(*, isolated: bool = True, auto_mode: AutoMode | None = None, **addons: Any) -> Platform:
    """A team that is kept apart from others, or not."""
    made = on_kubeflow(
        auth=Dex(users=("ada@example.company",)),
        teams=(Team(name="team-a", owner="ada@example.company"),),
        team_defaults=TeamDefaults(isolated=isolated),
    )
    return made.with_changes(cluster=cluster(addons=Addons(**addons), auto_mode=auto_mode))


def on_plugin() -> Platform:
    """With a chart that may be a device plugin."""
    plugin = Component("my-gpu-plugin", "kube-system", HelmChart("https://charts.example.com", "plugin", "1.0.0"))
    return on_kubeflow(auth=Dex(users=("ada@example.company",)), extra_components=(plugin,))


ROWS: dict[str, tuple[Platform, date | None, *tuple[str, ...]]] = {
    "nothing": (platform(), LONG_BEFORE),
    "a_cluster_of_others": (platform(network=None, cluster=ExistingCluster(name="shared")), LONG_BEFORE),
    "standard_support_ends_in_61_days": (platform(), date(2027, 1, 25)),
    "standard_support_ends_in_60_days": (
        platform(),
        date(2027, 1, 26),
        "cluster.kubernetes_version: times",
    ),
    "standard_support_ends_tomorrow": (
        on_cluster(support_type="STANDARD"),
        date(2027, 3, 26),
        "cluster.kubernetes_version: upgrades",
    ),
    "standard_support_is_over": (
        platform(),
        date(2027, 3, 27),
        "cluster.kubernetes_version: times",
    ),
    "all_support_is_over": (
        platform(),
        date(2028, 3, 27),
        "cluster.kubernetes_version: 2028-03-27",
    ),
    "values_that_the_chart_does_not_have": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)),
            values={
                "aws-load-balancer-controller": {"replicaCont": 3, "resources": {"limits": {"cpu": 1}}},
                "cluster-autoscaler": {"global": {"x": 1}, "rbac": {"unheard": 1}},
            },
        ),
        LONG_BEFORE,
        "kubeflow.values[aws-load-balancer-controller]: does not have replicaCont",
        "kubeflow.values[cluster-autoscaler]: does not have rbac.unheard",
    ),
    "an_operating_system_without_amis": (
        on_cluster(kubernetes_version="1.32", node_groups=(group(ami_family="AL2"),)),
        LONG_BEFORE,
        "cluster.node_groups: 2025-11-26",
    ),
    "documentation_range": (
        on_cluster(public_access_cidrs=("203.0.113.0/24",), private_access_cidrs=("192.0.2.128/25",)),
        LONG_BEFORE,
        "cluster: 203.0.113.0/24",
        "cluster: 192.0.2.128/25",
    ),
    "documentation_address": (
        on_kubeflow(auth=Dex(users=("ada@Team.example.ORG",))),
        LONG_BEFORE,
        "kubeflow.auth: Team.example.ORG",
    ),
    "documentation_host": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)),
            exposure=LoadBalancer(
                host="kubeflow.example.net",
                allowed_cidrs=("198.51.100.0/24",),
                certificate_arn="arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012",
            ),
        ),
        LONG_BEFORE,
        "kubeflow.exposure: 198.51.100.0/24",
        "kubeflow.exposure.host: kubeflow.example.net",
    ),
    "documentation_guest": (
        on_kubeflow(auth=Cognito(domain_prefix="acme", users=("ada@example.com",))),
        LONG_BEFORE,
        "kubeflow.auth: ada@example.com",
    ),
    "documentation_address_on_a_cluster_of_others": (
        platform(
            network=None,
            cluster=ExistingCluster(name="shared", network_policies="vpc_cni_addon"),
            kubeflow=Kubeflow(auth=Dex(users=("ada@team.example",))),
        ),
        LONG_BEFORE,
        "kubeflow.auth: team.example",
    ),
    "network_policies_of_a_cluster_of_others": (
        platform(
            network=None,
            cluster=ExistingCluster(name="shared"),
            kubeflow=Kubeflow(auth=Dex(users=("ada@example.company",))),
        ),
        LONG_BEFORE,
        "cluster.network_policies: enforces",
    ),
    "rights_of_the_nodes_for_every_team": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)), team_defaults=TeamDefaults(aws_identity="node_role")
        ).with_changes(cluster=cluster(node_groups=(group(pods_use_node_role=True, role_policy_arns=(READ,)),))),
        LONG_BEFORE,
        "kubeflow.team_defaults.aws_identity: AmazonS3ReadOnlyAccess",
        "cluster: pods_use_node_role",
    ),
    "a_team_with_privileged_pods": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)),
            teams=(Team(name="team-a", owner="ada@example.company", pod_security="privileged"),),
        ),
        LONG_BEFORE,
        "kubeflow.teams[0].pod_security: privileged",
    ),
    "teams_that_nothing_keeps_apart": (
        with_team(vpc_cni=VpcCni(network_policy=False)),
        LONG_BEFORE,
        "kubeflow.team_defaults.isolated: enforce",
    ),
    "teams_on_auto_mode": (
        with_team(auto_mode=AutoMode()),
        LONG_BEFORE,
        "kubeflow.team_defaults.isolated: amazon-vpc-cni",
    ),
    "karpenter_next_to_auto_mode": (
        on_kubeflow(auth=Dex(users=("ada@example.company",)), enable=("karpenter-crds", "karpenter")).with_changes(
            cluster=cluster(auto_mode=AutoMode())
        ),
        LONG_BEFORE,
        "kubeflow.enable: karpenter-crds",
    ),
    "volumes_of_a_driver_that_is_not_known": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)), services=Services(bucket_volumes=BucketVolumes())
        ).with_changes(cluster=ExistingCluster(name="shared", network_policies="other"), network=None),
        LONG_BEFORE,
        "kubeflow.services.bucket_volumes: aws-mountpoint-s3-csi-driver",
    ),
    "teams_that_need_not_be_apart": (with_team(isolated=False, vpc_cni=VpcCni(network_policy=False)), LONG_BEFORE),
    "teams_apart": (with_team(), LONG_BEFORE),
    "an_address_of_somebody": (on_kubeflow(auth=Dex(users=("ada@example.company",))), LONG_BEFORE),
    "accounts_for_everybody": (
        on_kubeflow(auth=Cognito(domain_prefix="team", self_sign_up=True)),
        LONG_BEFORE,
        "kubeflow.auth: self_sign_up",
    ),
    "an_issuer_that_may_not_be_reached": (
        on_kubeflow(
            auth=Oidc(issuer="https://login.example.company", client_id="kubeflow"), services=COPIED
        ).with_changes(
            network=Network(
                nat="none", interface_endpoints=(*FULLY_PRIVATE_ENDPOINTS, "ec2messages", "ssm", "ssmmessages")
            )
        ),
        LONG_BEFORE,
        "kubeflow.auth: https://login.example.company",
        "kubeflow: kubernetes.github.io",
    ),
    "a_chart_of_yours_beside_a_mirror": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",)),
            services=COPIED,
            extra_components=(
                Component("portal", "portal", HelmChart("https://charts.example.com", "portal-chart", "1.2.3")),
            ),
        ),
        LONG_BEFORE,
        "kubeflow.extra_components[0]: portal-chart",
    ),
    "connectors_and_karpenter_in_a_network_whose_ways_are_not_known": (
        on_kubeflow(
            auth=Dex(users=("ada@example.company",), connectors=(auth.GITHUB,)),
            services=Services(repositories=Repositories(mirror="copies")),
            enable=("karpenter-crds", "karpenter", "karpenter-node-pools"),
            node_pools=(NodePool(name="general"),),
            disable=("cluster-autoscaler",),
        ).with_changes(network=existing_network(internet_route=False)),
        LONG_BEFORE,
        "kubeflow.enable: karpenter",
        "kubeflow.auth.connectors: connector",
        "kubeflow: public.ecr.aws",
    ),
    "open_to_everybody": (
        on_cluster(public_access_cidrs=("0.0.0.0/0",), public_access_from_anywhere=True),
        LONG_BEFORE,
        "cluster: public_access_from_anywhere",
    ),
    "one_stack_with_a_token": (
        on_kubeflow(auth=Dex(users=("ada@example.company",)), provider_auth="token", split=False),
        LONG_BEFORE,
        "kubeflow.split: minutes",
    ),
    "runners_whose_addresses_nobody_knows": (
        on_kubeflow(auth=Dex(users=("ada@example.company",))).with_changes(
            runner="hcp_remote",
            state=State.hcp(organization="example"),
            cluster=cluster(public_access_cidrs=("8.8.8.0/24",)),
        ),
        LONG_BEFORE,
        "runner: runners",
    ),
    "pods_use_the_nodes_role": (
        on_cluster(node_groups=(group(pods_use_node_role=True),)),
        LONG_BEFORE,
        "cluster: pods_use_node_role",
    ),
    "standard_support_of_the_database_ends_in_61_days": (with_database(RdsMysql()), date(2029, 5, 31)),
    "standard_support_of_the_database_ends": (
        with_database(AuroraMysql()),
        date(2028, 4, 29),
        "kubeflow.services.database.engine_version: MySQL 8.0 leaves standard support",
    ),
    "standard_support_of_the_database_is_over": (
        with_database(RdsMysql(engine_version="8.0")),
        date(2026, 8, 1),
        "kubeflow.services.database.engine_version: 2026-07-31",
    ),
    "a_database_that_nothing_uses": (
        with_database(RdsMysql(engine_version="8.0"), disable=("katib", "model-registry", "pipelines")),
        date(2026, 8, 1),
    ),
    "the_key_of_the_last_snapshot_goes": (
        with_database(RdsMysql()).with_changes(deletion_protection=False),
        LONG_BEFORE,
        "kubeflow.services.database.final_snapshot: encrypted",
    ),
    "programs_share_the_user_of_an_existing_database": (
        with_database(ExistingDatabase(host="db.corp.org", username="kf", password_secret_arn=DATABASE_SECRET)),
        LONG_BEFORE,
        "kubeflow.services.database: model-registry",
    ),
    "programs_with_a_user_of_their_own_each": (
        with_database(
            ExistingDatabase(host="db.corp.org", username="kf", password_secret_arn=DATABASE_SECRET),
            ProgramDatabases(
                katib=of_user("katib"),
                model_registry=of_user("models"),
            ),
        ),
        LONG_BEFORE,
    ),
    "two_programs_share_the_user_of_their_server": (
        with_database(
            RdsMysql(),
            ProgramDatabases(
                katib=of_user("both"),
                model_registry=of_user("both"),
            ),
        ),
        LONG_BEFORE,
        "kubeflow.services.program_databases: katib, model-registry share the user both",
    ),
    "backups_without_an_existing_server": (
        with_database(RdsMysql(), ProgramDatabases(katib=of_user("katib"))).with_changes(backup=Backup(volumes=False)),
        LONG_BEFORE,
        "backup.database: katib are on existing servers",
    ),
    "server_of_the_documentation": (
        with_database(
            RdsMysql(),
            ProgramDatabases(
                katib=ProgramDatabase(
                    server=ExistingDatabase(
                        host="mysql.example.com", username="katib", password_secret_arn=DATABASE_SECRET
                    )
                )
            ),
        ),
        LONG_BEFORE,
        "kubeflow.services.program_databases.katib.server.host: documentation",
    ),
    "everybody_may_come": (
        with_exposure(scheme="internet-facing", allowed_cidrs=("0.0.0.0/0",), from_anywhere=True),
        LONG_BEFORE,
        "kubeflow.exposure: from_anywhere",
    ),
    "nobody_may_come": (
        with_exposure(allowed_cidrs=("203.0.113.0/24",)),
        LONG_BEFORE,
        "kubeflow.exposure: 203.0.113.0/24",
    ),
    "session_manager_has_no_way": (
        platform(network=Network(nat="none", interface_endpoints=(*FULLY_PRIVATE_ENDPOINTS, "ssm"))),
        LONG_BEFORE,
        "network.interface_endpoints: ec2messages",
    ),
    "gpus_from_zero_in_several_zones": (
        on_kubeflow(auth=Dex(users=("ada@example.company",)), enable=("nvidia-device-plugin",)).with_changes(
            cluster=cluster(node_groups=(NodeGroup(name="nodes"), GPUS))
        ),
        LONG_BEFORE,
        "cluster.node_groups[1].zones: name one zone",
    ),
    "gpus_from_zero_in_one_zone": (
        on_kubeflow(auth=Dex(users=("ada@example.company",)), enable=("nvidia-device-plugin",)).with_changes(
            cluster=cluster(node_groups=(NodeGroup(name="nodes"), GPUS.with_changes(zones=("us-west-2a",))))
        ),
        LONG_BEFORE,
    ),
    "broken_gpus_that_no_agent_reports": (
        on_cluster(node_groups=(group(), GPUS.with_changes(zones=("us-west-2a",), node_repair=True))),
        LONG_BEFORE,
        "cluster.node_groups[1].node_repair: eks-node-monitoring-agent",
    ),
    "broken_gpus_that_an_agent_reports": (
        on_cluster(
            addons=Addons(others=(OtherAddon(name="eks-node-monitoring-agent"),)),
            node_groups=(group(), GPUS.with_changes(zones=("us-west-2a",), node_repair=True)),
        ),
        LONG_BEFORE,
    ),
    "a_gpu_plugin_of_your_own": (
        on_plugin().with_changes(cluster=cluster(node_groups=(group(), GPUS.with_changes(zones=("us-west-2a",))))),
        LONG_BEFORE,
        "cluster.node_groups[1]: my-gpu-plugin is not verified",
    ),
    "gpus_that_the_existing_cluster_may_have": (
        with_database(RdsMysql(), teams=(Team(name="vision", owner="ada@example.company", quota=Quota(gpus=1)),)),
        LONG_BEFORE,
        "kubeflow.teams[0].quota.gpus: verify",
    ),
    "pools_on_an_existing_cluster": (
        with_database(
            RdsMysql(),
            enable=("karpenter-crds", "karpenter", "karpenter-node-pools"),
            disable=("cluster-autoscaler",),
            node_pools=(NodePool(name="gpus", instance_categories=("p",)),),
        ),
        LONG_BEFORE,
        "kubeflow.node_pools[0]: the existing cluster is not verified",
    ),
    "node_pools_of_your_own": (
        on_plugin().with_changes(cluster=cluster(node_groups=(), auto_mode=AutoMode(node_pools=()))),
        LONG_BEFORE,
        "cluster.auto_mode.node_pools: verify",
    ),
    "notebooks_without_a_driver_for_volumes": (
        on_kubeflow(auth=Dex(users=("ada@example.company",))).with_changes(
            cluster=cluster(addons=Addons(aws_ebs_csi_driver=None))
        ),
        LONG_BEFORE,
        "cluster.addons.aws_ebs_csi_driver: notebooks",
    ),
    "addresses_run_out_when_full": (
        platform(
            network=Network(cidr="10.0.0.0/20"),
            cluster=cluster(node_groups=(NodeGroup(name="a", max_size=10), NodeGroup(name="b", zones=("us-west-2b",)))),
        ),
        LONG_BEFORE,
        "network.cidr: us-west-2b",
    ),
    "backups_in_the_same_account": (platform(backup=Backup()), LONG_BEFORE),
    "file_systems_are_backed_up_twice": (
        on_kubeflow(auth=Dex(users=("ada@example.company",)), services=Services(efs=Efs())).with_changes(
            cluster=cluster(addons=Addons(aws_efs_csi_driver=Addon())), backup=Backup()
        ),
        LONG_BEFORE,
        "kubeflow.services.efs.backup: twice",
    ),
    "a_lock_becomes_final": (
        platform(backup=Backup(lock=BackupLock(changeable_days=30))),
        LONG_BEFORE,
        "backup.lock.changeable_days: 30 days",
    ),
    "volumes_are_copied_to_another_account": (
        platform(
            allowed_account_ids=("111122223333",),
            backup=Backup(
                copies=(BackupCopy(vault_arn="arn:aws:backup:us-west-2:444455556666:backup-vault:copies"),),
            ),
        ),
        LONG_BEFORE,
        "backup.copies: customer managed key",
    ),
    "volumes_of_an_existing_cluster_are_backed_up": (
        platform(network=None, cluster=ExistingCluster(name="shared"), backup=Backup()),
        LONG_BEFORE,
        "backup.volumes: kubeflow-platform=prod",
    ),
}


def test_rows() -> None:
    different = []
    for row, (warned, today, *expected) in ROWS.items():
        assert list(problems(warned)) == [], row
        found = [str(line).removeprefix("prod: ") for line in warnings_of(warned, today)]
        if not match(expected, found):
            different.append(f"{row}: expected {expected}, found {found}")
    assert different == []


def test_without_a_day_it_is_today() -> None:
    assert list(warnings_of(platform())) == list(warnings_of(platform(), date.today()))
