"""Rules between sign-in and the rest of a platform."""

from collections import defaultdict
from collections.abc import Iterator

from modules.errors import split_sentence
from modules.kubeflow.auth.kinds import AUTH_COMPONENTS, KINDS, strategy_of
from modules.kubeflow.catalogue import CATALOGUE
from modules.rules.blocks import documentation_addresses
from modules.rules.rule import (
    Problem,
    each_once,
    placeholder,
    prefixed,
    rule,
    unique_names,
    until_invalid,
    warning,
)
from modules.settings.auth import Cognito, CognitoGroup, Dex, Oidc, user_slug
from modules.settings.network import Network
from modules.settings.platform import Platform
from modules.settings.section import Section


def unique_slugs(field: str, emails: tuple[str, ...]) -> Iterator[Problem]:
    """Entries are unique and map to distinct names of resources."""
    by_slug: dict[str, list[str]] = defaultdict(list)
    for email in emails:
        by_slug[user_slug(email)].append(email)
    for slug, same in sorted(by_slug.items()):
        if len(same) > 1:
            yield field, f"{' and '.join(same)} both become {slug} in resource names", "remove one of them"


@rule(Platform)
def auth_requirements(platform: Platform) -> Iterator[Problem]:
    """What the kind of authentication requires of the platform, as its strategy says."""
    if platform.kubeflow is not None:
        for path, text in strategy_of(platform.kubeflow.auth).problems(platform):
            yield path, *split_sentence(text)


@rule(Platform)
def auth_egress(platform: Platform) -> Iterator[Problem]:
    """A kind of authentication that needs internet access has it."""
    kubeflow, network = platform.kubeflow, platform.network
    if kubeflow is None or not isinstance(network, Network) or network.nat != "none":
        return
    problem = strategy_of(kubeflow.auth).egress_problem()
    if problem is not None:
        yield "kubeflow.auth", *split_sentence(problem)


@rule(Platform)
def auth_components_by_setting(platform: Platform) -> Iterator[Problem]:
    """Opt-in components of a kind of authentication are selected by `auth` alone."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    default = {component.name for component in CATALOGUE if component.default}
    for name in sorted((AUTH_COMPONENTS - default) & set(kubeflow.enable)):
        kinds = " or ".join(f"{kind.__name__}(…)" for kind, strategy in KINDS.items() if name in strategy.components)
        yield "kubeflow.enable", f"{name} is installed by auth={kinds} only", "remove it here"


@rule(Platform)
def machine_tokens_can_be_checked(platform: Platform) -> Iterator[Problem]:
    """Tokens of service accounts need a gateway that checks tokens, and a way to the keys of the cluster's issuer.

    EKS serves these keys on the internet only, and the keys are not known before the cluster exists.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    """
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    if "machine-tokens" in kubeflow.enable:
        yield "kubeflow.enable", "machine-tokens is installed by machine_tokens=True only", "remove it here"
    if not kubeflow.machine_tokens:
        return
    if not strategy_of(kubeflow.auth).authenticates:
        yield (
            "kubeflow.machine_tokens",
            f"the gateway validates no tokens with auth={type(kubeflow.auth).__name__}(…)",
            "remove machine_tokens or use another kind of authentication",
        )
    if isinstance(platform.network, Network) and platform.network.nat == "none":
        yield (
            "kubeflow.machine_tokens",
            'istiod fetches the signing keys of the cluster\'s issuer from the internet, and the network has no internet access (nat="none")',
            "remove machine_tokens; programs inside the cluster can call http://ml-pipeline.kubeflow:8888",
        )


@rule(Platform)
def secrets_of_the_region(platform: Platform) -> Iterator[Problem]:
    """Terraform reads a secret where the platform is."""
    for path, arn in given_secrets(platform):
        if (place := arn.split(":")[3]) != platform.region:
            yield (
                path,
                f"the secret is in {place}, and Terraform reads it in {platform.region}",
                f"replicate the secret to {platform.region}",
            )


def given_secrets(platform: Platform) -> Iterator[tuple[str, str]]:
    """Every secret of the user's that Terraform reads, with its dotted path."""
    if platform.kubeflow is not None:
        yield from secret_arns("kubeflow.auth", platform.kubeflow.auth)
        for name in ("database", "program_databases"):
            yield from secret_arns(f"kubeflow.services.{name}", getattr(platform.kubeflow.services, name))


