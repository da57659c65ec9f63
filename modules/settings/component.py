"""A component: a catalogue entry, or one of `Kubeflow.extra_components`."""

from dataclasses import dataclass
from typing import Annotated, ClassVar, Literal

from pydantic import ConfigDict, Tag

from modules.settings.types import kind_of

Layer = Literal["addons", "kubeflow"]
LAYERS: tuple[Layer, ...] = ("addons", "kubeflow")
"""In apply order."""
CHECKED = ConfigDict(extra="forbid", revalidate_instances="always")
"""Python does not check the types of a dataclass: `extra_components` checks them by their annotations."""


@dataclass(frozen=True)
class HelmChart:
    """An official Helm chart at an exact version."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    repository: str
    """Repository URL: `https://…` with an index, or `oci://…`."""
    chart: str
    """Name of the chart in its repository."""
    version: str
    """Exact version; never a range."""


@dataclass(frozen=True)
class Kustomization:
    """A kustomize path of an upstream repository at a pinned commit (see `upstream.py`)."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    path: str
    """Path in the repository, such as `common/istio/istio-crds/base`."""
    repository: str = "kubeflow/manifests"
    """Name of the repository in `upstream.REPOSITORIES`."""


@dataclass(frozen=True)
class VendoredCharts:
    """Official charts of a repository at a pinned commit, rendered when objects are vendored.

    The component's `patches.py` lists them with their values (`patch.Variant.charts`). A kustomization can add such
    charts, too.
    """

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    repository: str
    """Name of the repository in `upstream.REPOSITORIES`."""


Vendored = Kustomization | VendoredCharts
"""Sources whose objects are vendored: patched, locked, and installed as local charts."""


@dataclass(frozen=True)
class Builtin:
    """Objects from a template in `objects/`, written as a chart by synthesis; independent of upstream."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    template: str | None = None
    """Template name without `.yaml.j2`; None: the component's name."""


Source = Annotated[
    Annotated[HelmChart, Tag("union:HelmChart")]
    | Annotated[Kustomization, Tag("union:Kustomization")]
    | Annotated[VendoredCharts, Tag("union:VendoredCharts")]
    | Annotated[Builtin, Tag("union:Builtin")],
    kind_of("HelmChart(…)", "Kustomization(…)", "VendoredCharts(…)", "Builtin(…)"),
]


@dataclass(frozen=True)
class AwsAccess:
    """A service account that calls AWS, and its IAM policy (via IRSA or EKS Pod Identity)."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    service_account: str
    """Name of the service account, in the namespace of the component."""
    policy: str
    """Name in the `policies` of the component's behaviour."""
    only_with: Literal["s3", "ecr"] | None = None
    """Without which it does not call AWS: artifacts in S3, or repositories in ECR. None: it always does."""
    role: str | None = None
    """Last part of the name of its role. None: the name of the service account."""


@dataclass(frozen=True)
class Component:
    """One installable part of the platform. Data only; behaviour is in `release.py`."""

    __pydantic_config__: ClassVar[ConfigDict] = CHECKED

    name: str
    """Construct id and prefix of release names; 1 to 40 characters; must never change (Helm ownership depends on it)."""
    namespace: str
    """Namespace of its objects, which exists before its release."""
    source: Source
    """Where its objects come from."""
    needs: tuple[str, ...] = ()
    """Dependencies: must be installed and ready first."""
    after: tuple[str, ...] = ()
    """Optional dependencies: ordered first if installed, such as an issuer before policies that use its keys."""
    aws: tuple[AwsAccess, ...] = ()
    """Service accounts with permissions in AWS."""
    layer: Layer = "kubeflow"
    """Layer (stack) of the component. Add-ons come first: they provide what Kubeflow requires of a cluster."""
    minutes: int = 2
    """Expected install time in minutes with images already on the nodes; see `first_install_minutes`."""
    timeout_seconds: int = 900
    """Helm timeout of one release, in seconds."""
    stateful: bool = False
    """Whether its objects hold data: a failed install is then kept instead of rolled back."""
    default: bool = True
    """Whether it is part of upstream's default set, which is also the default here."""
    alternative_to: tuple[str, ...] = ()
    """Entries that conflict with it without sharing an object (two autoscalers)."""
    in_auto_mode: Literal["cluster", "nodes"] | None = None
    """What of EKS Auto Mode does its work, so that it is not part of the default set there: the cluster, or the nodes, if
    there are no others. None: nothing.
    """
    owns: tuple[str, ...] = ()
    """Objects of an official chart that other entries may own, as `Kind/name`; for kustomizations the lock lists all."""
    licence: str = "Apache-2.0"
    """SPDX identifier of its licence."""
    about: str = ""
    """Purpose in one sentence, for the docs."""

    @property
    def edges(self) -> frozenset[str]:
        """Names of required and optional dependencies."""
        return frozenset({*self.needs, *self.after})
