"""Walk-through: the classic article, `eksctl create cluster` and `kfctl apply`, line by line; docs/walkthrough.md has both sides.

Costs roughly: five m5.xlarge, as in the article, one NAT gateway, RDS MySQL. Both methods of the article to grant AWS permissions to teams are
included: a role per team (IRSA, the default here), and permissions of the node role (one setting).
"""

from kubeflow_aws import (
    Cluster,
    Dex,
    Kubeflow,
    Network,
    NodeGroup,
    Platform,
    Ssh,
    Statement,
    Team,
    TeamDefaults,
    TeamPermissions,
    synthesize,
)

YOU = "you@example.com"
READ_DATA = Statement(
    actions=("s3:GetObject", "s3:ListBucket"), resources=("arn:aws:s3:::example-data", "arn:aws:s3:::example-data/*")
)


def platform(name: str, nodes: NodeGroup, team_defaults: TeamDefaults, rights: TeamPermissions) -> Platform:
    """The article's cluster, with one of its two methods to grant permissions."""
    return Platform(
        name=name,
        region="us-west-2",
        network=Network(),
        cluster=Cluster(
            public_access_cidrs=("203.0.113.0/24",), admins=("role/platform-admins",), node_groups=(nodes,)
        ),
        kubeflow=Kubeflow(
            auth=Dex(users=(YOU,)),
            team_defaults=team_defaults,
            teams=(Team(name="kubeflow-user", owner=YOU, aws=rights),),
        ),
    )


NODES = NodeGroup(
    name="linux-nodes",
    instance_types=("m5.xlarge",),
    min_size=1,
    desired_size=5,
    max_size=10,
    ssh=Ssh(key_name="my-key", source_cidrs=("10.0.0.0/8",)),
)
ROLE_PER_TEAM = platform("irsa", NODES, TeamDefaults(), TeamPermissions(statements=(READ_DATA,)))
NODE_ROLE = platform(
    "noderole",
    NODES.with_changes(pods_use_node_role=True, role_policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",)),
    TeamDefaults(aws_identity="node_role"),
    TeamPermissions(),
)

if __name__ == "__main__":
    synthesize(ROLE_PER_TEAM, NODE_ROLE)
