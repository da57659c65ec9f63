"""Run-time behaviour: its client and the key of its cookies."""

from modules.kubeflow.behaviour import Behaviour
from modules.kubeflow.credential import Credential

BEHAVIOUR = Behaviour(
    "oauth2-proxy",
    auth_tokens=True,
    variant=lambda names: "default" if "dex" in names else "oidc",
    credentials=(Credential("oauth2-cookie", "Key of the session cookies of oauth2-proxy"),),
    keys={"oauth2-proxy": {"client-secret": "{oauth2-client}", "cookie-secret": "{oauth2-cookie}"}},
)
