"""HCP Terraform: runs on an agent in the VPC, private API server, AWS without access keys.

Requires HCP Terraform. Costs roughly: three m6i.xlarge, one NAT gateway, an RDS MySQL pair, the EKS control plane, and
the machine of the agent. docs/hcp-terraform.md has the steps.
"""

from kubeflow_aws import Cluster, Dex, HcpRoles, Kubeflow, Network, NodeGroup, Platform, State, Team, synthesize

TEAM = Platform(
    name="team",
    region="us-west-2",
    runner="hcp_agent",
    state=State.hcp(
        organization="example",
        project="kubeflow",
        roles=HcpRoles(),
    ),
    network=Network(cidr="10.0.0.0/16", zones=2),
    cluster=Cluster(
        private_access_cidrs=("10.8.0.0/16",),  # network of the agent: replace it with yours
        admins=("role/platform-admins",),
        # `check` warns of FIT005: three nodes in two zones, of which one is left if the zone with two is lost.
        node_groups=(
            NodeGroup(name="general", instance_types=("m6i.xlarge",), min_size=1, desired_size=3, max_size=5),
        ),
    ),
    kubeflow=Kubeflow(
        auth=Dex(users=("you@example.com",)),
        teams=(Team(name="team-a", owner="you@example.com"),),
    ),
)

if __name__ == "__main__":
    synthesize(TEAM)
