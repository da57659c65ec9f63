"""dex: one local user, whose password is not everybody's."""

from modules.kubeflow.patch import Objects, Variant, replace_text


def user(objects: Objects) -> None:
    """Token `user_email`: the local user, owner of the first profile. Its password's bcrypt hash is in a Secret."""
    replace_text(
        objects.one("ConfigMap", "dex")["data"],
        "config.yaml",
        ("- email: user@example.com", "- email: @@user_email@@"),
        ('level: "debug"', 'level: "info"'),
    )


VARIANTS = {
    "default": Variant(
        (user,),
        secrets={"dex-oidc-client": {"OIDC_CLIENT_ID": "kubeflow-oidc-authservice"}, "dex-passwords": {}},
    )
}
