"""Parts of the values of deployKF, and what is the same in each.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml
"""

from collections.abc import Mapping
from dataclasses import replace

from modules.converting.field import Entry, Field, Outcome, Table, decided, no_home, secret

PAGE = "docs/from-deploykf.md has the commands"
TOOLS: Mapping[str, tuple[str, ...]] = {
    "katib": ("katib",),
    "notebooks": ("jupyter-web-app", "notebook-controller"),
    "pipelines": ("pipelines",),
    "poddefaults_webhook": ("admission-webhook",),
    "tensorboards": ("tensorboard-controller", "tensorboards-web-app"),
    "training_operator": ("training-operator",),
    "volumes": ("volumes-web-app", "pvcviewer"),
}
"""Tool to the entries of the catalogue that it becomes."""
PARTS = (
    *(f"deploykf_dependencies.{name}" for name in ("cert_manager", "istio", "kyverno")),
    *(
        f"deploykf_core.{name}"
        for name in ("deploykf_auth", "deploykf_dashboard", "deploykf_istio_gateway", "deploykf_profiles_generator")
    ),
    "deploykf_opt.deploykf_minio",
    "deploykf_opt.deploykf_mysql",
    "kubeflow_dependencies.kubeflow_argo_workflows",
    *(f"kubeflow_tools.{name}" for name in TOOLS),
)
AUTH, GATEWAY = "deploykf_core.deploykf_auth", "deploykf_core.deploykf_istio_gateway"
GENERATOR = "deploykf_core.deploykf_profiles_generator"
PIPELINES, KATIB = "kubeflow_tools.pipelines", "kubeflow_tools.katib"
NOTEBOOKS = "kubeflow_tools.notebooks"
ALWAYS = no_home("is always installed")
GENERATED = secret(no_home("is generated, in Secrets Manager"))


def by_hand_if_any(what: str) -> Field:
    """A list or a mapping that a person must carry over, unless it is empty."""
    return decided(
        "", lambda entry: Outcome("by_hand", what, matters=True) if entry.value else Outcome("maps", "is empty")
    )


def of_tool(tool: str, known: Field) -> Field:
    """A field that means nothing where its tool is not installed."""

    def decide(entry: Entry) -> Outcome | None:
        if entry.document.get("kubeflow_tools", tool, "enabled") is False:
            return Outcome("no_home", f"{tool} is not installed")
        return known.decide(entry) if known.decide else None

    return replace(known, decide=decide)


PINNED = no_home("versions are pinned here; images can be replaced by kubeflow.images and services.repositories.mirror")
OF_EACH_PART: Table = {
    "namespace": no_home("each component has its own namespace"),
    "valuesOverrides": by_hand_if_any(
        "the charts are others here: kubeflow.values sets values of official charts, and a kustomization of your own changes the rest"
    ),
    "extraManifests": secret(
        by_hand_if_any("install your own objects with kubeflow.extra_components: a chart or a kustomization")
    ),
    "images": PINNED,
    "charts": PINNED,
}
