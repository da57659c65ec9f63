"""What Kubeflow requires inside an existing cluster, read from its API server: Terraform learns it only when an apply fails."""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from modules.checks.fit.fit import live
from modules.checks.fit.nodes import live_nodes
from modules.doctor.account import Place
from modules.doctor.finding import Finding
from modules.kubeflow.chosen import chosen_components
from modules.live.api import Api, MissingClusterError, UnreachableError, of_eks
from modules.live.target import Target
from modules.settings import ExistingCluster, Kubeflow

EBS_DRIVER = "ebs.csi.aws.com"
DEFAULT_CLASS = "storageclass.kubernetes.io/is-default-class"
RELEASE = "meta.helm.sh/release-name"
"""Annotation of objects that Helm installed.

Source: https://helm.sh/docs/topics/charts_tips_and_tricks/
"""
PROFILES = "/apis/apiextensions.k8s.io/v1/customresourcedefinitions/profiles.kubeflow.org"
MORE_SHOWN = 5


def inside_existing(place: Place) -> Iterator[Finding]:
    """Requirements of Kubeflow in an existing cluster."""
    platform, kubeflow = place.platform, place.platform.kubeflow
    if kubeflow is None or not isinstance(platform.cluster, ExistingCluster):
        return
    target = Target(
        platform.name,
        platform.cluster.name,
        platform.region,
        platform.assume_role_arn,
        (),
        platform.assume_role_external_id,
    )
    try:
        api = of_eks(target)
        installed = _installed_by(api)
        ours = {*(component.name for component in chosen_components(kubeflow)), *kubeflow.preinstalled}
        if installed is not None and installed not in ours and not any(installed.startswith(f"{one}-") for one in ours):
            yield Finding(
                "error",
                f"the cluster {platform.cluster.name} has another Kubeflow: the CRD profiles.kubeflow.org belongs to {installed or 'no Helm release'}",
                "use another cluster, or remove that Kubeflow first",
            )
            return
        for check in CHECKS:
            yield from check(api, kubeflow)
        if installed is None:
            yield from _room(place, api)
    except MissingClusterError:  # reported by existing_cluster
        return
    except UnreachableError as error:
        yield Finding("not checked", f"requirements inside the cluster {platform.cluster.name}: {error}")


def _installed_by(api: Api) -> str | None:
    """The Helm release of Kubeflow's CRD of profiles, empty if another program made it; None: there is none."""
    found = api.get(PROFILES)
    if found is None:
        return None
    return str((found["metadata"].get("annotations") or {}).get(RELEASE, ""))


def _rights(api: Api, _: Kubeflow) -> Iterator[Finding]:
    """The caller may do everything, by an access entry or by the ConfigMap aws-auth."""
    if not api.allows("*", "*", "*"):
        yield Finding(
            "error",
            "the caller is not an administrator inside the cluster, so it cannot apply the stacks addons, kubeflow and teams",
            "have the cluster's owner add an access entry with AmazonEKSClusterAdminPolicy, or map it to system:masters in aws-auth",
        )


def _volumes(api: Api, kubeflow: Kubeflow) -> Iterator[Finding]:
    """The EBS CSI driver and one default StorageClass."""
    if api.get(f"/apis/storage.k8s.io/v1/csidrivers/{EBS_DRIVER}") is None:
        yield Finding(
            "error",
            "the cluster has no EBS CSI driver, so volumes of notebooks and databases stay Pending",
            "install the EKS add-on aws-ebs-csi-driver",
        )
    classes = _items(api, "/apis/storage.k8s.io/v1/storageclasses")
    defaults = sorted(
        one["metadata"]["name"]
        for one in classes
        if (one["metadata"].get("annotations") or {}).get(DEFAULT_CLASS) == "true"
        and RELEASE not in (one["metadata"].get("annotations") or {})
    )
    brings = any(one.name == "default-storage-class" for one in chosen_components(kubeflow))
    if brings and defaults:
        yield Finding(
            "warning",
            f"the cluster has a default StorageClass already ({', '.join(defaults)}), and default-storage-class adds another one",
            'list "default-storage-class" in preinstalled, or make the other one no default',
        )
    elif not brings and not defaults:
        yield Finding(
            "error",
            "the cluster has no default StorageClass, so volumes that name none stay Pending",
            "enable the component default-storage-class, or make one of its classes the default",
        )


def _metrics(api: Api, _: Kubeflow) -> Iterator[Finding]:
    """The metrics API, which HorizontalPodAutoscalers read."""
    if api.get("/apis/apiregistration.k8s.io/v1/apiservices/v1beta1.metrics.k8s.io") is None:
        yield Finding(
            "warning",
            "the cluster has no metrics-server, so Istio and other components do not scale with their load",
            "install the EKS add-on metrics-server",
        )


def _pod_identity(api: Api, kubeflow: Kubeflow) -> Iterator[Finding]:
    """The agent that gives pods the permissions of EKS Pod Identity."""
    agent = "/apis/apps/v1/namespaces/kube-system/daemonsets/eks-pod-identity-agent"
    if kubeflow.service_account_auth == "pod_identity" and api.get(agent) is None:
        yield Finding(
            "error",
            "the cluster has no EKS Pod Identity agent, so pods have no AWS permissions",
            'install the EKS add-on eks-pod-identity-agent, or set kubeflow.service_account_auth="irsa"',
        )


CHECKS: tuple[Callable[[Api, Kubeflow], Iterator[Finding]], ...] = (_rights, _volumes, _metrics, _pod_identity)


def _room(place: Place, api: Api) -> Iterator[Finding]:
    """Free capacity of the nodes as they are, before the first install."""
    nodes = live_nodes(_items(api, "/api/v1/nodes"), _items(api, "/api/v1/pods"))
    pods, placement = live(place.platform, nodes)
    if not placement.waiting:
        yield Finding("ok", f"all {pods} pods of the platform find room on the {len(nodes)} nodes of the cluster")
        return
    shown = [str(one) for one in placement.pending[:MORE_SHOWN]]
    more = len(placement.pending) - len(shown)
    yield Finding(
        "warning",
        f"{placement.waiting} of {pods} pods of the platform find no room on the {len(nodes)} nodes of the cluster: {'; '.join(shown)}"
        + (f"; {more} more workloads" if more > 0 else ""),
        "add nodes first, unless an autoscaler adds them",
    )


def _items(api: Api, path: str) -> list[Mapping[str, Any]]:
    return list((api.get(path) or {}).get("items") or ())
