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

ARTIFACTS: tuple[Output, ...] = ()
DATABASE: tuple[Output, ...] = ()
FILES: tuple[Output, ...] = ()
IMAGES: tuple[Output, ...] = ()
METRICS: tuple[Output, ...] = ()
SIGN_IN: tuple[Output, ...] = ()
EXPOSURE: tuple[Output, ...] = ()
SERVICES = (
    Output("cluster_name", "string", "Name of the EKS cluster."),
    Output("oidc_provider_arn", "string", "ARN of the IAM OIDC provider (IRSA)."),
    Output(
        "credentials",
        "map(object({arn = string, version_id = string}))",
        "Credential to its secret in Secrets Manager and the version that readers take; never the value.",
    ),
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
        "component_versions", "map(string)", "Component to its version; of a local chart with a hash of its objects."
    ),
    Output(
        "images",
        "list(string)",
        "Images that the components run or start, for mirrors and scanners; those of official charts are not in it.",
    ),
)

KUBEFLOW = (
    *INSTALLED,
    Output("dashboard_url", "string", "Where the dashboard answers while the port-forward runs."),
    Output("port_forward_command", "string", "The command that makes the dashboard answer on this machine."),
)

TEAMS = (Output("namespaces", "map(string)", "Team to its namespace."),)

CONTRACTS = {
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
