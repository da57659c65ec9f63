"""What the settings of the database do."""

from collections.abc import Mapping
from typing import Any

from modules.settings import (
    AuroraMysql,
    Dex,
    ExistingDatabase,
    InClusterDatabase,
    InClusterStore,
    Kubeflow,
    Platform,
    ProgramDatabase,
    ProgramDatabases,
    RdsMysql,
    Services,
)
from tests.database_ca import PEM
from tests.documents import GONE
from tests.effects import ACCOUNT, READY, Effect, Expected

KEY = f"arn:aws:kms:us-west-2:{ACCOUNT}:key/1234abcd-12ab-34cd-86ef-1234567890ab"
SECRET = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:mysql-a1B2c3"
OTHER_SECRET = f"arn:aws:secretsmanager:us-west-2:{ACCOUNT}:secret:others-a1B2c3"
RESOURCE = "services resource"
RDS = f"{RESOURCE} aws_db_instance database"
AURORA = f"{RESOURCE} aws_rds_cluster database"
MEMBER = f"{RESOURCE} aws_rds_cluster_instance database_a"
LOG = f"{RESOURCE} aws_cloudwatch_log_group"
EXISTING = ExistingDatabase(host="mysql.example.com", username="kubeflow", password_secret_arn=SECRET)
OTHER = ExistingDatabase(
    host="old.example.com",
    port=3307,
    username="legacy",
    password_secret_arn=OTHER_SECRET,
    security_group_id="sg-0123456789abcdef0",
)
TOKENS = "kubeflow locals pipelines_values tokens"
COMMON: Mapping[str, Any] = {
    "instance_class": "db.r7g.large",
    "username": "admin",
    "backup_days": 35,
    "backup_window": "01:00-02:00",
    "maintenance_window": "mon:05:00-mon:06:00",
    "apply_immediately": False,
    "final_snapshot": False,
    "snapshot_identifier": "prod-kubeflow-1",
    "kms_key_arn": KEY,
    "monitoring_seconds": 5,
    "log_exports": ("general",),
    "log_retention_days": 30,
    "ca_certificate": "rds-ca-ecc384-g1",
    "parameters": {"max_connections": "500"},
}


def on(database: Any, *disable: str, **programs: ProgramDatabase) -> Platform:
    """Kubeflow with nothing else in AWS."""
    services = Services(artifacts=InClusterStore(), database=database, program_databases=ProgramDatabases(**programs))
    kubeflow = Kubeflow(auth=Dex(users=("ada@example.com",)), services=services, disable=disable)
    return READY.with_changes(kubeflow=kubeflow)


def parameter(group: str, at: int, name: str, value: str) -> Expected:
    """The path of a parameter."""
    path = f"{RESOURCE} {group} database parameter {at}"
    return {f"{path} name": name, f"{path} value": value}


def common(section: str, resource: str, instance: str, names: Mapping[str, str]) -> dict[str, Expected]:
    """What RDS and Aurora do alike, each in its words.

    Args:
        section: name of the section.
        resource: path of what holds the data.
        instance: path of what has the class.
        names: words of the engine where they are not those of RDS.
    """

    def word(name: str) -> str:
        return names.get(name, name)

    return {
        f"{section}.instance_class": {f"{instance} instance_class": "db.r7g.large"},
        f"{section}.username": {
            f"{resource} {word('username')}": "admin",
            "services output database_username value": "admin",
            f"{RESOURCE} terraform_data database_life triggers_replace username": "admin",
        },
        f"{section}.backup_days": {f"{resource} backup_retention_period": 35},
        f"{section}.backup_window": {f"{resource} {word('backup_window')}": "01:00-02:00"},
        f"{section}.maintenance_window": {f"{resource} {word('maintenance_window')}": "mon:05:00-mon:06:00"},
        f"{section}.apply_immediately": {f"{resource} apply_immediately": False},
        f"{section}.final_snapshot": {
            f"{resource} skip_final_snapshot": True,
            f"{resource} final_snapshot_identifier": GONE,
        },
        f"{section}.snapshot_identifier": {f"{resource} snapshot_identifier": "prod-kubeflow-1"},
        f"{section}.kms_key_arn": {
            f"{resource} kms_key_id": KEY,
            f"{instance} performance_insights_kms_key_id": KEY,
            f"{RESOURCE} aws_kms_key database": GONE,
        },
        f"{section}.monitoring_seconds": {f"{instance} monitoring_interval": 5},
        f"{section}.log_exports": {
            f"{resource} enabled_cloudwatch_logs_exports": ["general"],
            f"{LOG} database_slowquery_log": GONE,
        },
        f"{section}.log_retention_days": {f"{LOG} database_general_log retention_in_days": 30},
        f"{section}.ca_certificate": {f"{instance} ca_cert_identifier": "rds-ca-ecc384-g1"},
    }


