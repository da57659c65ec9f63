"""Stacks of cluster components: add-ons and Kubeflow."""

from collections.abc import Iterator, Mapping
from dataclasses import replace

from cdktf import ITerraformDependable
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from modules.kubeflow.builtin_context import builtin_context
from modules.kubeflow.chart import LocalChart
from modules.kubeflow.chart_check import check_locals
from modules.kubeflow.chosen import chosen_components, external_services_of, known_components, platform_parts
from modules.kubeflow.database_users import CREATE
from modules.kubeflow.derived_secrets import derived_secrets
from modules.kubeflow.drain import KARPENTERS_KINDS, MINUTES, drain_chart, kinds_of
from modules.kubeflow.images.platform import images_by_component, pulled
from modules.kubeflow.install_order import StackPart
from modules.kubeflow.notebooks import offered_images
from modules.kubeflow.release import ComponentRelease
from modules.kubeflow.secrets.expressions import CredentialValues, version_in
from modules.kubeflow.secrets.secrets_manager import ClusterSecrets
from modules.kubeflow.selection import chart_of_namespaces, charts, namespaces, namespaces_of_others, secrets
from modules.kubeflow.service_accounts import created, service_account
from modules.kubeflow.upstream import VERSION
from modules.kubeflow.variants import entries
from modules.settings import Kubeflow, Platform
from modules.settings.component import Builtin, Component, HelmChart
from stacks.component_context import ComponentContext
from stacks.component_inputs import ComponentInputs
from stacks.component_roles import ComponentRoles
from stacks.contract import Output
from stacks.credential_delivery import CredentialDelivery
from stacks.service_account_arns import role_arns
from stacks.services import ServicesStack
from stacks.stack import PlatformStack, Run

INSTALLED = (
    Output("namespaces", "list(string)", "Namespaces created by this stack."),
    Output(
        "component_versions",
        "map(string)",
        "Component to its version: chart version of an official chart, otherwise the project version.",
    ),
    Output(
        "images",
        "list(string)",
        "Images used by the components, for mirrors and scanners; without those of extra charts.",
    ),
)


