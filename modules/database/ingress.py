"""The rule that lets the platform's pods in to a database."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.naming import addressed


def allow_ingress(scope: Construct, *, security_group_id: str, clients: Mapping[str, str], port: int) -> None:
    """A rule for each group that clients carry.

    Args:
        scope: holds the rules.
        security_group_id: of the database (token or id).
        clients: what they are to the security group that they carry.
        port: TCP port of the database.
    """
    for name, client in clients.items():
        addressed(
            f"database_from_{name}",
            VpcSecurityGroupIngressRule(
                scope,
                f"from-{name}",
                security_group_id=security_group_id,
                referenced_security_group_id=client,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"MySQL from pods on {name.replace('_', ' ')}",
            ),
        )
