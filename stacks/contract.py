"""What each stack hands on: one table per stack, read by the stack that writes, the stacks that read, and the docs."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Output:
    """One named output of a stack; in a hand-over, the same thing is a variable of the stack that needs it."""

    name: str
    type: str
    """Terraform's type constraint."""
    description: str
    condition: str | None = None
    """What must hold of `value`, in Terraform's language, when a pipeline hands it over."""
    condition_message: str = ""


def ids(prefix: str) -> str:
    """Every element of a list begins with the prefix of its kind."""
    return f'alltrue([for id in value : startswith(id, "{prefix}-")])'


RUNNER = (
    Output("oidc_provider_arn", "string", "ARN of IAM's entry for HCP Terraform."),
    Output("plan_role_arn", "string", "ARN of the role that a plan takes."),
    Output("apply_role_arn", "string", "ARN of the role that an apply takes."),
    Output(
        "workspace_variables",
        "map(string)",
        "Environment variables of every other workspace of the platform; set them once.",
    ),
)

NETWORK = (
    Output("vpc_id", "string", "Id of the VPC.", 'startswith(value, "vpc-")', "an id of a VPC begins with vpc-"),
    Output("vpc_cidr_blocks", "list(string)", "IPv4 blocks of the VPC."),
    Output(
        "private_subnet_ids",
        "list(string)",
        "Ids of the subnets for nodes and the control plane's interfaces, in two zones or more.",
        f"{ids('subnet')} && length(value) >= 2",
        "give two subnet ids or more; each begins with subnet-",
    ),
    Output(
        "public_subnet_ids",
        "list(string)",
        "Ids of the subnets for public load balancers.",
        ids("subnet"),
        "an id of a subnet begins with subnet-",
    ),
    Output("private_subnet_ids_by_zone", "map(list(string))", "Zone name to the ids of its private subnets."),
    Output(
        "pod_subnet_id_by_zone",
        "map(string)",
        "Zone name to the id of the subnet that only pods use; empty without a secondary CIDR.",
    ),
)

CLUSTER = (
    Output("cluster_name", "string", "Name of the EKS cluster."),
    Output("cluster_arn", "string", "ARN of the EKS cluster."),
    Output("cluster_version", "string", "Kubernetes minor version."),
    Output(
        "cluster_endpoint",
        "string",
        "URL of the API server.",
        'startswith(value, "https://")',
        "the URL of an API server begins with https://",
    ),
    Output("cluster_certificate_authority_data", "string", "Certificate of the API server's authority, PEM in base64."),
    Output(
        "cluster_security_group_id",
        "string",
        "Security group that EKS made: control plane and Fargate pods.",
        'startswith(value, "sg-")',
        "an id of a security group begins with sg-",
    ),
    Output(
        "node_security_group_id",
        "string",
        "Security group of the nodes.",
        'startswith(value, "sg-")',
        "an id of a security group begins with sg-",
    ),
    Output(
        "load_balancer_security_group_id",
        "string",
        "Security group for load balancers that reach the gateway's pods.",
        'startswith(value, "sg-")',
        "an id of a security group begins with sg-",
    ),
    Output(
        "oidc_provider_arn",
        "string",
        "ARN of the IAM OIDC provider (IRSA).",
        'strcontains(value, ":oidc-provider/")',
        "the ARN of an OIDC provider holds :oidc-provider/",
    ),
    Output(
        "oidc_issuer_host",
        "string",
        "OIDC issuer without https://.",
        '!startswith(value, "https://")',
        "give the issuer without https://",
    ),
    Output("node_role_arns", "map(string)", "Node group to the ARN of its nodes' role."),
    Output("secrets_kms_key_arn", "string", "ARN of the key that encrypts Kubernetes Secrets."),
    Output("pods_per_node", "map(number)", "Node group to the number of pods a node takes."),
    Output("configure_kubectl", "string", "The command that points kubectl at the cluster."),
)

ARTIFACTS: tuple[Output, ...] = (
    Output("artifact_bucket", "string", "Name of the bucket of artifacts; empty when they are kept in the cluster."),
    Output("artifact_bucket_arn", "string", "ARN of the bucket of artifacts."),
    Output("artifact_kms_key_arn", "string", "ARN of the key that encrypts artifacts; empty for a key of S3's own."),
)
DATABASE: tuple[Output, ...] = (
    Output("database_host", "string", "Host name of the MySQL server; empty when it is in the cluster."),
    Output("database_port", "string", "Port of the MySQL server."),
    Output(
        "database_username", "string", "Master user of the MySQL server; the user of all programs on an existing one."
    ),
)
FILES: tuple[Output, ...] = (
    Output("efs_file_system_id", "string", "Id of the EFS file system."),
    Output("fsx_file_system_id", "string", "Id of the FSx for Lustre file system."),
    Output("fsx_dns_name", "string", "Host name of the FSx for Lustre file system."),
    Output("fsx_mount_name", "string", "What clients mount of the FSx for Lustre file system."),
    Output("fsx_security_group_id", "string", "Security group of the FSx for Lustre file system made here."),
)
IMAGES: tuple[Output, ...] = (
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
METRICS: tuple[Output, ...] = (
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
SERVICES = (
    Output("cluster_name", "string", "Name of the EKS cluster."),
    Output("oidc_provider_arn", "string", "ARN of the IAM OIDC provider (IRSA)."),
    Output(
        "credentials",
        "map(object({arn = string, version_id = string}))",
        "Credential to its secret in Secrets Manager and the version that readers take; never the value.",
    ),
    Output("credentials_key_arn", "string", "ARN of the key that encrypts the credentials."),
    Output("service_account_role_arns", "map(string)", "`<namespace>/<service account>` to the ARN of its role."),
    *ARTIFACTS,
    *DATABASE,
    *FILES,
    *IMAGES,
    *METRICS,
    *SIGN_IN,
    *EXPOSURE,
)

INSTALLED = (
    Output("namespaces", "list(string)", "Namespaces that this stack made."),
    Output(
        "component_versions",
        "map(string)",
        "Component to its version; of what is not an official chart, that of the project it comes from.",
    ),
    Output(
        "images",
        "list(string)",
        "Images that the components run or start, from whatever registry: for mirrors and scanners. A chart of your own is not in it.",
    ),
)

KUBEFLOW = (
    *INSTALLED,
    Output("dashboard_url", "string", "Where the dashboard answers; at localhost while the port-forward runs."),
    Output("port_forward_command", "string", "The command that makes the dashboard answer on this machine."),
)

ADOPTED = (Output("adopted", "list(string)", "Addresses of what was taken over."),)

TEAMS = (
    Output("namespaces", "map(string)", "Team to its namespace."),
    Output(
        "role_arns", "map(string)", "Team to the ARN of the role that its pods take; teams without one are left out."
    ),
)

CONTRACTS = {
    "runner": RUNNER,
    "adopted": ADOPTED,
    "network": NETWORK,
    "cluster": CLUSTER,
    "services": SERVICES,
    "addons": INSTALLED,
    "kubeflow": KUBEFLOW,
    "teams": TEAMS,
}


def contract_of(stack: str) -> dict[str, Output]:
    """The outputs of a stack by name; a numbered part has those of its layer."""
    return {output.name: output for output in CONTRACTS[stack.partition("-")[0]]}
