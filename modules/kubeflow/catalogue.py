"""Everything that can be installed, on one page: what it is, where it comes from, and what it stands on.

What Kubeflow 26.03.1 holds comes from its own tree, since it was tested as a set; official charts are for the rest. A chart's
values are in `values/<name>.yaml.j2`, patches of a kustomization in `patches/`, and the charts that are rendered when objects
are vendored, with their values, too. Versions and commits stand only here and in
`upstream.py`; what follows from them (hashes, images, ports) is derived, in `upstream.lock.json`.
"""

from modules.settings.component import AwsAccess, Builtin, Component, HelmChart, Kustomization, VendoredCharts

EKS_CHARTS = "https://aws.github.io/eks-charts"
SECRETS_STORE = "https://kubernetes-sigs.github.io/secrets-store-csi-driver/charts"
SECRETS_STORE_AWS = "https://aws.github.io/secrets-store-csi-driver-provider-aws"


def k8s(path: str) -> Kustomization:
    """A path of kubeflow/manifests."""
    return Kustomization(path)


PLATFORM = (
    # common/: what Kubeflow stands on in the cluster
    Component(
        "cert-manager",
        "cert-manager",
        k8s("common/cert-manager/overlays/kubeflow"),
        about="Certificates of webhooks, and the cluster issuer of Kubeflow.",
    ),
    Component(
        "kubeflow-namespace",
        "kubeflow",
        k8s("common/kubeflow-namespace/base"),
        minutes=1,
        about="The namespace of Kubeflow and its NetworkPolicies.",
    ),
    Component(
        "istio",
        "istio-system",
        k8s("common/istio/istio-install/overlays/oauth2-proxy"),
        needs=("istio-crds", "istio-namespace", "kubeflow-namespace"),  # its Sidecars are in the namespace kubeflow
        about="Service mesh: sidecars, ingress gateway, and the CNI plugin that restricted namespaces need.",
    ),
    Component(
        "istio-crds",
        "istio-system",
        k8s("common/istio/istio-crds/base"),
        needs=("istio-namespace",),
        minutes=1,
        about="Istio's object types.",
    ),
    Component(
        "istio-namespace",
        "istio-system",
        k8s("common/istio/istio-namespace/base"),
        minutes=1,
        about="The namespace of Istio.",
    ),
    Component(
        "cluster-local-gateway",
        "istio-system",
        k8s("common/istio/cluster-local-gateway/base"),
        needs=("istio",),
        about="Gateway for calls between models inside the cluster.",
    ),
    Component(
        "oauth2-proxy",
        "oauth2-proxy",
        k8s("common/oauth2-proxy/overlays/m2m-dex-and-eks"),
        needs=("istio",),
        after=("dex",),  # while istiod cannot fetch an issuer's keys, a policy that names them protects nothing
        about="Asks every request at the gateway who it is from.",
    ),
    Component(
        "dex",
        "auth",
        k8s("common/dex/overlays/oauth2-proxy"),
        needs=("istio",),
        about="OIDC issuer for local users and for LDAP, SAML, GitHub and others behind it.",
    ),
    Component(
        "machine-tokens",
        "istio-system",
        Builtin(),
        needs=("oauth2-proxy",),
        default=False,
        minutes=1,
        about="Lets the gateway accept tokens of Kubernetes service accounts (chosen by `machine_tokens`).",
    ),
    Component(
        "fixed-user",
        "istio-system",
        Builtin(),
        needs=("istio",),
        default=False,
        minutes=1,
        about="In place of a sign-in: every request at the gateway is from one user (auth=NoAuth).",
    ),
    Component(
        "knative-serving",
        "knative-serving",
        k8s("common/knative/knative-serving/overlays/gateways"),
        needs=("istio", "kubeflow-roles"),
        about="Services that scale with their requests, to zero too; KServe's serverless mode.",
    ),
    Component(
        "kubeflow-roles",
        "kubeflow",
        k8s("common/kubeflow-roles/base"),
        needs=("kubeflow-namespace",),
        minutes=1,
        about="Cluster roles that components add their rights to.",
    ),
    Component(
        "kubeflow-istio-resources",
        "kubeflow",
        k8s("common/istio/kubeflow-istio-resources/base"),
        needs=("istio", "kubeflow-namespace", "kubeflow-roles"),
        minutes=1,
        about="The gateway of Kubeflow, and roles for Istio's objects.",
    ),
    Component(
        "team-admission",
        "kube-system",
        Builtin(),
        minutes=1,
        about="Refuses routes and public entries that a team's accounts or people write.",
    ),
    Component(
        "gateway-target-group",
        "istio-system",
        Builtin(),
        needs=("aws-load-balancer-controller", "istio"),
        default=False,
        minutes=1,
        about="Pods of the ingress gateway as targets of the load balancer (chosen by `exposure`).",
    ),
)