def secret_arns(path: str, value: object) -> Iterator[tuple[str, str]]:
    """Every secret that a section names, with its dotted path."""
    if isinstance(value, Section):
        for name, item in vars(value).items():
            yield from secret_arns(f"{path}.{name}", item)
    elif isinstance(value, tuple):
        for index, item in enumerate(value):
            yield from secret_arns(f"{path}[{index}]", item)
    elif isinstance(value, str) and value.startswith("arn:") and ":secretsmanager:" in value:
        yield path, value


@placeholder(Dex)
def documentation_users(dex: Dex) -> Iterator[Problem]:
    """Users of a domain reserved for documentation."""
    yield from documentation_addresses(dex.users)


@placeholder(Cognito)
def documentation_guests(cognito: Cognito) -> Iterator[Problem]:
    """Users of a domain reserved for documentation, to which Cognito's invitation cannot be delivered."""
    yield from documentation_addresses(cognito.users)


@warning(Cognito)
def open_sign_up(cognito: Cognito) -> Iterator[Problem]:
    """Accounts for everyone."""
    if cognito.self_sign_up:
        yield (
            "",
            "self_sign_up lets anyone with an e-mail address create an account and a profile",
            "set self_sign_up=False unless that is intended",
        )


@rule(Dex)
def dex_has_a_source(dex: Dex) -> Iterator[Problem]:
    """Local users or a connector."""
    if not dex.users and not dex.connectors:
        yield (
            "users",
            "at least one user or connector is required, since there is no default user",
            "set users or connectors",
        )


@rule(Dex)
def dex_names(dex: Dex) -> Iterator[Problem]:
    """Users and connectors are unique."""
    yield from unique_slugs("users", dex.users)
    yield from unique_names("connectors", dex.connectors)


@rule(Dex)
def dex_variables(dex: Dex) -> Iterator[Problem]:
    """Source: `expandEnvInMap` in cmd/dex/config.go of dex v2.45.0."""
    for index, connector in enumerate(dex.connectors):
        yield from prefixed(f"connectors[{index}]", until_invalid(_variables(connector)))


def _variables(connector: Section) -> Iterator[Problem]:
    for name in type(connector).model_fields:
        if "$" in str(getattr(connector, name)):
            yield name, "contains a $, which Dex expands as an environment variable", "remove the $"


@rule(Cognito)
def cognito_domain(cognito: Cognito) -> Iterator[Problem]:
    """One domain, with a certificate if it is custom."""
    if (cognito.domain_prefix is None) == (cognito.custom_domain is None):
        yield (
            "domain_prefix",
            "the sign-in page needs exactly one domain",
            "set domain_prefix, or custom_domain with certificate_arn",
        )
    elif (cognito.custom_domain is None) != (cognito.certificate_arn is None):
        yield "certificate_arn", "custom_domain and certificate_arn are only valid together", "set both or neither"


@rule(Cognito)
def cognito_users(cognito: Cognito) -> Iterator[Problem]:
    """Users are unique."""
    yield from unique_slugs("users", cognito.users)


@rule(Cognito)
def cognito_groups(cognito: Cognito) -> Iterator[Problem]:
    """Groups are unique and hold users of the pool."""
    yield from unique_slugs("groups", tuple(group.name for group in cognito.groups))
    for index, group in enumerate(cognito.groups):
        yield from prefixed(f"groups[{index}]", until_invalid(_members(cognito, group)))


def _members(cognito: Cognito, group: CognitoGroup) -> Iterator[Problem]:
    yield from each_once("users", group.users)
    for user in group.users:
        if user not in cognito.users:
            yield (
                "users",
                f"{user} is not a user of the pool",
                "add the address to users of Cognito(…) or remove it here",
            )


@rule(Oidc)
def oidc_scopes(oidc: Oidc) -> Iterator[Problem]:
    """The scope `openid` is required."""
    if "openid" not in oidc.scopes:
        yield "scopes", "openid is required to receive an ID token", 'add "openid"'
