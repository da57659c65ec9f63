"""Run-time behaviour: its database and its page."""

from modules.kubeflow.behaviour import Behaviour, DatabaseAccount, DatabaseUser, Keys, Menu, menu_item
from modules.kubeflow.credential import Credential

DATABASE = DatabaseUser("model_registry", "model-registry", "model_registry", "model-registry-database")


def database_keys(account: DatabaseAccount) -> Keys:
    """A server outside of the cluster."""
    access = account(DATABASE)
    return {"model-registry-db-secrets": {"MYSQL_USER_NAME": access.username, "MYSQL_ROOT_PASSWORD": access.password}}


BEHAVIOUR = Behaviour(
    "model-registry",
    external_services=("rds",),
    credentials=(Credential("model-registry-database", "Password of the model registry's database user"),),
    keys={"model-registry-db-secrets": {"MYSQL_ROOT_PASSWORD": "{model-registry-database}"}},
    database_users=(DATABASE,),
    database_keys=database_keys,
    database_variants=True,
    menu=Menu(5, menu_item("Model Registry", "/model-registry/", "assignment")),
)
