"""Rules and warnings between the database and the rest of the platform."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modules.aws_data.mysql_engines import NATIVE_PASSWORD
from modules.settings.cluster import ExistingCluster
from modules.settings.database import DATABASE_USERS, ExistingDatabase, MadeDatabase
from modules.settings.section import Problem

if TYPE_CHECKING:
    from modules.settings.kubeflow import Kubeflow
    from modules.settings.platform import Platform

PATH = "kubeflow.services.database"


def database_users(kubeflow: "Kubeflow") -> set[str]:
    """Installed entries that keep tables; none while their choice is wrong, which tells its own error."""
    try:
        return {component.name for component in kubeflow.components()} & set(DATABASE_USERS)
    except ValueError:
        return set()


def made_database(platform: "Platform") -> MadeDatabase | None:
    """The database that the platform makes, if anything uses it."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not isinstance(kubeflow.services.database, MadeDatabase) or not database_users(kubeflow):
        return None
    return kubeflow.services.database


def subnets_of_the_database(platform: "Platform") -> Iterator[Problem]:
    """A subnet group spans two zones, also for one instance; networks made here always do."""
    subnets = platform.cluster.private_subnet_ids if isinstance(platform.cluster, ExistingCluster) else ()
    if len(subnets) == 1 and made_database(platform) is not None:
        yield "cluster.private_subnet_ids", "RDS asks for subnets in two zones; give one of each, or leave them out"


def parameters_that_pipelines_need(platform: "Platform") -> Iterator[Problem]:
    """ML Metadata's client knows one way to sign in, and trusts no authority of RDS."""
    database = made_database(platform)
    if database is None or platform.kubeflow is None or "pipelines" not in database_users(platform.kubeflow):
        return
    for name, wanted in (
        ("authentication_policy", (NATIVE_PASSWORD,)),
        ("default_authentication_plugin", ("mysql_native_password",)),
        ("require_secure_transport", ("0", "OFF")),
    ):
        value = database.parameters.get(name, wanted[0])
        if value.upper() not in {one.upper() for one in wanted}:
            yield (
                f"{PATH}.parameters[{name}]",
                f"{value}, and with it ML Metadata of Pipelines could not sign in any more; leave it out, or leave out pipelines",
            )


def database_warnings(platform: "Platform") -> Iterator[Problem]:
    """One user for all programs, and a last snapshot whose key is destroyed with the platform."""
    kubeflow = platform.kubeflow
    if kubeflow is not None and isinstance(kubeflow.services.database, ExistingDatabase):
        programs = sorted(database_users(kubeflow))
        if len(programs) > 1:
            yield (
                PATH,
                f"{', '.join(programs)} share the user {kubeflow.services.database.username}, so each can read and change the tables of "
                "the others; RdsMysql(…) and AuroraMysql(…) make one user for each",
            )
    database = made_database(platform)
    if database is None:
        return
    if not platform.deletion_protection and database.final_snapshot and database.kms_key_arn is None:
        yield (
            f"{PATH}.final_snapshot",
            "the snapshot that destroy takes is encrypted with the platform's key, which goes 30 days later: copy it under another key "
            "by then, give kms_key_arn, or set final_snapshot=False",
        )


DATABASE_CHECKS = (subnets_of_the_database, parameters_that_pipelines_need)
