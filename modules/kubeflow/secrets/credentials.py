"""Credentials of Kubeflow's parts: kept in Secrets Manager, never in JSON, plan or state.

A Kubernetes Secret that a release reads is a `NeededSecret`. Each of its keys is an expression in Terraform's language, with
placeholders for what is known only at apply:

- `{oauth2-client}`: a `Credential` that is made here, one of CREDENTIALS or of `DerivedSecrets.credentials`;
- `{arn:…}`, written by `external(arn)`: a secret of the user's, as a whole. `jsondecode({arn:…}).password` takes a part of it;
- `{output.database_host}`: an output of the services stack, which is no secret;
- `'"admin"'`: a word; it is in the JSON for everybody to see.

    KEYS["katib", "katib-mysql-secrets"] = {"MYSQL_ROOT_PASSWORD": "{katib-database}"}
    {"SECRET_GITHUB": external(connector.client_secret_arn)}      # in supply.py, where settings decide

A Secret that upstream does not have, and that patches let pods read: `objects.add` it with its keys and name it in `secrets` of
the Variant, as those with published content; vendoring takes it out and tells the lock who reads which keys.
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
    """What it opens; the description of the secret."""
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
"""(component, Secret) to its keys: expressions with placeholders. Where settings decide: `derived_secrets.py`."""


@dataclass(frozen=True)
class DerivedSecrets:
    """Keys of Secrets, and generated credentials, that depend on settings."""

    keys: Mapping[tuple[str, str], Mapping[str, str]] = field(default_factory=dict)
    """(component, Secret) to all its keys: expressions with placeholders. They replace those of KEYS."""
    credentials: Mapping[str, Credential] = field(default_factory=dict)
    """Name to credential, besides CREDENTIALS."""

    def __or__(self, other: "DerivedSecrets") -> "DerivedSecrets":
        return DerivedSecrets({**self.keys, **other.keys}, {**self.credentials, **other.credentials})


def external(arn: str) -> str:
    """The value of a secret of the user's, for an expression: the secret is there already, and its current version is read.

    Args:
        arn: whole ARN of the secret, known at synthesis.
    """
    return f"{{{arn}}}"


@dataclass(frozen=True)
class NeededSecret:
    """A Kubernetes Secret that a release reads, and that must be there before it."""

    component: str
    namespace: str
    name: str
    type: str
    keys: Mapping[str, str]
    """Key to expression with placeholders."""
    readers: tuple[str, ...] = ()
    """Service accounts of the pods that fetch it themselves (`secrets/csi.py`)."""
    versioned: bool = False
    """Whether its name there ends with the version of the credentials."""

    @property
    def placeholders(self) -> list[str]:
        """What its keys are made of, sorted."""
        return sorted({name for text in self.keys.values() for name in PLACEHOLDER.findall(text)})

    @property
    def credentials(self) -> list[str]:
        """Names of the credentials in it, sorted."""
        return [name for name in self.placeholders if not name.startswith(("arn:", "output."))]


def needed_secrets(
    entries: Mapping[str, Entry], by_settings: Mapping[tuple[str, str], Mapping[str, str]] | None = None
) -> list[NeededSecret]:
    """Secrets that replace those with published content, for the chosen entries of the lock.

    Args:
        entries: component to its entry.
        by_settings: keys that settings decide about; they stand in the place of those in KEYS, and the lock cannot know them.

    Raises:
        ValueError: upstream reads a key that nothing here makes.
    """
    found = []
    for component, entry in sorted(entries.items()):
        for secret in entry.secrets:
            chosen = (by_settings or {}).get((component, secret.name))
            ours = KEYS.get((component, secret.name), {}) if chosen is None else chosen
            keys = {**{key: f'"{value}"' for key, value in secret.known.items()}, **ours}
            if chosen is None and set(keys) != set(secret.keys):
                raise ValueError(
                    f"{component}: Secret {secret.name} needs the keys {', '.join(secret.keys)}, and {', '.join(sorted(keys))} are "
                    "made; complete KEYS in modules/kubeflow/secrets/credentials.py"
                )
            if not keys and not secret.readers:
                continue  # settings have nothing to put in it, and its readers do without
            found.append(
                NeededSecret(
                    component, secret.namespace, secret.name, secret.type, keys, secret.readers, secret.versioned
                )
            )
    return found


def credentials_of(
    secrets: Iterable[NeededSecret], by_settings: Mapping[str, Credential] | None = None
) -> list[Credential]:
    """The credentials that some Secrets are made of, by name.

    Args:
        secrets: what is needed.
        by_settings: credentials that settings decide about, such as one a user; in the place of those in CREDENTIALS.
    """
    known = {**CREDENTIALS, **(by_settings or {})}
    return [known[name] for name in sorted({name for secret in secrets for name in secret.credentials})]
