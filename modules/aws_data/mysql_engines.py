"""MySQL as RDS and Aurora have it: the tracks, until when, and the parameters that Kubeflow needs or that apply at once.

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
"""RDS's name of an engine."""

NATIVE_PASSWORD = "*:mysql_native_password"


@dataclass(frozen=True, slots=True)
class MysqlTrack:
    """One minor track of an engine: AWS chooses the newest patch of it unless one is named."""

    engine: Engine
    name: str
    """What `engine_version` may be for the newest patch."""
    exact: str
    """Pattern of a version with its patch."""
    family: str
    """Of parameter groups."""
    end_of_standard_support: date | None
    """Last day before extended support, which costs extra per vCPU and hour. None: AWS has named none yet.

    Source: https://aws.amazon.com/rds/mysql/pricing/
    """
    end_of_extended_support: date | None
    """Last day before AWS upgrades it by itself."""
    parameters: Mapping[str, str] = field(default_factory=dict)
    """What must be set before the first user is made.

    ML Metadata's client signs in with mysql_native_password only (kubeflow/pipelines,
    manifests/kustomize/third-party/mysql). The master user gets the plugin that the parameter group names when the
    database is made. In 8.0 the native one is the default.
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
        # ML Metadata's client trusts no authority of RDS, so TLS must not be asked of it
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
"""Parameters that a running server takes. AWS refuses to apply any other one at once; and to apply one of these at the
next reboot is never wrong, only late, so one that is missing here waits for a reboot.

Source: https://dev.mysql.com/doc/refman/8.4/en/dynamic-system-variables.html
"""


def apply_method(parameter: str) -> Literal["immediate", "pending-reboot"]:
    """When a parameter takes effect, in Terraform's words."""
    return "immediate" if parameter in DYNAMIC_PARAMETERS else "pending-reboot"


def track_names(engine: Engine) -> list[str]:
    """The tracks of an engine, oldest first."""
    return [track.name for track in TRACKS if track.engine == engine]


def mysql_track(engine: Engine, version: str) -> MysqlTrack:
    """The facts of a version's track.

    Raises:
        ValueError: it is of no known track; the text names them.
    """
    for track in TRACKS:
        if track.engine == engine and track.takes(version):
            return track
    names = ", ".join(track_names(engine))
    example = {"mysql": "8.4", "aurora-mysql": "8.0.mysql_aurora.3.10.3"}[engine]
    raise ValueError(
        f"{version!r} is of no track of {engine} that is known ({names}); give another one, such as {example}"
    )
