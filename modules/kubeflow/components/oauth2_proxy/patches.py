"""Patches of oauth2-proxy at the gateway: dex or another issuer, and tokens of the cluster for programs.

All references to the issuer change together: oauth2-proxy's settings, Istio's token validation, unauthenticated paths.
"""

import json
import tomllib
from pathlib import Path
from typing import Any

from modules.kubeflow.patching.patch import Objects, Variant

CONFIG = "oauth2_proxy.cfg"
DEX = "http://dex.auth.svc.cluster.local:5556/dex"
SESSION_FILTER = Path(__file__).with_name("session_filter.lua")
CLIENT_ID = "kubeflow-oidc-authservice"


def without_cluster_tokens(objects: Objects) -> None:
    """Remove upstream's policy for service account tokens: it maps tokens of any audience to a user.

    The entry `machine-tokens` replaces it. In Istio 1.28.0 this policy allowed all requests until istiod had fetched the keys.
    Source: https://nvd.nist.gov/vuln/detail/CVE-2026-31837
    """
    objects.remove("RequestAuthentication", "m2m-token-issuer")


def session_stays_at_the_gateway(objects: Objects) -> None:
    """Do not forward ID token and session cookie to web apps: another user's notebook could use them in all teams.

    Upstream forwards both. They are not needed: Kubeflow identifies users by the header `kubeflow-userid`. Only oauth2-proxy
    reads its cookie, at `/oauth2/`.
    Source: https://istio.io/latest/docs/reference/config/security/jwt/#JWTRule (forwardOriginalToken),
    https://www.envoyproxy.io/docs/envoy/latest/configuration/http/http_filters/lua_filter
    """
    (rule,) = objects.one("RequestAuthentication", "dex-jwt")["spec"]["jwtRules"]
    if not rule.pop("forwardOriginalToken", False):
        raise ValueError("patch: RequestAuthentication dex-jwt: does not forward the token; remove the patch")
    cookie = tomllib.loads(objects.one("ConfigMap", "oauth2-proxy")["data"][CONFIG])["cookie_name"]
    name = "session-stays-at-the-gateway"
    lua = SESSION_FILTER.read_text(encoding="utf-8").replace("COOKIE", cookie)
    manager = {
        "name": "envoy.filters.network.http_connection_manager",
        "subFilter": {"name": "envoy.filters.http.router"},
    }
    value = {
        "name": name,
        "typed_config": {
            "@type": "type.googleapis.com/envoy.extensions.filters.http.lua.v3.Lua",
            "default_source_code": {"inline_string": lua},
        },
    }
    patch = {
        "applyTo": "HTTP_FILTER",
        "match": {"context": "GATEWAY", "listener": {"filterChain": {"filter": manager}}},
        "patch": {"operation": "INSERT_BEFORE", "value": value},
    }
    objects.add(
        {
            "apiVersion": "networking.istio.io/v1alpha3",
            "kind": "EnvoyFilter",
            "metadata": {"name": name, "namespace": "istio-system"},
            "spec": {"workloadSelector": {"labels": {"app": "istio-ingressgateway"}}, "configPatches": [patch]},
        }
    )


def secure(objects: Objects) -> None:
    """Verify certificates; token `secure_cookie` (true, false): whether browsers send the cookie only over https."""
    objects.merge(
        "ConfigMap",
        "oauth2-proxy-parameters",
        {"data": {"ALLOW_SELF_SIGNED_ISSUER": "false", "FORCE_HTTPS": "@@secure_cookie@@"}},
    )


def dex(objects: Objects) -> None:
    """Token `oidc_issuer`: dex's public URL. Inside the cluster, keys are fetched from the Service."""
    configure(objects, {"oidc_issuer_url": "@@oidc_issuer@@"})
    check_tokens(objects, {"issuer": "@@oidc_issuer@@", "jwksUri": f"{DEX}/keys", "audiences": [CLIENT_ID]})


