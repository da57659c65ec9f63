"""Quickstart: the cheapest platform with all of Kubeflow 26.03.1, for evaluation; without deletion protection.

Costs roughly: two t3.2xlarge (16 vCPU, 64 GiB), one NAT gateway, the EKS control plane. No RDS, no load balancer: tables and
artifacts are on volumes in the cluster, and the dashboard is accessible by port-forward. Remove it with `make destroy`.
"""

from kubeflow_aws import (
    Cluster,
    Dex,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    Network,
    NodeGroup,
    Platform,
    Services,
    Team,
    synthesize,
)

YOU = "you@example.com"

QUICKSTART = Platform(
    name="quickstart",
    region="us-west-2",
    network=Network(zones=2, flow_logs=None),
    cluster=Cluster(
        public_access_cidrs=("203.0.113.0/24",),  # your network
        admins=("role/platform-admins",),  # your role
        # `check` warns of FIT006: the databases in the cluster have volumes, and each zone has one node; it is the least that runs.
        node_groups=(
            # 73 pods with sidecars request 4.9 CPU and 11.6 GiB; the rest is for notebooks and runs.
            NodeGroup(name="general", instance_types=("t3.2xlarge",), min_size=1, desired_size=2, max_size=3),
        ),
    ),
    kubeflow=Kubeflow(
        auth=Dex(users=(YOU,)),
        services=Services(artifacts=InClusterStore(), database=InClusterDatabase(), credential_recovery_days=0),
        teams=(Team(name="team-a", owner=YOU),),
    ),
    deletion_protection=False,
)

if __name__ == "__main__":
    synthesize(QUICKSTART)
