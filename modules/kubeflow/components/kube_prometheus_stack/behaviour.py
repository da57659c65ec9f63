"""Run-time behaviour: the password of Grafana."""

from collections.abc import Iterator

from modules.kubeflow.behaviour import Behaviour, SuppliedSecret
from modules.kubeflow.credential import Credential
from modules.settings.kubeflow import Kubeflow

NAME = "kube-prometheus-stack"


def in_cluster_stores(kubeflow: Kubeflow) -> Iterator[str]:
    """Grafana keeps its first password where its values give it a volume or a database."""
    grafana = kubeflow.values.get(NAME, {}).get("grafana")
    if not isinstance(grafana, dict):
        return
    persistence, ini = grafana.get("persistence"), grafana.get("grafana.ini")
    if isinstance(persistence, dict) and persistence.get("enabled"):
        yield "Grafana with a volume (kubeflow.values)"
    elif isinstance(ini, dict) and "database" in ini:
        yield "Grafana with a database (kubeflow.values)"


BEHAVIOUR = Behaviour(
    NAME,
    credentials=(Credential("grafana-admin", "Password of Grafana's admin"),),
    keys={"grafana-admin": {"admin-user": '"admin"', "admin-password": "{grafana-admin}"}},
    supplied_secrets=(SuppliedSecret("grafana-admin", ("admin-user", "admin-password"), "grafana"),),
    in_cluster_stores=in_cluster_stores,
    calls_teams=True,
)
