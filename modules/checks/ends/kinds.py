"""Kinds of findings of the section Ends and advisories."""

from modules.aws_data.ends import NOTICE
from modules.checks.finding import Kind

ENDED = Kind(
    "EOL001",
    "warning",
    "Support has ended",
    "The part receives no more fixes, or costs more, as the finding says. Of a part that the shipped platform contains, the finding has the reason in parentheses.",
    "do what the finding names",
)
SOON = Kind(
    "EOL002",
    "warning",
    "Support ends soon",
    f"Support ends within {NOTICE.days} days.",
    "do what the finding names",
)
NO_CLUSTER = Kind(
    "EOL003",
    "error",
    "EKS no longer creates clusters of this version",
    "Extended support of the Kubernetes version has ended: a first apply fails, and EKS upgrades a cluster of this version by itself.",
    "set a newer `kubernetes_version`",
)
NO_DATE = Kind(
    "EOL101",
    "not checked",
    "No date of end",
    "The project publishes no end of support for the installed version.",
)
UNKNOWN = Kind(
    "EOL102",
    "not checked",
    "Versions that are not in the settings",
    "Charts of your own, preinstalled components, an existing cluster or an existing database.",
)
KINDS = (ENDED, SOON, NO_CLUSTER, NO_DATE, UNKNOWN)
