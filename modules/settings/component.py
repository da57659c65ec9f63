"""What one component is: an entry of the catalogue, or one of yours in `Kubeflow.extra_components`."""

from dataclasses import dataclass
from typing import Literal

Layer = Literal["addons", "kubeflow"]
LAYERS: tuple[Layer, ...] = ("addons", "kubeflow")
"""In the order they are applied."""


@dataclass(frozen=True)
class HelmChart:
    """An official Helm chart at an exact version."""

    repository: str
    """Address of the repository: `https://…` with an index, or `oci://…`."""
    chart: str
    """Name of the chart in its repository."""
    version: str
    """Exact version; never a range."""


@dataclass(frozen=True)
class Kustomization:
    """A kustomize path of an upstream repository at a pinned commit (see `upstream.py`)."""

    path: str
    """Folder below the repository, such as `common/istio/istio-crds/base`."""
    repository: str = "kubeflow/manifests"
    """Name of the repository in `upstream.REPOSITORIES`."""


@dataclass(frozen=True)
class VendoredCharts:
    """Official charts of a repository at a pinned commit, rendered when objects are vendored.

    The component's `patches.py` says which, and with which values (`patch.Variant.charts`). A kustomization can have
    such charts, too.
    """

    repository: str
    """Name of the repository in `upstream.REPOSITORIES`."""


Vendored = Kustomization | VendoredCharts
"""Sources whose objects are vendored: patched, locked, and installed as local charts."""


@dataclass(frozen=True)
class Builtin:
    """Objects of our own, from a template in `objects/`: a chart that synthesis writes, upstream or not."""

    template: str | None = None
    """Name of the template without `.yaml.j2`; None: the component's name."""


@dataclass(frozen=True)
class AwsAccess:
    """A service account that calls AWS, and the policy it gets by IRSA or EKS Pod Identity."""

    service_account: str
    """Name of the service account, in the namespace of the component."""
    policy: str
    """Name in `modules/iam/policies.py`."""
    with_bucket: bool = False
    """Whether it calls AWS only where artifacts are in a bucket."""


@dataclass(frozen=True)
class Component:
    """One installable part of the platform. Facts only: behaviour is in `release.py`."""

    name: str
    """Construct id and first part of release names; 1 to 40 characters, never changes (Helm owns objects by it)."""
    namespace: str
    """Namespace of its objects, which exists before its release."""
    source: HelmChart | Kustomization | VendoredCharts | Builtin
    """Where its objects come from."""
    needs: tuple[str, ...] = ()
    """Names of what must be installed, and ready, before."""
    after: tuple[str, ...] = ()
    """Names of what must be ready before if it is installed at all: an issuer before the policies that name its keys."""
    aws: tuple[AwsAccess, ...] = ()
    """Service accounts with permissions in AWS."""
    layer: Layer = "kubeflow"
    """The stack it is in. Add-ons come first: they give the cluster what Kubeflow asks of any cluster."""
    minutes: int = 2
    """Expected install time with images that the nodes have already; see `first_install_minutes`."""
    timeout_seconds: int = 900
    """Helm's own limit for one release."""
    stateful: bool = False
    """Whether its objects hold data: a failed install is then left in place instead of rolled back."""
    default: bool = True
    """Whether upstream installs it by default, and so do we."""
    alternative_to: tuple[str, ...] = ()
    """Entries that it may not stand beside, though no object is shared (two autoscalers)."""
    owns: tuple[str, ...] = ()
    """Objects of an official chart that another entry may own, too, as `Kind/name`; of kustomizations the lock knows all."""
    licence: str = "Apache-2.0"
    """SPDX identifier of its licence."""
    about: str = ""
    """What it is for, in one sentence; for the docs."""

    @property
    def edges(self) -> frozenset[str]:
        """Names of all that is installed before, where it is installed."""
        return frozenset({*self.needs, *self.after})
