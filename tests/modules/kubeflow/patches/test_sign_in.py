"""Each way to sign in, as its objects are in the cluster: whatever names the issuer says the same."""

import re
import tomllib
from typing import Any

import pytest
import yaml

from modules.kubeflow.manifest import Object, strings
from tests.modules.kubeflow.test_references import MADE_BY_OTHERS, dangling, there_in
from tests.object_schemas import problems, schemas_of
from tests.platform_objects import described, needs_everything, objects_of, releases_of, terraform_secrets
from tests.platforms import documents

pytestmark = [needs_everything, pytest.mark.upstream]
WITHOUT_DEX = ["cognito", "oidc", "noauth"]
ASKED = {
    "cognito": "known-at-apply",
    "oidc": "https://login.example.net/realms/team",
    "prod": "http://localhost:8080/dex",
}


def one(name: str, kind: str, start: str) -> Object:
    (found,) = [
        item for item in objects_of(name) if item["kind"] == kind and item["metadata"]["name"].startswith(start)
    ]
    return found


def config(name: str) -> dict[str, Any]:
    """oauth2-proxy's file, by the program that mounts it."""
    volumes = one(name, "Deployment", "oauth2-proxy")["spec"]["template"]["spec"]["volumes"]
    (source,) = [volume["configMap"]["name"] for volume in volumes if volume["name"] == "oauth2-proxy-config"]
    return tomllib.loads(one(name, "ConfigMap", source)["data"]["oauth2_proxy.cfg"])


def people(name: str) -> dict[str, Any]:
    """How Istio checks the tokens of users."""
    start = "dex-jwt" if name == "prod" else "oidc-jwt"
    (rule,) = one(name, "RequestAuthentication", start)["spec"]["jwtRules"]
    return dict(rule)


@pytest.mark.parametrize("name", ["cognito", "oidc", "noauth"])
def test_objects_are_valid(name: str) -> None:
    local = [item for release in releases_of(name) if not release.official for item in release.objects]
    assert problems(local, "1.35", schemas_of(objects_of(name))) == []


@pytest.mark.parametrize("name", WITHOUT_DEX)
def test_everything_that_is_named_exists(name: str) -> None:
    objects = objects_of(name)
    left = dangling(objects, there_in(name, objects))
    assert {reference: item for reference, item in left.items() if reference not in MADE_BY_OTHERS} == {}


def test_what_dex_reads_if_it_is_there_is_there() -> None:
    secrets = terraform_secrets({stack: one for stack, one in documents().items() if stack.startswith("prod-")})
    assert ("Secret", "auth", "dex-passwords") in secrets
    assert ("Secret", "auth", "dex-connectors") not in secrets  # no connector is chosen


@pytest.mark.parametrize("name", WITHOUT_DEX)
def test_nothing_speaks_of_dex_where_it_is_not(name: str) -> None:
    found = [
        f"{described(item)}: {path}"
        for item in objects_of(name)
        if item["kind"] != "CustomResourceDefinition"
        for path, text in strings(item)
        if re.search(r"\bdex\b", text, re.IGNORECASE)
    ]
    assert found == []
    assert any(re.search(r"\bdex\b", text) for item in objects_of("prod") for _, text in strings(item))


@pytest.mark.parametrize("name", ASKED)
def test_the_issuer_is_the_same_everywhere(name: str) -> None:
    assert config(name)["oidc_issuer_url"] == people(name)["issuer"] == ASKED[name]


@pytest.mark.parametrize(
    ("name", "audience"), [("cognito", "known-at-apply"), ("oidc", "kubeflow"), ("prod", "kubeflow-oidc-authservice")]
)
def test_a_token_for_another_audience_opens_nothing(name: str, audience: str) -> None:
    """One issuer has clients of many owners: Google's, a company's."""
    assert people(name)["audiences"] == [audience]


@pytest.mark.parametrize("name", [*ASKED, "noauth"])
def test_tokens_of_service_accounts_open_nothing_unless_enabled(name: str) -> None:
    """Upstream's policy makes a user of any service account's token, whatever audience it was issued for."""
    issuers = [
        rule["issuer"]
        for item in objects_of(name)
        if item["kind"] == "RequestAuthentication"
        for rule in item["spec"]["jwtRules"]
    ]
    assert issuers == ([ASKED[name]] if name in ASKED else [])


def test_enabled_tokens_of_service_accounts_are_made_for_pipelines() -> None:
    (rule,) = one("full", "RequestAuthentication", "machine-tokens")["spec"]["jwtRules"]
    assert rule["issuer"] == "https://known-at-apply"
    assert rule["audiences"] == ["pipelines.kubeflow.org"]
    assert "forwardOriginalToken" not in rule
    assert {mapped["header"]: mapped["claim"] for mapped in rule["outputClaimToHeaders"]} == {
        "kubeflow-userid": "sub",
        "kubeflow-groups": "groups",
    }


@pytest.mark.parametrize("name", ["prod", "full"])
def test_an_issuer_is_ready_before_the_policy_that_names_its_keys(name: str) -> None:
    """While istiod has no keys, what the policy lets in depends on the version of Istio (CVE-2026-31837)."""
    resources = {
        key: body
        for stack, document in documents().items()
        if stack.startswith(f"{name}-kubeflow")
        for key, body in document["resource"]["helm_release"].items()
    }
    assert "helm_release.dex" in resources["oauth2_proxy"]["depends_on"]
    with_keys = [
        release.name
        for release in releases_of(name)
        if any(item["kind"] == "RequestAuthentication" and "jwksUri" in str(item) for item in release.objects)
    ]
    assert with_keys == ["oauth2-proxy"]