class ComponentsStack(PlatformStack):
    """Components of one layer, or a numbered part of it.

    Args:
        platform: platform settings.
        part: components of the stack.
        installed: namespaces that earlier stacks of the platform create.

    Raises:
        ValueError: the platform is invalid, or a component is missing in the lock.
    """

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Wanted if a component is in its layer."""
        return bool(cls.names(platform))

    @classmethod
    def names(cls, platform: Platform) -> tuple[str, ...]:
        """One layer name, or several numbered ones."""
        return tuple(part.name for part in platform_parts(platform) if part.layer == cls.layer)

    @classmethod
    def create(cls, scope: Construct, platform: Platform, run: Run) -> Iterator[PlatformStack]:
        """Create each part with the namespaces that no earlier stack creates."""
        for part in platform_parts(platform):
            if part.layer == cls.layer:
                earlier = [stack for stack in run.stacks.values() if isinstance(stack, ComponentsStack)]
                installed = {namespace.name for stack in earlier for namespace in stack.made_namespaces}
                yield cls(scope, platform, part, frozenset(installed))

    def __init__(self, scope: Construct, platform: Platform, part: StackPart, installed: frozenset[str]) -> None:
        super().__init__(scope, platform, part.name)
        if platform.kubeflow is None:
            raise ValueError("kubeflow: not set; set kubeflow=Kubeflow(…)")
        self.kubeflow: Kubeflow = platform.kubeflow
        self.part = part
        self.entries = entries(
            part.components,
            other_components=chosen_components(self.kubeflow),
            external_services=external_services_of(self.kubeflow),
        )
        self.charts: list[LocalChart] = []
        """Charts to write next to the stack's JSON."""
        wanted_secrets = secrets(part.components, self.entries, derived_secrets(self.kubeflow))
        values = CredentialValues(self, version=self._credential, output=self._service)
        delivery = CredentialDelivery(self, self.kubeflow, wanted_secrets, values)
        names = [component.name for component in part.components]
        context = ComponentContext(self, self.kubeflow, names, writes_secrets=bool(delivery.written))
        self.roles = ComponentRoles(self, self.kubeflow, context, delivery)
        self.inputs = ComponentInputs(self, self.kubeflow, context, delivery)
        self.first = self._namespaces(installed)
        self.secrets = ClusterSecrets(
            self,
            "secrets",
            secrets=delivery.written,
            values=values,
            version=self.kubeflow.services.credentials_version,
        )
        self.facts = builtin_context(self.platform, self.kubeflow)
        self.releases: dict[str, ComponentRelease] = {}
        for component in part.components:
            self.releases[component.name] = self._install(component)
        self._service_accounts()
        self._drain()
        self.write_locals(check_locals(self.charts))
        self._outputs()

    def _credential(self, name: str) -> Mapping[str, str]:
        """Secret and version of a credential from the services stack."""
        return version_in(self._service("credentials"))(name)

    def _service(self, output: str) -> str:
        """An output of the services stack as Terraform expression."""
        return self.upstream_stack(ServicesStack).expression(output)

    def _drain(self) -> None:
        """Without deletion protection, the last release deletes user-created objects before their controllers are removed.

        With deletion protection it is absent: CRDs, namespaces and their content are kept.
        """
        kinds: tuple[str, ...] = KARPENTERS_KINDS if "karpenter-node-pools" in self.releases else ()
        if self.part.layer == "kubeflow":
            kinds = tuple(kinds_of(self.entries.values(), self.releases))
        if self.platform.deletion_protection or not kinds:
            return
        name = f"{self.part.name}-drain"
        component = Component(name, "kube-system", Builtin(), timeout_seconds=MINUTES * 60 + 60)
        chart = drain_chart(name, component.namespace, kinds, VERSION)
        self.charts.append(chart)
        ComponentRelease(
            self,
            name,
            component=component,
            charts=[chart],
            inputs=self.inputs.of(component, {}),
            depends_on=[release.last for release in self.releases.values()],
        )

    def _service_accounts(self) -> None:
        """Service accounts of `service_account_roles` outside of teams: one release in the last stack of components."""
        teams = {team.name for team in self.kubeflow.teams}
        roles = [role for role in created(self.platform.service_account_roles) if role.namespace not in teams]
        if not roles or self.part.name != platform_parts(self.platform)[-1].name:
            return
        name = f"{self.part.name}-service-accounts"
        chart = LocalChart.of(name, [service_account(role) for role in roles], VERSION)
        self.charts.append(chart)
        component = Component(name, "kube-system", Builtin())
        inputs = self.inputs.of(component, {})
        tokens = {**inputs.tokens, **role_arns(self.upstream_stack(ServicesStack), roles)}
        ComponentRelease(
            self,
            name,
            component=component,
            charts=[chart],
            inputs=replace(inputs, tokens=tokens),
            depends_on=self.first,
        )

    def _namespaces(self, installed: frozenset[str]) -> list[Release]:
        """One release of all new namespaces: a release cannot be in a namespace it creates."""
        present = [known_components(self.kubeflow)[name] for name in self.kubeflow.preinstalled]
        there = installed | namespaces_of_others(present)
        self.made_namespaces = namespaces(self.part.components, self.entries, there)
        if not self.made_namespaces:
            return []
        name = f"{self.part.name}-namespaces"
        chart = chart_of_namespaces(name, self.made_namespaces)
        self.charts.append(chart)
        component = Component(name, "kube-system", Builtin())
        release = ComponentRelease(
            self, name, component=component, charts=[chart], inputs=self.inputs.of(component, {}), depends_on=()
        )
        return [release.last]

    def _install(self, component: Component) -> ComponentRelease:
        via_csi = self.kubeflow.services.credential_delivery == "csi"
        local = charts(component, self.entries.get(component.name), self.facts, via_csi=via_csi)
        self.charts += local
        earlier = [self.releases[name].last for name in component.after if name in self.releases]
        # A Secret for a new database user is written after the user exists: a pod can restart at any time.
        users = [self.releases[CREATE].last] if CREATE in component.after and CREATE in self.releases else []
        secrets = self.secrets.write(component.name, depends_on=[*self.first, *users])
        needs = [self.releases[need].last for need in component.needs if need in self.releases]
        before: list[ITerraformDependable] = [*self.first, *needs, *earlier, *secrets]
        roles = self.roles.make(component)
        return ComponentRelease(
            self,
            component.name,
            component=component,
            charts=local,
            inputs=self.inputs.of(component, roles),
            depends_on=[*before, *(right for role in roles.values() for right in role.rights)],
        )

    def _outputs(self) -> None:
        versions = {
            component.name: component.source.version
            if isinstance(component.source, HelmChart)
            else self.entries[component.name].app_version
            if component.name in self.entries
            else VERSION
            for component in self.part.components
        }
        self.write_outputs(
            {
                "namespaces": sorted(namespace.name for namespace in self.made_namespaces),
                "component_versions": versions,
                "images": self._images(),
                **self._entrance(),
            }
        )

    def _images(self) -> list[str]:
        """Images pulled by this stack's components, for scanners."""
        version = getattr(self.platform.cluster, "kubernetes_version", None)
        offered = offered_images(self.kubeflow.notebooks)
        found = images_by_component(self.part.components, self.entries, offered, version)
        found["kubectl"] = [image for chart in self.charts if chart.content is not None for image in chart.images]
        return pulled(found, self.inputs.rewrite)

    def _entrance(self) -> dict[str, str]:
        """Outputs for access to the platform."""
        return {}


class AddonsStack(ComponentsStack):
    """`<platform>-addons`: cluster add-ons required by Kubeflow."""

    layer = "addons"
    about = "cluster add-ons: load balancers, autoscaling, disks"
    outputs = INSTALLED


class KubeflowStack(ComponentsStack):
    """`<platform>-kubeflow`."""

    layer = "kubeflow"
    about = "Kubeflow"
    outputs = (
        *INSTALLED,
        Output("dashboard_url", "string", "URL of the dashboard; localhost with a running port-forward."),
        Output("port_forward_command", "string", "Command for a port-forward to the dashboard."),
    )

    def _entrance(self) -> dict[str, str]:
        return {
            "dashboard_url": self.kubeflow.exposure.url,
            "port_forward_command": "kubectl port-forward --namespace istio-system service/istio-ingressgateway 8080:80",
        }
