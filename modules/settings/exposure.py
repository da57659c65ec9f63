"""How Kubeflow is reached."""

from typing import Annotated

from pydantic import Field, Tag

from modules.settings.section import Section
from modules.settings.types import DomainName, kind_of


class PortForward(Section):
    """Nothing is public: `kubectl port-forward` only."""


class LoadBalancer(Section):
    """An Application Load Balancer that Terraform owns, with TLS, in front of the ingress gateway."""

    host: DomainName = Field(description="Name of the dashboard, such as kubeflow.example.com.")


class ExistingLoadBalancer(Section):
    """An Application Load Balancer of yours: a rule of its listener sends the host to the ingress gateway."""

    host: DomainName = Field(description="Name of the dashboard, such as kubeflow.example.com.")


AnyExposure = Annotated[
    Annotated[PortForward, Tag("union:PortForward")]
    | Annotated[LoadBalancer, Tag("union:LoadBalancer")]
    | Annotated[ExistingLoadBalancer, Tag("union:ExistingLoadBalancer")],
    kind_of("PortForward()", "LoadBalancer(…)", "ExistingLoadBalancer(…)"),
]
