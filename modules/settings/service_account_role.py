"""IAM roles for Kubernetes service accounts."""

from typing import Annotated, Literal

from pydantic import Field

from modules.settings.section import Section
from modules.settings.texts import POLICY
from modules.settings.types import AtLeastOne, KubernetesName, NamespaceName, NodeName, NonEmpty, PolicyArn, matching

Action = Annotated[
    str, matching(r"[a-z0-9-]+:[A-Za-z]+\*?", "an action such as s3:GetObject (a service and a name; no bare *)")
]


class Statement(Section):
    """One Allow statement of an IAM policy."""

    actions: Annotated[tuple[Action, ...], AtLeastOne]
    """IAM actions."""
    resources: Annotated[tuple[NonEmpty, ...], AtLeastOne, POLICY]
    """ARNs. `*` only for actions without resource-level permissions."""
    conditions: Annotated[dict[str, dict[str, tuple[str, ...]]], POLICY] = Field(default={})
    """Conditions: {test: {variable: values}}."""


class ServiceAccountRole(Section):
    """An IAM role for one Kubernetes service account."""

    namespace: NamespaceName
    """Namespace of the service account."""
    service_account: KubernetesName
    """Name of the service account."""
    policy_arns: tuple[PolicyArn, ...] = ()
    """Managed policies of the role."""
    statements: tuple[Statement, ...] = ()
    """Statements of the role's inline policy."""
    auth: Literal["irsa", "pod_identity"] = "irsa"
    """How pods get the role: a web identity token (irsa, works on Fargate) or the EKS Pod Identity agent."""
    create_service_account: bool = False
    """Create the Kubernetes service account as well, with the annotation of its role (irsa). Its namespace must be one of
    a component or a team, default or kube-system. False, since a chart or a manifest of yours usually creates it.
    """
    role_name: NodeName | None = None
    """Suffix of the role name, `<platform>-<role_name>`. None: `<namespace>-<service_account>`; required if that is too
    long or used by another role.
    """

    @property
    def name(self) -> str:
        """Suffix of the role name; unique on the platform."""
        return self.role_name or f"{self.namespace}-{self.service_account}".replace(".", "-")
