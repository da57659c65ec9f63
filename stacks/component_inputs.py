"""Inputs of components: values of official charts, and tokens of local charts."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.dashboard_menu import menu_tokens
from modules.kubeflow.images.platform import SPAWNER
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.notebooks import offered_images
from modules.kubeflow.release import Inputs
from modules.kubeflow.release_inputs import annotations, tokens
from modules.kubeflow.values import ChartContext, RemoteWrite, chart_values
from modules.naming import slug
from modules.settings import Kubeflow
from modules.settings.component import Component, HelmChart
from stacks.component_context import ComponentContext
from stacks.component_roles import Roles
from stacks.credential_delivery import CredentialDelivery
from stacks.external_services import backing_tokens
from stacks.images import image_rewrite
from stacks.services import ServicesStack
from stacks.stack import PlatformStack, UpstreamStack


@dataclass(frozen=True)
class ComponentInputs:
    """Resolves the inputs of a stack's components.

    Args:
        stack: stack, which reads outputs of earlier stacks.
        kubeflow: Kubeflow settings.
        context: cluster and AWS resources of components.
        delivery: delivery of their credentials.
    """

    stack: PlatformStack
    kubeflow: Kubeflow
    context: ComponentContext
    delivery: CredentialDelivery

    def of(self, component: Component, roles: Roles) -> Inputs:
        """Inputs of one component.

        Args:
            component: catalogue entry, or a component of the stack.
            roles: roles of its service accounts.
        """
        irsa = self.kubeflow.service_account_auth == "irsa"
        arns = {account: role.arn if irsa else None for account, role in roles.items()}
        values: Mapping[str, Any] = {}
        if isinstance(component.source, HelmChart):
            values = chart_values(component, self._chart_context(component, arns))
        return Inputs(
            values,
            self._tokens(component, arns),
            keep=self.stack.platform.deletion_protection,
            rewrite=self.rewrite,
            offered_images=tuple(sorted(offered_images(self.kubeflow.notebooks))) if component.name == SPAWNER else (),
        )

    @cached_property
    def rewrite(self) -> ImageRewrite:
        """Image replacements of the platform."""
        return image_rewrite(self.kubeflow, self.stack.account, self.stack.iam.name_prefix)

    def _chart_context(self, component: Component, role_arns: Mapping[str, str | None]) -> ChartContext:
        context = self.context
        return ChartContext(
            cluster_name=context.target.cluster_name,
            region=self.stack.platform.region,
            vpc_id=context.vpc_id,
            kubernetes_version=context.kubernetes_version,
            roles=role_arns,
            kubeflow=self.kubeflow,
            deletion_protection=self.stack.platform.deletion_protection,
            pod_log_group_name=context.pod_logs.resource.name if context.pod_logs is not None else None,
            interruption_queue_name=context.karpenter.queue_name if context.karpenter is not None else None,
            karpenter_node_group=self.kubeflow.karpenter_node_group,
            remote_write=self._remote_write(component),
            credentials_stamp=self.delivery.stamp(component),
            fetched=self.delivery.fetched_by_chart(component),
            rewrite=self.rewrite,
        )

    def _tokens(self, component: Component, role_arns: Mapping[str, str | None]) -> dict[str, Any]:
        context, name = self.context, component.name
        issuer_host = context.target.oidc_provider.issuer_host
        found = tokens(self.kubeflow, self.stack.platform.cluster, oidc_issuer_host=issuer_host)
        found |= backing_tokens(self.stack, self.kubeflow, name)
        found |= annotations([*role_arns, *(access.service_account for access in component.aws)], role_arns)
        found |= {f"role_arn_{slug(account)}": arn for account, arn in role_arns.items() if arn is not None}
        found |= self.delivery.tokens(component)
        behaviour = BEHAVIOURS.get(name, Behaviour(name))
        if behaviour.auth_tokens:
            url = self.kubeflow.exposure.url
            found |= strategy_of(self.kubeflow.auth).tokens(url, lambda output: self._services().string(output))
        if name == "central-dashboard":
            found |= menu_tokens({*self.kubeflow.preinstalled, *(one.name for one in chosen_components(self.kubeflow))})
        if context.karpenter is not None:
            found |= {
                "node_role_name": context.karpenter.node_role_name,
                **context.karpenter.placement_groups,
            }
        if context.node_security_group_id:
            found["node_security_group_id"] = context.node_security_group_id
        return found | {output: self._services().string(output) for output in behaviour.service_outputs}

    def _services(self) -> UpstreamStack:
        return self.stack.upstream_stack(ServicesStack)

    def _remote_write(self, component: Component) -> RemoteWrite | None:
        """Managed Prometheus for the chart with remote write."""
        if component.name != "kube-prometheus-stack" or self.kubeflow.services.metrics is None:
            return None
        services, irsa = self._services(), self.kubeflow.service_account_auth == "irsa"
        return RemoteWrite(
            services.string("metrics_remote_write_url"), services.string("metrics_role_arn") if irsa else None
        )
