"""Last parts of the names of roles that the stacks of a platform create, `<platform>-<name>`.

Roles of add-ons are named after the add-on, those of node groups `node-<group>`, those of teams `team-<team>`.
"""

AUTO_MODE_NODE = "auto-mode-node"
BACKUP = "backup"
CLUSTER = "cluster"
DATABASE_MONITORING = "database-monitoring"
FARGATE = "fargate"
FLOW_LOGS = "flow-logs"
HCP_APPLY = "hcp-apply"
HCP_PLAN = "hcp-plan"
PROMETHEUS = "prometheus"
RESTORE = "backup-restore"

PLATFORM_ROLES = (
    AUTO_MODE_NODE,
    BACKUP,
    CLUSTER,
    DATABASE_MONITORING,
    FARGATE,
    FLOW_LOGS,
    HCP_APPLY,
    HCP_PLAN,
    PROMETHEUS,
    RESTORE,
)
"""All of them: a role of the settings cannot have one of these names."""