def another_issuer(objects: Objects) -> None:
    """Tokens of `modules/kubeflow/auth` for an external issuer."""
    configure(
        objects,
        {
            "oidc_issuer_url": "@@oidc_issuer@@",
            "oidc_email_claim": "@@oidc_email_claim@@",
            "oidc_groups_claim": "@@oidc_groups_claim@@",
            "scope": "@@oidc_scope@@",
            "provider_display_name": "@@oidc_title@@",
            # Without it an expired token is sent until the cookie expires, and Istio rejects it.
            # Source: pkg/middleware/stored_session.go of oauth2-proxy v7.14.3
            "cookie_refresh": "@@oidc_refresh@@",
            "redirect_url": "@@dashboard_url@@/oauth2/callback",
            "whitelist_domains": "@@oidc_whitelist@@",
            # A public client: an empty secret is rejected, an empty file is not, and a configured secret overrides it.
            # Source: validateClientSecret in pkg/validation/providers.go of v7.14.3
            "client_secret_file": "/dev/null",
        },
        # dex-specific paths, and `prompt = "none"`, which other issuers answer with login_required
        without=(
            "skip_auth_routes",
            "skip_oidc_discovery",
            "login_url",
            "redeem_url",
            "oidc_jwks_url",
            "prompt",
            "relative_redirect_url",
        ),
    )
    check_tokens(objects, {"issuer": "@@oidc_issuer@@", "audiences": "@@json:oidc_audiences@@"})
    request = objects.one("RequestAuthentication", "dex-jwt")
    for mapped in request["spec"]["jwtRules"][0]["outputClaimToHeaders"]:
        mapped["claim"] = f"@@oidc_{mapped['claim']}_claim@@"
    objects.remove("RequestAuthentication", "dex-jwt")
    objects.add({**request, "metadata": {**request["metadata"], "name": "oidc-jwt"}})
    for name in ("istio-ingressgateway-oauth2-proxy", "istio-ingressgateway-require-jwt"):
        operation = objects.one("AuthorizationPolicy", name)["spec"]["rules"][0]["to"][0]["operation"]
        operation["notPaths"] = [path for path in operation["notPaths"] if not path.startswith("/dex/")]
    secret = next(
        one
        for one in objects.container("Deployment", "oauth2-proxy")["env"]
        if one["name"] == "OAUTH2_PROXY_CLIENT_SECRET"
    )
    secret["valueFrom"]["secretKeyRef"]["optional"] = True


def configure(objects: Objects, change: dict[str, Any], without: tuple[str, ...] = ()) -> None:
    """Change settings in oauth2-proxy's file. Upstream's comments, which describe upstream's settings, are removed.

    Raises:
        KeyError: upstream no longer has a setting to remove.
    """
    data = objects.one("ConfigMap", "oauth2-proxy")["data"]
    config = tomllib.loads(data[CONFIG])
    for name in without:
        del config[name]
    config |= change
    # strings, numbers, booleans and lists of them are written the same in JSON and in TOML
    written = {name: json.dumps(value) for name, value in config.items()}
    if "whitelist_domains" in change:
        written["whitelist_domains"] = change["whitelist_domains"]  # its token is a whole list, which may be empty
    data[CONFIG] = "".join(f"{name} = {value}\n" for name, value in sorted(written.items()))


def check_tokens(objects: Objects, change: dict[str, Any]) -> None:
    """Change Istio's validation of user tokens."""
    (rule,) = objects.one("RequestAuthentication", "dex-jwt")["spec"]["jwtRules"]
    if rule["issuer"] != DEX:
        raise ValueError(f"patch: RequestAuthentication dex-jwt: has another issuer than {DEX}")
    rule |= change


VARIANTS = {
    "default": Variant(
        (without_cluster_tokens, session_stays_at_the_gateway, secure, dex),
        # the client's secret is the one in dex-oidc-client
        secrets={"oauth2-proxy": {"client-id": CLIENT_ID}},
    ),
    "oidc": Variant(
        (without_cluster_tokens, session_stays_at_the_gateway, secure, another_issuer), secrets={"oauth2-proxy": {}}
    ),
}
