"""The construct that installs a catalogue entry."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdktf import DataResource, ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.chart_check import precondition
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.release_values import release_values
from modules.kubeflow.storage_classes import fixed_classes
from modules.naming import addressed, slug
from modules.settings.component import Component, HelmChart

MAX_HISTORY = 3
"""Helm history limit; each revision is a Secret of up to 1 MiB, and the Helm default is unlimited."""


@dataclass(frozen=True)
class Inputs:
    """Platform-specific inputs of a release."""

    values: Mapping[str, Any]
    """Values of an official chart."""
    tokens: Mapping[str, Any]
    """Name to value (known at apply, too; `EncodedText` too) of the `@@name@@` in a local chart's objects."""
    keep: bool
    """Keep CRDs, namespaces and PVCs on uninstall (helm.sh/resource-policy)."""
    rewrite: ImageRewrite = field(default_factory=ImageRewrite)
    """Replacement of images named in a local chart's objects."""
    offered_images: tuple[str, ...] = ()
    """Images named in its tokens."""


class ComponentRelease(Construct):
    """Installs one entry: an official chart as one release, a kustomization as up to three releases in sequence.

    Args:
        component: catalogue entry.
        charts: its local charts in install order; empty for an official chart.
        inputs: values and tokens.
        depends_on: last releases of its dependencies.

    Source: https://registry.terraform.io/providers/hashicorp/helm/latest/docs/resources/release
    """

    def __init__(
        self,
        scope: Construct,
        id_: str,
        *,
        component: Component,
        charts: Sequence[LocalChart],
        inputs: Inputs,
        depends_on: Sequence[ITerraformDependable],
    ) -> None:
        super().__init__(scope, id_)
        self.component = component
        before = list(depends_on)
        if isinstance(component.source, HelmChart):
            self.releases = [self._official(component.source, inputs.values, before)]
            return
        self.releases = []
        for chart in charts:
            release = self._local(chart, inputs, before)
            self.releases.append(release)
            before = [release]

    @property
    def last(self) -> Release:
        """The last release, which completes the entry."""
        return self.releases[-1]

    def _official(
        self, source: HelmChart, values: Mapping[str, Any], depends_on: list[ITerraformDependable]
    ) -> Release:
        return addressed(
            self.component.name,
            Release(
                self,
                "release",
                name=self.component.name,
                namespace=self.component.namespace,
                repository=source.repository,
                chart=source.chart,
                version=source.version,
                values=[release_values(self, self.component.name, values)],
                depends_on=depends_on or None,
                **self._common(),
            ),
        )

    def _local(self, chart: LocalChart, inputs: Inputs, depends_on: list[ITerraformDependable]) -> Release:
        values: dict[str, Any] = {}
        if chart.tokens:
            values["tokens"] = {name: inputs.tokens[name] for name in chart.tokens}
        if chart.keeps:
            values["keep"] = inputs.keep
        images, tags = inputs.rewrite.of_objects({*chart.images, *inputs.offered_images}, chart.composed_images)
        values |= {"images": images} if images else {}
        values |= {"imageTags": tags} if tags else {}
        condition, message = precondition(chart)
        fixed = fixed_classes(chart)
        if fixed:
            addressed(chart.release, DataResource(self, f"{chart.release}-classes", input=fixed))
        return addressed(
            chart.release,
            Release(
                self,
                chart.release,
                name=chart.release,
                namespace=self.component.namespace,
                chart=f"${{path.module}}/{chart.folder}",
                version=chart.version,
                values=[release_values(self, chart.release, values)] if values else None,
                lifecycle=TerraformResourceLifecycle(
                    precondition=[Precondition(condition=condition, error_message=message)],
                    replace_triggered_by=[f"terraform_data.{slug(chart.release)}"] if fixed else None,
                ),
                depends_on=depends_on or None,
                **self._common(),
            ),
        )

    def _common(self) -> dict[str, Any]:
        return {
            "create_namespace": False,
            "wait": True,
            "wait_for_jobs": True,
            "timeout": self.component.timeout_seconds,
            # A failed install of a stateful component is kept; the next apply continues from it.
            "atomic": not self.component.stateful,
            # Avoids "cannot re-use a name that is still in use": https://github.com/hashicorp/terraform-provider-helm/issues/1665
            "upgrade_install": self.component.stateful or None,
            "max_history": MAX_HISTORY,
        }
