"""Secrets that were pasted into settings: by how they look, and by the name of the key that they are under.

Settings are written to committed JSON, plans and Terraform's state.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from modules.rules.rule import Problem

WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
SECRET_WORDS = ("password", "passwd", "passphrase", "token")
"""Last words of keys whose value is a secret: `adminPassword`, `AUTH_TOKEN`."""
SECRET_PAIRS = (
    ("access", "key"),
    ("account", "key"),
    ("api", "key"),
    ("auth", "key"),
    ("encryption", "key"),
    ("license", "key"),
    ("private", "key"),
    ("secret", "key"),
    ("signing", "key"),
    ("app", "secret"),
    ("client", "secret"),
    ("cookie", "secret"),
    ("jwt", "secret"),
    ("shared", "secret"),
    ("webhook", "secret"),
)
"""Last two words of such keys."""
OBJECT_NAME = re.compile(r"[a-z0-9]([a-z0-9.-]{0,251}[a-z0-9])?")
"""A Secret of Kubernetes can be named so: `existingSecret: hub-credentials`."""
NAMES_ITS_KEY = re.compile(r"[a-z]+([._-][a-z]+)*")
INDIRECT = re.compile(r"\$|\{\{|/|arn:|secretsmanager:|ssm:")
"""Beginning of a value that says where the secret is: a variable, a template, a file, an ARN."""
NO_SECRETS = frozenset({"true", "false", "yes", "no", "on", "off", "enabled", "disabled", "none", "null", "default"})
KEYS_OF_SECRETS = frozenset({"key", "password", "secret", "token"})
"""Last words of a key within a Secret, as it is named in `secretKey: admin-password`."""


def words_of(key: str) -> list[str]:
    """The words of a key in lower case: `adminPassword`, `AWS_SECRET_ACCESS_KEY`, `grafana.client-secret`."""
    return [word.lower() for word in WORD.findall(key)]


def is_secret(key: str, value: Any) -> bool:
    """Whether a value is a literal secret, by the key that it is under."""
    if not isinstance(value, str) or value.strip().lower() in {"", *NO_SECRETS} or INDIRECT.match(value.strip()):
        return False
    words = words_of(key) or [""]
    if words[-2:] == ["secret", "key"] and NAMES_ITS_KEY.fullmatch(value) and words_of(value)[-1] in KEYS_OF_SECRETS:
        return False
    if words[-1] in SECRET_WORDS or tuple(words[-2:]) in SECRET_PAIRS:
        return True
    return words[-1] == "secret" and not OBJECT_NAME.fullmatch(value)


def secret_under(path: str, value: Any) -> Iterator[Problem]:
    """Every literal value under a key that is named as secrets are, in free-form JSON; the value is not repeated.

    Entries of lists such as `{"name": "AWS_SECRET_ACCESS_KEY", "value": "…"}` are read as key and value, too.
    """
    if isinstance(value, Mapping):
        named = value.get("name")
        if isinstance(named, str) and is_secret(named, value.get("value")):
            yield f"{path}[value]", *_literal_secret(named)
        for key, item in value.items():
            if is_secret(key, item):
                yield f"{path}[{key}]", *_literal_secret(key)
            yield from secret_under(f"{path}[{key}]", item)
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from secret_under(f"{path}[{index}]", item)


def _literal_secret(key: str) -> tuple[str, str]:
    return (
        f"{key} appears to be a secret, which would be readable in generated/, in plans and in the state",
        "create a Secret in the cluster (kubectl create secret, or External Secrets from Secrets Manager) and set its name: existingSecret, "
        "secretKeyRef or the chart's own setting (docs/secrets.md#values-of-charts)",
    )
