"""Values of the tokens in local charts."""

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.release_inputs import annotations, gateway_servers, tokens
from modules.kubeflow.variants import entries
from modules.settings import Dex, ExistingCluster, HostedZone, KnativeDomain, Kubeflow, LoadBalancer

HTTP = {"hosts": ["*"], "port": {"name": "http", "number": 80, "protocol": "HTTP"}}
CLUSTER = ExistingCluster(name="shared")
ADA = Kubeflow(auth=Dex(users=("ada@team.example.net",)))
DOMAIN = KnativeDomain(name="models.example.net")
SECURE = KnativeDomain(name="models.example.net", tls_secret_name="wildcard")


def test_no_token_is_idle() -> None:
    """The other way round, a chart whose token has no value does not build."""
    wanted = {token for entry in entries(CATALOGUE).values() for token in entry.tokens}
    wanted.add("oidc_issuer_host")  # of machine-tokens, which is a template of the project
    found = tokens(ADA, CLUSTER, oidc_issuer_host="oidc.example.net/id/1")
    assert set(found) - wanted == set()
    assert None not in found.values()
    assert found["oidc_issuer_host"] == "oidc.example.net/id/1"


def test_service_accounts_get_the_role_that_they_have() -> None:
    role = "arn:aws:iam::111122223333:role/prod-ml-pipeline"
    assert annotations(["argo", "ml-pipeline"], {"ml-pipeline": role}) == {
        "annotations_argo": {},
        "annotations_ml_pipeline": {"eks.amazonaws.com/role-arn": role},
    }
    assert annotations(["ml-pipeline"], {"ml-pipeline": None}) == {"annotations_ml_pipeline": {}}


@pytest.mark.parametrize(
    ("domain", "name", "scheme"),
    [
        (None, "svc.cluster.local", "http"),
        (DOMAIN, "models.example.net", "http"),
        (SECURE, "models.example.net", "https"),
    ],
)
def test_models_answer_at_the_domain(domain: KnativeDomain | None, name: str, scheme: str) -> None:
    found = tokens(ADA.with_changes(knative_domain=domain), CLUSTER, oidc_issuer_host="")
    assert (found["knative_domain"], found["knative_domains"]) == (name, {name: ""})
    assert found["knative_url_scheme"] == scheme


def test_with_tls_a_model_is_one_label_since_a_wildcard_covers_one() -> None:
    way = LoadBalancer(host="kubeflow.example.net", allowed_cidrs=("10.0.0.0/8",), zone=HostedZone(name="example.net"))
    for kubeflow, template in (
        (ADA.with_changes(knative_domain=DOMAIN), "{{.Name}}.{{.Namespace}}.{{.Domain}}"),
        (ADA.with_changes(knative_domain=SECURE), "{{.Name}}-{{.Namespace}}.{{.Domain}}"),
        (ADA.with_changes(knative_domain=DOMAIN, exposure=way), "{{.Name}}-{{.Namespace}}.{{.Domain}}"),
    ):
        assert tokens(kubeflow, CLUSTER, oidc_issuer_host="")["knative_domain_template"] == template


def test_a_gateway_with_a_load_balancer_takes_its_own_hosts_alone() -> None:
    exposed = ADA.with_changes(exposure=LoadBalancer(host="kubeflow.example.net", allowed_cidrs=("10.0.0.0/8",)))
    assert gateway_servers(exposed) == [{**HTTP, "hosts": ["kubeflow.example.net"]}]
    (server,) = gateway_servers(exposed.with_changes(knative_domain=DOMAIN))
    assert server["hosts"] == ["kubeflow.example.net", "*.models.example.net"]


def test_the_gateway_speaks_https_only_where_it_has_a_certificate() -> None:
    assert gateway_servers(ADA) == gateway_servers(ADA.with_changes(knative_domain=DOMAIN)) == [HTTP]
    assert gateway_servers(ADA.with_changes(knative_domain=SECURE)) == [
        HTTP,
        {
            "hosts": ["*.models.example.net"],
            "port": {"name": "https", "number": 443, "protocol": "HTTPS"},
            "tls": {"mode": "SIMPLE", "credentialName": "wildcard"},
        },
    ]
