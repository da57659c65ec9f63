"""Kinds of findings of the section Teardown; `kubeflow-aws teardown` lists what it finds in AWS under the same ids."""

from modules.checks.finding import Kind

PROTECTED = Kind(
    "END001",
    "warning",
    "Deletion protection is on",
    "`deletion_protection=True` sets `prevent_destroy` on all resources that hold data, and deletion protection in AWS where available. "
    "Terraform refuses to plan their destruction.",
    "set `deletion_protection=False` in main.py and deploy; then tear down",
)
BUCKETS = Kind(
    "END002",
    "warning",
    "Buckets must be empty",
    "S3 deletes no bucket that holds objects or versions of objects, so the destroy of its stack fails.",
    "empty the bucket, or deploy `ArtifactBucket(empty_on_destroy=True)` first",
)
REPOSITORIES = Kind(
    "END003",
    "warning",
    "Repositories must be empty",
    "ECR deletes no repository that holds images, so the destroy of its stack fails.",
    "delete the images, or deploy `Repositories(empty_on_destroy=True)` first",
)
VOLUMES_KEPT = Kind(
    "END004",
    "warning",
    "Volumes of claims remain",
    "A PersistentVolume takes the reclaim policy of its StorageClass when it is created: `Retain` with deletion protection, otherwise "
    "`Delete`. A later change of the class does not change it, so volumes that were created under deletion protection remain in AWS "
    "although their claims are deleted.",
    "run `kubeflow-aws teardown` with `--delete-volumes`, which sets `Delete` first; or keep them, and delete them later by their id",
)
VAULTS = Kind(
    "END005",
    "warning",
    "Vaults of backups must be empty",
    "AWS Backup deletes no vault that holds recovery points, so the destroy of its stack fails. A lock in compliance mode keeps them until the end "
    "of their retention. Recovery points are encrypted with the key of the vault, which is destroyed with the platform unless it is yours.",
    "keep them: leave the vault to Terraform's `removed` with its key; or delete them (`aws backup delete-recovery-point`), or deploy "
    "`Backup(empty_on_destroy=True)` first",
)
KEYS = Kind(
    "END101",
    "warning",
    "KMS keys wait for their deletion",
    "A destroyed key can be restored until the end of its window. It costs nothing meanwhile. What is encrypted with it is unreadable "
    "afterwards: final snapshots, recovery points, copies of logs.",
    "copy what you keep under another key before the end of the window",
)
SECRETS = Kind(
    "END102",
    "warning",
    "Secrets wait for their deletion",
    "A destroyed secret can be restored until the end of its recovery window, and its name is taken until then: a platform of the same "
    "name cannot be created in this account and region.",
    "to use the name again at once, deploy `Services(credential_recovery_days=0)` before the teardown",
)
SNAPSHOTS = Kind(
    "END103",
    "warning",
    "The final snapshot of the database remains",
    "It is created by the destroy and costs money until you delete it. If the platform created the key of the database, the snapshot is "
    "unreadable as soon as that key is deleted.",
    "copy it under another key within the key's window: `aws rds copy-db-snapshot --kms-key-id …`; or deploy `final_snapshot=False`",
)
BACKUPS = Kind(
    "END104",
    "warning",
    "Backups of file systems remain",
    "Recovery points of EFS are in the account's default vault of AWS Backup and expire after 35 days; FSx takes a final backup, which remains "
    "until you delete it.",
    "deploy `Efs(backup=False)` to take no further ones",
)
STATE = Kind(
    "END105",
    "warning",
    "The state remains",
    "Terraform empties the states and does not delete them. A bucket for the state is in none of the stacks.",
    "delete it after the teardown, if no other platform uses it",
)
EXISTING = Kind(
    "END106",
    "warning",
    "Existing resources are not destroyed",
    "What the settings name as existing (network, cluster, bucket, database, file system, zone) is not part of any stack. In an existing cluster "
    "`teardown` deletes objects only in namespaces of the platform.",
)
LOAD_BALANCERS = Kind(
    "END201",
    "warning",
    "Load balancers of Services and Ingresses",
    "Controllers in the cluster create them with target groups and security groups. Left behind, they cost money, and their network "
    "interfaces prevent the destroy of subnets, internet gateway and VPC.",
    "`kubeflow-aws teardown` deletes the Services and Ingresses while their controllers run, and waits",
)
VOLUMES = Kind(
    "END202",
    "warning",
    "EBS volumes and snapshots of claims",
    "The EBS CSI driver creates a volume for each claim, and a snapshot for each VolumeSnapshot.",
    "`kubeflow-aws teardown --delete-volumes` deletes claims and snapshots while the driver runs; without it they remain",
)
INTERFACES = Kind(
    "END203",
    "warning",
    "Network interfaces of nodes",
    "The VPC CNI attaches further interfaces to nodes. If a node ends while its agent works, an interface remains detached and prevents the "
    "destroy of its subnet and security group.",
    "destroy again after some minutes, since EKS and the CNI remove most of them; delete others by id: `kubeflow-aws teardown … --delete eni-…`",
)
NODES = Kind(
    "END204",
    "warning",
    "Instances of Karpenter and EKS Auto Mode",
    "They are in no node group. With their launch templates and instance profiles those of Karpenter are removed only while it runs. EKS ends "
    "those of Auto Mode with the cluster.",
    "`kubeflow-aws teardown` deletes NodePools and NodeClaims of Karpenter before Karpenter, and waits",
)
LOG_GROUPS = Kind(
    "END205",
    "warning",
    "Log groups that are created again",
    "EKS and RDS deliver logs for some minutes after the end of a cluster or database, and create a log group that is missing: without retention "
    "and key, and a later deploy fails since it exists.",
    "delete it after the teardown: `kubeflow-aws teardown … --delete /aws/eks/…`",
)
GUARDDUTY = Kind(
    "END206",
    "warning",
    "Endpoint and security group of GuardDuty",
    "If the account has GuardDuty with Runtime Monitoring, it creates an interface endpoint (`guardduty-data`) and a security group in each VPC "
    "with an EKS cluster. They prevent the destroy of subnets and VPC. Whether the account has it is not known offline.",
    "delete both by id when the cluster is destroyed: `kubeflow-aws teardown … --delete vpce-… --delete sg-…`",
)
ACCESS_POINTS = Kind(
    "END207",
    "warning",
    "Access points of EFS",
    "The EFS CSI driver creates an access point for each claim. On an existing file system they remain, and so do their folders. Their tag does not "
    "name the cluster: `teardown` lists those that PersistentVolumes name while the cluster is there, and a later run does not.",
    "`kubeflow-aws teardown --delete-volumes` deletes the claims while the driver runs; by hand: `aws efs delete-access-point`",
)
RECORDS = Kind(
    "END208",
    "warning",
    "DNS records of external-dns",
    "external-dns removes a record when its Service or Ingress is deleted, but only while it runs.",
    "`kubeflow-aws teardown` deletes Services and Ingresses first; delete remaining records in the zone by hand",
)
PULLED = Kind(
    "END209",
    "warning",
    "Repositories of the pull-through cache",
    "ECR creates a repository for each image that is pulled through the cache. They are not deleted with the rule.",
    "delete them by name: `kubeflow-aws teardown … --delete …`",
)
NOT_DESTROYED = Kind(
    "END301",
    "warning",
    "Resources of Terraform that are still there",
    "They have the platform's tag or name, and `teardown` found them after the destroy: a stack was not destroyed, or an apply was "
    "interrupted between a create and its record in the state. AWS's index of tags can have a resource for some time after its deletion.",
    "destroy the stack again; if it is not in the state, delete it by its id",
)
IN_NETWORK = Kind(
    "END302",
    "warning",
    "Other resources in the platform's VPC",
    "They have neither the platform's tag nor a known name, but prevent the destroy of the VPC. `teardown` lists them and does not delete "
    "them.",
    "delete or move them yourself, and run the command again",
)
OTHER_CONTROLLERS = Kind(
    "END401",
    "not checked",
    "Resources of your own controllers",
    "Components of your own and official charts with other values can create resources in AWS, whose names and tags are not known here.",
)

KINDS = (
    PROTECTED,
    BUCKETS,
    REPOSITORIES,
    VOLUMES_KEPT,
    KEYS,
    SECRETS,
    SNAPSHOTS,
    BACKUPS,
    STATE,
    EXISTING,
    LOAD_BALANCERS,
    VOLUMES,
    INTERFACES,
    NODES,
    LOG_GROUPS,
    GUARDDUTY,
    ACCESS_POINTS,
    RECORDS,
    PULLED,
    NOT_DESTROYED,
    IN_NETWORK,
    OTHER_CONTROLLERS,
)
"""All of them, in the order of the report."""
