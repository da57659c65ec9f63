"""IAM roles of components' service accounts that call AWS."""

from collections.abc import Sequence
from dataclasses import dataclass

from modules.iam.oidc_role import OidcRole, PodIdentityRole, service_account_role
from modules.iam.policy_context import PolicyContext
from modules.kubeflow.behaviours import statements_of
from modules.kubeflow.chosen import external_services_of
from modules.settings import Kubeflow, Statement
from modules.settings.component import AwsAccess, Component
from modules.settings.repositories import UPSTREAM_PREFIXES
from stacks.component_context import ComponentContext
from stacks.credential_delivery import CredentialDelivery
from stacks.stack import PlatformStack

Roles = dict[str, OidcRole | PodIdentityRole]
"""Service account to its role."""


@dataclass(frozen=True)
class ComponentRoles:
    """Creates the roles of a stack's components.

    Args:
        stack: parent stack.
        kubeflow: Kubeflow settings.
        context: resource names for policies.
        delivery: credentials read by service accounts via CSI.
    """

    stack: PlatformStack
    kubeflow: Kubeflow
    context: ComponentContext
    delivery: CredentialDelivery

    def make(self, component: Component) -> Roles:
        """Roles of one component, with policies from the catalogue and for its credentials."""
        rights = self.delivery.rights(component)
        for access in component.aws:
            if access.only_with in (None, *external_services_of(self.kubeflow).external):
                via_csi = rights.get(access.service_account, ())
                rights[access.service_account] = (*self._statements(component, access), *via_csi)
        names = {access.service_account: access.role for access in component.aws}
        return {
            account: self._role(component, account, names.get(account) or account, statements)
            for account, statements in rights.items()
        }

    def _statements(self, component: Component, access: AwsAccess) -> Sequence[Statement]:
        platform, karpenter, pod_logs = self.stack.platform, self.context.karpenter, self.context.pod_logs
        issuer, repositories = self.kubeflow.dns01_issuer, self.kubeflow.services.repositories
        context = PolicyContext(
            partition=platform.partition,
            region=platform.region,
            account_id=self.stack.account.account_id,
            cluster_name=self.context.target.cluster_name,
            vpc_id=self.context.vpc_id,
            dns_zone_ids=self.kubeflow.dns_zone_ids,
            challenges=(issuer.zone_id, issuer.domain) if issuer is not None else None,
            pod_log_group_name=pod_logs.resource.name if pod_logs is not None else None,
            interruption_queue_arn=karpenter.queue_arn if karpenter is not None else None,
            karpenter_node_role_arn=karpenter.node_role_arn if karpenter is not None else None,
            artifact_bucket=self.context.bucket,
            repository_prefix=platform.name,
            cached_registries=tuple(UPSTREAM_PREFIXES[one.registry] for one in repositories.pull_through)
            if repositories is not None
            else (),
        )
        return statements_of(component.name, access.policy, context)

    def _role(
        self, component: Component, service_account: str, name: str, statements: Sequence[Statement]
    ) -> OidcRole | PodIdentityRole:
        return service_account_role(
            self.stack,
            f"{component.name}-{service_account}",
            auth=self.kubeflow.service_account_auth,
            oidc_provider=self.context.target.oidc_provider,
            cluster_name=self.context.target.cluster_name,
            iam=self.stack.iam,
            name=name,
            namespace=component.namespace,
            service_account=service_account,
            statements=statements,
        )
