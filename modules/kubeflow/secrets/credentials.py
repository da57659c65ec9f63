"""Credentials of Kubeflow components: stored in Secrets Manager, never in JSON, plan or state.

A Kubernetes Secret read by a release is a `NeededSecret`. Each of its keys is a Terraform expression with placeholders for
values known only at apply:

- `{oauth2-client}`: a generated `Credential`, from CREDENTIALS or `DerivedSecrets.credentials`;
- `{arn:…}`, written by `external(arn)`: an existing secret. `jsondecode({arn:…}).password` selects a part of it;
- `{output.database_host}`: an output of the services stack, which is not secret;
- `'"admin"'`: a literal, readable in the JSON.

    keys={"katib-mysql-secrets": {"MYSQL_ROOT_PASSWORD": "{katib-database}"}}   # in the component's behaviour.py
    {"SECRET_GITHUB": external(connector.client_secret_arn)}                    # in the strategy, from settings

A Secret that does not exist upstream but is read by patched pods: add it with its keys by `objects.add` and list it in
`secrets` of the Variant, like those with public content. Vendoring removes it and records its readers and keys in the lock.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from modules.kubeflow.behaviours import CREDENTIALS, KEYS, folder_of
from modules.kubeflow.credential import Credential
from modules.kubeflow.lock import Entry

PLACEHOLDER = re.compile(r"\{([a-z0-9][a-z0-9-]*|arn:[^{}]+|output\.[a-z_]+)\}")


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
                    f"defined; complete `keys` in modules/kubeflow/components/{folder_of(component)}/behaviour.py"
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
