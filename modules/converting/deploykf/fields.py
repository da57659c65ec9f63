"""Values of deployKF, of which a file has those that differ from the defaults.

Source: https://github.com/deployKF/deployKF/tree/v0.1.5, generator/default_values.yaml and sample-values.yaml
"""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from modules.converting.deploykf.amounts import cpu, gib, limit
from modules.converting.deploykf.sign_in import (
    ITEM,
    SECRETS,
    connector_key,
    connector_text,
    connector_type,
    static_user,
)
from modules.converting.deploykf.teams import QUOTA
from modules.converting.field import Entry, Field, Outcome, Table, by_hand, decided, no_home, same, secret
from modules.settings import ExistingBucket, ExistingDatabase, InClusterDatabase, InClusterStore, LoadBalancer

DATABASE = "kubeflow.services.database"
PROGRAM_DATABASES = "kubeflow.services.program_databases"
KATIB_DATABASE = f"{PROGRAM_DATABASES}.katib"
PROGRAMS: Mapping[str, str] = {
    "cacheDatabase": "pipelines_cache",
    "metadataDatabase": "ml_metadata",
    "pipelinesDatabase": "pipelines",
}
"""Key of `mysqlDatabases` to the program."""
USUAL_DATABASES: Mapping[str, str] = {
    "pipelines": "kfp_pipelines",
    "pipelines_cache": "kfp_cache",
    "ml_metadata": "kfp_metadata",
}
"""Program to the name of its database where the values have none. That of Katib is the same here."""
ARTIFACTS = "kubeflow.services.artifacts"
PAGE = "docs/from-deploykf.md has the commands"
KYVERNO = "Kyverno is not used: Terraform and Kubernetes' own admission policies do its work"
DEPENDENCIES: Mapping[str, str] = {"cert_manager": "cert-manager", "istio": "istio"}
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
AUTH, GATEWAY = "deploykf_core.deploykf_auth", "deploykf_core.deploykf_istio_gateway"
GENERATOR = "deploykf_core.deploykf_profiles_generator"
PIPELINES, KATIB = "kubeflow_tools.pipelines", "kubeflow_tools.katib"
NOTEBOOKS = "kubeflow_tools.notebooks"
FORM = f"{NOTEBOOKS}.spawnerFormDefaults"
ALWAYS = no_home("is always installed")
GENERATED = secret(no_home("is generated, in Secrets Manager"))
WRITTEN_OUT = Field("maps", "kubeflow.teams[].contributors", "is written out in the teams")
OTHER_GATEWAY = no_home("Terraform makes an Application Load Balancer, which ends TLS, in front of Istio's gateway")
FORM_CHOICE = no_home("the form of notebooks has no setting for this here")
ANNOTATIONS = "service.beta.kubernetes.io/aws-load-balancer-"


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


def _embedded(entry: Entry) -> Outcome:
    is_database = entry.path[1] == "deploykf_mysql"
    tool = ("kubeflow_tools", "pipelines", "mysql" if is_database else "objectStore", "useExternal")
    if entry.value is not True:
        return Outcome("maps", "is not installed")
    if entry.document.get(*tool) is True:
        return Outcome("no_home", "Pipelines uses an external one")
    setting, kind, better = (
        (DATABASE, InClusterDatabase, "RdsMysql()") if is_database else (ARTIFACTS, InClusterStore, "ArtifactBucket()")
    )
    note = f"in the cluster, on one volume without backup; {better} is better for production. Its data is not carried over; {PAGE}"
    return Outcome("changed", note, matters=True, kinds={setting: kind})


def _external_database(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "see deploykf_opt.deploykf_mysql")
    if _is_apart(entry):
        return Outcome("changed", "a server of Katib alone", kinds={f"{KATIB_DATABASE}.server": ExistingDatabase})
    return Outcome("changed", f"the server of all programs. {PAGE}", kinds={DATABASE: ExistingDatabase})


def _database(setting: str) -> Field:
    def decide(entry: Entry) -> Outcome:
        if not _is_external(entry):
            return Outcome("no_home", "useExternal is not true")
        value = entry.value if setting == "port" else str(entry.value)
        if _is_apart(entry):
            return Outcome("maps", "of Katib alone", {f"{KATIB_DATABASE}.server.{setting}": value})
        return Outcome("maps", "", {f"{DATABASE}.{setting}": value}, kinds={DATABASE: ExistingDatabase})

    return decided(f"{DATABASE}.{setting}", decide)


