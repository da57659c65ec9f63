"""Rules and warnings about settings, one module per area; `rule.py` has the mechanism, `report.py` what it finds.

Rules read settings and everything below the stacks. Importing this package registers all of them.
"""

from modules.rules import (  # noqa: F401 - each registers its rules
    addons,
    auth,
    auto_mode,
    backup,
    capacity,
    certificates,
    cluster,
    component_names,
    compute,
    connectors,
    created_service_accounts,
    credentials,
    database,
    devices,
    ends,
    exposure,
    fargate,
    images,
    imported,
    kubeflow,
    network,
    node_groups,
    node_pools,
    notebooks,
    platform,
    private_network,
    queues,
    repositories,
    required_addons,
    runner,
    schedules,
    service_account_roles,
    ssh,
    state,
    storage,
    teams,
    user_data,
    zones,
)
from modules.rules.report import (
    Finding,
    findings_of_all,
    placeholders_of,
    problems,
    problems_of_all,
    warnings_of,
    warnings_of_all,
)

__all__ = [
    "Finding",
    "findings_of_all",
    "placeholders_of",
    "problems",
    "problems_of_all",
    "warnings_of",
    "warnings_of_all",
]