KUBEFLOW = (
    Component(
        "database-users",
        "kubeflow-database",
        Builtin("database-users-job"),
        default=False,
        minutes=1,
        about="A MySQL user for each program, with rights on its own database only (chosen by `services.database`).",
    ),
    Component(
        "database-retired-users",
        "kubeflow-database",
        Builtin("database-users-job"),
        needs=("database-users",),
        after=("katib", "model-registry", "pipelines"),
        default=False,
        minutes=1,
        about="Drops MySQL users of earlier versions of the credentials (chosen by `services.database`).",
    ),
    # applications/: Kubeflow itself
    Component(
        "pipelines",
        "kubeflow",
        k8s("applications/pipeline/overlays"),
        needs=("cert-manager", "istio", "kubeflow-istio-resources", "kubeflow-roles", "default-storage-class"),
        after=("database-users",),
        # Argo's controller calls no AWS: its executors do, in the namespaces of the teams
        aws=(
            AwsAccess("ml-pipeline", "pipelines", with_bucket=True),
            AwsAccess("ml-pipeline-ui", "pipelines-ui", with_bucket=True),
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
        about="The web page that all others hang on.",
    ),
    Component(
        "admission-webhook",
        "kubeflow",
        k8s("applications/dashboard/upstream/poddefaults-webhooks/overlays/cert-manager"),
        needs=("cert-manager", "kubeflow-roles"),
        about="PodDefaults: what notebooks and other pods get by label.",
    ),
    Component(
        "notebook-controller",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/notebook-controller/overlays/kubeflow"),
        needs=("istio", "kubeflow-roles"),
        about="Notebook servers as objects.",
    ),
    Component(
        "jupyter-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/jupyter-web-app/overlays/istio"),
        needs=("istio", "notebook-controller", "kubeflow-roles"),
        about="The page to make notebook servers.",
    ),
    Component(
        "profiles",
        "kubeflow",
        k8s("applications/dashboard/upstream/profile-controller/overlays/kubeflow-pss"),
        needs=("istio", "kubeflow-roles"),
        about="Teams: a namespace, an owner, contributors (with KFAM).",
    ),
    Component(
        "pvcviewer",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/pvcviewer-controller/base"),
        needs=("cert-manager", "istio", "kubeflow-roles"),
        about="Look into volumes.",
    ),
    Component(
        "volumes-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/volumes-web-app/overlays/istio"),
        needs=("istio", "pvcviewer", "kubeflow-roles"),
        about="The page of volumes.",
    ),
    Component(
        "tensorboard-controller",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/tensorboard-controller/overlays/kubeflow"),
        needs=("istio", "kubeflow-roles"),
        about="TensorBoards as objects.",
    ),
    Component(
        "tensorboards-web-app",
        "kubeflow",
        k8s("applications/notebooks-v1/upstream/tensorboards-web-app/overlays/istio"),
        needs=("istio", "tensorboard-controller", "kubeflow-roles"),
        about="The page of TensorBoards.",
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
        about="The page of models.",
    ),
    Component(
        "spark-operator",
        "kubeflow",
        k8s("applications/spark/spark-operator/overlays/kubeflow"),
        needs=("kubeflow-namespace", "kubeflow-roles"),
        about="Spark applications as objects.",
    ),
    Component(
        "model-registry",
        "kubeflow",
        k8s("applications/hub/upstream/overlays/db"),
        needs=("istio", "kubeflow-namespace", "default-storage-class"),
        after=("database-users",),
        stateful=True,
        # Hub's second part, the model catalog, is left out: without its demo data it lists nothing, and its Postgres has a
        # published password. Upstream's example installs the registry once a team; here one serves all teams.
        about="Versions of models and where they come from.",
    ),
    Component(
        "kuberay",
        "kuberay",
        HelmChart("https://ray-project.github.io/kuberay-helm", "kuberay-operator", "1.7.0"),
        default=False,
        about="Ray clusters and jobs as objects.",
    ),
    Component(
        "seldon-core",
        "seldon-system",
        HelmChart("https://storage.googleapis.com/seldon-charts", "seldon-core-operator", "1.18.2"),
        needs=("cert-manager", "istio", "kubeflow-istio-resources"),
        default=False,
        licence="BSL-1.1: no free use in production since 1.18.0; KServe is the free way",
        about="Another model server.",
    ),
    Component(
        "argo-workflows",
        "argo",
        HelmChart("https://argoproj.github.io/argo-helm", "argo-workflows", "1.0.18"),
        default=False,  # Pipelines brings its own; the CRDs are the same objects
        owns=("CustomResourceDefinition/workflows.argoproj.io",),
        about="Argo Workflows with its server, for workflows beside Pipelines.",
    ),
    Component(
        "jupyterhub",
        "jupyterhub",
        HelmChart("https://hub.jupyter.org/helm-chart", "jupyterhub", "4.4.0"),
        needs=("default-storage-class",),
        default=False,
        stateful=True,
        licence="BSD-3-Clause",
        about="Notebook servers without Kubeflow's profiles.",
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
    # EKS: what Kubeflow asks of any cluster, and what a cluster on AWS gets
    Component(
        "default-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        minutes=1,
        about="A default StorageClass of encrypted gp3 volumes: three of Kubeflow's PVCs name no class, and EKS has no default.",
    ),
    Component(
        "efs-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        default=False,
        minutes=1,
        about="A StorageClass of shared files on EFS; comes with services.efs.",
    ),
    Component(
        "fsx-storage-class",
        "kube-system",
        Builtin(),
        layer="addons",
        default=False,
        minutes=1,
        about="The FSx for Lustre file system as a volume for each team; comes with services.fsx.",
    ),
    Component(
        "aws-load-balancer-controller",
        "kube-system",
        HelmChart(EKS_CHARTS, "aws-load-balancer-controller", "3.5.0"),
        aws=(AwsAccess("aws-load-balancer-controller", "aws-load-balancer-controller"),),
        layer="addons",
        about="Load balancers and target groups of AWS as objects.",
    ),
    Component(
        "cluster-autoscaler",
        "kube-system",
        HelmChart("https://kubernetes.github.io/autoscaler", "cluster-autoscaler", "9.59.0"),
        aws=(AwsAccess("cluster-autoscaler", "cluster-autoscaler"),),
        layer="addons",
        alternative_to=("karpenter",),
        about="Adds and removes nodes of managed node groups.",
    ),
    Component(
        "karpenter-crds",
        "kube-system",
        HelmChart("oci://public.ecr.aws/karpenter", "karpenter-crd", "1.14.1"),
        layer="addons",
        default=False,
        minutes=1,
        about="Karpenter's object types.",
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
        about="Makes nodes that fit the pods that wait.",
    ),
    Component(
        "karpenter-node-pools",
        "kube-system",
        Builtin(),
        needs=("karpenter",),
        layer="addons",
        default=False,
        about="Node pools of yours, drained before Karpenter leaves.",
    ),
    Component(
        "external-dns",
        "external-dns",
        HelmChart("https://kubernetes-sigs.github.io/external-dns", "external-dns", "1.21.1"),
        aws=(AwsAccess("external-dns", "external-dns"),),
        layer="addons",
        default=False,
        about="Records in Route 53 for services and gateways.",
    ),
    Component(
        "secrets-store-csi-driver",
        "kube-system",
        HelmChart(SECRETS_STORE, "secrets-store-csi-driver", "1.6.0"),
        layer="addons",
        default=False,
        about="Secrets of other stores as volumes.",
    ),
    Component(
        "secrets-store-csi-driver-provider-aws",
        "kube-system",
        HelmChart(SECRETS_STORE_AWS, "secrets-store-csi-driver-provider-aws", "3.1.1"),
        needs=("secrets-store-csi-driver",),
        layer="addons",
        default=False,
        about="Secrets Manager and Parameter Store for it.",
    ),
    Component(
        "nvidia-device-plugin",
        "kube-system",
        HelmChart("https://nvidia.github.io/k8s-device-plugin", "nvidia-device-plugin", "0.20.0"),
        layer="addons",
        default=False,
        alternative_to=("gpu-operator",),
        about="GPUs as a resource, on AMIs that have the driver.",
    ),
    Component(
        "gpu-operator",
        "gpu-operator",
        HelmChart("https://helm.ngc.nvidia.com/nvidia", "gpu-operator", "v26.7.0"),
        layer="addons",
        default=False,
        alternative_to=("nvidia-device-plugin",),
        about="GPUs as a resource, with monitoring and time slicing.",
    ),
    Component(
        "neuron",
        "kube-system",
        HelmChart("oci://public.ecr.aws/neuron", "neuron-helm-chart", "1.0.0"),
        layer="addons",
        default=False,
        about="Trainium and Inferentia chips as a resource.",
    ),
    Component(
        "aws-efa-k8s-device-plugin",
        "kube-system",
        HelmChart(EKS_CHARTS, "aws-efa-k8s-device-plugin", "v0.5.30"),
        layer="addons",
        default=False,
        about="Elastic Fabric Adapters as a resource.",
    ),
    Component(
        "aws-for-fluent-bit",
        "logging",
        HelmChart(EKS_CHARTS, "aws-for-fluent-bit", "0.2.0"),
        aws=(AwsAccess("aws-for-fluent-bit", "aws-for-fluent-bit"),),
        layer="addons",
        default=False,
        about="Pods' logs to CloudWatch.",
    ),
)

CATALOGUE = (*ADDONS, *PLATFORM, *KUBEFLOW)
FOUNDATION = frozenset(one.name for one in PLATFORM)
"""In the first of two stacks, where Kubeflow is cut in two."""
