"""Accepted findings as trivy's ignore file for each stack: those of checkov's baseline that a check of trivy finds, too."""

from collections.abc import Iterable, Mapping, Sequence

from stacks.handover.module_root import module_name
from stacks.handover.pipelines import dump
from stacks.handover.scanner import findings
from stacks.handover.stack import Stack

IGNORE_FILE = ".trivyignore.yaml"
"""File name in a stack's folder; trivy reads it only with `--ignorefile`."""

CHECKS: Mapping[str, str | None] = {
    "CKV_AWS_18": "AVD-AWS-0089",
    "CKV_AWS_21": "AVD-AWS-0090",
    "CKV_AWS_39": "AVD-AWS-0040",
    "CKV_AWS_51": "AVD-AWS-0031",
    "CKV_AWS_91": None,
    "CKV_AWS_109": None,
    "CKV_AWS_111": None,
    "CKV_AWS_118": None,
    "CKV_AWS_129": None,
    "CKV_AWS_136": "AVD-AWS-0033",
    "CKV_AWS_139": "AVD-AWS-0343",
    "CKV_AWS_144": None,
    "CKV_AWS_145": "AVD-AWS-0132",
    "CKV_AWS_150": None,
    "CKV_AWS_157": None,
    "CKV_AWS_161": "AVD-AWS-0176",
    "CKV_AWS_162": "AVD-AWS-0176",
    "CKV_AWS_226": None,
    "CKV_AWS_260": None,
    "CKV_AWS_274": None,
    "CKV_AWS_293": "AVD-AWS-0177",
    "CKV_AWS_324": None,
    "CKV_AWS_325": None,
    "CKV_AWS_326": None,
    "CKV_AWS_341": None,
    "CKV_AWS_353": "AVD-AWS-0133",
    "CKV_AWS_356": None,
    "CKV_AWS_378": None,
    "CKV2_AWS_5": None,
    "CKV2_AWS_8": None,
    "CKV2_AWS_11": "AVD-AWS-0178",
    "CKV2_AWS_18": None,
    "CKV2_AWS_28": None,
    "CKV2_AWS_31": None,
    "CKV2_AWS_38": None,
    "CKV2_AWS_39": None,
    "CKV2_AWS_57": None,
    "CKV2_AWS_62": None,
    "CKV2_AWS_69": None,
    "CKV2_AWS_71": None,
    "CKV2_AWS_76": None,
}
"""Check of checkov to the check of trivy for the same property; None: trivy has none that is not deprecated.

Since December 2025 a check is named AWS-0040 and has its earlier name AVD-AWS-0040 as an alias; ignore files match both.
Source: https://github.com/aquasecurity/trivy-checks/tree/80e5382269707262f35cf893bdc0805cb72217e9/checks/cloud/aws
"""


def ignore_file(stack: Stack) -> bytes:
    """Accepted findings of a stack in root form.

    trivy compares check and file, not the resource: an entry hides the check for the whole file, so each stack has a
    separate one, and the statement names the resources.

    Source: https://trivy.dev/latest/docs/configuration/filtering/#trivyignoreyaml
    """
    return _written(findings(stack))


def ignore_file_of_root(stacks: Sequence[Stack]) -> bytes:
    """The same of the root that calls all stacks as modules."""
    return _written(one for stack in stacks for one in findings(stack, f"module.{module_name(stack.layer)}."))


def _written(found: Iterable[Mapping[str, Mapping[str, str]]]) -> bytes:
    statements: dict[str, dict[str, list[str]]] = {}
    for one in found:
        for check, reason in one["reasons"].items():
            if (name := CHECKS[check]) is not None:
                statements.setdefault(name, {}).setdefault(reason, []).append(str(one["resource"]))
    entries = [
        {
            "id": name,
            "statement": " ".join(f"{', '.join(sorted(set(where)))}: {reason}" for reason, where in by_reason.items()),
        }
        for name, by_reason in sorted(statements.items())
    ]
    return dump({"misconfigurations": entries}).encode()
