"""The configured database, in the services stack."""

from dataclasses import dataclass

from modules.database.aurora_mysql import AuroraMysqlCluster
from modules.database.dependencies import PORT, DatabasePlace, MasterPassword
from modules.database.ingress import allow_ingress
from modules.database.rds_mysql import RdsMysqlInstance
from modules.kubeflow.behaviours import DATABASE_COMPONENTS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.program_databases import other_servers
from modules.kubeflow.secrets.secrets_manager import CredentialStore
from modules.settings import AuroraMysql, ExistingDatabase, Kubeflow, RdsMysql
from stacks.service_network import ServiceNetwork
from stacks.stack import PlatformStack


def is_used(kubeflow: Kubeflow) -> bool:
    """Whether any installed component uses a database."""
    return any(component.name in DATABASE_COMPONENTS for component in chosen_components(kubeflow))


@dataclass
class ServiceDatabase:
    """Creates the database and its outputs; nothing for an in-cluster database.

    Args:
        stack: the services stack.
        network: network placement of services.
    """

    stack: PlatformStack
    network: ServiceNetwork

    def outputs(self, kubeflow: Kubeflow, credentials: CredentialStore | None) -> dict[str, str]:
        """Create the configured database if a component uses it.

        Args:
            kubeflow: Kubeflow settings.
            credentials: contain the password of a created database.
        """
        settings = kubeflow.services.database
        if not is_used(kubeflow):
            return {}
        self._admit_to_other_servers(kubeflow)
        if isinstance(settings, ExistingDatabase):
            return self._existing(settings)
        if isinstance(settings, RdsMysql | AuroraMysql) and credentials is not None:
            password = MasterPassword(
                credentials.values.expression("{database}"), kubeflow.services.credentials_version
            )
            return {
                "database_host": self._made(settings, password),
                "database_port": str(PORT),
                "database_username": settings.username,
            }
        return {}

    def _admit_to_other_servers(self, kubeflow: Kubeflow) -> None:
        """One rule per security group and port: servers can share a group, also with `services.database`."""
        shared, components = kubeflow.services.database, {one.name for one in chosen_components(kubeflow)}
        servers = other_servers(kubeflow, components).values()
        doors = {(one.security_group_id, one.port) for one in servers}
        if isinstance(shared, ExistingDatabase):
            doors.discard((shared.security_group_id, shared.port))
        for group, port in sorted((group, port) for group, port in doors if group is not None):
            allow_ingress(
                self.stack,
                security_group_id=group,
                clients=self.network.pod_security_group_ids,
                port=port,
                server=f"{group}-{port}",
            )

    def _made(self, settings: RdsMysql | AuroraMysql, password: MasterPassword) -> str:
        """Host name (token)."""
        network = self.network
        placement = DatabasePlace(network.vpc_id, network.private_subnet_ids, network.pod_security_group_ids)
        stack, context = self.stack, self.stack.context
        if isinstance(settings, AuroraMysql):
            return AuroraMysqlCluster(
                stack, "database", context=context, settings=settings, placement=placement, password=password
            ).host
        return RdsMysqlInstance(
            stack, "database", context=context, settings=settings, placement=placement, password=password
        ).host

    def _existing(self, settings: ExistingDatabase) -> dict[str, str]:
        if settings.security_group_id is not None:
            allow_ingress(
                self.stack,
                security_group_id=settings.security_group_id,
                clients=self.network.pod_security_group_ids,
                port=settings.port,
            )
        return {
            "database_host": settings.host,
            "database_port": str(settings.port),
            "database_username": settings.username,
        }
