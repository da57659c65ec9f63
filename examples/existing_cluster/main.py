"""Existing cluster: Kubeflow on an EKS cluster that others made and keep; nothing of theirs is changed.

Costs roughly: what the cluster costs already, which needs about 5 vCPU, 13 GiB and 60 places for pods free; and an RDS MySQL
instance. cert-manager and a default StorageClass are there already and are used.
"""

from modules.settings import Dex, ExistingBucket, ExistingCluster, Kubeflow, Platform, Services, Team
from stacks.platform import synthesize

YOU = "you@example.com"

SHARED = Platform(
    name="shared",
    region="us-west-2",
    cluster=ExistingCluster(
        name="legacy",
        # terraform-aws-modules give nodes a group of their own; a plan names the ports that it lacks
        node_security_group_id="sg-0123456789abcdef0",
        network_policies="vpc_cni_addon",  # each plan looks whether the add-on enforces them
        private_subnet_ids=("subnet-0123456789abcdef0", "subnet-0123456789abcdef1"),
    ),
    kubeflow=Kubeflow(
        auth=Dex(users=(YOU,)),
        preinstalled=("cert-manager", "default-storage-class"),
        disable=("aws-load-balancer-controller", "cluster-autoscaler"),
        services=Services(artifacts=ExistingBucket(name="example-ml-data")),
        teams=(Team(name="team-a", owner=YOU),),
    ),
)

if __name__ == "__main__":
    synthesize(SHARED)