EFFECTS = (
    Effect(
        on(RdsMysql()),
        {
            "Kubeflow.services": {f"{RDS} identifier": "base-kubeflow"},
            "Services.database": {f"{RDS} engine": "mysql", "services output database_username value": "kubeflow"},
        },
        on(InClusterDatabase()),
    ),
    Effect(
        on(
            RdsMysql(
                **COMMON,
                engine_version="8.0.43",
                auto_minor_upgrade=False,
                multi_az=False,
                storage_gib=100,
                max_storage_gib=1000,
                database_insights="advanced",
            )
        ),
        {
            **common("RdsMysql", RDS, RDS, {}),
            "RdsMysql.engine_version": {
                f"{RDS} engine_version": "8.0.43",
                f"{RESOURCE} aws_db_parameter_group database family": "mysql8.0",
            },
            "RdsMysql.auto_minor_upgrade": {f"{RDS} auto_minor_version_upgrade": False},
            "RdsMysql.multi_az": {f"{RDS} multi_az": False},
            "RdsMysql.storage_gib": {f"{RDS} allocated_storage": 100},
            "RdsMysql.max_storage_gib": {f"{RDS} max_allocated_storage": 1000},
            "RdsMysql.database_insights": {
                f"{RDS} database_insights_mode": "advanced",
                f"{RDS} performance_insights_retention_period": 465,
            },
            "RdsMysql.parameters": parameter("aws_db_parameter_group", 2, "max_connections", "500"),
        },
        on(RdsMysql()),
    ),
    Effect(
        on(RdsMysql(performance_insights=False)),
        {
            "RdsMysql.performance_insights": {
                f"{RDS} performance_insights_enabled": False,
                f"{RDS} performance_insights_kms_key_id": GONE,
            }
        },
        on(RdsMysql()),
    ),
    Effect(
        on(AuroraMysql(**COMMON, engine_version="8.4.mysql_aurora.8.4.7", instances=3)),
        {
            **common(
                "AuroraMysql",
                AURORA,
                MEMBER,
                {
                    "username": "master_username",
                    "backup_window": "preferred_backup_window",
                    "maintenance_window": "preferred_maintenance_window",
                },
            ),
            "AuroraMysql.engine_version": {
                f"{AURORA} engine_version": "8.4.mysql_aurora.8.4.7",
                f"{RESOURCE} aws_rds_cluster_parameter_group database family": "aurora-mysql8.4",
            },
            "AuroraMysql.instances": {f"{RESOURCE} aws_rds_cluster_instance database_c engine": "aurora-mysql"},
            "AuroraMysql.parameters": parameter("aws_rds_cluster_parameter_group", 3, "max_connections", "500"),
        },
        on(AuroraMysql()),
    ),
    Effect(
        on(AuroraMysql(performance_insights=False)),
        {"AuroraMysql.performance_insights": {f"{MEMBER} performance_insights_enabled": False}},
        on(AuroraMysql()),
    ),
    Effect(
        on(
            ExistingDatabase(
                host="db.example.com",
                port=3307,
                username="pipelines",
                password_secret_arn=OTHER_SECRET,
                security_group_id="sg-0123456789abcdef0",
            )
        ),
        {
            "ExistingDatabase.host": {"services output database_host value": "db.example.com"},
            "ExistingDatabase.port": {
                "services output database_port value": "3307",
                f"{RESOURCE} aws_vpc_security_group_ingress_rule database_from_nodes from_port": 3307,
            },
            "ExistingDatabase.username": {"services output database_username value": "pipelines"},
            "ExistingDatabase.password_secret_arn": {
                "kubeflow ephemeral aws_secretsmanager_secret_version external_others_a1B2c3 secret_id": OTHER_SECRET
            },
            "ExistingDatabase.security_group_id": {
                f"{RESOURCE} aws_vpc_security_group_ingress_rule database_from_nodes security_group_id": "sg-0123456789abcdef0"
            },
        },
        on(EXISTING),
    ),
    Effect(
        on(EXISTING.with_changes(ca_certificate=PEM), "katib"),
        {
            "ExistingDatabase.ca_certificate": {
                f"{TOKENS} pipelines_ca": PEM,
                f"{TOKENS} pipelines_tls": "true",
                f"{TOKENS} pipelines_cache_tls": "true",
                f"{TOKENS} ml_metadata_verify": "true",
                "kubeflow locals model_registry_values tokens model_registry_tls": "true",
            }
        },
        on(EXISTING, "katib"),
    ),
    Effect(
        on(
            RdsMysql(),
            pipelines=ProgramDatabase(database="kfp_pipelines"),
            pipelines_cache=ProgramDatabase(database="kfp_cache", server=OTHER),
            ml_metadata=ProgramDatabase(database="kfp_metadata"),
            katib=ProgramDatabase(database="kubeflow"),
            model_registry=ProgramDatabase(server=OTHER),
        ),
        {
            "Services.program_databases": {f"{TOKENS} pipelines_database": "kfp_pipelines"},
            "ProgramDatabases.pipelines": {f"{TOKENS} pipelines_database": "kfp_pipelines"},
            "ProgramDatabases.pipelines_cache": {f"{TOKENS} pipelines_cache_database": "kfp_cache"},
            "ProgramDatabases.ml_metadata": {f"{TOKENS} ml_metadata_database": "kfp_metadata"},
            "ProgramDatabases.katib": {
                "kubeflow resource kubernetes_secret_v1 katib_katib_mysql_secrets data_wo KATIB_MYSQL_DB_DATABASE": (
                    '${"kubeflow"}'
                )
            },
            "ProgramDatabases.model_registry": {
                "kubeflow locals model_registry_values tokens model_registry_host": "old.example.com"
            },
            "ProgramDatabase.database": {f"{TOKENS} ml_metadata_database": "kfp_metadata"},
            "ProgramDatabase.server": {
                f"{TOKENS} pipelines_cache_host": "old.example.com",
                f"{TOKENS} pipelines_cache_port": "3307",
                f"{TOKENS} pipelines_host": "${data.terraform_remote_state.services.outputs.database_host}",
                f"{RESOURCE} aws_vpc_security_group_ingress_rule database_sg_0123456789abcdef0_3307_from_nodes "
                "security_group_id": "sg-0123456789abcdef0",
                "kubeflow resource kubernetes_secret_v1 pipelines_pipelines_cache_mysql data_wo password": (
                    "${ephemeral.aws_secretsmanager_secret_version.external_others_a1B2c3.secret_string}"
                ),
            },
        },
        on(RdsMysql()),
    ),
)
