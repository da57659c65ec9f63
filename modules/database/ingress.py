"""Security group rules that allow the platform's pods to connect to a database."""

from collections.abc import Mapping

from cdktf_cdktf_provider_aws.vpc_security_group_ingress_rule import VpcSecurityGroupIngressRule
from constructs import Construct

from modules.naming import addressed, slug


def allow_ingress(
    scope: Construct, *, security_group_id: str, clients: Mapping[str, str], port: int, server: str = ""
) -> None:
    """One rule per client security group.

    Args:
        scope: parent construct of the rules.
        security_group_id: security group of the database (token or id).
        clients: client name to security group id.
        port: TCP port of the database.
        server: distinguishes the rules of further servers in one stack.
    """
    suffix = f"-{server}" if server else ""
    for name, client in clients.items():
        addressed(
            slug(f"database{suffix}_from_{name}"),
            VpcSecurityGroupIngressRule(
                scope,
                f"from-{name}{suffix}",
                security_group_id=security_group_id,
                referenced_security_group_id=client,
                ip_protocol="tcp",
                from_port=port,
                to_port=port,
                description=f"MySQL from pods on {name.replace('_', ' ')}",
            ),
        )
