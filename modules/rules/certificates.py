"""Rules about certificates in the cluster."""

from collections.abc import Iterator

from modules.rules.rule import Problem, rule
from modules.settings.kubeflow import Kubeflow

ENTRY = "dns01-issuer"
"""Entry of the catalogue."""
RESERVED_ISSUERS = frozenset({"kubeflow-self-signing-issuer"})
"""ClusterIssuers that Kubeflow installs."""


@rule(Kubeflow)
def installed_with_its_setting(kubeflow: Kubeflow) -> Iterator[Problem]:
    """The entry is installed if and only if its setting is present."""
    if ENTRY in kubeflow.enable:
        yield "enable", f"{ENTRY} is installed with its setting", "set dns01_issuer and remove it here"
    for setting in ("disable", "preinstalled"):
        if kubeflow.dns01_issuer is not None and ENTRY in getattr(kubeflow, setting):
            yield setting, f"{ENTRY} is what dns01_issuer installs", "remove it here, or remove dns01_issuer"


@rule(Kubeflow)
def dns01_issuer(kubeflow: Kubeflow) -> Iterator[Problem]:
    """cert-manager assumes the role with a token, and the name is free.

    Source: https://cert-manager.io/docs/configuration/acme/dns01/route53/
    """
    issuer = kubeflow.dns01_issuer
    if issuer is None:
        return
    if kubeflow.service_account_auth != "irsa":
        yield (
            "dns01_issuer",
            "cert-manager assumes the role of the issuer with a web identity token (IRSA)",
            'set service_account_auth="irsa"',
        )
    if issuer.name in RESERVED_ISSUERS:
        yield "dns01_issuer.name", f"Kubeflow installs a ClusterIssuer {issuer.name}", "use another name"
