"""Upstream sources: repositories, commits, and referenced files. Versions appear only here and in `catalogue.py`."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Repository:
    """A git repository at a pinned commit."""

    url: str
    commit: str
    """Full commit id; a tag can move."""
    version: str
    """Tag or branch name; `?ref=` in a kustomization must match it."""


@dataclass(frozen=True)
class ReleaseFile:
    """A release artifact built with kustomize and referenced by URL.

    It is rebuilt from the pinned commit, since the file behind the URL can change.
    """

    repository: str
    path: str
    """The kustomize path it is built from."""
    images: Mapping[str, str] = field(default_factory=dict)
    """Image names that the project replaces in a release."""


@dataclass(frozen=True)
class ChartFolder:
    """An official chart in a repository, with its released version."""

    repository: str
    path: str
    """Path in the repository."""
    version: str
    in_git: str = ""
    """The chart's version in git if it differs from the released version; empty: the same."""


@dataclass(frozen=True)
class Overlay:
    """A folder of one repository that replaces a folder of another before kustomize runs."""

    repository: str
    """Repository whose folder is replaced."""
    path: str
    source: str
    """Repository of the new content."""
    source_path: str


# Tags and commits were verified in a clone of each: `git rev-parse <tag>^{commit}`.
REPOSITORIES = {
    # The key is the repository's old name, used by local folders and extra components. It redirects to the new name.
    "kubeflow/manifests": Repository(
        "https://github.com/kubeflow/community-distribution", "9fca80cba541c1fae8bb33641444f5c4f88411c4", "26.03.1"
    ),
    "kubeflow/pipelines": Repository(
        "https://github.com/kubeflow/pipelines", "4a3592cb2dd0a91a4652ab93893ec8beda1f3158", "2.17.0"
    ),
    "kubeflow/mpi-operator": Repository(
        "https://github.com/kubeflow/mpi-operator", "101db144e019e1de65aaded07745e9d805c2852a", "v0.8.0"
    ),
    "argoproj/argo-workflows": Repository(
        "https://github.com/argoproj/argo-workflows", "0ab1452144d8f4d57c50b37ce50dad218868e950", "v4.0.5"
    ),
    "kubernetes-sigs/jobset": Repository(
        "https://github.com/kubernetes-sigs/jobset", "f7035a420bb6ebfe7f05494ce2fdff12ade319bf", "v0.11.0"
    ),
    "kubernetes-sigs/lws": Repository(
        "https://github.com/kubernetes-sigs/lws", "fc19b9ae9b0113d228ba15f4b62b06bea434b510", "v0.8.0"
    ),
    # Head of the branch release-1.31 on 2026-08-20, days before 1.31.0 of 2026-08-31; its charts are those of 1.31.0-beta.2.
    "istio/istio": Repository("https://github.com/istio/istio", "a8d7012191ebf42bacd48fa72b32a05828e4c564", "1.31.0"),
    "kserve/kserve": Repository(
        "https://github.com/kserve/kserve", "2d7e358337ee0f3d52d428171fbea2ba8d716bbd", "v0.18.1"
    ),
    "kubernetes-sigs/kueue": Repository(
        "https://github.com/kubernetes-sigs/kueue", "8eab68778fc1b52affe165fdf5af29d1e9b4f3cb", "v0.19.2"
    ),
}
"""Fetched by `make vendor`, or read from a folder of this name in a directory of KUBEFLOW_UPSTREAM."""
VERSION = REPOSITORIES["kubeflow/manifests"].version
"""Kubeflow's own version."""

OVERLAYS = (
    # 26.03.1 was tagged with Pipelines 2.16.1. Upstream updates in the same way: its script copies that folder.
    # https://github.com/kubeflow/community-distribution/blob/9fca80cba541c1fae8bb33641444f5c4f88411c4/scripts/synchronize-pipelines-manifests.sh
    Overlay("kubeflow/manifests", "applications/pipeline/upstream", "kubeflow/pipelines", "manifests/kustomize"),
)
"""Applied to a private copy; fetched and local trees are not changed."""


def sources_of(repository: str) -> tuple[str, ...]:
    """Repositories that a repository's paths are built from: itself and its overlays."""
    return (repository, *(overlay.source for overlay in OVERLAYS if overlay.repository == repository))


RELEASE_FILES = {
    # https://github.com/kubernetes-sigs/jobset/blob/v0.11.0/Makefile (target artifacts, with the release's IMAGE_REGISTRY)
    "https://github.com/kubernetes-sigs/jobset/releases/download/v0.11.0/manifests.yaml": ReleaseFile(
        "kubernetes-sigs/jobset",
        "config/default",
        {"us-central1-docker.pkg.dev/k8s-staging-images/jobset/jobset": "registry.k8s.io/jobset/jobset"},
    ),
}
"""Files referenced by URL. A directory of KUBEFLOW_UPSTREAM can contain the file itself at the URL's path."""

CHARTS = {
    # https://github.com/istio/release-builder fills in the version; without it, git says 1.0.0
    **{
        name: ChartFolder(
            "istio/istio", f"manifests/charts/{path}", REPOSITORIES["istio/istio"].version, in_git="1.0.0"
        )
        for name, path in {
            "istio-base": "base",
            "istio-cni": "istio-cni",
            "istiod": "istio-control/istio-discovery",
        }.items()
    },
    **{
        name: ChartFolder("kserve/kserve", f"charts/{name}", REPOSITORIES["kserve/kserve"].version)
        for name in (
            "kserve-crd",
            "kserve-llmisvc-crd",
            "kserve-llmisvc-resources",
            "kserve-localmodel-crd",
            "kserve-localmodel-resources",
            "kserve-resources",
            "kserve-runtime-configs",
        )
    },
    "kueue": ChartFolder("kubernetes-sigs/kueue", "charts/kueue", "0.19.2"),
}
"""Charts rendered during vendoring. A directory of KUBEFLOW_UPSTREAM can contain each as `charts/<name>`."""
