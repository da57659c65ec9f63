"""Values of the tokens in local charts."""

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.inputs import gateway_servers, tokens
from modules.kubeflow.variants import entries
from modules.settings import Dex, KnativeDomain, Kubeflow

HTTP = {"hosts": ["*"], "port": {"name": "http", "number": 80, "protocol": "HTTP"}}
ADA = Kubeflow(auth=Dex(users=("ada@team.example.net",)))
DOMAIN = KnativeDomain(name="models.example.net")
SECURE = KnativeDomain(name="models.example.net", tls_secret_name="wildcard")


def test_every_token_that_the_chosen_charts_name_has_a_value() -> None:
    wanted = {token for entry in entries(CATALOGUE).values() for token in entry.tokens}
    found = tokens(ADA, oidc_issuer_host="oidc.example.net/id/1")
    assert wanted <= set(found)
    assert set(found) - wanted == set()
    assert None not in found.values()
    assert (found["user_email"], found["oidc_issuer_host"]) == ("ada@team.example.net", "oidc.example.net/id/1")


@pytest.mark.parametrize(
    ("domain", "name", "scheme"),
    [
        (None, "svc.cluster.local", "http"),
        (DOMAIN, "models.example.net", "http"),
        (SECURE, "models.example.net", "https"),
    ],
)
def test_models_answer_at_the_domain(domain: KnativeDomain | None, name: str, scheme: str) -> None:
    found = tokens(ADA.with_changes(knative_domain=domain), oidc_issuer_host="")
    assert (found["knative_domain"], found["knative_domains"]) == (name, {name: ""})
    assert found["knative_url_scheme"] == scheme


def test_the_gateway_speaks_https_only_where_it_has_a_certificate() -> None:
    assert gateway_servers(None) == gateway_servers(DOMAIN) == [HTTP]
    assert gateway_servers(SECURE) == [
        HTTP,
        {
            "hosts": ["*.models.example.net"],
            "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
            "tls": {"mode": "SIMPLE", "credentialName": "wildcard"},
        },
    ]
