"""GPU training: distributed training on EFA with a Lustre file system in front of the bucket, without serving.

Costs roughly: two m6i.2xlarge; up to four p4d.24xlarge (8 A100, 400 Gbit/s EFA each) only while jobs run; an
FSx for Lustre file system of 2.4 TB; RDS. The GPU group starts at zero in one zone, with a placement group and all interfaces.
"""

from kubeflow_aws import (
    Addon,
    Addons,
    BucketLink,
    Cluster,
    Dex,
    FsxLustre,
    Kubeflow,
    Network,
    NodeGroup,
    OtherAddon,
    Platform,
    Quota,
    Services,
    Taint,
    Team,
    synthesize,
)

YOU = "you@example.com"

TRAINING = Platform(
    name="training",
    region="us-west-2",
    network=Network(zones=("us-west-2a", "us-west-2b")),
    cluster=Cluster(
        public_access_cidrs=("203.0.113.0/24",),
        admins=("role/platform-admins",),
        addons=Addons(
            aws_fsx_csi_driver=Addon(),
            others=(OtherAddon(name="eks-node-monitoring-agent"),),  # reports broken GPUs, whose nodes EKS replaces
        ),
        node_groups=(
            NodeGroup(name="general", instance_types=("m6i.2xlarge",), min_size=2, desired_size=2, max_size=4),
            NodeGroup(
                name="a100",
                instance_types=("p4d.24xlarge",),
                min_size=0,
                desired_size=0,
                max_size=4,
                accelerator="nvidia",
                efa=True,
                zones=("us-west-2b",),
                taints=(Taint(key="nvidia.com/gpu"),),
            ),
        ),
    ),
    kubeflow=Kubeflow(
        auth=Dex(users=(YOU,)),
        enable=("nvidia-device-plugin", "aws-efa-k8s-device-plugin", "mpi-operator"),
        disable=("knative-serving", "cluster-local-gateway", "kserve", "kserve-models-web-app"),
        services=Services(
            fsx=FsxLustre(storage_gib=2400, zone="us-west-2b", linked_bucket=BucketLink(prefix="shared"))
        ),
        teams=(Team(name="research", owner=YOU, quota=Quota(gpus=32)),),
    ),
)

if __name__ == "__main__":
    synthesize(TRAINING)
