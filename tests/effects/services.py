"""What the settings of how credentials are kept and delivered do."""

from typing import Any

from modules.settings import Dex, InClusterDatabase, InClusterStore, Kubeflow, Services
from tests.documents import GONE
from tests.effects import READY, Effect, Expected

KEPT = Services(artifacts=InClusterStore(), database=InClusterDatabase())
SIGN_IN = Kubeflow(
    auth=Dex(users=("ada@example.com",)), services=KEPT, disable=("katib", "model-registry", "pipelines")
)
WITH_CREDENTIALS = READY.with_changes(kubeflow=SIGN_IN)
SECRET = "services resource aws_secretsmanager_secret"


def credentials(does: dict[str, Expected], **changes: Any) -> Effect:
    changed = SIGN_IN.with_changes(services=KEPT.with_changes(**changes))
    return Effect(READY.with_changes(kubeflow=changed), does, WITH_CREDENTIALS)


EFFECTS = (
    credentials(
        {"Services.credential_recovery_days": {f"{SECRET} oauth2_cookie recovery_window_in_days": 0}},
        credential_recovery_days=0,
    ),
    credentials(
        {"Services.credentials_version": {f"{SECRET}_version oauth2_cookie secret_string_wo_version": 2}},
        credentials_version=2,
    ),
    credentials(
        {
            "Services.credential_delivery": {
                f"{SECRET} in_oauth2_proxy_oauth2_proxy name": "base/in-oauth2-proxy-oauth2-proxy",
                "kubeflow resource kubernetes_secret_v1": GONE,
                "kubeflow values oauth2_proxy tokens annotations_oauth2_proxy": {
                    "eks.amazonaws.com/role-arn": "${aws_iam_role.oauth2_proxy.arn}"
                },
                "addons resource helm_release secrets_store_csi_driver_provider_aws namespace": "kube-system",
            }
        },
        credential_delivery="csi",
    ),
)
