"""Fields of a KfDef: which components ran, and how users signed in.

Source: https://github.com/kubeflow/kfctl/tree/v1.2.0, pkg/apis/apps/kfdef/v1/application_types.go and
pkg/kfconfig/awsplugin/types.go; https://github.com/kubeflow/manifests/tree/v1.2.0/kfdef
"""

import re
from collections.abc import Mapping

from modules.converting.field import Entry, Field, Outcome, Table, by_hand, changed, decided, no_home, same, secret
from modules.settings import Dex, ExistingBucket, ExistingCognito, ExistingDatabase, LoadBalancer, Oidc

EMAIL = re.compile(r"[^@\s*]+@[^@\s*]+\.[^@\s*]+")
HOST = "kubeflow.example.com"
"""Of a load balancer until the user sets it: a KfDef has no host name."""

ENTRIES: Mapping[str, tuple[str, ...]] = {
    **dict.fromkeys(("istio", "istio-stack", "istio-install"), ("istio", "kubeflow-istio-resources")),
    "istio-crds": ("istio-crds",),
    "cluster-local-gateway": ("cluster-local-gateway",),
    **dict.fromkeys(("cert-manager", "cert-manager-crds", "cert-manager-kube-system-resources"), ("cert-manager",)),
    **dict.fromkeys(("knative", "knative-crds", "knative-install"), ("knative-serving",)),
    **dict.fromkeys(("kfserving", "kfserving-crds", "kfserving-install", "kfserving-gateway"), ("kserve",)),
    **dict.fromkeys(("webhook", "bootstrap"), ("admission-webhook",)),
    **dict.fromkeys(
        ("argo", "api-service", "persistent-agent", "pipelines-runner", "pipelines-ui", "pipelines-viewer"),
        ("pipelines",),
    ),
    **dict.fromkeys(("scheduledworkflow", "pipeline-visualization-service", "metadata"), ("pipelines",)),
    "centraldashboard": ("central-dashboard",),
    "jupyter-web-app": ("jupyter-web-app",),
    "notebook-controller": ("notebook-controller",),
    "tensorboard": ("tensorboard-controller", "tensorboards-web-app"),
    "profiles": ("profiles",),
    "kubeflow-roles": ("kubeflow-roles",),
    "namespaces": ("kubeflow-namespace",),
    **dict.fromkeys(("katib-crds", "katib-controller"), ("katib",)),
    "spark-operator": ("spark-operator",),
    "dex": ("dex",),
    "oidc-authservice": ("oauth2-proxy",),
    "aws-alb-ingress-controller": ("aws-load-balancer-controller",),
}
"""Application to the entries of the default set that replace it."""
OPT_IN: Mapping[str, str] = {
    **dict.fromkeys(
        (
            "pytorch-job-crds",
            "pytorch-operator",
            "tf-job-crds",
            "tf-job-operator",
            "mxnet-operator",
            "xgboost-operator",
        ),
        "training-operator",
    ),
    "mpi-operator": "mpi-operator",
    "seldon-core": "seldon-core",
    "nvidia-device-plugin": "nvidia-device-plugin",
    "fluentd-cloud-watch": "aws-for-fluent-bit",
}
"""Application to the entry that is enabled for it."""
GONE: Mapping[str, str] = {
    "application": "the Application objects only described Kubeflow; upstream has removed them",
    "application-crds": "the Application objects only described Kubeflow; upstream has removed them",
    "spartakus": "usage reports to the Kubeflow project have ended",
    "add-anonymous-user-filter": "every request needs a user that has signed in; auth=NoAuth(…) treats all as one user",
    "aws-istio-authz-adaptor": "oauth2-proxy at the gateway reads the user from the token",
    "istio-ingress": "Terraform manages the load balancer; see kubeflow.exposure",
    "metacontroller": "no component of this version needs it",
}
"""Application to the reason why nothing replaces it."""
IN_CLUSTER: Mapping[str, str] = {
    "mysql": "tables are in RDS (services.database); what MySQL in the cluster holds is not carried over",
    "minio": "artifacts are in S3 (services.artifacts); what MinIO in the cluster holds is not carried over",
    "kubeflow-apps": "its components are the default set; what its MySQL and MinIO in the cluster hold is not carried over",
}
"""Application that holds data to what becomes of it."""
PAGE = "docs/from-kfctl.md has the commands"


def _application(entry: Entry) -> Outcome:
    name = str(entry.value)
    if name in IN_CLUSTER:
        return Outcome("by_hand", f"{IN_CLUSTER[name]}; {PAGE}", matters=True)
    if name in ENTRIES:
        return Outcome("maps", f"is in the default set: {', '.join(ENTRIES[name])}")
    if name in OPT_IN:
        enabled = OPT_IN[name]
        note = "the jobs' API is unchanged, and new training jobs use trainer" if enabled == "training-operator" else ""
        return Outcome("changed", note, {f"kubeflow.enable<{enabled}>": enabled})
    if name in GONE:
        return Outcome("no_home", GONE[name])
    return Outcome(
        "no_home",
        "is not an application of upstream's KfDef; install it with kubeflow.extra_components",
        matters=True,
    )


