"""Outputs of the services stack by area. An output whose service is absent is empty."""

from stacks.contract import Output

ARTIFACTS = (
    Output("artifact_bucket", "string", "Name of the artifact bucket; empty with in-cluster storage."),
    Output("artifact_bucket_arn", "string", "ARN of the artifact bucket."),
    Output("artifact_kms_key_arn", "string", "ARN of the key that encrypts artifacts; empty for the S3-managed key."),
)
DATABASE = (
    Output("database_host", "string", "Host name of the MySQL server; empty for an in-cluster server."),
    Output("database_port", "string", "Port of the MySQL server."),
    Output(
        "database_username",
        "string",
        "Master user of the MySQL server; on an existing server the user of all programs.",
    ),
)
FILES = (
    Output("efs_file_system_id", "string", "Id of the EFS file system."),
    Output("fsx_file_system_id", "string", "Id of the FSx for Lustre file system."),
    Output("fsx_dns_name", "string", "Host name of the FSx for Lustre file system."),
    Output("fsx_mount_name", "string", "Mount name of the FSx for Lustre file system."),
    Output("fsx_security_group_id", "string", "Security group of the created FSx for Lustre file system."),
)
IMAGES = (
    Output("repository_urls", "map(string)", "Repository name in settings to its URL."),
    Output("pull_through_prefixes", "map(string)", "Upstream registry to its replacement in image names."),
    Output(
        "pull_through_policy_arn",
        "string",
        "ARN of the policy for the pull-through cache; attached to created node groups, required by other nodes.",
    ),
)
METRICS = (
    Output("metrics_workspace_arn", "string", "ARN of the Managed Prometheus workspace."),
    Output("metrics_remote_write_url", "string", "Remote-write URL for Prometheus."),
    Output("metrics_role_arn", "string", "ARN of Prometheus' role for remote write."),
)
SIGN_IN = (
    Output(
        "user_password_commands",
        "map(string)",
        "Email address of a local Dex user to the command that shows the password.",
    ),
    Output("user_pool_id", "string", "Id of the created Cognito user pool."),
    Output("oidc_issuer", "string", "OIDC issuer of the created user pool."),
    Output("oidc_client_id", "string", "App client id of the dashboard in the created user pool."),
    Output("cognito_domain", "string", "Host name of the user pool's sign-in page."),
    Output(
        "cognito_domain_target",
        "string",
        "Alias target for the DNS record of a custom sign-in domain; empty for a Cognito domain.",
    ),
)
EXPOSURE = (
    Output("dashboard_url", "string", "URL of the dashboard."),
    Output("target_group_arn", "string", "ARN of the target group of the ingress gateway; empty with port-forward."),
    Output("target_group_name", "string", "Name of the target group and of its TargetGroupBinding."),
    Output("load_balancer_dns_name", "string", "Name of the load balancer in AWS."),
    Output("load_balancer_zone_id", "string", "Zone of that name, for alias records."),
    Output("certificate_arn", "string", "ARN of the certificate of the hosts."),
    Output(
        "name_servers",
        "list(string)",
        "Name servers of a created zone, for delegation in the parent domain.",
    ),
    Output("dns_records_to_make", "map(string)", "Host to its CNAME target, if no zone is configured."),
)
