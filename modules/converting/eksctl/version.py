"""The Kubernetes version of an old cluster, and the way up."""

from modules.aws_data.kubernetes_versions import DEFAULT_KUBERNETES_VERSION, KUBERNETES_VERSIONS
from modules.converting.field import Entry, Outcome

SETTING = "cluster.kubernetes_version"


def kubernetes_version(entry: Entry) -> Outcome:
    """The version, or the default for a new cluster if EKS or this platform does not have it.

    Source: https://docs.aws.amazon.com/eks/latest/userguide/update-cluster.html
    """
    text = str(entry.value)
    if text in ("latest", "auto", "default"):
        return Outcome(
            "changed", "the default here, so that two runs give the same", {SETTING: DEFAULT_KUBERNETES_VERSION}
        )
    if text in KUBERNETES_VERSIONS:
        return Outcome("maps", "", {SETTING: text})
    oldest = next(iter(KUBERNETES_VERSIONS))
    note = (
        f"EKS creates no clusters of {text} any more, and this platform has {oldest} to {list(KUBERNETES_VERSIONS)[-1]}: a new "
        f"cluster gets {DEFAULT_KUBERNETES_VERSION}; a live cluster must be upgraded first, one minor version at a time up to {oldest}"
    )
    return Outcome("changed", note, {SETTING: DEFAULT_KUBERNETES_VERSION}, matters=True)
