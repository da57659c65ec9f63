"""docs/security-reference.md, read off the ports in code and the accepted findings of the shipped platform."""

from collections.abc import Iterator

from docs.markdown import NOTE, table
from docs.picture_files import shipped
from modules.cluster.security_groups import CLUSTER_GROUP_RULES, RULES, Rule
from stacks.document import Document


def security_reference_page() -> str:
    """Open ports, and accepted findings of the policy scan in the shipped platform."""
    reasons: dict[tuple[str, str], list[str]] = {}
    _, stacks = shipped()
    for stack, document in sorted(stacks.items()):
        for address, check, reason in accepted_findings(document):
            reasons.setdefault((check, reason), []).append(f"`{stack}`: `{address}`")
    rows = [(check, "<br>".join(where), reason) for (check, reason), where in sorted(reasons.items())]
    return "\n".join(
        [
            NOTE.format(source="modules/cluster/security_groups.py and the shipped platform"),
            "# Security reference\n",
            "Explanations are in [security.md](security.md).\n",
            "## Open ports\n",
            "All other ports between these parties are closed. The cluster group is the one that EKS creates, for pods on Fargate and",
            "nodes of Auto Mode; its rules exist only with these.\n",
            table(("from", "to", "port", "reason"), map(rule_row, (*RULES, *CLUSTER_GROUP_RULES))),
            "## Accepted findings\n",
            "Accepted findings of checkov in the shipped platform. Each reason is next to its resource in the JSON,",
            'under `"//".checkov`.\n',
            table(("check", "resources", "reason"), rows),
        ]
    )


def accepted_findings(document: Document) -> Iterator[tuple[str, str, str]]:
    """Address, check and reason of each finding that a stack accepts."""
    for block, prefix in (("resource", ""), ("data", "data.")):
        for kind, bodies in document.get(block, {}).items():
            for name, body in bodies.items():
                for check, reason in body.get("//", {}).get("checkov", {}).items():
                    yield f"{prefix}{kind}.{name}", check, reason


def rule_row(rule: Rule) -> tuple[str, str, str, str]:
    """One row of the table of ports."""
    port = "all" if rule.port is None else f"{rule.port}/{rule.protocol}"
    return rule.source.replace("_", " "), rule.target.replace("_", " "), port, rule.reason