def _parameter(entry: Entry) -> Outcome:
    """A parameter of an application; only the cluster's name says something that no manifest of this version fixes."""
    name = str(entry.value.get("name")) if isinstance(entry.value, Mapping) else ""
    if name == "clusterName":
        return Outcome("maps", "the name of the cluster", {"name": str(entry.value.get("value"))})
    return Outcome("no_home", f"{name}: a parameter of the application's manifests, which this version does not have")


def _user(entry: Entry) -> Outcome:
    name = str(entry.value)
    kinds = {"kubeflow.auth": Dex}
    if EMAIL.fullmatch(name):
        note = "has a new, generated password in Secrets Manager"
        return Outcome("changed", note, {f"kubeflow.auth.users<{name}>": name.lower()}, kinds=kinds)
    note = (
        f"{name} is not an e-mail address, which is the id of a user here; replace admin@example.com with one. Owners of old "
        "profiles have the old id: name the new one as Team.owner"
    )
    return Outcome("by_hand", note, {"kubeflow.auth.users<admin>": "admin@example.com"}, matters=True, kinds=kinds)


def _user_pool(entry: Entry) -> Outcome:
    arn = str(entry.value).split(":")
    pool = arn[-1].rpartition("/")[2]
    callback = (
        "users stay. Add the callback https://<host>/oauth2/callback and the sign-out URL https://<host>/ to the app client: the "
        "load balancer's own callback /oauth2/idpresponse is no longer used"
    )
    return Outcome(
        "changed",
        callback,
        {"kubeflow.auth.user_pool_id": pool},
        matters=True,
        kinds={"kubeflow.auth": ExistingCognito},
    )


def _domain(entry: Entry) -> Outcome:
    given = str(entry.value).removeprefix("https://").rstrip("/")
    region = entry.of_item("spec", "region") or "us-west-2"
    domain = given if "." in given else f"{given}.auth.{region}.amazoncognito.com"
    return Outcome("changed", "", {"kubeflow.auth.domain": domain}, kinds={"kubeflow.auth": ExistingCognito})


def _client(entry: Entry) -> Outcome:
    note = "a client with a secret also needs client_secret_arn: the secret in Secrets Manager"
    settings = {"kubeflow.auth.client_id": str(entry.value)}
    return Outcome("changed", note, settings, kinds={"kubeflow.auth": ExistingCognito})


def _certificate(entry: Entry) -> Outcome:
    note = f"a KfDef names no host: replace {HOST}, and the networks in allowed_cidrs"
    settings = {
        "kubeflow.exposure.certificate_arn": str(entry.value),
        "kubeflow.exposure.host": HOST,
        "kubeflow.exposure.scheme": "internet-facing",
    }
    return Outcome("changed", note, settings, matters=True, kinds={"kubeflow.exposure": LoadBalancer})


def _oidc(setting: str, note: str = "") -> Field:
    def decide(entry: Entry) -> Outcome:
        return Outcome("changed", note, {f"kubeflow.auth.{setting}": str(entry.value)}, kinds={"kubeflow.auth": Oidc})

    return decided(f"kubeflow.auth.{setting}", decide, note)


def _pod_iam_policy(entry: Entry) -> Outcome:
    note = (
        "each team has its own role, and pods use its service account default-editor"
        if entry.value is True
        else "kfctl gave the node role's permissions to all pods; each team has its own role here (Team.aws adds permissions)"
    )
    return Outcome(
        "maps" if entry.value is True else "changed", note, {"kubeflow.team_defaults.aws_identity": "role_per_team"}
    )


def _node_group_log(entry: Entry) -> Outcome | None:
    if entry.value is not True:
        return Outcome("maps", "is the default: aws-for-fluent-bit is not installed")
    return Outcome(
        "changed", "aws-for-fluent-bit ships pod logs", {"kubeflow.enable<aws-for-fluent-bit>": "aws-for-fluent-bit"}
    )


def _database(setting: str, note: str = "") -> Field:
    def decide(entry: Entry) -> Outcome:
        value = entry.value if setting == "port" else str(entry.value)
        settings = {f"kubeflow.services.database.{setting}": value}
        return Outcome("changed", note, settings, kinds={"kubeflow.services.database": ExistingDatabase})

    return decided(f"kubeflow.services.database.{setting}", decide, note)


def _bucket(entry: Entry) -> Outcome:
    note = "new runs write below private-artifacts/<team>/; old artifacts stay where they are, readable with rights of your own"
    settings = {"kubeflow.services.artifacts.name": str(entry.value)}
    return Outcome("changed", note, settings, matters=True, kinds={"kubeflow.services.artifacts": ExistingBucket})


