"""Rules about connectors."""

from collections.abc import Iterator

from modules.rules.rule import Problem, rule, unique_names
from modules.settings.connectors import GithubConnector, LdapConnector, SamlConnector


@rule(LdapConnector)
def ldap_bind(connector: LdapConnector) -> Iterator[Problem]:
    """The bind DN and its password go together."""
    if (connector.bind_dn is None) != (connector.bind_password_secret_arn is None):
        yield (
            "bind_dn",
            "bind_dn and bind_password_secret_arn are only valid together",
            "set both, or neither for a public directory",
        )


@rule(SamlConnector)
def saml_groups(connector: SamlConnector) -> Iterator[Problem]:
    """Allowed groups need the attribute with groups."""
    if connector.allowed_groups and connector.groups_attribute is None:
        yield "allowed_groups", "groups_attribute is required to read groups", "set groups_attribute"


@rule(GithubConnector)
def github_organizations(connector: GithubConnector) -> Iterator[Problem]:
    """Each organization once."""
    yield from unique_names("organizations", connector.organizations)
