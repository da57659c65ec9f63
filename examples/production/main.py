"""Production: a private platform for teams in three zones, which tolerates the loss of a zone or a node.

Costs roughly: three m6i.xlarge for the platform itself, m and c instances added by Karpenter on demand, three NAT
gateways, an RDS MySQL pair (db.m7g.large, multi-AZ), EFS, one internal load balancer. API server and dashboard are accessible only from
the company's network; users sign in with Cognito and a second factor.
"""

from kubeflow_aws import (
    Addon,
    Addons,
    Cluster,
    Cognito,
    Contributor,
    Efs,
    ExistingZone,
    Kubeflow,
    LoadBalancer,
    Network,
    NodeGroup,
    NodePool,
    Notebooks,
    Platform,
    Quota,
    RdsMysql,
    Repositories,
    Services,
    State,
    Taint,
    Team,
    synthesize,
)

COMPANY = ("10.0.0.0/8",)
ADA, GRACE = "ada@example.com", "grace@example.com"

PRODUCTION = Platform(
    name="production",
    region="us-west-2",
    network=Network(cidr="10.64.0.0/16", zones=3, nat="one_per_zone"),
    cluster=Cluster(
        private_access_cidrs=COMPANY,  # no public endpoint: Terraform requires access to the VPC
        admins=("role/platform-admins",),
        viewers=("role/auditors",),
        addons=Addons(aws_efs_csi_driver=Addon()),
        node_groups=(
            NodeGroup(name="platform", instance_types=("m6i.xlarge",), min_size=3, desired_size=3, max_size=5),
        ),
    ),
    kubeflow=Kubeflow(
        enable=(
            *("karpenter-crds", "karpenter", "karpenter-node-pools", "nvidia-device-plugin"),
            *("kube-prometheus-stack", "aws-for-fluent-bit"),
        ),
        karpenter_node_group="platform",
        node_pools=(
            NodePool(name="general", cpu_limit=256, memory_limit_gib=1024),
            NodePool(
                name="gpus",
                instance_categories=("g",),
                taints=(Taint(key="nvidia.com/gpu"),),
                cpu_limit=192,
                memory_limit_gib=768,
            ),
        ),
        services=Services(
            database=RdsMysql(instance_class="db.m7g.large", storage_gib=50, max_storage_gib=500, backup_days=14),
            efs=Efs(),
            repositories=Repositories(names=("notebooks", "training", "serving")),
        ),
        auth=Cognito(domain_prefix="production-kubeflow", users=(ADA, GRACE), mfa="required"),
        exposure=LoadBalancer(
            host="kubeflow.ml.example.com", allowed_cidrs=COMPANY, zone=ExistingZone(zone_id="Z0123456789ABCDEFGHIJ")
        ),
        teams=(
            Team(
                name="vision",
                owner=ADA,
                contributors=(Contributor(user=GRACE),),
                quota=Quota(cpu=64, memory_gib=256, gpus=4, storage_gib=2000),
            ),
            Team(name="language", owner=GRACE, quota=Quota(cpu=64, memory_gib=256, gpus=8, storage_gib=4000)),
        ),
        notebooks=Notebooks(idle_minutes=120),
    ),
    state=State.s3(bucket="example-terraform-state", region="us-west-2", create_bucket=True),
    tags={"cost-center": "ml"},
)

if __name__ == "__main__":
    synthesize(PRODUCTION)
