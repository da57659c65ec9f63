"""Run-time behaviour: the client secret that it shares with oauth2-proxy."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.credential import Credential

BEHAVIOUR = Behaviour(
    "dex",
    auth_tokens=True,
    credentials=(Credential("oauth2-client", "Secret between oauth2-proxy and Dex"),),
    keys={"dex-oidc-client": {"OIDC_CLIENT_SECRET": "{oauth2-client}"}},
)
