"""Delivery of credentials to the cluster: Terraform writes Kubernetes Secrets, or pods read them via CSI."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from cdktf import TerraformLocal

from modules.kubeflow.secrets.credentials import NeededSecret
from modules.kubeflow.secrets.csi import (
    SecretProviderClassSpec,
    accounts_of,
    credential_name,
    optional_token,
    spec_token,
)
from modules.kubeflow.secrets.expressions import CredentialValues, version_in
from modules.kubeflow.secrets.pod_references import VERSION_TOKEN
from modules.kubeflow.secrets.secrets_manager import via_csi
from modules.kubeflow.values import FetchedSecret
from modules.naming import addressed, slug
from modules.settings import Kubeflow, Statement
from modules.settings.component import Component
from stacks.services import ServicesStack
from stacks.stack import PlatformStack


@dataclass(frozen=True)
class CredentialDelivery:
    """Secrets of a component stack.

    Args:
        stack: stack, which reads outputs of the services stack.
        kubeflow: Kubeflow settings.
        secrets: Secrets required by its components.
        values: resolves their placeholders.
    """

    stack: PlatformStack
    kubeflow: Kubeflow
    secrets: Sequence[NeededSecret]
    values: CredentialValues
    _stamps: set[str] = field(default_factory=set)

    @property
    def fetched(self) -> bool:
        """Whether pods read their Secrets via CSI."""
        return self.kubeflow.services.credential_delivery == "csi"

    @property
    def written(self) -> list[NeededSecret]:
        """Secrets written by Terraform."""
        return [] if self.fetched else list(self.secrets)

    def rights(self, component: Component) -> dict[str, tuple[Statement, ...]]:
        """Service account to policy statements, for readers via CSI."""
        if not self.fetched:
            return {}
        key = self.stack.upstream_stack(ServicesStack).string("credentials_key_arn")
        return {
            account: via_csi([self._reference(secret, "arn") for secret in secrets], key)
            for account, secrets in accounts_of(self._of(component))
        }

    def tokens(self, component: Component) -> dict[str, Any]:
        """Token values of the component's chart, except annotations of service accounts."""
        found: dict[str, Any] = {VERSION_TOKEN: self.stamp(component)}
        if not self.fetched:
            return found
        for secret in self._of(component):
            found[spec_token(secret.name)] = self._spec(component, secret)
            found[optional_token(secret.name)] = not secret.keys
        return found

    def stamp(self, component: Component) -> str:
        """Changes with the Secrets of a component, so that its pods restart; a reference to a local value."""
        secrets = self._of(component)
        version = self.kubeflow.services.credentials_version
        if not secrets:
            return str(version)
        name = slug(f"{component.name}_secrets")
        if name not in self._stamps:
            if self.fetched:
                secrets = [replace(secret, keys={"document": f"{{{_document(secret)}}}"}) for secret in secrets]
            text = self.values.stamp(secrets, version)
            self._stamps.add(
                addressed(name, TerraformLocal(self.stack, f"{component.name}-secrets", text)).friendly_unique_id
            )
        return f"${{local.{name}}}"

    def fetched_by_chart(self, component: Component) -> dict[str, FetchedSecret]:
        """Secrets read via CSI by pods of an official chart, by name."""
        if not self.fetched:
            return {}
        return {
            secret.name: FetchedSecret(self._delivery(component).name(secret), self._spec(component, secret))
            for secret in self._of(component)
        }

    def _delivery(self, component: Component) -> SecretProviderClassSpec:
        return SecretProviderClassSpec(
            region=self.stack.platform.region,
            pod_identity=self.kubeflow.service_account_auth == "pod_identity",
            stamp=self.stamp(component),
        )

    def _of(self, component: Component) -> list[NeededSecret]:
        return [secret for secret in self.secrets if secret.component == component.name]

    def _spec(self, component: Component, secret: NeededSecret) -> dict[str, Any]:
        return self._delivery(component).spec(
            secret, arn=self._reference(secret, "arn"), version_id=self._reference(secret, "version_id")
        )

    def _reference(self, secret: NeededSecret, part: str) -> str:
        credentials = version_in(self.stack.upstream_stack(ServicesStack).expression("credentials"))
        return credentials(_document(secret))[part]


def _document(secret: NeededSecret) -> str:
    """Name in the store of a Secret read via CSI."""
    return credential_name(secret.namespace, secret.name)
