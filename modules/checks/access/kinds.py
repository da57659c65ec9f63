"""Kinds of findings of the section Access."""

from modules.checks.finding import Kind

EVERY_ACTION = Kind(
    "IAM001",
    "error",
    "A role has all actions of a service",
    "A statement allows `*` or `<service>:*`: actions that AWS adds later are allowed, too.",
    "list the actions that are required",
)
EVERY_RESOURCE = Kind(
    "IAM002",
    "warning",
    "A role changes every resource",
    "A statement without condition allows on `*` what AWS can restrict to resources, and what changes or tags them or their permissions. "
    "The access levels and resources of actions are those of AWS's Service Authorization Reference (`policy_sentry`, `cloudsplaining`).",
    "name the resources, or add a condition",
)
ESCALATION = Kind(
    "IAM003",
    "error",
    "A role can get more permissions",
    "The actions of the role together, without resources or conditions, allow to take over other permissions, such as by passing any "
    "role to a service or by changing a policy (methods of Rhino Security Labs, as `cloudsplaining` has them).",
    "restrict `iam:PassRole` and actions of `iam` to resources",
)
OPEN_TRUST = Kind(
    "IAM004",
    "error",
    "A role can be assumed without condition",
    "Its trust policy names an identity provider without a subject, a subject with a wildcard, every AWS principal, or another account or "
    "service without condition. EC2 and EKS are accepted, since a caller of these services needs `iam:PassRole` for the role.",
    "add a condition, such as the subject of the identity provider or `aws:SourceAccount`",
)
DATA = Kind(
    "IAM005",
    "warning",
    "A role reads all data of a kind",
    "A statement without condition allows to read all objects of S3, all secrets or all parameters of the account (`cloudsplaining`).",
    "name the resources",
)
ADMINISTRATOR = Kind(
    "IAM006",
    "warning",
    "A role is an administrator",
    "`AdministratorAccess` is attached: each principal that may assume the role has all permissions of the account. A role that applies all stacks, such as "
    "that of HCP Terraform's runs, can be one.",
    "attach a policy with the required actions",
)
PUBLIC = Kind(
    "IAM007",
    "error",
    "A resource is open to everyone",
    "A policy of a resource allows every principal without condition.",
    "name the principals, or add a condition",
)
MANAGED = Kind(
    "IAM101",
    "not checked",
    "Content of managed policies",
    "Policies of AWS and of the account are attached by ARN, and AWS changes its own. Their content is not in the JSON.",
)
EXTRA = Kind(
    "IAM102",
    "not checked",
    "Analysis of actions",
    "`policy_sentry` and `cloudsplaining` are not installed: levels of access, resources of actions and privilege escalation are not "
    "evaluated.",
    "install the extra: `pip install 'kubeflow-aws[check]'`",
)
OUTSIDE = Kind(
    "IAM103",
    "not checked",
    "Other permissions in the account",
    "Roles and users that the platform does not create, such as administrators of the cluster and existing roles; service control policies; "
    "what permissions boundaries take away.",
)
KINDS = (
    *(EVERY_ACTION, EVERY_RESOURCE, ESCALATION, OPEN_TRUST, DATA, ADMINISTRATOR, PUBLIC),
    *(MANAGED, EXTRA, OUTSIDE),
)
