"""The dashboard: where its log-out leads."""

from modules.kubeflow.patch import Objects, Variant, set_env


def log_out(objects: Objects) -> None:
    """Token `logout_url`: through oauth2-proxy, which ends its session, and on to the issuer, which ends its own."""
    set_env(objects.container("Deployment", "centraldashboard"), LOGOUT_URL="@@logout_url@@")


VARIANTS = {"default": Variant((log_out,))}
