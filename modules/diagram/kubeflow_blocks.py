"""Kubeflow in the cluster: its components in groups, and the teams."""

from collections.abc import Iterator, Mapping

from modules.diagram.blocks import Block, Card, Frame, Row
from modules.diagram.cluster_blocks import HELPERS, component_of
from modules.diagram.found import Found, addresses, some
from modules.kubeflow.upstream import VERSION

GROUPS: Mapping[str, tuple[str, ...]] = {
    "Dashboard and sign-in": (
        *("central-dashboard", "profiles", "dex", "oauth2-proxy", "machine-tokens", "fixed-user"),
        *("admission-webhook", "team-admission", "kubeflow-namespace", "kubeflow-roles"),
    ),
    "Notebooks": (
        *("jupyter-web-app", "notebook-controller", "jupyterhub", "volumes-web-app", "pvcviewer"),
        *("tensorboards-web-app", "tensorboard-controller"),
    ),
    "Pipelines": ("pipelines", "argo-workflows"),
    "Training and tuning": (
        *("trainer", "katib", "spark-operator", "training-operator", "mpi-operator", "kuberay", "kueue"),
    ),
    "Models": ("kserve", "kserve-models-web-app", "knative-serving", "model-registry", "seldon-core"),
    "Foundations": (
        *("istio", "istio-crds", "istio-namespace", "kubeflow-istio-resources", "cluster-local-gateway"),
        *("gateway-target-group", "cert-manager", "dns01-issuer", "database-users", "database-retired-users"),
        "kube-prometheus-stack",
    ),
}
"""Title to components of the catalogue, as the picture groups them."""

PART_OF: Mapping[str, str] = {
    "istio-crds": "istio",
    "istio-namespace": "istio",
    "gateway-target-group": "istio",
    "kubeflow-istio-resources": "istio",
    "kubeflow-namespace": "profiles",
    "kubeflow-roles": "profiles",
    "database-retired-users": "database-users",
    "dns01-issuer": "cert-manager",
    "notebook-controller": "jupyter-web-app",
    "tensorboard-controller": "tensorboards-web-app",
    "kserve-models-web-app": "kserve",
    "pvcviewer": "volumes-web-app",
}
"""Component to the one that is named in its place, if it is installed, too."""


def kubeflow(found: Found) -> Iterator[Block]:
    """Components of the stacks `kubeflow`, in groups."""
    by_component: dict[str, list[str]] = {}
    for release in found.layer("kubeflow").of("helm_release"):
        by_component.setdefault(component_of(release), []).append(release.address)
    helpers = tuple(sorted(address for name in HELPERS for address in by_component.pop(name, ())))
    known = {name for names in GROUPS.values() for name in names}
    groups = {**GROUPS, "More components": tuple(sorted(by_component.keys() - known))}
    cards = []
    for title, names in groups.items():
        there = [name for name in names if name in by_component]
        if there:
            shown = [name for name in there if PART_OF.get(name) not in there]
            releases = tuple(sorted(address for name in there for address in by_component[name]))
            cards.append(Card(title, (", ".join(shown),), "plain", None, releases))
    if cards:
        yield Frame(
            f"Kubeflow {VERSION}", (Row(tuple(cards), least=140),), (), "kubeflow", None, helpers, name="kubeflow"
        )


def teams(found: Found) -> Iterator[Block]:
    """Namespaces of teams."""
    releases = found.layer("teams").of("helm_release")
    if not releases:
        return
    names = [component_of(release) for release in releases]
    if len(releases) <= 3:
        cards = (
            Card(f"Team {name}", ("namespace and IAM role",), "users", "user", (release.address,))
            for name, release in zip(names, releases, strict=True)
        )
        yield Row(tuple(cards), least=118)
    else:
        yield Card(f"{len(names)} teams", (some(names, 8),), "users", "user", addresses(releases))
