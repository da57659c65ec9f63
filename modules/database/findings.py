"""Findings of the policy scanner about a database that are meant to be so."""

from cdktf import TerraformResource

from modules.database.parameter_group import parameters_of
from modules.security_scan import accepted
from modules.settings import AuroraMysql, RdsMysql

BY_PASSWORD = "The clients of Kubeflow sign in with a password and know no tokens of IAM."
NO_TLS = "ML Metadata's client trusts no authority of RDS, so TLS is offered and not asked for; only nodes get in."
SETTINGS_SAY_SO = "The settings of this platform say so."


def accept_of_instance(resource: TerraformResource, settings: RdsMysql, *, protect: bool) -> None:
    """Of an RDS instance."""
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
    """Of an Aurora cluster."""
    _accept(
        resource,
        {
            "CKV_AWS_162": BY_PASSWORD,
            "CKV2_AWS_8": "Aurora's own backups restore any moment; a plan of AWS Backup is the account's affair.",
            "CKV_AWS_326": "Any moment can be restored beside it; to turn back the cluster itself would take along all components.",
            "CKV_AWS_139": not protect,
            "CKV_AWS_324": not settings.log_exports,
            "CKV_AWS_325": "audit" not in settings.log_exports,
        },
    )


def accept_of_member(resource: TerraformResource, settings: AuroraMysql) -> None:
    """Of an instance of an Aurora cluster."""
    _accept(
        resource,
        {
            "CKV_AWS_118": settings.monitoring_seconds == 0,
            "CKV_AWS_226": "The settings name the patch; one that AWS chose would be a change that each plan takes back.",
            "CKV_AWS_353": not settings.performance_insights,
        },
    )


def _accept(resource: TerraformResource, reasons: dict[str, str | bool | None]) -> None:
    """Reasons by check; True is a choice of the user's, False and None are no finding."""
    accepted(resource, **{check: SETTINGS_SAY_SO if why is True else why for check, why in reasons.items() if why})
