"""Patches of Istio: istiod and CNI plugin from the official charts, upstream's gateway and policies around them.

One version from one registry. No routes from Ingresses. Policies depend on istiod, whose webhook validates them.
"""

from modules.kubeflow.patching.patch import Objects, RenderedChart, Variant
from modules.kubeflow.upstream import CHARTS

HUB = "docker.io/istio"
"""Docker Hub. `gcr.io/istio-release` and `registry.istio.io/release`, which upstream names, are retired in December 2026.

Source: https://github.com/istio/istio/issues/61467
"""
TAG = CHARTS["istiod"].version
RELEASE = "istio"
"""Release name in upstream's label `release`."""
IMAGES = {"hub": HUB, "tag": TAG}
_SECCOMP = {"type": "RuntimeDefault"}
_LIMITS = {"cpu": "2000m", "memory": "1024Mi"}

# What upstream's kustomization patches into the objects that `istioctl` renders (common/istio/istio-install/base/patches).
ISTIOD = {
    "global": {
        **IMAGES,
        "proxy": {
            "resources": {"requests": {"cpu": "10m", "memory": "40Mi"}, "limits": _LIMITS},
            "seccompProfile": _SECCOMP,
        },
        "proxy_init": {"resources": {"requests": {"cpu": "10m", "memory": "10Mi"}, "limits": _LIMITS}},
        "waypoint": {"resources": {"requests": {"cpu": "10m"}}},
    },
    "gateways": {"seccompProfile": _SECCOMP},
    "seccompProfile": _SECCOMP,
    "pilot": {"cni": {"enabled": True}},
    "env": {
        "ENABLE_DEBUG_ON_HTTP": "false",
        "ENABLE_NATIVE_SIDECARS": "true",
        "PILOT_JWT_PUB_KEY_REFRESH_INTERVAL": "1m",
    },
}


def mesh_config(objects: Objects) -> None:
    """Upstream's mesh configuration, with its oauth2-proxy as extension provider, and without Ingress processing in istiod.

    By default istiod turns each Ingress of class `istio`, which any team may create, into a route of the public gateway.

    Source: https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#MeshConfig-IngressControllerMode
    """
    mesh = objects.replaced("ConfigMap", "istio")["data"]["mesh"]
    if "ingressControllerMode" in mesh or "extensionProviders" not in mesh:
        raise ValueError("patch: ConfigMap istio: upstream's mesh configuration has changed; check it")
    objects.one("ConfigMap", "istio")["data"]["mesh"] = f'ingressControllerMode: "OFF"\n{mesh}'


def ingress_gateway(objects: Objects) -> None:
    """Upstream's ingress gateway with the version of the mesh."""
    gateway(objects, "istio-ingressgateway")


def gateway(objects: Objects, name: str) -> None:
    """Update a gateway rendered by upstream from the chart `gateways/istio-ingress` to the version of the mesh.

    The chart renders the same objects from 1.29.0 to 1.31 (except quotes around the namespace, and empty resources). Its
    successor, the chart `gateway`, is not suitable: its pods get their proxy by injection, which upstream disables in
    `istio-system`.
    """
    container = objects.container("Deployment", name)
    if not container["image"].rpartition("/")[2].startswith("proxyv2:"):
        raise ValueError(f"patch: Deployment {name}: its image is {container['image']}; check upstream's change")
    container["image"] = f"{HUB}/proxyv2:{TAG}"
    raised = 0
    for item in objects.items:
        for metadata in (item["metadata"], item.get("spec", {}).get("template", {}).get("metadata", {})):
            labels = metadata.get("labels") or {}
            if labels.get("helm.sh/chart", "").startswith("istio-ingress-"):
                labels |= {"helm.sh/chart": f"istio-ingress-{TAG}", "app.kubernetes.io/version": TAG}
                raised += 1
    if not raised:
        raise ValueError(
            f"patch: {name}: no object has the label helm.sh/chart=istio-ingress-…; check upstream's change"
        )


def one_gateway(objects: Objects) -> None:
    """Remove Istio's sample Gateway: it is unused and exposes all hosts on the public gateway to any route.

    Source: https://istio.io/latest/docs/ops/best-practices/security/#gateways
    """
    objects.remove("Gateway.networking.istio.io", "istio-ingressgateway")


VARIANTS = {
    "default": Variant(
        (mesh_config, ingress_gateway, one_gateway),
        charts=(
            RenderedChart("istiod", RELEASE, ISTIOD),
            RenderedChart("istio-cni", RELEASE, {"global": IMAGES}, namespace="kube-system"),
            # only its ServiceAccount: the CRDs are in the entry istio-crds
            RenderedChart("istio-base", RELEASE, {"global": {"resourceScope": "namespace"}, "defaultRevision": ""}),
        ),
        own_groups=("networking.istio.io", "security.istio.io"),
    )
}