def _password(entry: Entry) -> Outcome:
    if not _is_external(entry):
        return Outcome("no_home", "is generated, in Secrets Manager")
    server = f"{KATIB_DATABASE}.server" if _is_apart(entry) else DATABASE
    note = f"put the password into Secrets Manager, and its ARN into {server}.password_secret_arn"
    return Outcome("by_hand", note, matters=True)


def _is_external(entry: Entry) -> bool:
    return entry.document.get("kubeflow_tools", str(entry.path[1]), "mysql", "useExternal") is True


def _is_apart(entry: Entry) -> bool:
    """Whether this is the server of Katib, and Pipelines has another one or signs in as another user."""
    servers = [entry.document.get("kubeflow_tools", tool, "mysql") or {} for tool in ("pipelines", "katib")]
    if entry.path[1] != "katib" or servers[0].get("useExternal") is not True:
        return False
    pipelines, katib = (
        (one.get("host"), one.get("port") or 3306, (one.get("auth") or {}).get("username")) for one in servers
    )
    return pipelines != katib


def _database_name(entry: Entry) -> Outcome:
    if not _is_external(entry):
        return Outcome("no_home", f"MySQL in the cluster is not carried over; {PAGE}")
    program = PROGRAMS.get(str(entry.path[-1]), "katib")
    return Outcome("maps", "", {f"{PROGRAM_DATABASES}.{program}.database": str(entry.value)})


def _external_store(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "see deploykf_opt.deploykf_minio")
    if _is_s3(entry):
        return Outcome("changed", "pods use a role, not keys", kinds={ARTIFACTS: ExistingBucket})
    note = f"artifacts are in S3 only: a new bucket is made, and objects must be copied to it; {PAGE}"
    return Outcome("by_hand", note, matters=True)


def _is_s3(entry: Entry) -> bool:
    host = entry.document.get("kubeflow_tools", "pipelines", "objectStore", "host") or "s3.amazonaws.com"
    return "amazonaws.com" in str(host)


def _bucket(entry: Entry) -> Outcome:
    external = entry.document.get("kubeflow_tools", "pipelines", "objectStore", "useExternal") is True
    if not external or not _is_s3(entry):
        return Outcome("no_home", "the bucket is named after the platform and the account")
    note = "new runs write below private-artifacts/<team>/; old artifacts stay where they are, and only roles with rights of your own read them"
    settings = {f"{ARTIFACTS}.name": str(entry.value)}
    return Outcome("changed", note, settings, matters=True, kinds={ARTIFACTS: ExistingBucket})


def _region(entry: Entry) -> Outcome:
    if not entry.value:
        return Outcome("maps", "is empty")
    note = "the platform is in the region of the bucket"
    return Outcome("changed", note, {"region": str(entry.value)})


def _host(entry: Entry) -> Outcome:
    settings = {"kubeflow.exposure.host": str(entry.value)}
    note = 'with zone=ExistingZone(zone_id="Z…") record and certificate are made as well, in place of certificate_arn'
    return Outcome("changed", note, settings, matters=True, kinds={"kubeflow.exposure": LoadBalancer})


def _service_type(entry: Entry) -> Outcome:
    if entry.value == "LoadBalancer":
        return Outcome("changed", OTHER_GATEWAY.note)
    note = f"the Service is internal here, behind an Application Load Balancer; without the latter: exposure=PortForward() (was {entry.value})"
    return Outcome("by_hand", note, matters=True)


def _annotation(entry: Entry) -> Outcome:
    name, value = str(entry.path[-1]), str(entry.value)
    kinds = {"kubeflow.exposure": LoadBalancer}
    if name == f"{ANNOTATIONS}scheme":
        return Outcome("maps", "", {"kubeflow.exposure.scheme": value}, kinds=kinds)
    if name == f"{ANNOTATIONS}internal":
        scheme = "internal" if value.lower() in ("true", "0.0.0.0/0") else "internet-facing"
        return Outcome("maps", "", {"kubeflow.exposure.scheme": scheme}, kinds=kinds)
    if name == f"{ANNOTATIONS}ssl-cert":
        return Outcome("maps", "", {"kubeflow.exposure.certificate_arn": value}, kinds=kinds)
    return Outcome("no_home", OTHER_GATEWAY.note)


def _sources(entry: Entry) -> Outcome | None:
    if not entry.value:
        return Outcome("maps", "is empty")
    settings = {"kubeflow.exposure.allowed_cidrs": tuple(map(str, entry.value))}
    return Outcome("maps", "", settings, kinds={"kubeflow.exposure": LoadBalancer})


