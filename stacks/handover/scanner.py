"""Accepted findings as checkov baseline for each stack."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from stacks.handover.module_root import ROOT, module_name
from stacks.handover.stack import Stack

BASELINE = ".checkov.baseline"
"""File name in a stack's folder."""


def baseline(stack: Stack) -> bytes:
    """Accepted findings of a stack in root form, in the format of `checkov --baseline`."""
    return written("/cdk.tf.json", findings(stack))


def baseline_of_root(stacks: Sequence[Stack]) -> bytes:
    """The same of the root that calls all stacks as modules."""
    return written(
        f"/{ROOT}", [one for stack in stacks for one in findings(stack, f"module.{module_name(stack.layer)}.")]
    )


def written(file: str, found: Sequence[Mapping[str, Any]]) -> bytes:
    """The content of the file; without findings it is an empty list."""
    content = {"failed_checks": [{"file": file, "findings": found}] if found else []}
    return (json.dumps(content, indent=2) + "\n").encode()


def findings(stack: Stack, module: str = "") -> list[dict[str, Any]]:
    """Accepted findings by resource.

    checkov compares resource and check, and ignores the file; so each stack has a separate baseline. It ignores `reasons`,
    which are for readers and repeat the stack's JSON under `"//".checkov`.

    Args:
        stack: the stack.
        module: prefix of its addresses, `module.network.`.

    Source: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html (baseline)
    """
    return [
        {
            "resource": f"{module}{prefix}{kind}.{name}",
            "check_ids": sorted(reasons),
            "reasons": dict(sorted(reasons.items())),
        }
        for section, prefix in (("data", "data."), ("resource", ""))
        for kind, named in sorted(stack.document.get(section, {}).items())
        for name, body in sorted(named.items())
        if (reasons := body.get("//", {}).get("checkov"))
    ]
