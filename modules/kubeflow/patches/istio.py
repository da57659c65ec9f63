"""Istio: one version from one registry, no routes from Ingresses, and policies that wait for istiod, whose webhook checks them."""

import json
from typing import Any

from modules.kubeflow.patch import Objects, Variant, replace_text

HUB = "docker.io/istio"
"""Docker Hub. `gcr.io/istio-release`, which upstream names, and `registry.istio.io/release` are retired in December 2026.

Source: https://github.com/istio/istio/issues/61467
"""
TAG = "1.29.7"
"""The last patch release of the line that upstream's objects are made for (label `helm.sh/chart`): upstream mixes a control
plane of 1.28.0 with sidecars of 1.29.0, and 1.28.0 has CVE-2026-31837.

Source: https://github.com/istio/istio/security/advisories
"""
UPSTREAM_HUB = "gcr.io/istio-release"
UPSTREAM_TAG = "1.28.0"


def workload_images(objects: Objects) -> None:
    """Images of istiod and the ingress gateway, and of the CNI plugin with the version that it reports."""
    for kind, name in (
        ("Deployment", "istiod"),
        ("Deployment", "istio-ingressgateway"),
        ("DaemonSet", "istio-cni-node"),
    ):
        released_image(objects, kind, name)
    objects.merge("ConfigMap", "istio-cni-config", {"data": {"CURRENT_AGENT_VERSION": TAG}})


def released_image(objects: Objects, kind: str, name: str) -> None:
    """The image of a workload's only container, from our registry in our version."""
    replace_text(
        objects.container(kind, name), "image", (f"{UPSTREAM_HUB}/", f"{HUB}/"), (f":{UPSTREAM_TAG}", f":{TAG}")
    )


def injected_image(objects: Objects) -> None:
    """What the injector makes the sidecar's image from, and the record of the values that upstream rendered with."""
    for name, keys in (("istio-sidecar-injector", ("values",)), ("values", ("merged-values", "original-values"))):
        data = objects.one("ConfigMap", name)["data"]
        for key in keys:
            values: dict[str, Any] = json.loads(data[key])
            if values["global"]["hub"] != UPSTREAM_HUB:
                raise ValueError(f"patch: ConfigMap {name}: {key}: its hub is not {UPSTREAM_HUB} any more; look at it")
            values["global"] |= {"hub": HUB, "tag": TAG}
            data[key] = json.dumps(values, indent=2)


def no_ingress_controller(objects: Objects) -> None:
    """Istiod ignores Ingresses. By default it turns each of class `istio`, which any team may create, into a route of the gateway.

    Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-IngressControllerMode
    """
    data = objects.one("ConfigMap", "istio")["data"]
    replace_text(
        data, "mesh", ("accessLogFile: /dev/stdout\n", 'accessLogFile: /dev/stdout\ningressControllerMode: "OFF"\n')
    )


VARIANTS = {
    "default": Variant(
        (workload_images, injected_image, no_ingress_controller),
        # the CRDs of these groups are in the entry istio-crds
        own_groups=("networking.istio.io", "security.istio.io"),
    )
}
