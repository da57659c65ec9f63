"""EKS access entries: principals and their permissions."""

from collections.abc import Sequence

from cdktf_cdktf_provider_aws.data_aws_iam_role import DataAwsIamRole
from cdktf_cdktf_provider_aws.data_aws_iam_user import DataAwsIamUser
from cdktf_cdktf_provider_aws.eks_access_entry import EksAccessEntry
from cdktf_cdktf_provider_aws.eks_access_policy_association import (
    EksAccessPolicyAssociation,
    EksAccessPolicyAssociationAccessScope,
)
from constructs import Construct

from modules.naming import addressed, slug
from modules.settings import AccessEntry


class ClusterAccess(Construct):
    """Access entries for admins, viewers and further principals, instead of the aws-auth ConfigMap.

    Args:
        cluster_name: the cluster (token).
        partition: partition of the policy ARNs.
        admins: principals with AmazonEKSClusterAdminPolicy.
        viewers: principals with AmazonEKSViewPolicy: read access to all objects except Secrets.
        entries: further access entries.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        cluster_name: str,
        partition: str,
        admins: Sequence[str],
        viewers: Sequence[str],
        entries: Sequence[AccessEntry],
    ) -> None:
        super().__init__(scope, id_)
        self.cluster_name = cluster_name
        self.partition = partition
        self.principals: dict[str, str] = {}
        for principal in admins:
            self.entry(f"admin_{principal_slug(principal)}", principal, "AmazonEKSClusterAdminPolicy")
        for principal in viewers:
            self.entry(f"viewer_{principal_slug(principal)}", principal, "AmazonEKSViewPolicy")
        for entry in entries:
            name = slug(entry.name)
            made = self._entry(name, entry.principal, entry.kubernetes_groups)
            if entry.policy is not None:
                self._policy(name, made, entry.policy, entry.namespaces)
            for more in entry.more_policies:
                self._policy(f"{name}_{more.policy}", made, more.policy, more.namespaces)

    def entry(self, name: str, principal: str, policy: str, namespaces: Sequence[str] = ()) -> None:
        """Grant one principal one EKS access policy; arguments as for `_entry` and `_policy`."""
        self._policy(name, self._entry(name, principal), policy, namespaces)

    def _entry(self, name: str, principal: str, kubernetes_groups: Sequence[str] = ()) -> EksAccessEntry:
        """The access entry of one principal.

        Args:
            name: part of the Terraform address.
            principal: an ARN (may be a reference), `role/<name>` or `user/<name>`.
            kubernetes_groups: groups for RBAC.

        Raises:
            ValueError: another principal has this name.
        """
        other = self.principals.setdefault(name, principal)
        if other != principal:
            raise ValueError(
                f"cluster.access: {other} and {principal} would both have the Terraform name {name}; write one of them as "
                "AccessEntry(name=…) with a unique name"
            )
        return addressed(
            name,
            EksAccessEntry(
                self,
                name,
                cluster_name=self.cluster_name,
                principal_arn=self._principal_arn(name, principal),
                kubernetes_groups=list(kubernetes_groups) or None,
            ),
        )

    def _policy(self, name: str, entry: EksAccessEntry, policy: str, namespaces: Sequence[str] = ()) -> None:
        """Associate an EKS access policy, by its name, with an entry: for the whole cluster or some namespaces."""
        addressed(
            name,
            EksAccessPolicyAssociation(
                self,
                f"{name}-policy",
                cluster_name=self.cluster_name,
                principal_arn=entry.principal_arn,
                policy_arn=f"arn:{self.partition}:eks::aws:cluster-access-policy/{policy}",
                access_scope=EksAccessPolicyAssociationAccessScope(
                    type="namespace" if namespaces else "cluster", namespaces=list(namespaces) or None
                ),
            ),
        )

    def _principal_arn(self, name: str, principal: str) -> str:
        """ARN of a principal; `role/<name>` and `user/<name>` are looked up, so that an unknown name fails the plan."""
        if principal.startswith(("arn:", "${")):
            return principal
        kind, _, own_name = principal.partition("/")
        if kind == "role":
            return addressed(name, DataAwsIamRole(self, f"{name}-principal", name=own_name)).arn
        return addressed(name, DataAwsIamUser(self, f"{name}-principal", user_name=own_name)).arn


def principal_slug(principal: str) -> str:
    """Part of a Terraform address for a principal; includes the account for an ARN, since role names repeat across accounts.

    `role` is the default and `user` is spelled out: a role and a user can have the same name.
    """
    *arn, resource = principal.split(":", 5)
    kind, _, own_name = resource.partition("/")
    return slug("_".join([*arn[4:], *(["user"] if kind == "user" else []), own_name]))
