"""What Terraform left behind in moto after a destroy."""

from moto.acm.models import acm_backends
from moto.amp.models import amp_backends
from moto.autoscaling.models import autoscaling_backends
from moto.backup.models import backup_backends
from moto.ec2.models import EC2Backend, ec2_backends
from moto.ecr.models import ecr_backends
from moto.efs.models import efs_backends
from moto.eks.models import eks_backends
from moto.elbv2.models import elbv2_backends
from moto.events.models import events_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.logs.models import logs_backends
from moto.rds.models import RDSBackend, rds_backends
from moto.route53.models import route53_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends
from moto.utilities.utils import get_partition
from moto.wafv2.models import wafv2_backends

from . import ACCOUNT


def leftovers(region: str) -> list[str]:
    """All that costs money or blocks the next create, as `type id` in order; empty when the account is clean.

    Left out: what every account has (default VPC, AWS's own roles and policies) and KMS keys that wait for their
    deletion, which AWS never deletes at once.
    """
    iam = iam_backends[ACCOUNT][get_partition(region)]
    s3 = s3_backends[ACCOUNT][get_partition(region)]
    scaling = autoscaling_backends[ACCOUNT][region]
    found = {
        **_in_ec2(ec2_backends[ACCOUNT][region]),
        "eks cluster": eks_backends[ACCOUNT][region].clusters,
        "auto scaling group": scaling.autoscaling_groups,
        "scheduled action": scaling.scheduled_actions,
        "role": [role.name for role in iam.roles.values() if not role.path.startswith("/aws-service-role/")],
        "policy": [arn for arn in iam.managed_policies if f":iam::{ACCOUNT}:" in arn],
        "instance profile": [profile.name for profile in iam.instance_profiles.values()],
        "user": iam.users,
        "oidc provider": iam.open_id_providers,
        "log group": logs_backends[ACCOUNT][region].groups,
        "kms key": [
            key.id
            for key in kms_backends[ACCOUNT][region].keys.values()
            if key.key_manager == "CUSTOMER" and key.key_state != "PendingDeletion"
        ],
        "bucket": s3.buckets,
        **_in_front(region),
        "file system": efs_backends[ACCOUNT][region].file_systems_by_id,
        "mount target": efs_backends[ACCOUNT][region].mount_targets_by_id,
        "repository": ecr_backends[ACCOUNT][region].repositories,
        "prometheus workspace": amp_backends[ACCOUNT][region].workspaces,
        **_in_rds(rds_backends[ACCOUNT][region]),
        "secret": secretsmanager_backends[ACCOUNT][region].secrets,
        "backup vault": backup_backends[ACCOUNT][region].vaults,
        "backup plan": backup_backends[ACCOUNT][region].plans,
        "queue": sqs_backends[ACCOUNT][region].queues,
        "event rule": [rule for bus in events_backends[ACCOUNT][region].event_buses.values() for rule in bus.rules],
        "parameter": [name for name in ssm_backends[ACCOUNT][region]._parameters if not name.startswith("/aws/")],
    }
    return sorted(f"{kind} {name}" for kind, names in found.items() for name in names)


def _in_rds(rds: RDSBackend) -> dict[str, list[str]]:
    """Final snapshots are meant to stay, and the groups called `default.` are AWS's."""
    groups = [*rds.db_parameter_groups, *rds.db_cluster_parameter_groups]
    return {
        "database": [*rds.databases, *rds.clusters],
        "database parameter group": [name for name in groups if not name.startswith("default.")],
        "database subnet group": [*rds.subnet_groups],
    }


def _in_front(region: str) -> dict[str, list[str]]:
    """What is between users and the cluster."""
    elb, acls = elbv2_backends[ACCOUNT][region], wafv2_backends[ACCOUNT][region].wacls
    return {
        "load balancer": [balancer.name for balancer in elb.load_balancers.values()],
        "target group": [group.name for group in elb.target_groups.values()],
        "certificate": [found.common_name for found in acm_backends[ACCOUNT][region]._certificates.values()],
        "hosted zone": [zone.name for zone in route53_backends[ACCOUNT][get_partition(region)].zones.values()],
        "web acl": [acl.name for acl in acls.values()],
    }


def _in_ec2(ec2: EC2Backend) -> dict[str, list[str]]:
    """EC2 keeps what is deleted for a while; a default VPC with its subnets, route table and so on is AWS's."""
    ours = {vpc.id for vpc in ec2.vpcs.values() if not vpc.is_default}
    return {
        "vpc": sorted(ours),
        "subnet": [subnet.id for subnet in ec2.describe_subnets() if subnet.vpc_id in ours],
        "security group": [
            group.id for groups in ec2.groups.values() for group in groups.values() if group.vpc_id in ours
        ],
        "route table": [table.id for table in ec2.route_tables.values() if table.vpc_id in ours],
        "network acl": [acl.id for acl in ec2.network_acls.values() if acl.vpc_id in ours],
        "internet gateway": [gateway.id for gateway in ec2.internet_gateways.values()],
        "nat gateway": [gateway.id for gateway in ec2.nat_gateways.values() if gateway.state != "deleted"],
        "vpc endpoint": [endpoint.id for endpoint in ec2.vpc_end_points.values() if endpoint.state != "deleted"],
        "elastic ip": [address.allocation_id or "" for address in ec2.addresses],
        "network interface": [eni.id for eni in ec2.enis.values() if eni.subnet.vpc_id in ours],
        "launch template": [template.name for template in ec2.launch_templates.values()],
        "key pair": list(ec2.key_pairs),
        "flow log": list(ec2.flow_logs),
    }
