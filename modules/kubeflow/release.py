"""The one construct that installs any entry of the catalogue."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from cdktf import ITerraformDependable, Precondition, TerraformResourceLifecycle
from cdktf_cdktf_provider_helm.release import Release
from constructs import Construct

from modules.kubeflow.chart import LocalChart
from modules.kubeflow.chart_check import precondition
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.release_values import release_values
from modules.naming import addressed
from modules.settings.component import Component, HelmChart

MAX_HISTORY = 3
"""Revisions that Helm keeps, each a Secret of up to a megabyte; the default is all of them."""


@dataclass(frozen=True)
class Inputs:
    """What an entry gets from its platform."""

    values: Mapping[str, Any]
    """Values of an official chart."""
    tokens: Mapping[str, Any]
    """Name to value (known at apply, too; `EncodedText` too) of the `@@name@@` in a local chart's objects."""
    keep: bool
    """Whether object types, namespaces and volumes outlive their release."""
    rewrite: ImageRewrite = field(default_factory=ImageRewrite)
    """What becomes of images that a local chart's objects name."""
    offered_images: tuple[str, ...] = ()
    """Images that its tokens name."""


class ComponentRelease(Construct):
    """Installs one entry: an official chart as one release, objects of a kustomization as up to three, one after another.

    Args:
        component: the entry.
        charts: its local charts in order; empty for an official chart.
        inputs: values and tokens.
        depends_on: the last releases of what it needs.

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
        """What stands when all of the entry stands."""
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
                    precondition=[Precondition(condition=condition, error_message=message)]
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
            # What holds data is left as it is when an install fails; the next apply goes on with it.
            "atomic": not self.component.stateful,
            # Or "cannot re-use a name that is still in use": https://github.com/hashicorp/terraform-provider-helm/issues/1665
            "upgrade_install": self.component.stateful or None,
            "max_history": MAX_HISTORY,
        }