PLUGIN = "spec.plugins[].spec"
PINNED = no_home("manifests come from the commits that this version pins (modules/kubeflow/upstream.py)")
IDENTITY = Field("maps", "", "identifies the format")
MEMBERS = no_home("describes the KfDef object itself")
FIELDS: Table = {
    "apiVersion": IDENTITY,
    "kind": IDENTITY,
    "metadata.name": same("name", str),
    "metadata.namespace": Field("maps", "", "the namespace of Kubeflow is always kubeflow"),
    "metadata.labels": MEMBERS,
    "metadata.annotations": MEMBERS,
    "metadata.clusterName": same("name", str),
    "metadata.creationTimestamp": MEMBERS,
    "status": MEMBERS,
    "spec.version": PINNED,
    "spec.repos": PINNED,
    "spec.secrets": secret(
        by_hand(
            "put each secret into Secrets Manager (aws secretsmanager create-secret), and its ARN into the setting that needs it"
        )
    ),
    "spec.applications[].name": decided("kubeflow.enable", _application, "by the application's name"),
    "spec.applications[].kustomizeConfig.repoRef": PINNED,
    "spec.applications[].kustomizeConfig.overlays": no_home("overlays belong to the old manifests"),
    "spec.applications[].kustomizeConfig.parameters[]": decided("name", _parameter, "only clusterName has a setting"),
    "spec.plugins[].apiVersion": IDENTITY,
    "spec.plugins[].kind": IDENTITY,
    "spec.plugins[].metadata": MEMBERS,
    f"{PLUGIN}.region": same("region", str),
    f"{PLUGIN}.roles": changed(
        "kubeflow.team_defaults.aws_identity",
        lambda _: "role_per_team",
        "kfctl attached its policies to these node roles; here each team and each controller has a role of its own",
    ),
    f"{PLUGIN}.enablePodIamPolicy": decided("kubeflow.team_defaults.aws_identity", _pod_iam_policy),
    f"{PLUGIN}.enableNodeGroupLog": decided("kubeflow.enable", _node_group_log),
    f"{PLUGIN}.managedCluster": no_home("whether kfctl made the cluster; convert the ClusterConfig of eksctl as well"),
    f"{PLUGIN}.auth.basicAuth.username": decided("kubeflow.auth.users", _user, "a local user of Dex"),
    f"{PLUGIN}.auth.basicAuth.password": secret(
        no_home(
            "passwords are generated, in Secrets Manager: the output user_password_commands of the services stack shows them"
        )
    ),
    f"{PLUGIN}.auth.cognito.cognitoUserPoolArn": decided("kubeflow.auth.user_pool_id", _user_pool),
    f"{PLUGIN}.auth.cognito.cognitoAppClientId": decided("kubeflow.auth.client_id", _client),
    f"{PLUGIN}.auth.cognito.cognitoUserPoolDomain": decided("kubeflow.auth.domain", _domain),
    f"{PLUGIN}.auth.cognito.certArn": decided("kubeflow.exposure.certificate_arn", _certificate),
    f"{PLUGIN}.auth.oidc.oidcIssuer": _oidc("issuer"),
    f"{PLUGIN}.auth.oidc.oAuthClientId": _oidc(
        "client_id", "add the redirect URI https://<host>/oauth2/callback to the client"
    ),
    f"{PLUGIN}.auth.oidc.oAuthClientSecret": secret(
        by_hand(
            "put the secret into Secrets Manager, and its ARN into kubeflow.auth.client_secret_arn; without it the client must be public"
        )
    ),
    **dict.fromkeys(
        (
            f"{PLUGIN}.auth.oidc.oidcAuthorizationEndpoint",
            f"{PLUGIN}.auth.oidc.oidcTokenEndpoint",
            f"{PLUGIN}.auth.oidc.oidcUserInfoEndpoint",
        ),
        no_home("is read from the issuer's discovery document"),
    ),
    f"{PLUGIN}.auth.oidc.certArn": decided("kubeflow.exposure.certificate_arn", _certificate),
    f"{PLUGIN}.managedRelationDatabase.host": _database("host", "copy the tables first: docs/from-kfctl.md"),
    f"{PLUGIN}.managedRelationDatabase.port": _database("port"),
    f"{PLUGIN}.managedRelationDatabase.username": _database("username"),
    f"{PLUGIN}.managedRelationDatabase.password": secret(
        by_hand(
            "put the password into Secrets Manager, and its ARN into kubeflow.services.database.password_secret_arn"
        )
    ),
    f"{PLUGIN}.managedRelationDatabase.database": no_home(
        "kfctl did not use it: the databases were mlpipeline and metadb, which are the usual names here, too"
    ),
    f"{PLUGIN}.managedObjectStorage.bucket": decided("kubeflow.services.artifacts.name", _bucket),
    f"{PLUGIN}.managedObjectStorage.region": no_home("the bucket must be in the platform's region", matters=True),
    f"{PLUGIN}.managedObjectStorage.endpoint": no_home("the endpoint of S3 follows from the region"),
    f"{PLUGIN}.managedObjectStorage.pathPrefix": no_home("prefixes follow from the team: private-artifacts/<team>/"),
}