def _team_name(entry: Entry) -> Outcome:
    prefix = entry.document.get(*GENERATOR.split("."), "profileDefaults", "profileNamePrefix") or ""
    note = "with profileNamePrefix" if prefix else ""
    return Outcome("changed" if note else "maps", note, {"kubeflow.teams[].name": f"{prefix}{entry.value}"})


def _quota(entry: Entry) -> Outcome:
    resource = str(entry.path[-1])
    if resource not in QUOTA:
        note = f"a quota of teams has {', '.join(dict.fromkeys(QUOTA.values()))}, and no {resource}"
        return Outcome("no_home", note, matters=True)
    field = QUOTA[resource]
    if "profileDefaults" in entry.path:
        return Outcome("maps", "is written out in the teams")
    made = limit(field, entry.value)
    return Outcome("maps", "", {f"kubeflow.teams[].quota.{field}": made})


def _owner_email(entry: Entry) -> Outcome:
    note = "owns all teams, if it can sign in. Without an owner, members are changed in main.py only, as in the values of deployKF"
    return Outcome("changed", note, matters=True)


def _plugin_role(entry: Entry) -> Outcome:
    note = (
        "the role is used and not changed. Its trust policy names the old cluster's OIDC provider: add the new one's, for the service account "
        "default-editor. It also needs the permissions of docs/teams.md"
    )
    if "profileDefaults" in entry.path:
        return Outcome("changed", note, matters=True)
    return Outcome("changed", note, {"kubeflow.teams[].aws.role": str(entry.value)}, matters=True)


def _plugin_kind(entry: Entry) -> Outcome:
    if entry.value == "AwsIamForServiceAccount":
        return Outcome("maps", "its role is that of the team")
    return Outcome("no_home", "is not for AWS")


def _role(entry: Entry) -> Outcome:
    if entry.value in ("edit", "view"):
        return Outcome("maps", WRITTEN_OUT.note)
    return Outcome("by_hand", "a member edits or views; view is used", matters=True)


def _images(setting: str) -> Field:
    """The default image first, then the other options."""

    def decide(entry: Entry) -> Outcome:
        group = entry.document.get(*entry.path[:-1])
        options = [str(one) for one in group.get("options") or ()]
        default = str(group.get("value") or (options[0] if options else ""))
        images = tuple(dict.fromkeys((default, *options)))
        note = "images of deployKF's time: replace them by this version's, or leave the setting out"
        return Outcome("changed", note, {f"kubeflow.notebooks.{setting}": images})

    return decided(f"kubeflow.notebooks.{setting}", decide)


def _devices(entry: Entry) -> Outcome:
    known = {"nvidia.com/gpu": "nvidia", "aws.amazon.com/neuron": "neuron", "aws.amazon.com/neuroncore": "neuron"}
    keys = [str(one.get("limitsKey")) for one in entry.value or () if isinstance(one, Mapping)]
    found = tuple(dict.fromkeys(known[key] for key in keys if key in known))
    others = [key for key in keys if key not in known]
    note = f"without {', '.join(others)}" if others else ""
    return Outcome("changed" if others else "maps", note, {"kubeflow.notebooks.devices": found} if found else {})


def _workspace(entry: Entry) -> Outcome | None:
    spec = (entry.value or {}).get("newPvc", {}).get("spec", {}) if isinstance(entry.value, Mapping) else {}
    settings: dict[str, Any] = {}
    if size := spec.get("resources", {}).get("requests", {}).get("storage"):
        settings["kubeflow.notebooks.workspace_gib"] = limit("workspace_gib", size)
    if name := spec.get("storageClassName"):
        settings["kubeflow.notebooks.storage_class"] = str(name)
    return Outcome("changed", "size and class of the volume; its name and mount are upstream's", settings)


def _configurations(entry: Entry) -> Outcome:
    return Outcome("maps", "", {"kubeflow.notebooks.pod_defaults": tuple(map(str, entry.value or ()))})


def _culling(entry: Entry) -> Outcome:
    if entry.value is not True:
        return Outcome("maps", "is the default: notebooks are not stopped")
    minutes = entry.document.get(*entry.path[:-1], "idleTime") or 1440
    return Outcome("maps", "", {"kubeflow.notebooks.idle_minutes": minutes})


