"""Accepted policy scanner findings of databases."""

from cdktf import TerraformResource

from modules.database.parameter_group import parameters_of
from modules.security_scan import accepted
from modules.settings import AuroraMysql, RdsMysql

BY_PASSWORD = "Kubeflow's clients authenticate with a password and do not support IAM tokens."
NO_TLS = "ML Metadata's client does not trust the RDS CA, so TLS is optional; only nodes have access."
SETTINGS_SAY_SO = "Configured by the platform's settings."


def accept_of_instance(resource: TerraformResource, settings: RdsMysql, *, protect: bool) -> None:
    """Findings of an RDS instance."""
    secure = parameters_of(settings).get("require_secure_transport", "0").upper() in {"1", "ON"}
    _accept(
        resource,
        {
            "CKV_AWS_161": BY_PASSWORD,
            "CKV2_AWS_69": None if secure else NO_TLS,
            "CKV_AWS_118": settings.monitoring_seconds == 0,
            "CKV_AWS_129": not settings.log_exports,
            "CKV_AWS_157": not settings.multi_az,
            "CKV_AWS_226": not settings.auto_minor_upgrade,
            "CKV_AWS_293": not protect,
            "CKV_AWS_353": not settings.performance_insights,
        },
    )


def accept_of_cluster(resource: TerraformResource, settings: AuroraMysql, *, protect: bool) -> None:
    """Findings of an Aurora cluster."""
    _accept(
        resource,
        {
            "CKV_AWS_162": BY_PASSWORD,
            "CKV2_AWS_8": "Aurora backups support point-in-time restore; AWS Backup is configured at account level.",
            "CKV_AWS_326": "Point-in-time restore creates a new cluster; backtracking in place would affect all components.",
            "CKV_AWS_139": not protect,
            "CKV_AWS_324": not settings.log_exports,
            "CKV_AWS_325": "audit" not in settings.log_exports,
        },
    )


def accept_of_member(resource: TerraformResource, settings: AuroraMysql) -> None:
    """Findings of an instance of an Aurora cluster."""
    _accept(
        resource,
        {
            "CKV_AWS_118": settings.monitoring_seconds == 0,
            "CKV_AWS_226": "Settings pin the patch version; an automatic upgrade would be reverted by each plan.",
            "CKV_AWS_353": not settings.performance_insights,
        },
    )


def _accept(resource: TerraformResource, reasons: dict[str, str | bool | None]) -> None:
    """Reasons by check; True: configured, False or None: no finding."""
    accepted(resource, **{check: SETTINGS_SAY_SO if why is True else why for check, why in reasons.items() if why})
