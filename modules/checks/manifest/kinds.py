"""Kinds of findings about manifests, in addition to those of Admission."""

from modules.checks.finding import Kind

UNREADABLE = Kind(
    "MAN001",
    "error",
    "A file has no objects",
    "The file is missing, empty or not YAML, or a document in it is neither an object of Kubernetes nor a compiled pipeline.",
    "correct the file, or name one with objects",
)
OTHER_NAMESPACE = Kind(
    "MAN002",
    "error",
    "An object is for another namespace",
    "A team writes in its own namespace only; the object names another one, or is of a kind without a namespace.",
    "set `metadata.namespace` to the team, or leave it out and use `kubectl --namespace`",
)
NO_RIGHT = Kind(
    "MAN003",
    "error",
    "The team may not create the kind",
    "The roles of members (`kubeflow-edit`) and owners (`kubeflow-admin`) do not allow to create it; [team-rights.md](team-rights.md) lists what they do.",
    "use a kind that the team may create, or ask an administrator",
)
RETIRED = Kind(
    "MAN004",
    "error",
    "A kind of an older Kubeflow",
    "The platform has no component that installs the kind; the finding names its successor.",
    "use the successor, or enable the component",
)
NO_ACCOUNT = Kind(
    "MAN005",
    "error",
    "The service account does not exist",
    "Neither the profile controller nor the files create it, so no pod is made.",
    "use default-editor, or add the ServiceAccount",
)
NO_ROOM = Kind(
    "MAN006",
    "error",
    "No node takes the pods",
    "No node group has a node that is large enough, has the device, and matches tolerations, node selector and affinity, even empty.",
    "lower the requests, correct the selector, or add a node group",
)
WAITS = Kind(
    "MAN007",
    "warning",
    "The pods wait for nodes",
    "The pods fit on nodes of the platform, but not in addition to what it runs on its `desired_size` nodes and those that an autoscaler adds.",
    "raise `desired_size` or `max_size`, or enable `cluster-autoscaler`",
)
NO_SERVICE = Kind(
    "MAN008",
    "error",
    "A Service does not exist",
    "A variable, argument or URI names a Service that neither the platform nor the files have.",
    "correct the name",
)
CLOSED = Kind(
    "MAN009",
    "error",
    "A connection is closed",
    "A NetworkPolicy or an Istio policy refuses the connection to a Service that the pod names.",
    "use a Service that teams may call",
)
NO_ACCESS = Kind(
    "MAN010",
    "error",
    "The pod may not read from S3",
    "The role of the pod's service account does not allow `s3:GetObject` on an address that the manifest names, or the account has no role.",
    "use a key below the team's prefix and the account default-editor, or add statements to `Team.aws`",
)
BAD_BUCKET = Kind(
    "MAN011",
    "error",
    "A bucket name is not valid",
    "S3 has no bucket of this form, as with a placeholder that is not replaced.",
    "set the name of a bucket",
)
BAD_IMAGE = Kind(
    "MAN012",
    "error",
    "An image name is not valid",
    "The kubelet rejects the name (InvalidImageName).",
    "write registry/name:tag or registry/name@sha256:…",
)
UNKNOWN_REGISTRY = Kind(
    "MAN013",
    "warning",
    "An image is from an unknown registry",
    "The registry is none of the public ones, and not the account's ECR.",
    "copy the image to ECR, or verify that nodes reach the registry and have its credential",
)
UNREACHABLE_REGISTRY = Kind(
    "MAN014",
    "error",
    "Nodes do not reach a registry",
    "The network has no NAT gateway, so only ECR is reachable.",
    "copy the image to ECR, or use the platform's pull-through cache",
)
LATEST = Kind(
    "MAN015",
    "warning",
    "An image has no fixed version",
    "Without a tag, or with `latest`, the image changes without notice, and nodes run different ones.",
    "set a tag or a digest",
)
NO_REPOSITORY = Kind(
    "MAN016",
    "warning",
    "The platform has no such repository",
    "The image is in the account's ECR under the platform's name, but `Repositories.names` does not have the repository.",
    "add the repository, or correct the name",
)
NO_RUNTIME = Kind(
    "MAN017",
    "error",
    "A runtime does not exist",
    "Neither the platform nor the files have the TrainingRuntime or ServingRuntime, or none serves the model's format.",
    "use an existing runtime",
)
PODS_UNKNOWN = Kind(
    "MAN101",
    "not checked",
    "Pods of a kind",
    "The table of kinds does not have the kind: Pod Security, room, connections and images of its pods are not evaluated.",
)
ROOM_UNKNOWN = Kind(
    "MAN102",
    "not checked",
    "Room",
    "The nodes are not in the settings, or node pools that users create themselves can add some.",
)
ADDRESS_UNKNOWN = Kind(
    "MAN103",
    "not checked",
    "Addresses outside of the platform",
    "Hosts on the internet, Services of official charts, and Services of the team that are not in the files.",
)
ROLE_UNKNOWN = Kind(
    "MAN104",
    "not checked",
    "AWS permissions outside of the settings",
    "The node role, managed policies of a team, and policies of the bucket itself are not evaluated.",
)
REGISTRY_UNKNOWN = Kind(
    "MAN105",
    "not checked",
    "Images themselves",
    "Whether an image exists and runs on the nodes' architecture; the policy of another account's repository.",
)
USAGE = Kind(
    "MAN106",
    "not checked",
    "What already runs",
    "Quota and room that other pods of the team take, and objects that exist under the same name.",
)
KINDS = (
    *(UNREADABLE, OTHER_NAMESPACE, NO_RIGHT, RETIRED, NO_ACCOUNT, NO_ROOM, WAITS, NO_SERVICE, CLOSED, NO_ACCESS),
    *(BAD_BUCKET, BAD_IMAGE, UNKNOWN_REGISTRY, UNREACHABLE_REGISTRY, LATEST, NO_REPOSITORY, NO_RUNTIME),
    *(PODS_UNKNOWN, ROOM_UNKNOWN, ADDRESS_UNKNOWN, ROLE_UNKNOWN, REGISTRY_UNKNOWN, USAGE),
)
