"""Values of official charts: the template in `values/`, overridden by settings."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import yaml
from cdktf import Fn

from modules.aws_data.image_registries import eks_image_registry
from modules.aws_data.instance_types import instance_types
from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.aws_data.kubernetes_versions import kubernetes_version as version_of
from modules.kubeflow.behaviours import SUPPLIED_SECRETS
from modules.kubeflow.images.charts import values_of
from modules.kubeflow.images.platform import chart_rows
from modules.kubeflow.images.rewrite import ImageRewrite
from modules.kubeflow.secrets.csi import API_VERSION, MOUNTS, volume_of
from modules.kubeflow.secrets.pod_references import VERSION_ANNOTATION
from modules.settings.component import Component
from modules.settings.kubeflow import Kubeflow
from modules.text import escaped, render

TEMPLATES = Path(__file__).with_name("values")
ROLE_ANNOTATION = "eks.amazonaws.com/role-arn"
PROMETHEUS = "prometheus"
"""Service account of Prometheus in kube-prometheus-stack; the chart's default name is truncated."""


@dataclass(frozen=True)
class FetchedSecret:
    """A Secret created by the secrets store driver when a pod mounts it."""

    name: str
    """Name of the Secret and of its SecretProviderClass."""
    spec: Mapping[str, Any]
    """Namespace of the SecretProviderClass."""


@dataclass(frozen=True)
class RemoteWrite:
    """Remote-write target of Prometheus, signed with its role."""

    url: str
    role_arn: str | None
    """None with EKS Pod Identity."""


@dataclass(frozen=True)
class ChartContext:
    """Platform facts for chart values. Strings may be Terraform tokens unless stated otherwise."""

    cluster_name: str
    region: str
    """Known at synthesis."""
    vpc_id: str
    kubernetes_version: str
    """Minor version of the cluster, such as 1.35."""
    roles: Mapping[str, str | None]
    """Service account (of the catalogue's `aws`) to the ARN of its role; None with EKS Pod Identity."""
    kubeflow: Kubeflow
    deletion_protection: bool = True
    pod_log_group_name: str | None = None
    """Existing CloudWatch log group for pod logs; required by aws-for-fluent-bit."""
    interruption_queue_name: str | None = None
    """SQS queue for EC2 interruption events; required by karpenter."""
    karpenter_node_group: str | None = None
    """Managed node group for Karpenter's own pods. None: any node not created by Karpenter."""
    remote_write: RemoteWrite | None = None
    """Managed Prometheus for kube-prometheus-stack, if any."""
    credentials_stamp: str = ""
    """Changes with the supplied Secrets; set as annotation on the pods that read them."""
    fetched: Mapping[str, FetchedSecret] = field(default_factory=dict)
    """Supplied Secret to its CSI source. Empty: Terraform writes it."""
    rewrite: ImageRewrite = field(default_factory=ImageRewrite)
    """Image replacements of the chart."""


def chart_values(component: Component, context: ChartContext) -> dict[str, Any]:
    """The values of an official chart, ready for `release_values`: strings may be Terraform tokens.

    Args:
        component: an entry whose source is a HelmChart. Without a template in `values/`, only the configured values apply.
        context: platform facts.

    Raises:
        ValueError: a fact that the entry needs is missing, or the template names a value that does not exist.
    """
    template = TEMPLATES / f"{component.name}.yaml.j2"
    ours: dict[str, Any] = {}
    if template.exists():
        ours = yaml.safe_load(render(template, **_facts(component, context)))
    rows = chart_rows(component)
    moved = merged(ours, values_of(rows, context.rewrite.of_chart(rows)))
    theirs = escaped(context.kubeflow.values.get(component.name, {}))
    return merged(moved, theirs)


def merged(low: Mapping[str, Any], high: Mapping[str, Any]) -> dict[str, Any]:
    """Merge two levels of values as Helm does: maps by key, other values as a whole."""
    result = dict(low)
    for key, value in high.items():
        below = result.get(key)
        result[key] = merged(below, value) if isinstance(below, Mapping) and isinstance(value, Mapping) else value
    return result


def cluster_autoscaler_tag(kubernetes_version: str) -> str:
    """Image tag of the cluster autoscaler; a Terraform lookup if the version is known only at plan.

    Raises:
        ValueError: the version is not in the table of EKS versions.
    """
    if "${" in kubernetes_version:
        tags = {name: version.cluster_autoscaler for name, version in KUBERNETES_VERSIONS.items()}
        return cast(str, Fn.lookup(tags, kubernetes_version))
    return version_of(kubernetes_version).cluster_autoscaler


def neuron_instance_types() -> list[str]:
    """EC2 types with Trainium or Inferentia chips, by name."""
    return sorted(name for name, facts in instance_types().items() if facts.neuron_devices)


def _facts(component: Component, context: ChartContext) -> dict[str, Any]:
    """Template variables. Expensive or fallible values are functions, called only by templates that need them."""

    def needed(name: str) -> Any:
        value = getattr(context, name)
        if value is None:
            raise ValueError(f"{component.name}: requires {name}, which its stack did not set; create it first")
        return value

    facts: dict[str, Any] = {
        "cluster_name": context.cluster_name,
        "region": context.region,
        "vpc_id": context.vpc_id,
        "kubeflow": context.kubeflow,
        "deletion_protection": context.deletion_protection,
        "karpenter_node_group": context.karpenter_node_group,
        "prometheus": PROMETHEUS,
        "remote_write": context.remote_write,
        "role_annotation": ROLE_ANNOTATION,
        "keep": {"helm.sh/resource-policy": "keep"} if context.deletion_protection else {},
        "needed": needed,
        "cluster_autoscaler_tag": lambda: cluster_autoscaler_tag(context.kubernetes_version),
        "eks_image_registry": lambda: eks_image_registry(context.region),
        "neuron_instance_types": neuron_instance_types,
        "secrets": _secrets(component, context),
        "credentials_version": {VERSION_ANNOTATION: context.credentials_stamp},
    }
    for access in component.aws:
        if access.service_account not in context.roles:
            raise ValueError(
                f"{component.name}: no IAM role for service account {access.service_account}; create it first"
            )
        role = context.roles[access.service_account]
        facts["service_account"] = {
            "name": access.service_account,
            "annotations": {} if role is None else {ROLE_ANNOTATION: role},
        }
    return facts


def _secrets(component: Component, context: ChartContext) -> list[dict[str, Any]]:
    """Supplied Secrets of a chart: the name its pods read, and the CSI volume if delivered via CSI."""
    found: list[dict[str, Any]] = []
    for secret in SUPPLIED_SECRETS.get(component.name, ()):
        fetched = context.fetched.get(secret.name)
        if fetched is None:
            found.append({"name": secret.name, "provider": None})
            continue
        role = context.roles.get(secret.reader)
        found.append(
            {
                "name": fetched.name,
                "provider": {
                    "apiVersion": API_VERSION,
                    "kind": "SecretProviderClass",
                    "metadata": {"name": fetched.name, "namespace": component.namespace},
                    "spec": dict(fetched.spec),
                },
                "mount": {
                    **volume_of(secret.name, fetched.name),
                    "mountPath": f"{MOUNTS}/{secret.name}",
                    "readOnly": True,
                },
                "service_account": {
                    "name": secret.reader,
                    "annotations": {} if role is None else {ROLE_ANNOTATION: role},
                },
            }
        )
    return found
