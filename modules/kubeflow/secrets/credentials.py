"""Credentials of Kubeflow's parts: kept in Secrets Manager, never in JSON, plan or state.

A Kubernetes Secret that a release reads is a `NeededSecret`. Each of its keys is an expression in Terraform's language, with
placeholders for what is known only at apply:

- `{oauth2-client}`: a `Credential` that is made here, one of CREDENTIALS or of `DerivedSecrets.credentials`;
- `{arn:…}`, written by `external(arn)`: a secret of the user's, as a whole. `jsondecode({arn:…}).password` takes a part of it;
- `{output.database_host}`: an output of the services stack, which is no secret;
- `'"admin"'`: a word; it is in the JSON for everybody to see.

    KEYS["katib", "katib-mysql-secrets"] = {"MYSQL_ROOT_PASSWORD": "{katib-database}"}
    {"SECRET_GITHUB": external(connector.client_secret_arn)}      # in derived_secrets.py, from settings

A Secret that does not exist upstream but is read by patched pods: add it with its keys by `objects.add` and list it in
`secrets` of the Variant, like those with public content. Vendoring removes it and records its readers and keys in the lock.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from modules.kubeflow.lock import Entry

PLACEHOLDER = re.compile(r"\{([a-z0-9][a-z0-9-]*|arn:[^{}]+|output\.[a-z_]+)\}")


@dataclass(frozen=True)
class Credential:
    """One generated password."""

    name: str
    what: str
    """Purpose; the description of the secret."""
    length: int = 32


CREDENTIALS = {
    credential.name: credential
    for credential in (
        Credential("database", "Password of the master user of the database"),
        Credential("grafana-admin", "Password of Grafana's admin"),
        Credential("katib-database", "Password of Katib's database user"),
        Credential("ml-metadata-database", "Password of ML Metadata's database user"),
        Credential("model-registry-database", "Password of the model registry's database user"),
        Credential("oauth2-client", "Secret between oauth2-proxy and Dex"),
        Credential("oauth2-cookie", "Key of the session cookies of oauth2-proxy"),
        Credential("pipelines-cache-database", "Password of the database user of Pipelines' cache"),
        Credential("pipelines-database", "Password of Pipelines' database user"),
        Credential("pipelines-object-store", "Key of Pipelines' object store in the cluster"),
    )
}

KEYS: Mapping[tuple[str, str], Mapping[str, str]] = {
    ("dex", "dex-oidc-client"): {"OIDC_CLIENT_SECRET": "{oauth2-client}"},
    ("katib", "katib-mysql-secrets"): {"MYSQL_ROOT_PASSWORD": "{katib-database}"},
    ("kube-prometheus-stack", "grafana-admin"): {"admin-user": '"admin"', "admin-password": "{grafana-admin}"},
    ("model-registry", "model-registry-db-secrets"): {"MYSQL_ROOT_PASSWORD": "{model-registry-database}"},
    ("oauth2-proxy", "oauth2-proxy"): {"client-secret": "{oauth2-client}", "cookie-secret": "{oauth2-cookie}"},
    ("pipelines", "mlpipeline-minio-artifact"): {"accesskey": '"kubeflow"', "secretkey": "{pipelines-object-store}"},
    ("pipelines", "mysql-secret"): {"password": "{pipelines-database}"},
}
"""(component, Secret) to its keys: expressions with placeholders. Those derived from settings: `derived_secrets.py`."""


@dataclass(frozen=True)
class DerivedSecrets:
    """Keys of Secrets, and generated credentials, that depend on settings."""

    keys: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """(component, Secret) to all its keys: expressions with placeholders. They replace those of KEYS."""
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    """Name to credential, in addition to CREDENTIALS."""

    def __or__(self, other: "DerivedSecrets") -> "DerivedSecrets":
        return DerivedSecrets({**self.keys, **other.keys}, {**self.credentials, **other.credentials})


def external(arn: str) -> str:
    """Placeholder for the current version of an existing secret.

    Args:
        arn: full ARN of the secret, known at synthesis.
    """
    return f"{{{arn}}}"


@dataclass(frozen=True)
class NeededSecret:
    """A Kubernetes Secret required before a release that reads it."""

    component: str
    namespace: str
    name: str
    type: str
    keys: Mapping[str, str]
    """Key to expression with placeholders."""
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that read it via CSI (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name ends with the credential version."""

    @property
    def placeholders(self) -> list[str]:
        """Sorted placeholders of its keys."""
        return sorted({name for text in self.keys.values() for name in PLACEHOLDER.findall(text)})

    @property
    def credentials(self) -> list[str]:
        """Sorted names of its credentials."""
        return [name for name in self.placeholders if not name.startswith(("arn:", "output."))]


def needed_secrets(
    entries: Mapping[str, Entry], by_settings: Mapping[tuple[str, str], Mapping[str, str]] | None = None
) -> list[NeededSecret]:
    """Secrets that replace those with public content, for the selected lock entries.

    Args:
        entries: component to its lock entry.
        by_settings: keys derived from settings; they override KEYS and are not in the lock.

    Raises:
        ValueError: upstream reads a key that is not defined here.
    """
    found = []
    for component, entry in sorted(entries.items()):
        for secret in entry.secrets:
            chosen = (by_settings or {}).get((component, secret.name))
            ours = KEYS.get((component, secret.name), {}) if chosen is None else chosen
            keys = {**{key: f'"{value}"' for key, value in secret.known.items()}, **ours}
            if chosen is None and set(keys) != set(secret.keys):
                raise ValueError(
                    f"{component}: Secret {secret.name} requires the keys {', '.join(secret.keys)}, but {', '.join(sorted(keys))} are "
                    "defined; complete KEYS in modules/kubeflow/secrets/credentials.py"
                )
            if not keys and not secret.readers:
                continue  # empty with these settings, and optional for its readers
            found.append(
                NeededSecret(
                    component, secret.namespace, secret.name, secret.type, keys, secret.readers, secret.versioned
                )
            )
    return found


def credentials_of(
    secrets: Iterable[NeededSecret], by_settings: Mapping[str, Credential] | None = None
) -> list[Credential]:
    """The credentials used in some Secrets, by name.

    Args:
        secrets: required Secrets.
        by_settings: credentials derived from settings, such as one per user; they override CREDENTIALS.
    """
    known = {**CREDENTIALS, **(by_settings or {})}
    return [known[name] for name in sorted({name for secret in secrets for name in secret.credentials})]
