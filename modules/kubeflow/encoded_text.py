"""Texts in JSON or YAML among the values of releases: configuration files that a chart puts into a ConfigMap."""

from dataclasses import dataclass
from typing import Any, Literal


@dataclass(frozen=True)
class EncodedText:
    """A token's value that its chart needs as one text in JSON or YAML: Terraform encodes it.

    Args:
        content: an object, list or scalar; strings in it may be Terraform tokens.
        encoding: language of the text. YAML is in block style, without a newline at the end.
    """

    content: Any
    encoding: Literal["json", "yaml"] = "json"

    def expression(self, local: str) -> str:
        """The text as an expression of Terraform.

        Args:
            local: address of the local value that holds the content.
        """
        return f"${{jsonencode({local})}}" if self.encoding == "json" else f"${{chomp(yamlencode({local}))}}"
