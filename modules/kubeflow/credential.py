"""A generated password, and what settings decide about Kubernetes Secrets."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Credential:
    """One generated password."""

    name: str
    what: str
    """Purpose; the description of the secret."""
    length: int = 32


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
