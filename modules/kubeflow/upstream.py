"""Where Kubeflow's manifests come from: repositories, commits, and what they refer to. Versions stand only here."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Repository:
    """A git repository at a pinned commit."""

    url: str
    commit: str
    """Full commit id; a tag can move."""
    version: str
    """What people call it."""


REPOSITORIES = {
    # renamed to kubeflow/community-distribution; the old name still leads there
    "kubeflow/manifests": Repository(
        "https://github.com/kubeflow/manifests", "d68ebc7fab366ab40ddd1541d2ec22febb31bc83", "26.03"
    ),
    "kubeflow/mpi-operator": Repository("https://github.com/kubeflow/mpi-operator", "v0.8.0", "v0.8.0"),
    "argoproj/argo-workflows": Repository("https://github.com/argoproj/argo-workflows", "v3.7.3", "v3.7.3"),
    "kubernetes-sigs/lws": Repository("https://github.com/kubernetes-sigs/lws", "v0.7.0", "v0.7.0"),
}
"""Each is fetched by `make vendor`, or read from a folder of this name below KUBEFLOW_UPSTREAM."""

REMOTE_FILES = {
    "https://github.com/kubernetes-sigs/jobset/releases/download/v0.10.1/manifests.yaml": "kubernetes-sigs/jobset/releases/download/v0.10.1/manifests.yaml",
}
"""Single files that a base names by URL, and where they lie below KUBEFLOW_UPSTREAM."""
