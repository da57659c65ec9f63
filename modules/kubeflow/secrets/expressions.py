"""Credential values in the expressions of one stack: ephemeral, never in plan or state."""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence

from cdktf import TerraformStack
from constructs import Construct

from modules.kubeflow.secrets.credentials import PLACEHOLDER, NeededSecret
from modules.naming import slug

Version = Mapping[str, str]
"""`arn` and `version_id` of a secret: plain references, such as `${aws_secretsmanager_secret.x.arn}`."""


class CredentialValues:
    """Fills the placeholders of `credentials.py`; one ephemeral data source per secret.

    Generated secrets are read by version id, which is known only after the version is created; existing secrets are read by
    ARN. The blocks are called `<credential>` and `external_<name of the secret>`.

    Args:
        scope: any construct of the stack.
        version: credential to its secret and version.
        output: maps an output name of the services stack to its expression, without `${}`.
    """

    def __init__(
        self, scope: Construct, *, version: Callable[[str], Version], output: Callable[[str], str] | None = None
    ) -> None:
        self._stack = TerraformStack.of(scope)
        self._version = version
        self._output = output
        self._arns: dict[str, str] = {}

    def expression(self, text: str) -> str:
        """A Terraform expression in `${}` from one with placeholders."""
        return "${" + PLACEHOLDER.sub(lambda found: self._reference(found[1]), text) + "}"

    def expressions(self, keys: Mapping[str, str]) -> dict[str, str]:
        """The same for the keys of a Secret."""
        return {key: self.expression(text) for key, text in keys.items()}

    def revision(self, secret: NeededSecret, version: int) -> str:
        """Number (an expression) for a write-only argument of a Secret: Terraform rewrites it when the number changes.

        It depends on all inputs of the content: credential version, key expressions, versions in the store, and outputs. Changes
        of an existing secret are not detected.

        Args:
            secret: Secret to write.
            version: credential version.
        """
        number = version * 10_000_000 + int(_digest([secret]), 16) % 10_000_000
        sources = self._sources([secret])
        return f"${{{number} + parseint(substr(sha256({sources}), 0, 5), 16)}}"

    def stamp(self, secrets: Sequence[NeededSecret], version: int) -> str:
        """The same for all Secrets read by pods, as text for annotations and names in the cluster."""
        return f"{version}-{_digest(secrets)}-${{substr(sha256({self._sources(secrets)}), 0, 5)}}"

    def _sources(self, secrets: Sequence[NeededSecret]) -> str:
        """Expression that changes with the placeholder values."""
        names = sorted({name for secret in secrets for name in secret.placeholders if not name.startswith("arn:")})
        versions = [
            self._reference(name) if name.startswith("output.") else _bare(self._version(name)["version_id"])
            for name in names
        ]
        return f"jsonencode([{', '.join(versions)}])"

    def _reference(self, name: str) -> str:
        if name.startswith("output."):
            if self._output is None:
                raise ValueError(
                    f"{{{name}}}: this stack has no outputs of the services stack; pass `output` to CredentialValues"
                )
            return self._output(name.removeprefix("output."))
        if name.startswith("arn:"):
            return self._read(self._external(name), {"secret_id": name})
        return self._read(slug(name), dict(self._version(name)))

    def _external(self, arn: str) -> str:
        """A readable, unique name: secrets of two accounts or regions can have the same name."""
        name = slug(f"external_{arn.partition(':secret:')[2]}")
        while self._arns.setdefault(name, arn) != arn:
            name += "_2"
        return name

    def _read(self, name: str, arguments: Mapping[str, str]) -> str:
        if "arn" in arguments:
            arguments = {"secret_id": arguments["arn"], "version_id": arguments["version_id"]}
        self._stack.add_override(f"ephemeral.aws_secretsmanager_secret_version.{name}", dict(arguments))
        return f"ephemeral.aws_secretsmanager_secret_version.{name}.secret_string"


def _digest(secrets: Sequence[NeededSecret]) -> str:
    text = json.dumps([[secret.name, dict(secret.keys)] for secret in secrets], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:6]


def _bare(reference: str) -> str:
    return reference.removeprefix("${").removesuffix("}")


def version_in(versions: str) -> Callable[[str], Version]:
    """Versions of credentials by an expression of `map(object({arn, version_id}))`, in Terraform's language."""

    def version(name: str) -> Version:
        # an attribute, since the quotes of an index would be escaped in the JSON text of a SecretProviderClass (csi.py)
        return {part: f"${{{versions}.{name}.{part}}}" for part in ("arn", "version_id")}

    return version
