"""IAM roles for Kubernetes service accounts, via IRSA or EKS Pod Identity."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_aws.eks_pod_identity_association import EksPodIdentityAssociation
from constructs import Construct

from modules.aws_data.regions import OIDC_AUDIENCE
from modules.iam.role import Iam, Role, Trust
from modules.naming import addressed, slug
from modules.settings import Statement


@dataclass(frozen=True)
class OidcProvider:
    """The cluster's OIDC provider in IAM. Both values are tokens, or known for an existing cluster."""

    arn: str
    issuer_host: str
    """The issuer without `https://`: prefix of the condition keys."""


class OidcRole(Role):
    """IAM role that one Kubernetes service account can assume (IRSA).

    Trusts exactly `system:serviceaccount:<namespace>:<service_account>` with audience sts.amazonaws.com, which is the same in
    every partition. Annotate the service account with `eks.amazonaws.com/role-arn: <arn>`.

    Args:
        iam: name prefix, partition, path and boundary of the platform's roles.
        oidc_provider: OIDC provider of the cluster, from ClusterOutputs.
        namespace: namespace of the service account.
        service_account: exact name, no wildcard.
        name: suffix of the role name; default `<namespace>-<service_account>`.
        policy_arns: managed policies of the role.
        statements: statements of the inline policy.

    Raises:
        ValueError: the role name exceeds 64 characters.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/associate-service-account-role.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        oidc_provider: OidcProvider,
        namespace: str,
        service_account: str,
        name: str | None = None,
        policy_arns: Sequence[str] = (),
        statements: Sequence[Statement] = (),
    ) -> None:
        super().__init__(
            scope,
            id_,
            iam=iam,
            name=name or f"{namespace}-{service_account}",
            policy_arns=policy_arns,
            statements=statements,
            trust=Trust(
                "Federated",
                (oidc_provider.arn,),
                ("sts:AssumeRoleWithWebIdentity",),
                (
                    ("StringEquals", f"{oidc_provider.issuer_host}:aud", (OIDC_AUDIENCE,)),
                    (
                        "StringEquals",
                        f"{oidc_provider.issuer_host}:sub",
                        (f"system:serviceaccount:{namespace}:{service_account}",),
                    ),
                ),
            ),
        )


POD_IDENTITY_TRUST = Trust("Service", ("pods.eks.amazonaws.com",), ("sts:AssumeRole", "sts:TagSession"))
"""The service principal is the same in every partition.

Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-role.html
"""


class PodIdentityRole(Role):
    """The same permissions via EKS Pod Identity: an association, without annotation on the service account.

    Not supported on Fargate. The trust policy matches cluster and service account by EKS session tags.

    Args:
        iam: name prefix, partition, path and boundary of the platform's roles.
        cluster_name: the cluster; token or name.
        associate: create the association here. False if an EKS add-on creates it.
        namespace: namespace of the service account.
        service_account: service account name.
        name: suffix of the role name; default `<namespace>-<service_account>`.
        policy_arns: managed policies of the role.
        statements: statements of the inline policy.

    Raises:
        ValueError: the role name exceeds 64 characters.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/pod-id-association.html
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        iam: Iam,
        cluster_name: str,
        namespace: str,
        service_account: str,
        associate: bool = True,
        name: str | None = None,
        policy_arns: Sequence[str] = (),
        statements: Sequence[Statement] = (),
    ) -> None:
        name = name or f"{namespace}-{service_account}"
        super().__init__(
            scope,
            id_,
            iam=iam,
            name=name,
            policy_arns=policy_arns,
            statements=statements,
            trust=Trust(
                POD_IDENTITY_TRUST.principal_type,
                POD_IDENTITY_TRUST.identifiers,
                POD_IDENTITY_TRUST.actions,
                (
                    ("StringEquals", "aws:RequestTag/eks-cluster-name", (cluster_name,)),
                    ("StringEquals", "aws:RequestTag/kubernetes-namespace", (namespace,)),
                    ("StringEquals", "aws:RequestTag/kubernetes-service-account", (service_account,)),
                ),
            ),
        )
        self.association: EksPodIdentityAssociation | None = None
        if associate:
            self.association = addressed(
                slug(name),
                EksPodIdentityAssociation(
                    self,
                    "association",
                    cluster_name=cluster_name,
                    namespace=namespace,
                    service_account=service_account,
                    role_arn=self.arn,
                    depends_on=super().rights,
                ),
            )

    @property
    def rights(self) -> list[ITerraformDependable]:
        """Prerequisites of the service account's pods, for `depends_on`."""
        return [*super().rights, *([self.association] if self.association is not None else [])]


def service_account_role(
    scope: Construct,
    id_: str,
    *,
    auth: Literal["irsa", "pod_identity"],
    oidc_provider: OidcProvider,
    cluster_name: str,
    associate: bool = True,
    **role: Any,
) -> OidcRole | PodIdentityRole:
    """The role of a service account by the configured method; arguments as for `OidcRole` and `PodIdentityRole`."""
    if auth == "irsa":
        return OidcRole(scope, id_, oidc_provider=oidc_provider, **role)
    return PodIdentityRole(scope, id_, cluster_name=cluster_name, associate=associate, **role)
