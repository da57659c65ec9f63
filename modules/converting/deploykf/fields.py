"""Values of deployKF, of which a file has those that differ from the defaults.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml and sample-values.yaml
"""

from collections.abc import Mapping

from modules.converting.deploykf import gateway, notebooks, profiles, storage
from modules.converting.deploykf.parts import ALWAYS, AUTH, GENERATED, OF_EACH_PART, PARTS, PIPELINES, TOOLS
from modules.converting.deploykf.sign_in import (
    ITEM,
    SECRETS,
    connector_key,
    connector_text,
    connector_type,
    static_user,
)
from modules.converting.field import Entry, Field, Outcome, Table, by_hand, decided, no_home, secret

KYVERNO = "Kyverno is not used: Terraform and Kubernetes' own admission policies do its work"
DEPENDENCIES: Mapping[str, str] = {"cert_manager": "cert-manager", "istio": "istio"}


def _dependency(entry: Entry) -> Outcome:
    name = str(entry.path[1])
    if name not in DEPENDENCIES:
        return Outcome("no_home", KYVERNO)
    if entry.value is not False:
        return Outcome("maps", "is in the default set")
    note = (
        f"the new cluster has none, so it is installed. For the cluster that has it: cluster=ExistingCluster(…) and "
        f'preinstalled=("{DEPENDENCIES[name]}", …)'
    )
    return Outcome("changed", note, matters=True)


def _tool(entry: Entry) -> Outcome:
    names = TOOLS[str(entry.path[1])]
    if entry.value is True:
        if names == ("training-operator",):
            return Outcome("changed", "the jobs' API is unchanged", {"kubeflow.enable<training-operator>": names[0]})
        return Outcome("maps", f"is in the default set: {', '.join(names)}")
    if names == ("training-operator",):
        return Outcome("maps", "is not in the default set")
    return Outcome("changed", "", {f"kubeflow.disable<{name}>": name for name in names})


def _argo(entry: Entry) -> Outcome:
    return Outcome("maps", "Argo Workflows is part of Pipelines; its own server is the entry argo-workflows")


FIELDS: Table = {
    **{f"{part}.{name}": known for part in PARTS for name, known in OF_EACH_PART.items()},
    "argocd": no_home("Terraform installs everything; Argo CD is not needed"),
    "kubernetes": no_home("is for Azure"),
    **{
        f"deploykf_dependencies.{name}.enabled": decided("kubeflow.preinstalled", _dependency)
        for name in ("cert_manager", "istio", "kyverno")
    },
    "deploykf_dependencies.cert_manager.controller": no_home("cert-manager is upstream's, without settings of its own"),
    "deploykf_dependencies.cert_manager.clusterIssuer": no_home(
        "the certificate of the load balancer is one of ACM; webhooks use Kubeflow's own issuer, and kubeflow.dns01_issuer makes one for a domain"
    ),
    **dict.fromkeys(
        (
            "deploykf_dependencies.istio.defaultImageVariant",
            "deploykf_dependencies.istio.sidecarInjectorWebhook",
            "deploykf_dependencies.istio.meshConfig",
        ),
        no_home("Istio is upstream's; change it with a kustomization of your own", matters=True),
    ),
    **dict.fromkeys(
        (
            *(f"deploykf_dependencies.kyverno.{name}" for name in ("extraResourceRules", "clusterPolicies")),
            *(
                f"deploykf_dependencies.kyverno.{name}Controller"
                for name in ("admission", "background", "cleanup", "reports")
            ),
        ),
        secret(no_home(KYVERNO)),
    ),
    f"{AUTH}.enabled": ALWAYS,
    f"{AUTH}.dex.staticPasswords[].email": decided("kubeflow.auth.users", static_user),
    f"{AUTH}.dex.staticPasswords[].password": GENERATED,
    f"{AUTH}.dex.connectors[].type": decided(ITEM, connector_type),
    f"{AUTH}.dex.connectors[].id": decided(f"{ITEM}.name", connector_text, "must not change: it is part of user ids"),
    f"{AUTH}.dex.connectors[].name": decided(f"{ITEM}.title", connector_text),
    **{f"{AUTH}.dex.connectors[].config.{name}": secret(decided(ITEM, connector_key)) for name in SECRETS},
    **{
        f"{AUTH}.dex.connectors[].config.{inside}*": decided(ITEM, connector_key)
        for inside in ("", "userSearch.", "groupSearch.")
    },
    f"{AUTH}.dex.connectors[].configExistingSecret": by_hand("write the connector's configuration into the settings"),
    f"{AUTH}.dex.connectors[].configExistingSecretKey": no_home("belongs to configExistingSecret"),
    f"{AUTH}.dex.expiry": no_home("sessions last as long as the identity provider renews its tokens"),
    f"{AUTH}.dex.clients": GENERATED,
    f"{AUTH}.oauth2Proxy": GENERATED,
    "deploykf_core.deploykf_dashboard.enabled": ALWAYS,
    "deploykf_core.deploykf_dashboard.navigation": no_home("links of the dashboard are upstream's"),
    "deploykf_tools": Field("maps", note="is empty"),
    "kubeflow_dependencies.kubeflow_argo_workflows.enabled": decided("kubeflow.enable", _argo),
    **dict.fromkeys(
        (
            f"kubeflow_dependencies.kubeflow_argo_workflows.{name}"
            for name in ("artifactRepository", "controller", "server")
        ),
        no_home("Argo Workflows is part of Pipelines, as upstream sets it"),
    ),
    **{f"kubeflow_tools.{name}.enabled": decided("kubeflow.enable", _tool) for name in TOOLS},
    f"{PIPELINES}.serviceAccounts": no_home("service accounts of Pipelines get their roles"),
    **dict.fromkeys(
        (f"{PIPELINES}.{name}" for name in ("kfpV2", "cache", "profileResourceGeneration")),
        no_home("Pipelines is upstream's, without settings for this"),
    ),
    "kubeflow_tools.tensorboards.tensorboardImage": no_home(
        "the image of TensorBoard is upstream's: see kubeflow.images"
    ),
    **gateway.FIELDS,
    **profiles.FIELDS,
    **storage.FIELDS,
    **notebooks.FIELDS,
}
