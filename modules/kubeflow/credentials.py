"""Credentials that Kubeflow's parts share: made once, kept in Secrets Manager, never in JSON, plan or state."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modules.kubeflow.lock import Entry


@dataclass(frozen=True)
class Credential:
    """One generated password."""

    name: str
    what: str
    """What it opens; the description of the secret."""
    length: int = 32


CREDENTIALS = {
    credential.name: credential
    for credential in (
        Credential("first-user", "Password of the first user, who signs in with Dex", 24),
        Credential("grafana-admin", "Password of Grafana's admin"),
        Credential("katib-database", "Password of Katib's database in the cluster"),
        Credential("model-registry-database", "Password of the model registry's database in the cluster"),
        Credential("oauth2-client", "Secret between oauth2-proxy and Dex"),
        Credential("oauth2-cookie", "Key of the session cookies of oauth2-proxy"),
        Credential("pipelines-database", "Password of Pipelines' database in the cluster"),
        Credential("pipelines-object-store", "Key of Pipelines' object store in the cluster"),
    )
}

KEYS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("dex", "dex-oidc-client"): {"OIDC_CLIENT_SECRET": "{oauth2-client}"},
    # Dex compares with a hash; it is made anew at each apply that writes the Secret, of the same password
    ("dex", "dex-passwords"): {"DEX_USER_PASSWORD": "bcrypt({first-user})"},
    ("katib", "katib-mysql-secrets"): {"MYSQL_ROOT_PASSWORD": "{katib-database}"},
    ("kube-prometheus-stack", "grafana-admin"): {"admin-user": '"admin"', "admin-password": "{grafana-admin}"},
    ("model-registry", "model-registry-db-secrets"): {"MYSQL_ROOT_PASSWORD": "{model-registry-database}"},
    ("oauth2-proxy", "oauth2-proxy"): {"client-secret": "{oauth2-client}", "cookie-secret": "{oauth2-cookie}"},
    ("pipelines", "mlpipeline-minio-artifact"): {"accesskey": '"kubeflow"', "secretkey": "{pipelines-object-store}"},
    ("pipelines", "mysql-secret"): {"password": "{pipelines-database}"},
}
"""(component, Secret) to its keys: expressions in Terraform's language over `{credential}`."""


@dataclass(frozen=True)
class NeededSecret:
    """A Kubernetes Secret that a release reads, and that must be there before it."""

    component: str
    namespace: str
    name: str
    type: str
    keys: Mapping[str, str]
    """Key to expression over `{credential}`."""

    @property
    def credentials(self) -> list[str]:
        """Names of the credentials in it, sorted."""
        return sorted({name for text in self.keys.values() for name in re.findall(r"\{([a-z0-9-]+)\}", text)})


def needed_secrets(entries: Mapping[str, Entry]) -> list[NeededSecret]:
    """Secrets that replace those with published content, for the chosen entries of the lock.

    Raises:
        ValueError: upstream reads a key that nothing here makes.
    """
    found = []
    for component, entry in sorted(entries.items()):
        for secret in entry.secrets:
            ours = KEYS.get((component, secret.name), {})
            keys = {**{key: f'"{value}"' for key, value in secret.known.items()}, **ours}
            if set(keys) != set(secret.keys):
                raise ValueError(
                    f"{component}: Secret {secret.name} needs the keys {', '.join(secret.keys)}, and {', '.join(sorted(keys))} are "
                    "made; complete KEYS in modules/kubeflow/credentials.py"
                )
            found.append(NeededSecret(component, secret.namespace, secret.name, secret.type, keys))
    return found


def credentials_of(secrets: Iterable[NeededSecret]) -> list[Credential]:
    """The credentials that some Secrets are made of, by name."""
    return [CREDENTIALS[name] for name in sorted({name for secret in secrets for name in secret.credentials})]
