"""Programs that keep tables in a database, and the one that the platform creates for them."""

from modules.kubeflow.behaviours import DATABASE_COMPONENTS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.install_order import InstallOrderError
from modules.settings.database import MadeDatabase
from modules.settings.kubeflow import Kubeflow
from modules.settings.platform import Platform


def database_users(kubeflow: Kubeflow) -> set[str]:
    """Installed entries that keep tables; none while the selection is invalid, which another rule reports."""
    try:
        return {component.name for component in chosen_components(kubeflow)} & set(DATABASE_COMPONENTS)
    except InstallOrderError:
        return set()


def made_database(platform: Platform) -> MadeDatabase | None:
    """The database that the platform creates, if a component uses it."""
    kubeflow = platform.kubeflow
    if kubeflow is None or not isinstance(kubeflow.services.database, MadeDatabase) or not database_users(kubeflow):
        return None
    return kubeflow.services.database
