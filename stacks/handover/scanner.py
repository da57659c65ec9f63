"""Accepted findings as checkov baseline for each stack."""

import json

from stacks.handover.stack import Stack

BASELINE = ".checkov.baseline"
"""File name in a stack's folder."""


def baseline(stack: Stack) -> bytes:
    """Accepted findings by resource in the format of `checkov --baseline`.

    checkov compares resource and check, and ignores the file; so each stack has a separate baseline. It ignores `reasons`,
    which are for readers and repeat the stack's JSON under `"//".checkov`.

    Source: https://www.checkov.io/2.Basics/Suppressing%20and%20Skipping%20Policies.html (baseline)
    """
    findings = [
        {"resource": f"{prefix}{kind}.{name}", "check_ids": sorted(reasons), "reasons": dict(sorted(reasons.items()))}
        for section, prefix in (("data", "data."), ("resource", ""))
        for kind, named in sorted(stack.document.get(section, {}).items())
        for name, body in sorted(named.items())
        if (reasons := body.get("//", {}).get("checkov"))
    ]
    content = {"failed_checks": [{"file": "/cdk.tf.json", "findings": findings}] if findings else []}
    return (json.dumps(content, indent=2) + "\n").encode()
