"""Kinds of findings of the section Images."""

from modules.checks.finding import Kind
from modules.checks.images.docker_hub import LIMIT

HUB_LIMIT = Kind(
    "IMG001",
    "warning",
    "More pulls than Docker Hub allows",
    f"Without a sign-in, Docker Hub allows {LIMIT.pulls} pulls in {LIMIT.hours} hours for each address "
    f"([source]({LIMIT.source}), as of {LIMIT.as_of}), and the nodes of a zone share the address of its NAT gateway. If all nodes start "
    "within that time, at `max_size` and with all that runs all the time, they pull more. Then pods wait with `ImagePullBackOff`, and a "
    "first apply can end in a timeout. Images that users start are in addition.",
    'take images from your account with `Repositories(mirror=…)`, or set `Network(nat="one_per_zone")`',
)
REGISTRY_CLOSES = Kind(
    "IMG002",
    "warning",
    "A registry closes",
    "The registry has announced its end. From then on new pods cannot pull, also those that are only moved to another node.",
    "do what the finding names",
)
LATEST = Kind(
    "IMG003",
    "warning",
    "An image of yours has the tag latest",
    "A value of `Kubeflow.images` ends with `:latest`: each node takes what the registry has at that time.",
    "write another tag, or `name:tag@sha256:…`",
)
TAGS = Kind(
    "IMG101",
    "not checked",
    "Images by tag",
    "Synthesis and `check` contact no registry, so the digest of an image is known only where its name has it. A registry can move a tag; "
    'nodes that pull later run something else. `Repositories(mirror="copies")` pins all images: its script writes their digests to '
    "`image-digests-<platform>.txt`, and the tags of the copies are immutable.",
)
CHARTS = Kind(
    "IMG102",
    "not checked",
    "Images of your own charts and values",
    "Images of `extra_components`, and those that `values` enable, are not known; nor are those of preinstalled components.",
)
ADDRESSES = Kind(
    "IMG103",
    "not checked",
    "Pulls from Docker Hub",
    "How many nodes share an address is not known: the network or the cluster is an existing one, or EKS Auto Mode or Karpenter adds nodes.",
)
NO_KUBEFLOW = Kind("IMG104", "not checked", "No Kubeflow", "EKS add-ons come from the registry of EKS in the region.")
KINDS = (HUB_LIMIT, REGISTRY_CLOSES, LATEST, TAGS, CHARTS, ADDRESSES, NO_KUBEFLOW)
