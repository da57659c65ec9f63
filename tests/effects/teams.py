"""What the settings of teams and of notebooks do."""

from typing import Any

from modules.settings import (
    AutoMode,
    Contributor,
    Dex,
    InClusterStore,
    Kubeflow,
    Notebooks,
    Platform,
    Queue,
    Quota,
    ServiceAccountRole,
    Services,
    Statement,
    Team,
    TeamDefaults,
    TeamPermissions,
)
from tests.documents import GONE
from tests.effects import ACCOUNT, GROUP, READY, READY_CLUSTER, Effect, Expected

READ = f"arn:aws:iam::{ACCOUNT}:policy/read"
IMAGE = "ghcr.io/example/image:v1"
TEAM = Team(name="a", owner="ada@x.org")
USUAL = Kubeflow(
    auth=Dex(users=("ada@x.org", "grace@x.org")), services=Services(artifacts=InClusterStore()), teams=(TEAM,)
)
WITH_TEAM = READY.with_changes(kubeflow=USUAL)
READER = ServiceAccountRole(namespace="a", service_account="reader", policy_arns=(READ,))
QUOTA = Quota(cpu=1, memory_gib=1, gpus=1, neuron_devices=1, storage_gib=1, pods=1)
QUEUE = Queue(cpu=1, memory_gib=1, gpus=1, neuron_devices=1)
WITH_DEVICES = READY.with_changes(
    cluster=READY_CLUSTER.with_changes(auto_mode=AutoMode())  # whose node pools may have any devices
)
CHART = "teams chart team_a"
RELEASE = "teams resource helm_release team_a"
PROFILE = f"{CHART} Profile/a spec"
HARD = f"{PROFILE} resourceQuotaSpec hard"
SHARES = f"{CHART} ClusterQueue/a spec resourceGroups"
CPU, MEMORY = f"{SHARES} 0 flavors 0 resources 0", f"{SHARES} 0 flavors 0 resources 1"
GRACE = "user-grace-x-org-clusterrole"
SPAWNER, CONTROLLER = "kubeflow values jupyter_web_app tokens", "kubeflow values notebook_controller tokens"


def team(does: dict[str, Expected], base: Team = TEAM, on: Platform = READY, **changes: Any) -> Effect:
    before = on.with_changes(kubeflow=USUAL.with_changes(teams=(base,)))
    return Effect(on.with_changes(kubeflow=USUAL.with_changes(teams=(base.with_changes(**changes),))), does, before)


def queue(does: dict[str, Expected], **changes: Any) -> Effect:
    """A change of a team's queue on a platform with Kueue."""

    def on(queue: Queue) -> Platform:
        kubeflow = USUAL.with_changes(enable=("kueue",), teams=(TEAM.with_changes(queue=queue),))
        return WITH_DEVICES.with_changes(kubeflow=kubeflow)

    return Effect(on(QUEUE.with_changes(**changes)), does, on(QUEUE))


def notebooks(does: dict[str, Expected], **changes: Any) -> Effect:
    settings = Notebooks(**changes)
    return Effect(READY.with_changes(kubeflow=USUAL.with_changes(notebooks=settings)), does, WITH_TEAM)


def images(name: str) -> dict[str, Any]:
    return {"options": [name], "value": name}


