"""Outputs of the services stack by area. An output whose service is absent is empty."""

from stacks.contract import Output

ARTIFACTS = (
    Output("artifact_bucket", "string", "Name of the bucket of artifacts; empty when they are kept in the cluster."),
    Output("artifact_bucket_arn", "string", "ARN of the bucket of artifacts."),
    Output("artifact_kms_key_arn", "string", "ARN of the key that encrypts artifacts; empty for a key of S3's own."),
)
DATABASE = (
    Output("database_host", "string", "Host name of the MySQL server; empty when it is in the cluster."),
    Output("database_port", "string", "Port of the MySQL server."),
    Output(
        "database_username", "string", "Master user of the MySQL server; the user of all programs on an existing one."
    ),
)
FILES = (
    Output("efs_file_system_id", "string", "Id of the EFS file system."),
    Output("fsx_file_system_id", "string", "Id of the FSx for Lustre file system."),
    Output("fsx_dns_name", "string", "Host name of the FSx for Lustre file system."),
    Output("fsx_mount_name", "string", "What clients mount of the FSx for Lustre file system."),
    Output("fsx_security_group_id", "string", "Security group of the FSx for Lustre file system made here."),
)
IMAGES = (
    Output("repository_urls", "map(string)", "Repository, as settings name it, to its URL."),
    Output(
        "pull_through_prefixes", "map(string)", "Registry of others to what stands in its place in an image's name."
    ),
    Output(
        "pull_through_policy_arn",
        "string",
        "ARN of the policy that lets nodes copy others' images; node groups made here have it, other nodes need it.",
    ),
)
METRICS = (
    Output("metrics_workspace_arn", "string", "ARN of the Managed Prometheus workspace."),
    Output("metrics_remote_write_url", "string", "Where Prometheus writes its metrics."),
    Output("metrics_role_arn", "string", "ARN of the role by which Prometheus writes them."),
)
SIGN_IN = (
    Output(
        "user_password_commands",
        "map(string)",
        "Local user of Dex, by e-mail address, to the command that shows the password.",
    ),
    Output("user_pool_id", "string", "Id of the Cognito user pool that is made here."),
    Output("oidc_issuer", "string", "Issuer of people's tokens, of the user pool that is made here."),
    Output("oidc_client_id", "string", "Id of the dashboard's client of the user pool that is made here."),
    Output("cognito_domain", "string", "Host of the user pool's sign-in page."),
    Output(
        "cognito_domain_target",
        "string",
        "What the DNS record of the sign-in page's own domain must be an alias of; empty for a domain of Cognito's.",
    ),
)
EXPOSURE = (
    Output("dashboard_url", "string", "Where the dashboard answers."),
    Output("target_group_arn", "string", "ARN of the target group of the ingress gateway; empty with port-forward."),
    Output("target_group_name", "string", "Its name, which the object that binds pods to it has, too."),
    Output("load_balancer_dns_name", "string", "Name of the load balancer in AWS."),
    Output("load_balancer_zone_id", "string", "Zone of that name, for alias records."),
    Output("certificate_arn", "string", "ARN of the certificate of the hosts."),
    Output(
        "name_servers",
        "list(string)",
        "Name servers of a zone made here: who owns the parent domain delegates to them.",
    ),
    Output(
        "dns_records_to_make", "map(string)", "Host to the name that it must lead to (CNAME), where no zone is given."
    ),
)
