"""Existing cluster: Kubeflow on an EKS cluster managed elsewhere, which is not changed.

Costs roughly: the existing cluster, with 3.7 CPU and 9.1 GiB free for 47 pods and 0.1 CPU and 100 MiB on each node, and
an RDS MySQL instance. The existing cert-manager and default StorageClass are used.
"""

from kubeflow_aws import Dex, ExistingBucket, ExistingCluster, Kubeflow, Platform, Services, Team, synthesize

YOU = "you@example.com"

SHARED = Platform(
    name="shared",
    region="us-west-2",
    cluster=ExistingCluster(
        name="legacy",
        # node security group of terraform-aws-modules; a plan lists missing ports
        node_security_group_id="sg-0123456789abcdef0",
        network_policies="vpc_cni_addon",  # each plan checks that the add-on enforces them
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
