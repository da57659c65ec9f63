"""Kinds of findings of the section Admission, which are those of manifests, too."""

from modules.checks.finding import Kind

POD_SECURITY = Kind(
    "ADM001",
    "error",
    "Pod Security refuses pods",
    "The namespace enforces a level of the Pod Security Standards that the pod does not meet: the workload is created, its pods are not.",
    "set the field that the finding names, or remove it",
)
SCHEMA = Kind(
    "ADM002",
    "error",
    "An object is not of the form of its kind",
    "A field is missing, has another type or value than the schema allows, or is unknown. The API server refuses it; of a custom resource "
    "it drops unknown fields, unless the client validates as kubectl does.",
    "correct the field",
)
CEL_RULE = Kind(
    "ADM003",
    "error",
    "A rule of a CustomResourceDefinition is not met",
    "The rule is CEL in the CustomResourceDefinition (`x-kubernetes-validations`), evaluated over the object with its defaults.",
    "change what the message names",
)
POLICY = Kind(
    "ADM004",
    "error",
    "A ValidatingAdmissionPolicy refuses an object",
    "A policy with the action Deny is bound to the namespace, and one of its expressions is false.",
    "change what the message names",
)
NO_WEBHOOK = Kind(
    "ADM005",
    "error",
    "A webhook has no pods",
    "Its failurePolicy is Fail and no pod of the platform is behind its Service: every object that it selects is refused.",
    "enable the component whose pods serve it, or disable the one that has the webhook",
)
CLOSED_WEBHOOK = Kind(
    "ADM006",
    "error",
    "A webhook is unreachable",
    "Its failurePolicy is Fail and the API server does not reach its pods: a NetworkPolicy or an Istio policy is in the way. Every object "
    "that it selects is refused.",
    "open the port to the API server, whose address no selector matches",
)
QUOTA = Kind(
    "ADM007",
    "error",
    "A quota requires what a container does not say",
    "The namespace has a ResourceQuota for CPU or memory, and a container has no request or limit of it, nor does a LimitRange give one.",
    "set the request, or a LimitRange with a default",
)
LIMIT_RANGE = Kind(
    "ADM008",
    "error",
    "A LimitRange refuses a container",
    "A request is below the minimum, or a limit above the maximum of the namespace's LimitRange.",
    "stay within the range",
)
OVER_QUOTA = Kind(
    "ADM009",
    "error",
    "More than the quota",
    "The object alone takes more than the ResourceQuota of its namespace, even if nothing else runs there.",
    "request less, or raise the team's `quota`",
)
KNATIVE = Kind(
    "ADM010",
    "error",
    "Knative refuses a field of a pod",
    "Knative's webhook refuses the field in a revision unless a flag in the ConfigMap `config-features` allows it. A model of KServe "
    "without the annotation `serving.kserve.io/deploymentMode: Standard` is a revision.",
    "leave the field out, allow the flag in the values of `knative-serving`, or use the deployment mode Standard",
)
NO_TYPE = Kind(
    "ADM011",
    "error",
    "The kind does not exist",
    "Neither Kubernetes in the cluster's version nor a CustomResourceDefinition of the platform has the kind and version.",
    "enable the component that installs it, or use a version that exists",
)
NOT_INSTALLED = Kind(
    "ADM101",
    "not checked",
    "Schemas and CEL",
    "The packages that evaluate schemas and CEL are an extra of the package.",
    "pip install 'kubeflow-aws[check]'",
)
CHARTS = Kind(
    "ADM102",
    "not checked",
    "Official charts and preinstalled components",
    "Their objects, kinds and webhooks are not in the platform's lock: they are not evaluated, and can refuse other objects.",
)
CEL_OPEN = Kind(
    "ADM103",
    "not checked",
    "A CEL expression is not evaluated",
    "It uses a function or a type of Kubernetes that the evaluation does not cover.",
)
UNKNOWN_TYPE = Kind(
    "ADM104",
    "not checked",
    "Objects of unknown kinds",
    "Their CustomResourceDefinitions come from official charts, from preinstalled components or from AWS.",
)
PROGRAMS = Kind(
    "ADM105",
    "not checked",
    "Decisions of webhooks",
    "What a webhook's program refuses or changes is known from its source only. Covered are Istio's sidecars and Knative's fields of pods.",
)
CLUSTER = Kind(
    "ADM106",
    "not checked",
    "Admission of an existing cluster",
    "Its Kubernetes version, policy engines, webhooks and default Pod Security level are not in the settings.",
)
LATER = Kind(
    "ADM107",
    "not checked",
    "Values known at apply",
    "Fields whose value Terraform sets at apply count as valid.",
)
SCOPED = Kind(
    "ADM108",
    "not checked",
    "Quotas with scopes",
    "A ResourceQuota with `scopes` or `scopeSelector` counts some pods only; it is not evaluated.",
)
KINDS = (
    *(
        POD_SECURITY,
        SCHEMA,
        CEL_RULE,
        POLICY,
        NO_WEBHOOK,
        CLOSED_WEBHOOK,
        QUOTA,
        LIMIT_RANGE,
        OVER_QUOTA,
        KNATIVE,
        NO_TYPE,
    ),
    *(NOT_INSTALLED, CHARTS, CEL_OPEN, UNKNOWN_TYPE, PROGRAMS, CLUSTER, LATER, SCOPED),
)
