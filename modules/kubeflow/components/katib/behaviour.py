"""Run-time behaviour: its database and its page."""

from modules.kubeflow.behaviour import Behaviour, DatabaseAccount, DatabaseUser, Keys, Menu, menu_item
from modules.kubeflow.credential import Credential

DATABASE = DatabaseUser("katib", "katib", "katib", "katib-database")


def database_keys(account: DatabaseAccount) -> Keys:
    """A server outside of the cluster."""
    access = account(DATABASE)
    return {
        "katib-mysql-secrets": {
            "DB_USER": access.username,
            "DB_PASSWORD": access.password,
            "KATIB_MYSQL_DB_DATABASE": access.database,
            "KATIB_MYSQL_DB_HOST": access.host,
            "KATIB_MYSQL_DB_PORT": access.port,
        }
    }


BEHAVIOUR = Behaviour(
    "katib",
    external_services=("rds",),
    credentials=(Credential("katib-database", "Password of Katib's database user"),),
    keys={"katib-mysql-secrets": {"MYSQL_ROOT_PASSWORD": "{katib-database}"}},
    database_users=(DATABASE,),
    database_keys=database_keys,
    menu=Menu(3, menu_item("Katib Experiments", "/katib/", "kubeflow:katib")),
)
