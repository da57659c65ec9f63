"""Rules between sign-in and the rest of a platform."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

from modules.aws_data.regions import REGIONS, SERVICES, region
from modules.settings.auth import Cognito, Dex, ExistingCognito, NoAuth, Oidc
from modules.settings.network import Network
from modules.settings.section import Problem, Section

if TYPE_CHECKING:
    from modules.settings.platform import Platform


def dex_is_there(platform: "Platform") -> Iterator[Problem]:
    """What a sign-in stands on is installed with it, in the shape that it needs."""
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    if "fixed-user" in kubeflow.enable:
        yield "kubeflow.enable", "fixed-user comes with auth=NoAuth(…), and only with it; take it out here"
    there = {"dex", "oauth2-proxy"} & set(kubeflow.preinstalled)
    if isinstance(kubeflow.auth, Dex | None) and len(there) == 1:
        yield (
            "kubeflow.preinstalled",
            f"{' '.join(there)} is there, and dex and oauth2-proxy share a secret; name both of them here, or none",
        )
    if isinstance(kubeflow.auth, NoAuth | None):
        return
    for name in ("dex", "oauth2-proxy") if isinstance(kubeflow.auth, Dex) else ("oauth2-proxy",):
        for setting in ("disable",) if isinstance(kubeflow.auth, Dex) else ("disable", "preinstalled"):
            if name in getattr(kubeflow, setting):
                yield (
                    f"kubeflow.{setting}",
                    f"{name} is what auth={type(kubeflow.auth).__name__}(…) signs people in with; take it out here",
                )


def cognito_is_there(platform: "Platform") -> Iterator[Problem]:
    """The region has user pools, and the cluster has a way to them: neither sign-in page nor keys have a VPC endpoint.

    Source: https://docs.aws.amazon.com/cognito/latest/developerguide/user-pool-domains.html
    """
    kubeflow = platform.kubeflow
    if kubeflow is None or not isinstance(kubeflow.auth, Cognito | ExistingCognito) or platform.region not in REGIONS:
        return
    if "cognito-idp" in region(platform.region).lacks:
        yield "kubeflow.auth", f"{platform.region} has no {SERVICES['cognito-idp']}; choose Dex(…) or Oidc(…)"
    if isinstance(platform.network, Network) and platform.network.nat == "none":
        yield (
            "kubeflow.auth",
            'oauth2-proxy and istiod fetch tokens and keys from Cognito, and the network has no way out (nat="none"); give it '
            "one, or choose Dex(…)",
        )


def machine_tokens_can_be_checked(platform: "Platform") -> Iterator[Problem]:
    """Tokens of service accounts need a gateway that checks tokens, and a way to the keys of the cluster's issuer.

    EKS serves these keys on the internet only, and the keys are not known before the cluster exists.
    Source: https://docs.aws.amazon.com/eks/latest/userguide/enable-iam-roles-for-service-accounts.html
    """
    kubeflow = platform.kubeflow
    if kubeflow is None:
        return
    if "machine-tokens" in kubeflow.enable:
        yield "kubeflow.enable", "machine-tokens comes with machine_tokens=True, and only with it; take it out here"
    if not kubeflow.machine_tokens:
        return
    if isinstance(kubeflow.auth, NoAuth):
        yield (
            "kubeflow.machine_tokens",
            "with auth=NoAuth(…) the gateway checks no tokens; leave machine_tokens out, or choose another sign-in",
        )
    if isinstance(platform.network, Network) and platform.network.nat == "none":
        yield (
            "kubeflow.machine_tokens",
            'istiod fetches the keys of the cluster\'s issuer from the internet, and the network has no way out (nat="none"); leave '
            "machine_tokens out, and let programs inside the cluster call http://ml-pipeline.kubeflow:8888",
        )


def secrets_of_the_region(platform: "Platform") -> Iterator[Problem]:
    """Terraform reads a secret where the platform is."""
    for path, arn in given_secrets(platform):
        if (place := arn.split(":")[3]) != platform.region:
            yield path, f"the secret is in {place}, and Terraform reads it in {platform.region}; replicate it there"


def given_secrets(platform: "Platform") -> Iterator[tuple[str, str]]:
    """Every secret of the user's that Terraform reads, with its dotted path."""
    if platform.kubeflow is not None:
        yield from secret_arns("kubeflow.auth", platform.kubeflow.auth)
        yield from secret_arns("kubeflow.services.database", platform.kubeflow.services.database)


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


def auth_warnings(platform: "Platform") -> Iterator[Problem]:
    """Accounts for everybody; and another's issuer on a network without a way out, which works only if the issuer is inside."""
    kubeflow, network = platform.kubeflow, platform.network
    if kubeflow is None:
        return
    if isinstance(kubeflow.auth, Cognito) and kubeflow.auth.self_sign_up:
        yield (
            "kubeflow.auth",
            "anybody with an e-mail address may make an account (self_sign_up), and with it a profile",
        )
    if isinstance(kubeflow.auth, Oidc) and isinstance(network, Network) and network.nat == "none":
        yield (
            "kubeflow.auth",
            f"oauth2-proxy and istiod fetch keys from {kubeflow.auth.issuer}, and the network has no way out; see that it is reached "
            "inside",
        )


AUTH_CHECKS = (dex_is_there, cognito_is_there, machine_tokens_can_be_checked, secrets_of_the_region)
