"""Catalogue of installable components: purpose, source, version, dependencies.

Components of Kubeflow 26.03.1 come from its own repository, where they are tested as a set; official charts provide the
rest. Chart values are in `values/<name>.yaml.j2`. Patches of a kustomization, and charts rendered during vendoring with
their values, are in the component's `patches.py`. Versions and commits appear only here and in `upstream.py`; derived
facts (hashes, images, ports) are in `upstream.lock.json`.
"""

from modules.settings.component import AwsAccess, Builtin, Component, HelmChart, Kustomization, VendoredCharts

EKS_CHARTS = "https://aws.github.io/eks-charts"
SECRETS_STORE = "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts"
SECRETS_STORE_AWS = "https://aws.github.io/secrets-store-csi-driver-provider-aws"


def k8s(path: str) -> Kustomization:
    """A kustomize path in kubeflow/manifests."""
    return Kustomization(path)


PLATFORM = (
    # common/: prerequisites of Kubeflow in the cluster
    Component(
        "cert-manager",
        "cert-manager",
        k8s("common/cert-manager/overlays/kubeflow"),
        about="Certificates for webhooks, and Kubeflow's cluster issuer.",
    ),
    Component(
        "dns01-issuer",
        "cert-manager",
        Builtin(),
        needs=("cert-manager",),
        aws=(AwsAccess("dns01-issuer", "dns01-issuer"),),
        default=False,
        minutes=1,
        about="Issuer of certificates for a domain by DNS01 in Route 53 (enabled by dns01_issuer).",
    ),
    Component(
        "kubeflow-namespace",
        "kubeflow",
        k8s("common/kubeflow-namespace/base"),
        minutes=1,
        about="Namespace `kubeflow` and its NetworkPolicies.",
    ),
    Component(
        "istio",
        "istio-system",
        k8s("common/istio/istio-install/overlays/oauth2-proxy"),
        needs=("istio-crds", "istio-namespace", "kubeflow-namespace"),  # its Sidecar objects are in namespace kubeflow
        about="Service mesh: sidecars, ingress gateway, and the CNI plugin required by restricted namespaces.",
    ),
    Component(
        "istio-crds",
        "istio-system",
        k8s("common/istio/istio-crds/base"),
        needs=("istio-namespace",),
        minutes=1,
        about="CRDs of Istio.",
    ),
    Component(
        "istio-namespace",
        "istio-system",
        k8s("common/istio/istio-namespace/base"),
        minutes=1,
        about="Namespace `istio-system`.",
    ),
    Component(
        "cluster-local-gateway",
        "istio-system",
        k8s("common/istio/cluster-local-gateway/base"),
        needs=("istio",),
        about="Gateway for cluster-internal calls between models.",
    ),
    Component(
        "oauth2-proxy",
        "oauth2-proxy",
        k8s("common/oauth2-proxy/overlays/m2m-dex-and-eks"),
        needs=("istio",),
        after=("dex",),  # a policy has no effect until istiod can fetch the issuer's keys
        about="OIDC authentication at the gateway.",
    ),
    Component(
        "dex",
        "auth",
        k8s("common/dex/overlays/oauth2-proxy"),
        needs=("istio",),
        about="OIDC issuer for local users and connectors (LDAP, SAML, GitHub and more).",
    ),
    Component(
        "machine-tokens",
        "istio-system",
        Builtin(),
        needs=("oauth2-proxy",),
        default=False,
        minutes=1,
        about="Accepts Kubernetes service account tokens at the gateway (enabled by `machine_tokens`).",
    ),
    Component(
        "fixed-user",
        "istio-system",
        Builtin(),
        needs=("istio",),
        default=False,
        minutes=1,
        about="No authentication: every request at the gateway has one fixed identity (auth=NoAuth).",
    ),
    Component(
        "knative-serving",
        "knative-serving",
        k8s("common/knative/knative-serving/overlays/gateways"),
        needs=("istio", "kubeflow-roles"),
        # it resolves image tags by itself, with its own permissions and not those of the nodes
        aws=(AwsAccess("controller", "knative-images", only_with="ecr", role="knative-controller"),),
        about="Request-driven autoscaling, including to zero; KServe's serverless mode.",
    ),
    Component(
        "kubeflow-roles",
        "kubeflow",
        k8s("common/kubeflow-roles/base"),
        needs=("kubeflow-namespace",),
        minutes=1,
        about="Aggregated cluster roles that components extend.",
    ),
    Component(
        "kubeflow-istio-resources",
        "kubeflow",
        k8s("common/istio/kubeflow-istio-resources/base"),
        needs=("istio", "kubeflow-namespace", "kubeflow-roles"),
        minutes=1,
        about="Kubeflow's gateway, and roles for Istio objects.",
    ),
    Component(
        "team-admission",
        "kube-system",
        Builtin(),
        minutes=1,
        about="Admission policies that reject routes and public entry points created by team members or team service accounts.",
    ),
    Component(
        "gateway-target-group",
        "istio-system",
        Builtin(),
        needs=("aws-load-balancer-controller", "istio"),
        default=False,
        minutes=1,
        about="Registers ingress gateway pods as load balancer targets (enabled by `exposure`).",
    ),
)

