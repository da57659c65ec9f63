"""Values of releases as objects in Terraform's `locals`, so that `git diff` and a plan show a change as its own line."""

from collections.abc import Mapping
from typing import Any

from cdktf import TerraformLocal
from constructs import Construct

from modules.kubeflow.encoded_text import EncodedText
from modules.naming import addressed, slug


def release_values(scope: Construct, release: str, values: Mapping[str, Any]) -> str:
    """Write the values of a release as `local.<release>_values`, and texts among its tokens as `local.<release>_texts`.

    Args:
        scope: a construct of this release alone.
        release: name of the release, unique in its stack.
        values: for Helm; values below `tokens` may be `EncodedText`. Strings may be Terraform tokens; a `${` or `%{` that is not
            Terraform's must be escaped.

    Returns:
        Reference for the release's `values`, known as soon as all tokens in it are.
    """
    name = slug(release)
    tokens = values.get("tokens", {})
    texts = {token: value for token, value in tokens.items() if isinstance(value, EncodedText)}
    if texts:
        contents = {token: text.content for token, text in texts.items()}
        addressed(f"{name}_texts", TerraformLocal(scope, f"{release}-texts", _expression(contents)))
        written = {token: text.expression(f"local.{name}_texts.{token}") for token, text in texts.items()}
        values = {**values, "tokens": {**tokens, **written}}
    addressed(f"{name}_values", TerraformLocal(scope, f"{release}-values", _expression(values)))
    return f"${{jsonencode(local.{name}_values)}}"


def _expression(value: Any) -> Any:
    """A value in Terraform's JSON syntax. None becomes an expression, since jsii drops None from objects and lists."""
    if value is None:
        return "${null}"
    if isinstance(value, Mapping):
        return {key: _expression(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_expression(inner) for inner in value]
    return value
