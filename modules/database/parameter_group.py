"""Parameters of MySQL, in a group of the version's family."""

from collections.abc import Mapping
from typing import Any

from cdktf import TerraformResourceLifecycle
from cdktf_cdktf_provider_aws.db_parameter_group import DbParameterGroup, DbParameterGroupParameter
from cdktf_cdktf_provider_aws.rds_cluster_parameter_group import (
    RdsClusterParameterGroup,
    RdsClusterParameterGroupParameter,
)
from constructs import Construct

from modules.aws_data.mysql_engines import apply_method
from modules.naming import addressed, aws_name
from modules.settings import AuroraMysql, RdsMysql

FOR_LOGS: Mapping[str, Mapping[str, str]] = {
    "audit": {"server_audit_logging": "1", "server_audit_events": "CONNECT,QUERY_DCL,QUERY_DDL"},
    "error": {},
    "general": {"general_log": "1", "log_output": "FILE"},
    "slowquery": {"slow_query_log": "1", "log_output": "FILE"},
}
"""Parameters required for exported logs: logs must be enabled and written to files.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
"""


def parameters_of(settings: RdsMysql | AuroraMysql) -> dict[str, str]:
    """Parameters that differ from AWS defaults: for Kubeflow, for exported logs, and from settings, which take precedence."""
    found = dict(settings.track.parameters)
    for log in settings.log_exports:
        found |= FOR_LOGS[log]
    return {**found, **settings.parameters}


def parameter_group(scope: Construct, *, platform_name: str, settings: RdsMysql | AuroraMysql) -> str:
    """Name of the parameter group (token). The database references it, so it is created first.

    The master user is created with the authentication plugin of the parameter group. The name contains the family, so that
    a new group can be created before the old group, still in use, is deleted.
    """
    track, aurora = settings.track, isinstance(settings, AuroraMysql)
    parameter = RdsClusterParameterGroupParameter if aurora else DbParameterGroupParameter
    arguments: dict[str, Any] = {
        "name": aws_name(platform_name, "kubeflow", track.family.replace(".", "-"), limit=255),
        "family": track.family,
        "description": f"What Kubeflow needs of {track.family}",
        "parameter": [
            parameter(name=name, value=value, apply_method=apply_method(name))
            for name, value in sorted(parameters_of(settings).items())
        ],
        "lifecycle": TerraformResourceLifecycle(create_before_destroy=True),
    }
    if aurora:
        return addressed("database", RdsClusterParameterGroup(scope, "parameter-group", **arguments)).name
    return addressed("database", DbParameterGroup(scope, "parameter-group", **arguments)).name