KUBEFLOW = (
    Component(
        "database-users",
        "kubeflow-database",
        Builtin("database-users-job"),
        default=False,
        minutes=1,
        about="One MySQL user per program, restricted to its own database (enabled by `services.database`).",
    ),
    Component(
        "database-retired-users",
        "kubeflow-database",
        Builtin("database-users-job"),
        needs=("database-users",),
        after=("katib", "model-registry", "pipelines"),
        default=False,
        minutes=1,
        about="Drops MySQL users of earlier credential versions (enabled by `services.database`).",
    ),
    # applications/: Kubeflow itself
    Component(
        "pipelines",
        "kubeflow",
        k8s("applications/pipeline/overlays"),
        needs=("cert-manager", "istio", "kubeflow-istio-resources", "kubeflow-roles", "default-storage-class"),
        after=("database-users",),
        # Argo's controller does not call AWS; its executors do, in team namespaces
        aws=(
            AwsAccess("ml-pipeline", "pipelines", only_with="s3"),
            AwsAccess("ml-pipeline-ui", "pipelines-ui", only_with="s3"),
        ),
        minutes=4,
        stateful=True,
        about="Kubeflow Pipelines 2 with ML Metadata and Argo Workflows.",
    ),
    Component(
        "katib",
        "kubeflow",
        k8s("applications/katib/upstream/installs/katib-with-kubeflow"),
        needs=("cert-manager", "istio", "kubeflow-roles", "default-storage-class"),
        after=("database-users",),
        stateful=True,
        about="Hyperparameter tuning and neural architecture search.",
    ),
    Component(
        "central-dashboard",
        "kubeflow",
        k8s("applications/dashboard/upstream/centraldashboard/overlays/kserve"),
        needs=("istio", "kubeflow-roles", "profiles"),
        about="Central dashboard.",
    ),
    Component(
        "admission-webhook",
        "kubeflow",
        k8s("applications/dashboard/upstream/poddefaults-webhooks/overlays/cert-manager"),
        needs=("cert-manager", "kubeflow-roles"),
        about="PodDefaults: settings injected into pods by label.",
    ),
    Component(
        "notebook-controller",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/notebook-controller/overlays/kubeflow"),
        needs=("istio", "kubeflow-roles"),
        about="CRD and controller for notebook servers.",
    ),
    Component(
        "jupyter-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/jupyter-web-app/overlays/istio"),
        needs=("istio", "notebook-controller", "kubeflow-roles"),
        about="Web UI for notebook servers.",
    ),
    Component(
        "profiles",
        "kubeflow",
        k8s("applications/dashboard/upstream/profile-controller/overlays/kubeflow-pss"),
        needs=("istio", "kubeflow-roles"),
        about="Teams: namespace, owner, contributors (with KFAM).",
    ),
    Component(
        "pvcviewer",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/pvcviewer-controller/base"),
        needs=("cert-manager", "istio", "kubeflow-roles"),
        about="Browse volumes.",
    ),
    Component(
        "volumes-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/volumes-web-app/overlays/istio"),
        needs=("istio", "pvcviewer", "kubeflow-roles"),
        about="Web UI for volumes.",
    ),
    Component(
        "tensorboard-controller",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/tensorboard-controller/overlays/kubeflow"),
        needs=("istio", "kubeflow-roles"),
        about="CRD and controller for TensorBoard servers.",
    ),
    Component(
        "tensorboards-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/tensorboards-web-app/overlays/istio"),
        needs=("istio", "tensorboard-controller", "kubeflow-roles"),
        about="Web UI for TensorBoard servers.",
    ),
    Component(
        "trainer",
        "kubeflow-system",
        k8s("applications/trainer/overlays"),
        # after istiod: its pods get sidecars, and its NetworkPolicies select a label that only the injector writes
        needs=("istio", "kubeflow-namespace", "kubeflow-roles"),
        about="Training jobs (TrainJob) with runtimes for PyTorch, DeepSpeed, MLX, TorchTune.",
    ),
    Component(
        "training-operator",
        "kubeflow",
        k8s("applications/training-operator/upstream/overlays/kubeflow"),
        needs=("kubeflow-namespace", "kubeflow-roles"),
        default=False,  # upstream installs its successor, trainer
        about="TFJob, PyTorchJob, XGBoostJob, MPIJob (v1), PaddleJob, JAXJob.",
    ),
    Component(
        "mpi-operator",
        "kubeflow",
        Kustomization("manifests/overlays/kubeflow", "kubeflow/mpi-operator"),
        needs=("kubeflow-namespace", "kubeflow-roles"),
        default=False,
        about="MPIJob v2beta1: Horovod and other MPI programs.",
    ),
    Component(
        "kserve",
        "kubeflow",
        VendoredCharts("kserve/kserve"),
        needs=(
            "cert-manager",
            "istio",
            "knative-serving",
            "cluster-local-gateway",
            "kubeflow-namespace",
            "kubeflow-roles",
        ),
        about="Model serving: TensorFlow Serving, TorchServe, scikit-learn, XGBoost, Triton, Hugging Face.",
    ),
    Component(
        "kserve-models-web-app",
        "kubeflow",
        k8s("applications/kserve/models-web-app/overlays/kubeflow"),
        needs=("kserve", "istio"),
        about="Web UI for models.",
    ),
    Component(
        "spark-operator",
        "kubeflow",
        k8s("applications/spark/spark-operator/overlays/kubeflow"),
        needs=("kubeflow-namespace", "kubeflow-roles"),
        about="CRDs and controller for Spark applications.",
    ),
    Component(
        "model-registry",
        "kubeflow",
        k8s("applications/hub/upstream/overlays/db"),
        needs=("istio", "kubeflow-namespace", "default-storage-class"),
        after=("database-users",),
        stateful=True,
        # The model catalog, Hub's second part, is left out: it is empty without its demo data, and its Postgres has a published
        # password. Upstream's example installs one registry per team; here one registry serves all teams.
        about="Registry of model versions and their provenance.",
    ),
    Component(
        "kueue",
        "kueue-system",
        VendoredCharts("kubernetes-sigs/kueue"),
        needs=("cert-manager", "kubeflow-roles"),
        default=False,
        about="Queues of jobs: each team has a share of CPU, memory and GPUs, lends what it does not use, and borrows (`Team.queue`).",
    ),
    Component(
        "kuberay",
        "kuberay",
        HelmChart("https://ray-project.github.io/kuberay-helm", "kuberay-operator", "1.7.0"),
        default=False,
        about="CRDs and controller for Ray clusters and jobs.",
    ),
    Component(
        "seldon-core",
        "seldon-system",
        HelmChart("https://storage.googleapis.com/seldon-charts", "seldon-core-operator", "1.18.2"),
        needs=("cert-manager", "istio", "kubeflow-istio-resources"),
        default=False,
        licence="BSL-1.1: no free production use since 1.18.0; KServe is the free alternative",
        about="Alternative model server.",
    ),
    Component(
        "argo-workflows",
        "argo",
        HelmChart("https://argoproj.github.io/argo-helm", "argo-workflows", "1.0.18"),
        default=False,  # Pipelines includes Argo Workflows; the CRDs are the same objects
        owns=("CustomResourceDefinition/workflows.argoproj.io",),
        about="Argo Workflows with its server, for workflows outside Pipelines.",
    ),
    Component(
        "jupyterhub",
        "jupyterhub",
        HelmChart("https://hub.jupyter.org/helm-chart", "jupyterhub", "4.4.0"),
        needs=("default-storage-class",),
        default=False,
        stateful=True,
        licence="BSD-3-Clause",
        about="Notebook servers outside Kubeflow profiles.",
    ),
    Component(
        "kube-prometheus-stack",
        "monitoring",
        HelmChart("oci://ghcr.io/prometheus-community/charts", "kube-prometheus-stack", "88.5.3"),
        needs=("default-storage-class",),
        default=False,
        stateful=True,
        about="Prometheus, Alertmanager and Grafana.",
    ),
)

