"""Values reserved for documentation: warnings at synthesis, errors before an apply."""

from modules.doctor.placeholders import placeholders
from modules.rules import warnings_of
from modules.settings import Cognito, Dex, Kubeflow, LoadBalancer, Platform
from tests.modules.settings.valid import cluster, on_kubeflow, platform

CERTIFICATE = "arn:aws:acm:us-west-2:111122223333:certificate/12345678-1234-1234-1234-123456789012"
EXAMPLE = platform(
    cluster=cluster(public_access_cidrs=("203.0.113.0/24", "20.0.0.0/24")),
    kubeflow=Kubeflow(
        auth=Dex(users=("ada@example.com", "bea@example.company")),
        exposure=LoadBalancer(
            host="kubeflow.example.org", allowed_cidrs=("198.51.100.0/24",), certificate_arn=CERTIFICATE
        ),
    ),
)


def said(wanted: Platform) -> list[str]:
    return [f"{one.severity}: {one}" for one in placeholders(wanted)]


def test_they_are_errors() -> None:
    assert sorted(said(EXAMPLE)) == [
        "error: cluster: 203.0.113.0/24 is reserved for documentation; replace it with your own network in main.py",
        "error: kubeflow.auth: ada@example.com is in a domain reserved for documentation; replace it with a real address in "
        "main.py",
        "error: kubeflow.exposure.host: kubeflow.example.org is in a domain reserved for documentation; replace it with your own "
        "domain in main.py",
        "error: kubeflow.exposure: 198.51.100.0/24 is reserved for documentation; replace it with your own network in main.py",
    ]


def test_each_is_a_warning_of_synthesis() -> None:
    warnings = list(map(str, warnings_of(EXAMPLE)))
    for sentence in said(EXAMPLE):
        assert sentence.replace("error: ", "prod: ") in warnings


def test_other_warnings_are_none() -> None:
    wanted = on_kubeflow(auth=Cognito(domain_prefix="acme", users=("ada@acme.dev",), self_sign_up=True))
    assert any("self_sign_up" in one.text for one in warnings_of(wanted))
    assert said(wanted) == ["ok: no setting has a value that is reserved for documentation"]


def test_guests_of_cognito() -> None:
    wanted = on_kubeflow(auth=Cognito(domain_prefix="acme", users=("ada@team.example",)))
    (found,) = said(wanted)
    assert found.startswith("error: kubeflow.auth: ada@team.example is in a domain reserved for documentation; ")
