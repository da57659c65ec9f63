"""Many teams: one platform, a hundred teams from a list, each with its own namespace, quota, AWS role and prefix of the bucket.

Costs roughly: three m6i.2xlarge for the platform, plus nodes within the teams' quotas, which the cluster autoscaler adds up to
twelve nodes. A team is one line; adding one is one release and one role in the stack `many-teams`.
"""

from kubeflow_aws import (
    Cluster,
    Contributor,
    Kubeflow,
    Network,
    NodeGroup,
    Notebooks,
    Oidc,
    Platform,
    Quota,
    Team,
    synthesize,
)

SMALL = Quota(cpu=8, memory_gib=32, storage_gib=200, pods=50)
LARGE = Quota(cpu=64, memory_gib=256, storage_gib=2000, pods=200)
LARGE_TEAMS = {"team-007", "team-042"}

TEAMS = tuple(
    Team(
        name=f"team-{number:03d}",
        owner=f"lead-{number:03d}@example.com",
        contributors=(Contributor(user="support@example.com", role="view"),),
        quota=LARGE if f"team-{number:03d}" in LARGE_TEAMS else SMALL,
    )
    for number in range(100)
)

MANY = Platform(
    name="many",
    region="eu-central-1",
    network=Network(secondary_cidr="100.64.0.0/16"),  # separate addresses for pods
    cluster=Cluster(
        public_access_cidrs=("203.0.113.0/24",),
        admins=("role/platform-admins",),
        # `check` warns of FIT010: quotas are limits, and not all teams reach them at the same time.
        node_groups=(
            NodeGroup(name="general", instance_types=("m6i.2xlarge",), min_size=3, desired_size=3, max_size=12),
        ),
    ),
    kubeflow=Kubeflow(
        auth=Oidc(issuer="https://login.example.com", client_id="kubeflow"),
        teams=TEAMS,
        notebooks=Notebooks(idle_minutes=60),
    ),
)

if __name__ == "__main__":
    synthesize(MANY)
