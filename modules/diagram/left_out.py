"""Kinds of resources that the picture of a platform leaves out, each with the reason."""

from collections.abc import Mapping

OF_NODES = "part of its node group"
OF_BALANCER = "part of the load balancer"
OF_BUCKET = "a setting of its bucket"
OF_BACKUP = "part of the backups: docs/backup.md"
OF_DATABASE = "part of the database"
RULES = "rules of connections: docs/traffic.md lists them"
RIGHTS = "rights of a role: docs/security-reference.md lists them"

LEFT_OUT: Mapping[str, str] = {
    "aws_acm_certificate_validation": "waits for the certificate",
    "aws_autoscaling_group_tag": OF_NODES,
    "aws_autoscaling_schedule": OF_NODES,
    "aws_backup_plan": OF_BACKUP,
    "aws_backup_selection": OF_BACKUP,
    "aws_backup_vault_lock_configuration": OF_BACKUP,
    "aws_cloudwatch_event_target": "part of its rule",
    "aws_cloudwatch_log_resource_policy": "a right to write logs",
    "aws_cognito_user_group": "part of the user pool",
    "aws_cognito_user_in_group": "part of the user pool",
    "aws_cognito_user_pool_client": "part of the user pool",
    "aws_cognito_user_pool_domain": "part of the user pool",
    "aws_db_parameter_group": OF_DATABASE,
    "aws_db_subnet_group": OF_DATABASE,
    "aws_default_security_group": RULES,
    "aws_ec2_tag": "a tag of an existing subnet",
    "aws_ecr_lifecycle_policy": "a setting of its repository",
    "aws_efs_backup_policy": "a setting of its file system",
    "aws_efs_file_system_policy": "a setting of its file system",
    "aws_eip": "the address of a NAT gateway",
    "aws_fsx_data_repository_association": "part of its file system",
    "aws_iam_policy": RIGHTS,
    "aws_iam_role_policy": RIGHTS,
    "aws_iam_role_policy_attachment": RIGHTS,
    "aws_key_pair": OF_NODES,
    "aws_kms_alias": "a name of its key",
    "aws_launch_template": OF_NODES,
    "aws_lb_listener": OF_BALANCER,
    "aws_lb_listener_rule": OF_BALANCER,
    "aws_lb_target_group": OF_BALANCER,
    "aws_placement_group": OF_NODES,
    "aws_rds_cluster_parameter_group": OF_DATABASE,
    "aws_route": "part of its subnet",
    "aws_route_table": "part of its subnet",
    "aws_route_table_association": "part of its subnet",
    "aws_s3_bucket_lifecycle_configuration": OF_BUCKET,
    "aws_s3_bucket_logging": OF_BUCKET,
    "aws_s3_bucket_ownership_controls": OF_BUCKET,
    "aws_s3_bucket_policy": OF_BUCKET,
    "aws_s3_bucket_public_access_block": OF_BUCKET,
    "aws_s3_bucket_server_side_encryption_configuration": OF_BUCKET,
    "aws_s3_bucket_versioning": OF_BUCKET,
    "aws_secretsmanager_secret_version": "the value of its secret",
    "aws_security_group": RULES,
    "aws_sqs_queue_policy": "a setting of its queue",
    "aws_vpc_security_group_egress_rule": RULES,
    "aws_vpc_security_group_ingress_rule": RULES,
    "aws_wafv2_web_acl_association": "part of the web ACL",
    "aws_wafv2_web_acl_logging_configuration": "part of the web ACL",
    "kubernetes_secret_v1": "a copy of a secret in Secrets Manager",
    "terraform_data": "a value in the state",
}
