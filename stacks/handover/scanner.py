"""Our accepted findings in the form that checkov reads: a baseline beside each stack's JSON."""

import json

from stacks.handover.stack import Stack

BASELINE = ".checkov.baseline"
"""Name of the file in a stack's folder."""


def baseline(stack: Stack) -> bytes:
    """What `checkov --baseline` takes: the findings that are meant so, by resource.

    checkov compares resource and check, and ignores the file; so each stack has a baseline of its own. It reads no `reasons`,
    which are for people: the same sentences stand in the stack's JSON under `"//".checkov`.

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
