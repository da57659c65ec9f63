"""Settings of the AWS providers of a stack, in its JSON."""

from collections.abc import Mapping, Sequence
from typing import Any

LOCAL = "aws_providers"
"""Local value of a stack in module form: the settings that the AWS providers of the calling root must have."""


def aws_providers(document: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Settings of its AWS providers, the default one first: `region`, `default_tags`, `alias` and others.

    Args:
        document: a stack's `cdk.tf.json`, in root form or in module form.
    """
    found = document.get("provider", {}).get("aws") or document.get("locals", {}).get(LOCAL, ())
    return [found] if isinstance(found, Mapping) else found
