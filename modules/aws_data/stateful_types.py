"""Terraform types that hold data."""

from collections.abc import Mapping

STATEFUL_TYPES: Mapping[str, str] = {
    "aws_backup_vault": "recovery points",
    "aws_cloudwatch_log_group": "logs, audit logs among them",
    "aws_cognito_user_pool": "users, their passwords and second factors",
    "aws_db_instance": "a database: pipeline runs, metadata, experiments",
    "aws_docdb_cluster": "a database",
    "aws_dynamodb_table": "items; state locks where it serves as one",
    "aws_ebs_snapshot": "a copy of a volume",
    "aws_ebs_volume": "a volume's files",
    "aws_ecr_repository": "images",
    "aws_efs_file_system": "notebook homes and shared files",
    "aws_eks_cluster": "every Kubernetes object (etcd), and its identity in all trust policies",
    "aws_elasticache_replication_group": "cached and queued items",
    "aws_fsx_lustre_file_system": "training data and checkpoints",
    "aws_fsx_ontap_file_system": "files",
    "aws_fsx_openzfs_file_system": "files",
    "aws_glue_catalog_database": "table definitions of a data lake",
    "aws_grafana_workspace": "dashboards and alerts",
    "aws_kms_key": "the key of all data encrypted with it",
    "aws_opensearch_domain": "indexes and logs",
    "aws_prometheus_workspace": "metrics",
    "aws_rds_cluster": "a database: pipeline runs, metadata, experiments",
    "aws_route53_zone": "name records and the delegation from the parent zone",
    "aws_s3_bucket": "artifacts, models, logs, state",
    "aws_secretsmanager_secret": "credentials without another copy",
}
"""Type to the data that is lost with a resource of it."""
