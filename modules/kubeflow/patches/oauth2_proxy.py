"""oauth2-proxy in front of the gateway, with dex as issuer, and tokens of the cluster's service accounts for programs."""

from modules.kubeflow.patch import Objects, Variant


def cluster_tokens(objects: Objects) -> None:
    """Token `oidc_issuer_host`: the cluster's issuer without `https://`; upstream has a placeholder."""
    rules = objects.one("RequestAuthentication", "m2m-token-issuer")["spec"]["jwtRules"]
    if [rule["issuer"] for rule in rules] != ["https://oidc.eks.AWS_REGION.amazonaws.com/id/CLUSTER_ID"]:
        raise ValueError("patch: RequestAuthentication m2m-token-issuer: has another issuer than EKS's placeholder")
    rules[0]["issuer"] = "https://@@oidc_issuer_host@@"


def secure(objects: Objects) -> None:
    """Certificates are checked; token `secure_cookie` (true, false): whether browsers send the cookie over https only."""
    objects.merge(
        "ConfigMap",
        "oauth2-proxy-parameters",
        {"data": {"ALLOW_SELF_SIGNED_ISSUER": "false", "FORCE_HTTPS": "@@secure_cookie@@"}},
    )


VARIANTS = {
    "default": Variant(
        (cluster_tokens, secure),
        # the client's secret is the one in dex-oidc-client
        secrets={"oauth2-proxy": {"client-id": "kubeflow-oidc-authservice"}},
    )
}