def _culling_minutes(setting: str) -> Field:
    def decide(entry: Entry) -> Outcome:
        if entry.document.get(*entry.path[:-1], "enabled") is not True:
            return Outcome("no_home", "culling is off")
        return Outcome("maps", "", {f"kubeflow.notebooks.{setting}": entry.value})

    return decided(f"kubeflow.notebooks.{setting}", decide)


def _argo(entry: Entry) -> Outcome:
    return Outcome("maps", "Argo Workflows is part of Pipelines; its own server is the entry argo-workflows")


OF_NOTEBOOKS: Table = {
    f"{FORM}.allowCustomImage": same("kubeflow.notebooks.custom_images"),
    **{
        f"{FORM}.{group}.{key}": _images(setting)
        for group, setting in (
            ("image", "jupyter_images"),
            ("imageGroupOne", "code_server_images"),
            ("imageGroupTwo", "rstudio_images"),
        )
        for key in ("value", "options")
    },
    f"{FORM}.cpu.value": same("kubeflow.notebooks.cpu", cpu),
    f"{FORM}.memory.value": same("kubeflow.notebooks.memory_gib", gib),
    f"{FORM}.gpus.value.vendors": decided("kubeflow.notebooks.devices", _devices),
    **dict.fromkeys((f"{FORM}.gpus.value.vendor", f"{FORM}.gpus.value.num"), FORM_CHOICE),
    f"{FORM}.workspaceVolume.value": decided("kubeflow.notebooks.workspace_gib", _workspace),
    f"{FORM}.configurations.value": decided("kubeflow.notebooks.pod_defaults", _configurations),
    **dict.fromkeys(
        (
            f"{FORM}.{name}"
            for name in (
                *(
                    "hideRegistry",
                    "hideTag",
                    "imagePullPolicy",
                    "dataVolumes",
                    "affinityConfig",
                    "tolerationGroup",
                    "shm",
                ),
                *("cpu.readOnly", "cpu.limitFactor", "memory.readOnly", "memory.limitFactor", "gpus.readOnly"),
                *("workspaceVolume.readOnly", "configurations.readOnly"),
            )
        ),
        FORM_CHOICE,
    ),
    f"{NOTEBOOKS}.notebookTemplate": FORM_CHOICE,
    f"{NOTEBOOKS}.spawnerIcons": FORM_CHOICE,
    f"{NOTEBOOKS}.notebookCulling.enabled": decided("kubeflow.notebooks.idle_minutes", _culling),
    f"{NOTEBOOKS}.notebookCulling.idleTime": _culling_minutes("idle_minutes"),
    f"{NOTEBOOKS}.notebookCulling.idlenessCheckPeriod": _culling_minutes("idle_check_minutes"),
}
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
    f"{GATEWAY}.enabled": ALWAYS,
    f"{GATEWAY}.gateway.hostname": decided("kubeflow.exposure.host", _host),
    **dict.fromkeys(
        (
            *(
                f"{GATEWAY}.gateway.{name}"
                for name in ("name", "ports", "tls", "selectorLabels", "enableProxyProtocol", "xffNumTrustedHops")
            ),
            f"{GATEWAY}.gatewayDeployment",
            *(f"{GATEWAY}.gatewayService.{name}" for name in ("name", "loadBalancerIP", "ports")),
        ),
        OTHER_GATEWAY,
    ),
    f"{GATEWAY}.gateway.emailToLowercase": no_home("users are compared letter by letter: write them in lower case"),
    f"{GATEWAY}.gatewayService.type": decided("kubeflow.exposure", _service_type),
    f"{GATEWAY}.gatewayService.annotations.*": decided("kubeflow.exposure", _annotation),
    f"{GATEWAY}.gatewayService.loadBalancerSourceRanges": decided("kubeflow.exposure.allowed_cidrs", _sources),
    f"{GENERATOR}.enabled": ALWAYS,
    f"{GENERATOR}.profileDefaults.profileNamePrefix": Field(
        "maps", "kubeflow.teams[].name", "is written out in the teams"
    ),
    f"{GENERATOR}.profileDefaults.ownerEmail": decided("kubeflow.teams[].owner", _owner_email),
    f"{GENERATOR}.profileDefaults.memberAccess.role": decided("kubeflow.teams[].contributors", _role),
    f"{GENERATOR}.profileDefaults.resourceQuotaSpec.hard.*": decided("kubeflow.teams[].quota", _quota),
    f"{GENERATOR}.users[].id": WRITTEN_OUT,
    f"{GENERATOR}.users[].email": WRITTEN_OUT,
    f"{GENERATOR}.groups[].id": WRITTEN_OUT,
    f"{GENERATOR}.groups[].users": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].name": decided("kubeflow.teams[].name", _team_name),
    f"{GENERATOR}.profiles[].members[].user": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].members[].group": WRITTEN_OUT,
    f"{GENERATOR}.profiles[].members[].access.role": decided("kubeflow.teams[].contributors", _role),
    f"{GENERATOR}.profiles[].resourceQuotaSpec.hard.*": decided("kubeflow.teams[].quota", _quota),
    **dict.fromkeys(
        (
            f"{GENERATOR}.profileDefaults.memberAccess.notebooksAccess",
            f"{GENERATOR}.profiles[].members[].access.notebooksAccess",
        ),
        no_home("members that edit a namespace can open its notebooks, others cannot"),
    ),
    **{
        f"{GENERATOR}.{place}.plugins[].{name}": known
        for place in ("profileDefaults", "profiles[]")
        for name, known in {
            "kind": decided("kubeflow.teams[].aws", _plugin_kind),
            "spec.awsIamRole": decided("kubeflow.teams[].aws.role", _plugin_role),
            "spec.annotateOnly": no_home("the role is never changed here"),
            "spec.gcpServiceAccount": no_home("is not for AWS"),
        }.items()
    },
    **dict.fromkeys(
        (f"{GENERATOR}.profileDefaults.tools", f"{GENERATOR}.profiles[].tools"),
        no_home("pods of a team reach its artifacts by the team's role, without keys"),
    ),
    **{
        f"deploykf_opt.{name}.enabled": decided("kubeflow.services", _embedded)
        for name in ("deploykf_minio", "deploykf_mysql")
    },
    **{
        f"deploykf_opt.deploykf_minio.{name}": secret(no_home(f"the object store in the cluster is upstream's; {PAGE}"))
        for name in ("persistence", "identity", "buckets", "policies")
    },
    "deploykf_opt.deploykf_minio.rootUser": GENERATED,
    **{
        f"deploykf_opt.deploykf_mysql.{name}": secret(no_home(f"MySQL in the cluster is upstream's; {PAGE}"))
        for name in ("persistence", "customUsers", "customDatabases", "configuration")
    },
    "deploykf_opt.deploykf_mysql.rootUser": GENERATED,
    "deploykf_opt.deploykf_mysql.kubeflowUser": GENERATED,
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
    **{
        f"{tool}.mysql.{key}": known
        for tool in (PIPELINES, KATIB)
        for key, known in {
            "useExternal": decided(DATABASE, _external_database),
            "host": _database("host"),
            "port": _database("port"),
            "auth.username": _database("username"),
            "auth.password": secret(decided(f"{DATABASE}.password_secret_arn", _password)),
            **{
                f"auth.{name}": no_home("is a Secret of the old cluster: the new one reads Secrets Manager")
                for name in ("existingSecret", "existingSecretUsernameKey", "existingSecretPasswordKey")
            },
        }.items()
    },
    f"{KATIB}.mysqlDatabase": decided(PROGRAM_DATABASES, _database_name),
    f"{PIPELINES}.mysqlDatabases.*": decided(PROGRAM_DATABASES, _database_name),
    f"{PIPELINES}.objectStore.useExternal": decided(ARTIFACTS, _external_store),
    **dict.fromkeys(
        (f"{PIPELINES}.objectStore.{name}" for name in ("host", "port", "useSSL")),
        no_home("the endpoint of S3 follows from the region"),
    ),
    f"{PIPELINES}.objectStore.auth": secret(
        no_home("pods use a role, without keys: delete the keys in IAM after the move")
    ),
    f"{PIPELINES}.bucket.name": decided(f"{ARTIFACTS}.name", _bucket),
    f"{PIPELINES}.bucket.region": decided("region", _region),
    f"{PIPELINES}.serviceAccounts": no_home("service accounts of Pipelines get their roles"),
    **dict.fromkeys(
        (f"{PIPELINES}.{name}" for name in ("kfpV2", "cache", "profileResourceGeneration")),
        no_home("Pipelines is upstream's, without settings for this"),
    ),
    **{path: of_tool("notebooks", known) for path, known in OF_NOTEBOOKS.items()},
    "kubeflow_tools.tensorboards.tensorboardImage": no_home(
        "the image of TensorBoard is upstream's: see kubeflow.images"
    ),
}
