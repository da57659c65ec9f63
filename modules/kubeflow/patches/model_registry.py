"""Model Registry with its page and its way through the gateway, which upstream has as options."""

from modules.kubeflow.patch import Objects, Variant

UPSTREAM = "applications/model-registry/upstream"


def no_empty_password(objects: Objects) -> None:
    """MySQL does not start without a password."""
    objects.merge("ConfigMap", "model-registry-db-parameters", {"data": {"MYSQL_ALLOW_EMPTY_PASSWORD": None}})


VARIANTS = {
    "default": Variant(
        (no_empty_password,),
        secrets={"model-registry-db-secrets": {"MYSQL_USER_NAME": "root"}},
        also=(f"{UPSTREAM}/options/istio", f"{UPSTREAM}/options/ui/overlays/istio"),
    )
}
