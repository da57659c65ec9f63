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
"""A log that is not switched on, or that goes to a table, exports nothing.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_LogAccess.MySQL.LogFileSize.html and
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Auditing.html
"""


def parameters_of(settings: RdsMysql | AuroraMysql) -> dict[str, str]:
    """All that differs from AWS's defaults: what Kubeflow needs, what exported logs need, and the user's own, which win."""
    found = dict(settings.track.parameters)
    for log in settings.log_exports:
        found |= FOR_LOGS[log]
    return {**found, **settings.parameters}


def parameter_group(scope: Construct, *, platform_name: str, settings: RdsMysql | AuroraMysql) -> str:
    """Name of the group (token). The database refers to it, so the group is there first.

    That matters: the master user is made with the sign-in plugin that the group names then. The family stands in the
    name, so that the group of another one can be made before the old one goes, which the database uses until then.
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
