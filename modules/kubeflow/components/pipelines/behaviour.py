"""Run-time behaviour: its databases, its object store, its rights on the bucket of artifacts, and its pages."""

from collections.abc import Iterator

from modules.kubeflow.behaviour import Behaviour, DatabaseAccount, DatabaseUser, Keys, Menu, MenuItem
from modules.kubeflow.components.pipelines.policy import pipelines, pipelines_ui
from modules.kubeflow.credential import Credential
from modules.settings.artifacts import InClusterStore
from modules.settings.kubeflow import Kubeflow

PROGRAMS = {
    "ml-metadata-mysql": DatabaseUser("ml_metadata", "pipelines", "metadb", "ml-metadata-database"),
    "mysql-secret": DatabaseUser("pipelines", "pipelines", "mlpipeline", "pipelines-database"),
    "pipelines-cache-mysql": DatabaseUser("pipelines_cache", "pipelines", "cachedb", "pipelines-cache-database"),
}
"""Secret to the program that reads it; upstream has one Secret, `mysql-secret`, for all three."""
SECRETS = {user.program: secret for secret, user in PROGRAMS.items()}
"""Program to its Secret."""


def database_keys(account: DatabaseAccount) -> Keys:
    """A server outside of the cluster."""
    found = {secret: account(user) for secret, user in PROGRAMS.items()}
    return {secret: {"username": access.username, "password": access.password} for secret, access in found.items()}


def in_cluster_stores(kubeflow: Kubeflow) -> Iterator[str]:
    """The object store keeps the key that it was created with."""
    if isinstance(kubeflow.services.artifacts, InClusterStore):
        yield "SeaweedFS in the cluster (pipelines)"


def page(text: str, name: str) -> MenuItem:
    """A link below the section for Pipelines."""
    return {"link": f"/pipeline/#/{name}", "text": text, "type": "item"}


BEHAVIOUR = Behaviour(
    "pipelines",
    artifact_bucket=True,
    external_services=("s3", "rds"),
    credentials=(
        Credential("ml-metadata-database", "Password of ML Metadata's database user"),
        Credential("pipelines-cache-database", "Password of the database user of Pipelines' cache"),
        Credential("pipelines-database", "Password of Pipelines' database user"),
        Credential("pipelines-object-store", "Key of Pipelines' object store in the cluster"),
    ),
    keys={
        "mlpipeline-minio-artifact": {"accesskey": '"kubeflow"', "secretkey": "{pipelines-object-store}"},
        "mysql-secret": {"password": "{pipelines-database}"},
    },
    database_users=tuple(PROGRAMS.values()),
    database_keys=database_keys,
    database_variants=True,
    in_cluster_stores=in_cluster_stores,
    policies={"pipelines": pipelines, "pipelines-ui": pipelines_ui},
    menu=Menu(
        6,
        {
            "icon": "kubeflow:pipeline-centered",
            "items": [
                page("Pipelines", "pipelines"),
                page("Experiments", "experiments"),
                page("Runs", "runs"),
                page("Recurring Runs", "recurringruns"),
                page("Artifacts", "artifacts"),
                page("Executions", "executions"),
            ],
            "text": "Pipelines",
            "type": "section",
        },
        (
            {"desc": "Kubeflow Pipelines", "link": "/pipeline/#/pipelines", "text": "Upload a Pipeline"},
            {"desc": "Pipelines", "link": "/pipeline/#/runs", "text": "View Pipeline Runs"},
        ),
    ),
)
