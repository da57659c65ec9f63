"""The behaviours of all components, and the tables that generic code reads."""

import difflib
import importlib
from collections.abc import Mapping
from pathlib import Path

from modules.iam.policy_context import PolicyContext
from modules.kubeflow.behaviour import Behaviour, DatabaseUser, Menu, Policy, SuppliedSecret
from modules.kubeflow.credential import Credential
from modules.settings.service_account_role import Statement

COMPONENTS = "modules.kubeflow.components"
FOLDER = Path(__file__).with_name("components")


def folder_of(component: str) -> str:
    """Name of a component's folder in `components/`."""
    return component.replace("-", "_")


def _load(folder: str) -> Behaviour:
    behaviour = importlib.import_module(f"{COMPONENTS}.{folder}.behaviour").BEHAVIOUR
    if not isinstance(behaviour, Behaviour) or folder_of(behaviour.component) != folder:
        raise TypeError(f"{COMPONENTS}.{folder}.behaviour: BEHAVIOUR is not a Behaviour of that component; correct it")
    return behaviour


BEHAVIOURS: Mapping[str, Behaviour] = {
    behaviour.component: behaviour
    for behaviour in (_load(file.parent.name) for file in sorted(FOLDER.glob("*/behaviour.py")))
}
"""Catalogue entry to its behaviour, by name; an entry without one only installs its objects."""

CREDENTIALS: Mapping[str, Credential] = {
    credential.name: credential for behaviour in BEHAVIOURS.values() for credential in behaviour.credentials
}
KEYS: Mapping[tuple[str, str], Mapping[str, str]] = {
    (behaviour.component, secret): keys for behaviour in BEHAVIOURS.values() for secret, keys in behaviour.keys.items()
}
"""(component, Secret) to its keys, where settings do not decide about them."""
SUPPLIED_SECRETS: Mapping[str, tuple[SuppliedSecret, ...]] = {
    behaviour.component: behaviour.supplied_secrets for behaviour in BEHAVIOURS.values() if behaviour.supplied_secrets
}
DATABASE_USERS: tuple[DatabaseUser, ...] = tuple(
    sorted(
        (user for behaviour in BEHAVIOURS.values() for user in behaviour.database_users), key=lambda one: one.program
    )
)
DATABASE_COMPONENTS = tuple(behaviour.component for behaviour in BEHAVIOURS.values() if behaviour.database_users)
"""Entries with tables: without any of them no database is created."""
POLICIES: Mapping[str, Policy] = {
    name: policy for behaviour in BEHAVIOURS.values() for name, policy in behaviour.policies.items()
}
"""Name, as in `AwsAccess.policy`, to its statements.

`*` is the only resource where AWS knows none for an action, or requires it in every call (`Describe…`); a test compares
with AWS's reference of actions.
"""
MENU: Mapping[str, Menu] = {
    component: menu
    for menu, component in sorted(
        ((one.menu, one.component) for one in BEHAVIOURS.values() if one.menu is not None),
        key=lambda pair: pair[0].position,
    )
}
"""Catalogue entry to its links, in the menu's order."""
CALLERS = tuple(behaviour.component for behaviour in BEHAVIOURS.values() if behaviour.calls_teams)
"""Entries whose pods call pods of teams."""


def statements_of(component: str, policy: str, context: PolicyContext) -> tuple[Statement, ...]:
    """Statements of a policy named by a catalogue entry.

    Raises:
        ValueError: the policy does not exist.
    """
    if policy not in POLICIES:
        near = difflib.get_close_matches(policy, POLICIES, n=1)
        module = f"modules/kubeflow/components/{folder_of(component)}/behaviour.py"
        meant = f"did you mean {near[0]!r}?" if near else f"add it to `policies` in {module}"
        raise ValueError(f"catalogue: {component}: aws: {policy!r} is not a policy; {meant}")
    return POLICIES[policy](context)


def external_services(component: str) -> tuple[str, ...]:
    """What a component can use outside of the cluster."""
    return BEHAVIOURS[component].external_services if component in BEHAVIOURS else ()
