"""Fields of a node group about access: SSH, security groups, IAM, instance metadata.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/security.html
"""

from collections.abc import Callable

from modules.converting.eksctl.entries import OTHER_POLICIES, flags
from modules.converting.eksctl.group_path import GROUP
from modules.converting.field import Entry, Outcome, Table, by_hand, decided, no_home, same, texts

STANDARD_POLICIES = (
    "AmazonEKSWorkerNodePolicy",
    "AmazonEKS_CNI_Policy",
    "AmazonEC2ContainerRegistryReadOnly",
    "AmazonEC2ContainerRegistryPullOnly",
    "AmazonSSMManagedInstanceCore",
)


def _policies(entry: Entry) -> Outcome:
    arns = entry.value if isinstance(entry.value, list) else [entry.value]
    own = tuple(str(arn) for arn in arns if not str(arn).endswith(STANDARD_POLICIES))
    if not own:
        return Outcome("maps", "nodes have these policies, or a role of their own has them")
    note = "all pods of these nodes have them; a role for one service account is better (service_account_roles)"
    return Outcome(
        "changed", note, {f"{GROUP}.role_policy_arns": own, f"{GROUP}.pods_use_node_role": True}, matters=True
    )


def _ssh_allowed(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "SSH is disabled by default")
    if not any(entry.of_item("ssh", key) for key in ("publicKey", "publicKeyName")):
        raise ValueError(
            "eksctl takes a public key from a file of your machine; set ssh=Ssh(public_key=…, source_cidrs=…), or use session_manager"
        )
    return Outcome(
        "changed", "port 22 is open for the networks in source_cidrs only, not for the internet", matters=True
    )


def _ssh(setting: str) -> Callable[[Entry], Outcome]:
    def decide(entry: Entry) -> Outcome:
        if entry.of_item("ssh", "allow") is False:
            return Outcome("changed", "not used: `allow` is false")
        note = "10.0.0.0/8 is assumed in source_cidrs; set the networks that need SSH"
        settings = {f"{GROUP}.ssh.{setting}": str(entry.value).strip(), f"{GROUP}.ssh.source_cidrs": ("10.0.0.0/8",)}
        return Outcome("changed", note, settings, matters=True)

    return decide


def _imds(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "IMDSv2 is always required")
    return Outcome("changed", "IMDSv2 is always required; programs that use version 1 must be updated", {}, True)


def _pod_imds(entry: Entry) -> Outcome:
    if entry.value:
        return Outcome("maps", "pods do not reach the instance metadata")
    return Outcome("changed", "pods do not reach the instance metadata, unless pods_use_node_role is set", {}, True)


def fields(of: str) -> Table:
    """Fields of both kinds of groups."""
    return {
        f"{of}.ssh.allow": decided("", _ssh_allowed),
        f"{of}.ssh.publicKeyName": decided(f"{GROUP}.ssh.key_name", _ssh("key_name")),
        f"{of}.ssh.publicKey": decided(f"{GROUP}.ssh.public_key", _ssh("public_key")),
        f"{of}.ssh.publicKeyPath": by_hand("set ssh=Ssh(public_key=…, source_cidrs=…) with the line of this file"),
        f"{of}.ssh.sourceSecurityGroupIds": no_home(
            "SSH is opened for networks; set their CIDR blocks in ssh=Ssh(source_cidrs=…)", matters=True
        ),
        f"{of}.ssh.enableSsm": same(f"{GROUP}.session_manager"),
        f"{of}.securityGroups.attachIDs": same(f"{GROUP}.additional_security_group_ids", texts),
        f"{of}.securityGroups.withLocal": no_home("the platform has one security group for all nodes"),
        f"{of}.securityGroups.withShared": no_home("the platform has one security group for all nodes"),
        f"{of}.iam.attachPolicyARNs": decided(f"{GROUP}.role_policy_arns", _policies),
        f"{of}.iam.attachPolicy": by_hand("make a managed policy of it and set its ARN in role_policy_arns"),
        f"{of}.iam.instanceRoleARN": no_home(
            "the platform makes the role of the nodes; set its further policies in role_policy_arns", matters=True
        ),
        f"{of}.iam.instanceProfileARN": no_home(
            "EKS makes the instance profile of a managed group; set further policies in role_policy_arns", matters=True
        ),
        f"{of}.iam.instanceRoleName": no_home("the role is named <platform>-node-<group>"),
        f"{of}.iam.instanceRolePermissionsBoundary": same(
            "permissions_boundary_arn", note="for all roles of the platform"
        ),
        **flags(f"{of}.iam.withAddonPolicies", OTHER_POLICIES),
        f"{of}.disableIMDSv1": decided("", _imds),
        f"{of}.disablePodIMDS": decided("", _pod_imds),
    }