EFFECTS = (
    Effect(
        WITH_TEAM,
        {
            "Kubeflow.teams": {"teams output namespaces value": {"a": "a"}},
            "Team.owner": {f"{CHART} Namespace/a metadata annotations owner": "ada@x.org"},
        },
        READY.with_changes(kubeflow=USUAL.with_changes(teams=())),
    ),
    team(
        {
            "Team.name": {
                "teams chart team_b Namespace/b metadata name": "b",
                "teams resource helm_release team_b name": "team-b",
                "teams output namespaces value": {"b": "b"},
            }
        },
        name="b",
    ),
    team(
        {
            "Team.contributors": {f"{CHART} RoleBinding/{GRACE}-edit roleRef name": "kubeflow-edit"},
            "Contributor.user": {
                f"{CHART} AuthorizationPolicy/{GRACE}-edit spec rules 0 when 0 values": ["grace@x.org"],
            },
        },
        contributors=(Contributor(user="grace@x.org"),),
    ),
    team(
        {
            "Contributor.role": {
                f"{CHART} RoleBinding/{GRACE}-view roleRef name": "kubeflow-view",
                f"{CHART} RoleBinding/{GRACE}-edit": GONE,
            },
        },
        TEAM.with_changes(contributors=(Contributor(user="grace@x.org"),)),
        contributors=(Contributor(user="grace@x.org", role="view"),),
    ),
    team(
        {
            "Team.quota": {
                f"{HARD} requests.cpu": "4",
                f"{CHART} LimitRange/requests spec limits 0 type": "Container",
            }
        },
        quota=Quota(cpu=4),
    ),
    team(
        {
            "Quota.cpu": {f"{HARD} requests.cpu": "8"},
            "Quota.memory_gib": {f"{HARD} requests.memory": "64Gi"},
            "Quota.gpus": {f"{HARD} requests.nvidia.com/gpu": "0"},
            "Quota.neuron_devices": {f"{HARD} requests.aws.amazon.com/neuron": "2"},
            "Quota.storage_gib": {f"{HARD} requests.storage": "500Gi"},
            "Quota.pods": {f"{HARD} pods": "50"},
        },
        TEAM.with_changes(quota=QUOTA),
        WITH_DEVICES,
        quota=Quota(cpu=8, memory_gib=64, gpus=0, neuron_devices=2, storage_gib=500, pods=50),
    ),
    team(
        {
            "Team.pod_security": {
                f"{CHART} Namespace/a metadata labels": {
                    "app.kubernetes.io/part-of": "kubeflow-profile",
                    "istio-injection": "enabled",
                    "katib.kubeflow.org/metrics-collector-injection": "enabled",
                    "pipelines.kubeflow.org/enabled": "true",
                    "pod-security.kubernetes.io/enforce": "restricted",
                    "serving.kubeflow.org/inferenceservice": "enabled",
                }
            }
        },
        pod_security="restricted",
    ),
    Effect(
        WITH_DEVICES.with_changes(
            kubeflow=USUAL.with_changes(enable=("kueue",), teams=(TEAM.with_changes(queue=QUEUE),))
        ),
        {
            "Team.queue": {
                f"{CHART} LocalQueue/team spec clusterQueue": "a",
                f"{CHART} ClusterQueue/a spec cohortName": "teams",
                f"{CHART} LimitRange/requests spec limits 0 type": "Container",
            }
        },
        WITH_DEVICES.with_changes(kubeflow=USUAL.with_changes(enable=("kueue",))),
    ),
    queue(
        {
            "Queue.cpu": {f"{CPU} nominalQuota": "8"},
            "Queue.memory_gib": {f"{MEMORY} nominalQuota": "64Gi"},
            "Queue.gpus": {f"{SHARES} 1 flavors 0 resources 0 nominalQuota": "2"},
            "Queue.neuron_devices": {f"{SHARES} 2 flavors 0 resources 0 nominalQuota": "0"},
        },
        cpu=8,
        memory_gib=64,
        gpus=2,
        neuron_devices=0,
    ),
    queue({"Queue.borrows": {f"{CPU} borrowingLimit": "0"}}, borrows=False),
    queue({"Queue.lends": {f"{MEMORY} lendingLimit": "0Gi"}}, lends=False),
    queue({"Queue.covers": {f"{CHART} LocalQueue/default spec clusterQueue": "a"}}, covers="all"),
    team(
        {
            "Team.aws": {f"{PROFILE} plugins 0 spec annotateOnly": True},
            "TeamPermissions.policy_arns": {
                f"teams resource aws_iam_role_policy_attachment team_a_{ACCOUNT}_read policy_arn": READ
            },
            "TeamPermissions.statements": {
                "teams data aws_iam_policy_document team_a_rights statement 0 actions": ["s3:GetObject"]
            },
        },
        aws=TeamPermissions(
            policy_arns=(READ,), statements=(Statement(actions=("s3:GetObject",), resources=("arn:aws:s3:::data/*",)),)
        ),
    ),
    team(
        {
            "TeamPermissions.role": {
                "teams data aws_iam_role team_a name": "data",
                "teams values team_a tokens role_arn": "${data.aws_iam_role.team_a.arn}",
            }
        },
        aws=TeamPermissions(role="role/data"),
    ),
    team(
        {
            "Team.deletion_protection": {
                f"{RELEASE} lifecycle prevent_destroy": GONE,
                "teams values team_a keep": False,
            }
        },
        deletion_protection=False,
    ),
    Effect(
        WITH_TEAM.with_changes(kubeflow=USUAL.with_changes(team_defaults=TeamDefaults(isolated=False))),
        {
            "Kubeflow.team_defaults": {f"{CHART} NetworkPolicy/only-own-and-kubeflow": GONE},
            "TeamDefaults.isolated": {f"{CHART} NetworkPolicy/only-own-and-kubeflow": GONE},
        },
        WITH_TEAM,
    ),
    Effect(
        WITH_TEAM.with_changes(service_account_roles=(READER.with_changes(create_service_account=True),)),
        {
            "ServiceAccountRole.create_service_account": {
                f"{CHART} ServiceAccount/reader metadata annotations": {
                    "eks.amazonaws.com/role-arn": "@@role_arn_a_reader@@"
                },
            },
        },
        WITH_TEAM.with_changes(service_account_roles=(READER,)),
    ),
    Effect(
        READY.with_changes(
            cluster=READY_CLUSTER.with_changes(node_groups=(GROUP.with_changes(pods_use_node_role=True),)),
            kubeflow=USUAL.with_changes(services=Services(), team_defaults=TeamDefaults(aws_identity="node_role")),
        ),
        {"TeamDefaults.aws_identity": {"teams resource aws_iam_role": GONE}},
        READY.with_changes(kubeflow=USUAL.with_changes(services=Services())),
    ),
    notebooks(
        {
            "Kubeflow.notebooks": {f"{SPAWNER} jupyter_images": images(IMAGE)},
            "Notebooks.jupyter_images": {f"{SPAWNER} jupyter_images": images(IMAGE)},
            "Notebooks.code_server_images": {f"{SPAWNER} code_server_images": images(IMAGE)},
            "Notebooks.rstudio_images": {f"{SPAWNER} rstudio_images": images(IMAGE)},
            "Notebooks.custom_images": {f"{SPAWNER} custom_images": False},
            "Notebooks.devices": {f"{SPAWNER} notebook_devices": [{"limitsKey": "nvidia.com/gpu", "uiName": "NVIDIA"}]},
            "Notebooks.cpu": {f"{SPAWNER} notebook_cpu": "1.5"},
            "Notebooks.memory_gib": {f"{SPAWNER} notebook_memory": "4Gi"},
            "Notebooks.pod_defaults": {f"{SPAWNER} notebook_pod_defaults": ["artifact-store"]},
        },
        jupyter_images=(IMAGE,),
        code_server_images=(IMAGE,),
        rstudio_images=(IMAGE,),
        custom_images=False,
        devices=("nvidia",),
        cpu=1.5,
        memory_gib=4,
        pod_defaults=("artifact-store",),
    ),
    notebooks(
        {
            name: {
                f"{SPAWNER} notebook_volume": {
                    "metadata": {"name": "{notebook-name}-workspace"},
                    "spec": {
                        "accessModes": ["ReadWriteOnce"],
                        "resources": {"requests": {"storage": "20Gi"}},
                        "storageClassName": "fast",
                    },
                }
            }
            for name in ("Notebooks.workspace_gib", "Notebooks.storage_class")
        },
        workspace_gib=20,
        storage_class="fast",
    ),
    notebooks(
        {
            "Notebooks.idle_minutes": {
                f"{CONTROLLER} notebook_culling": "true",
                f"{CONTROLLER} notebook_idle_minutes": "90",
            },
            "Notebooks.idle_check_minutes": {f"{CONTROLLER} notebook_idle_check_minutes": "5"},
        },
        idle_minutes=90,
        idle_check_minutes=5,
    ),
)