ADDONS = (
    # EKS: requirements of Kubeflow, and add-ons for AWS
    Component(
        "default-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        minutes=1,
        about="Default StorageClass with encrypted gp3 volumes: three Kubeflow PVCs name no class, and EKS has no default.",
    ),
    Component(
        "efs-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        default=False,
        minutes=1,
        about="StorageClass for shared files on EFS (enabled by services.efs).",
    ),
    Component(
        "fsx-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        default=False,
        minutes=1,
        about="FSx for Lustre file system as one volume per team (enabled by services.fsx).",
    ),
    Component(
        "aws-load-balancer-controller",
        "kube-system",
        HelmChart(EKS_CHARTS, "aws-load-balancer-controller", "3.5.0"),
        aws=(AwsAccess("aws-load-balancer-controller", "aws-load-balancer-controller"),),
        layer="addons",
        in_auto_mode="cluster",
        about="Controller for AWS load balancers and target groups.",
    ),
    Component(
        "cluster-autoscaler",
        "kube-system",
        HelmChart("https://kubernetes.github.io/autoscaler", "cluster-autoscaler", "9.59.0"),
        aws=(AwsAccess("cluster-autoscaler", "cluster-autoscaler"),),
        layer="addons",
        in_auto_mode="nodes",
        alternative_to=("karpenter",),
        about="Scales managed node groups.",
    ),
    Component(
        "karpenter-crds",
        "kube-system",
        HelmChart("oci://public.ecr.aws/karpenter", "karpenter-crd", "1.14.1"),
        layer="addons",
        default=False,
        minutes=1,
        about="CRDs of Karpenter.",
    ),
    Component(
        "karpenter",
        "kube-system",
        HelmChart("oci://public.ecr.aws/karpenter", "karpenter", "1.14.1"),
        needs=("karpenter-crds",),
        aws=(AwsAccess("karpenter", "karpenter"),),
        layer="addons",
        default=False,
        alternative_to=("cluster-autoscaler",),
        about="Launches nodes that fit pending pods.",
    ),
    Component(
        "karpenter-node-pools",
        "kube-system",
        Builtin(),
        needs=("karpenter",),
        layer="addons",
        default=False,
        about="Configured node pools, drained before Karpenter is uninstalled.",
    ),
    Component(
        "external-dns",
        "external-dns",
        HelmChart("https://kubernetes-sigs.github.io/external-dns", "external-dns", "1.21.1"),
        aws=(AwsAccess("external-dns", "external-dns"),),
        layer="addons",
        default=False,
        about="Route 53 records for services and gateways.",
    ),
    Component(
        "secrets-store-csi-driver",
        "kube-system",
        HelmChart(SECRETS_STORE, "secrets-store-csi-driver", "1.6.0"),
        layer="addons",
        default=False,
        about="Mounts secrets of external stores as volumes.",
    ),
    Component(
        "secrets-store-csi-driver-provider-aws",
        "kube-system",
        HelmChart(SECRETS_STORE_AWS, "secrets-store-csi-driver-provider-aws", "3.1.1"),
        needs=("secrets-store-csi-driver",),
        layer="addons",
        default=False,
        about="Secrets Manager and Parameter Store provider of the CSI driver.",
    ),
    Component(
        "nvidia-device-plugin",
        "kube-system",
        HelmChart("https://nvidia.github.io/k8s-device-plugin", "nvidia-device-plugin", "0.20.0"),
        layer="addons",
        default=False,
        alternative_to=("gpu-operator",),
        about="GPUs as an extended resource, on AMIs with the driver.",
    ),
    Component(
        "gpu-operator",
        "gpu-operator",
        HelmChart("https://helm.ngc.nvidia.com/nvidia", "gpu-operator", "v26.7.0"),
        layer="addons",
        default=False,
        alternative_to=("nvidia-device-plugin",),
        about="GPUs as an extended resource, with monitoring and time slicing.",
    ),
    Component(
        "neuron",
        "kube-system",
        HelmChart("oci://public.ecr.aws/neuron", "neuron-helm-chart", "1.0.0"),
        layer="addons",
        default=False,
        about="Trainium and Inferentia chips as an extended resource.",
    ),
    Component(
        "aws-efa-k8s-device-plugin",
        "kube-system",
        HelmChart(EKS_CHARTS, "aws-efa-k8s-device-plugin", "v0.5.30"),
        layer="addons",
        default=False,
        about="Elastic Fabric Adapters as an extended resource.",
    ),
    Component(
        "aws-for-fluent-bit",
        "logging",
        HelmChart(EKS_CHARTS, "aws-for-fluent-bit", "0.2.0"),
        aws=(AwsAccess("aws-for-fluent-bit", "aws-for-fluent-bit"),),
        layer="addons",
        default=False,
        about="Ships pod logs to CloudWatch.",
    ),
)

CATALOGUE = (*ADDONS, *PLATFORM, *KUBEFLOW)
FOUNDATION = frozenset(one.name for one in PLATFORM)
"""Components in the first stack when Kubeflow is split into two stacks."""
