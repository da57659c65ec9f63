"""Keys and credentials of Kubernetes Secrets that follow from settings, in addition to the fixed ones.

Authentication decides by its strategy, the database here; `derived_secrets` combines them.
"""

from modules.kubeflow.auth.kinds import strategy_of
from modules.kubeflow.behaviours import BEHAVIOURS
from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.credential import DerivedSecrets
from modules.kubeflow.database_users import job_secrets
from modules.kubeflow.program_databases import access_of
from modules.settings.database import ExistingDatabase, InClusterDatabase
from modules.settings.kubeflow import Kubeflow


def derived_secrets(kubeflow: Kubeflow) -> DerivedSecrets:
    """The keys and credentials of all areas."""
    return strategy_of(kubeflow.auth).secrets() | _database(kubeflow)


def _database(kubeflow: Kubeflow) -> DerivedSecrets:
    """Users of MySQL servers outside of the cluster: one per program on a created server, or that of an existing server."""
    if isinstance(kubeflow.services.database, InClusterDatabase):
        return DerivedSecrets()
    programs = {
        (behaviour.component, secret): keys
        for behaviour in BEHAVIOURS.values()
        if behaviour.database_keys is not None
        for secret, keys in behaviour.database_keys(lambda user: access_of(kubeflow, user)).items()
    }
    if isinstance(kubeflow.services.database, ExistingDatabase):
        return DerivedSecrets(programs)
    installed = {component.name for component in chosen_components(kubeflow)}
    return DerivedSecrets({**programs, **job_secrets(kubeflow, installed)})
