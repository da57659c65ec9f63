"""MySQL versions of RDS and Aurora with support dates, parameters for Kubeflow, and dynamic parameters.

Source: https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/MySQL.Concepts.VersionMgmt.html,
https://docs.aws.amazon.com/AmazonRDS/latest/AuroraMySQLReleaseNotes/AuroraMySQL.release-calendars.html,
https://endoflife.date/amazon-rds-mysql
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from types import MappingProxyType
from typing import Literal

Engine = Literal["mysql", "aurora-mysql"]
"""Engine name in RDS."""

NATIVE_PASSWORD = "*:mysql_native_password"


@dataclass(frozen=True, slots=True)
class MysqlTrack:
    """One minor version of an engine; AWS selects the latest patch unless one is set."""

    engine: Engine
    name: str
    """Value of `engine_version` for the latest patch."""
    exact: str
    """Pattern of a version with its patch."""
    family: str
    """Parameter group family."""
    end_of_standard_support: date | None
    """Last day of standard support; extended support costs extra per vCPU and hour. None: not announced.

    Source: https://aws.amazon.com/rds/mysql/pricing/
    """
    end_of_extended_support: date | None
    """Last day before automatic upgrade by AWS."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """Parameters required before the first user is created.

    ML Metadata's client supports only mysql_native_password (kubeflow/pipelines,
    manifests/kustomize/third-party/mysql). The master user gets the authentication plugin set in the parameter group at
    creation. In 8.0 mysql_native_password is the default.
    Source: https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/AuroraMySQL.Upgrade-v3-v84-security.html
    """

    def takes(self, version: str) -> bool:
        """Whether it is the track, or a version of it."""
        return version == self.name or re.fullmatch(self.exact, version) is not None


TRACKS: tuple[MysqlTrack, ...] = (
    MysqlTrack("mysql", "8.0", r"8\.0\.\d+", "mysql8.0", date(2026, 7, 31), date(2029, 7, 31)),
    MysqlTrack(
        "mysql",
        "8.4",
        r"8\.4\.\d+",
        "mysql8.4",
        date(2029, 7, 31),
        date(2032, 7, 31),
        MappingProxyType({"authentication_policy": NATIVE_PASSWORD}),
    ),
    MysqlTrack(
        "aurora-mysql",
        "8.0",
        r"8\.0\.mysql_aurora\.3\.\d+\.\d+",
        "aurora-mysql8.0",
        date(2028, 4, 30),
        date(2029, 7, 31),
    ),
    MysqlTrack(
        "aurora-mysql",
        "8.4",
        r"8\.4\.mysql_aurora\.8\.4\.\d+",
        "aurora-mysql8.4",
        None,
        None,
        # ML Metadata's client does not trust the RDS CA, so TLS must not be required
        MappingProxyType({"authentication_policy": NATIVE_PASSWORD, "require_secure_transport": "OFF"}),
    ),
)
"""Oldest first, by engine."""

DYNAMIC_PARAMETERS = frozenset(
    {
        "binlog_row_image",
        "connect_timeout",
        "event_scheduler",
        "general_log",
        "group_concat_max_len",
        "innodb_adaptive_hash_index",
        "innodb_buffer_pool_size",
        "innodb_flush_log_at_trx_commit",
        "innodb_io_capacity",
        "innodb_io_capacity_max",
        "innodb_lock_wait_timeout",
        "innodb_online_alter_log_max_size",
        "innodb_print_all_deadlocks",
        "innodb_stats_persistent",
        "interactive_timeout",
        "lock_wait_timeout",
        "log_bin_trust_function_creators",
        "log_output",
        "log_queries_not_using_indexes",
        "log_slow_admin_statements",
        "long_query_time",
        "max_allowed_packet",
        "max_connect_errors",
        "max_connections",
        "max_execution_time",
        "max_heap_table_size",
        "min_examined_row_limit",
        "net_read_timeout",
        "net_write_timeout",
        "require_secure_transport",
        "server_audit_events",
        "server_audit_logging",
        "slow_query_log",
        "sort_buffer_size",
        "sql_mode",
        "table_open_cache",
        "thread_cache_size",
        "time_zone",
        "tmp_table_size",
        "transaction_isolation",
        "wait_timeout",
    }
)
"""Dynamic parameters. AWS rejects immediate application of other parameters; applying a dynamic one at the next reboot
is only later, so a parameter that is missing here waits for a reboot.

Source: https://dev.mysql.com/doc/refman/8.4/en/dynamic-system-variables.html
"""


def apply_method(parameter: str) -> Literal["immediate", "pending-reboot"]:
    """Value of Terraform's `apply_method` for a parameter."""
    return "immediate" if parameter in DYNAMIC_PARAMETERS else "pending-reboot"


def track_names(engine: Engine) -> list[str]:
    """Minor versions of an engine, oldest first."""
    return [track.name for track in TRACKS if track.engine == engine]


def mysql_track(engine: Engine, version: str) -> MysqlTrack:
    """Data of a version's minor version.

    Raises:
        ValueError: the minor version is unknown; the message lists the known ones.
    """
    for track in TRACKS:
        if track.engine == engine and track.takes(version):
            return track
    names = ", ".join(track_names(engine))
    example = {"mysql": "8.4", "aurora-mysql": "8.0.mysql_aurora.3.10.3"}[engine]
    raise ValueError(
        f"{version!r} is not a supported version of {engine} ({names}); set another one, such as {example}"
    )
