"""Patches of dex: users and connectors come from settings; there are no default users."""

from modules.kubeflow.patching.patch import Objects, Variant, replace_text

DEFAULT_USER = (
    "enablePasswordDB: true\n"
    "staticPasswords:\n"
    "- email: user@example.com\n"
    "  hashFromEnv: DEX_USER_PASSWORD\n"
    "  username: user\n"
    '  userID: "15841185641784"\n'
)


def people(objects: Objects) -> None:
    """Tokens `oidc_issuer`, and `dex_people`: YAML of local users and connectors, without secrets."""
    replace_text(
        objects.one("ConfigMap", "dex")["data"],
        "config.yaml",
        ("issuer: http://dex.auth.svc.cluster.local:5556/dex\n", "issuer: @@oidc_issuer@@\n"),
        (DEFAULT_USER, "@@dex_people@@\n"),
        ('level: "debug"', 'level: "info"'),
    )


def secrets(objects: Objects) -> None:
    """Hashes and secrets are environment variables from settings; each Secret exists only if it has keys."""
    objects.merge("Secret", "dex-passwords", {"stringData": None})
    objects.add(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": "dex-connectors", "namespace": "auth"},
        }
    )
    objects.container("Deployment", "dex")["envFrom"] = [
        {"secretRef": {"name": "dex-oidc-client"}},
        {"secretRef": {"name": "dex-passwords", "optional": True}},
        {"secretRef": {"name": "dex-connectors", "optional": True}},
    ]


VARIANTS = {
    "default": Variant(
        (people, secrets),
        secrets={
            "dex-connectors": {},
            "dex-oidc-client": {"OIDC_CLIENT_ID": "kubeflow-oidc-authservice"},
            "dex-passwords": {},
        },
    )
}