def test_dex_is_called_inside_the_cluster() -> None:
    dex = "http://dex.auth.svc.cluster.local:5556/dex"
    found = config("prod")
    assert (found["redeem_url"], found["oidc_jwks_url"]) == (f"{dex}/token", f"{dex}/keys")
    assert (found["login_url"], found["redirect_url"]) == ("/dex/auth", "/oauth2/callback")
    assert found["skip_oidc_discovery"] is found["relative_redirect_url"] is True
    assert people("prod")["jwksUri"] == f"{dex}/keys"


@pytest.mark.parametrize("name", ["cognito", "oidc"])
def test_another_issuer_is_discovered_and_led_back_to_one_address(name: str) -> None:
    found = config(name)
    assert not {"skip_oidc_discovery", "login_url", "redeem_url", "oidc_jwks_url", "prompt", "skip_auth_routes"} & set(
        found
    )
    assert found["redirect_url"] == "http://localhost:8080/oauth2/callback"
    assert "relative_redirect_url" not in found
    assert (found["code_challenge_method"], found["client_secret_file"]) == ("S256", "/dev/null")
    claims = {mapped["header"]: mapped["claim"] for mapped in people(name)["outputClaimToHeaders"]}
    assert claims == {"kubeflow-userid": found["oidc_email_claim"], "kubeflow-groups": found["oidc_groups_claim"]}
    assert not {name for name in found if name.startswith("insecure") or "skip_verify" in name}


@pytest.mark.parametrize("name", ["cognito", "oidc"])
def test_log_out_may_go_on_to_where_it_leads(name: str) -> None:
    env = one(name, "Deployment", "dashboard")["spec"]["template"]["spec"]["containers"][0]["env"]
    (leads,) = [variable["value"] for variable in env if variable["name"] == "LOGOUT_URL"]
    (allowed,) = config(name)["whitelist_domains"]
    assert leads.startswith(f"/oauth2/sign_out?rd=https%3A%2F%2F{allowed}%2F")


@pytest.mark.parametrize("name", ["cognito", "oidc", "prod"])
def test_only_the_paths_of_sign_in_are_open(name: str) -> None:
    for policy in ("istio-ingressgateway-oauth2-proxy", "istio-ingressgateway-require-jwt"):
        (rule,) = one(name, "AuthorizationPolicy", policy)["spec"]["rules"]
        paths = rule["to"][0]["operation"]["notPaths"]
        assert paths == (["/dex/*", "/dex/**", "/oauth2/*"] if name == "prod" else ["/oauth2/*"])


@pytest.mark.parametrize("name", ["cognito", "oidc", "prod"])
def test_certificates_of_the_issuer_are_checked(name: str) -> None:
    assert one(name, "ConfigMap", "oauth2-proxy-parameters")["data"]["ALLOW_SELF_SIGNED_ISSUER"] == "false"


@pytest.mark.parametrize(("name", "deployments"), [("cognito", ["oauth2-proxy"]), ("prod", ["oauth2-proxy", "dex"])])
def test_changed_settings_restart_their_readers(name: str, deployments: list[str]) -> None:
    for deployment in deployments:
        annotations = one(name, "Deployment", deployment)["spec"]["template"]["metadata"]["annotations"]
        assert re.fullmatch(r"[0-9a-f]{16}-[0-9a-f]{16}", annotations["checksum/config"])


def test_dex_reads_its_users_and_no_secret_is_in_its_configuration() -> None:
    written = yaml.safe_load(one("prod", "ConfigMap", "dex")["data"]["config.yaml"])
    assert written["issuer"] == ASKED["prod"]
    assert [user["email"] for user in written["staticPasswords"]] == ["you@example.com"]
    assert [set(user) for user in written["staticPasswords"]] == [{"email", "hashFromEnv", "username", "userID"}]
    assert [client["redirectURIs"] for client in written["staticClients"]] == [["/oauth2/callback"]]
    (container,) = one("prod", "Deployment", "dex")["spec"]["template"]["spec"]["containers"]
    assert [source["secretRef"]["name"] for source in container["envFrom"]] == [
        "dex-oidc-client",
        "dex-passwords",
        "dex-connectors",
    ]


def test_the_one_user_is_written_over_whatever_a_client_says() -> None:
    (patch,) = one("noauth", "EnvoyFilter", "fixed-user")["spec"]["configPatches"]
    assert (patch["applyTo"], patch["match"]) == ("ROUTE_CONFIGURATION", {"context": "GATEWAY"})
    value = patch["patch"]["value"]
    assert value["request_headers_to_add"] == [
        {
            "header": {"key": "kubeflow-userid", "value": "ada@team.example.net"},
            "append_action": "OVERWRITE_IF_EXISTS_OR_ADD",
        }
    ]
    assert value["request_headers_to_remove"] == ["kubeflow-groups"]
    gateway = one("noauth", "Deployment", "istio-ingressgateway")["spec"]["template"]["metadata"]["labels"]
    assert one("noauth", "EnvoyFilter", "fixed-user")["spec"]["workloadSelector"]["labels"].items() <= gateway.items()
