"""Settings that a format needs and that its files do not have."""

from typing import Any

from modules.converting.draft import Draft
from modules.converting.row import Row, Rows
from modules.converting.source import source
from modules.settings import Cluster, Dex, ExistingDatabase, Kubeflow

DATABASE = "kubeflow.services.database"


def assume(draft: Draft, rows: Rows, setting: str, value: Any, fix: str) -> None:
    """Set a value that no file has, with a row that says what to do; a value that is there stays.

    Args:
        draft: gets the value.
        rows: get the row.
        setting: path in the draft.
        value: a valid one.
        fix: what a person does about it.
    """
    if draft.get(setting) is None:
        draft.set(setting, value)
        path = draft.numbered(setting)
        rows.add(Row("", 0, path, source(value), "by_hand", path, f"no file has it; {fix}", matters=True), setting)


def assume_platform(draft: Draft, rows: Rows, user_fix: str) -> None:
    """What a file about Kubeflow alone does not have: a cluster, a region, a first user, the secret of an existing database.

    Args:
        draft: gets what is missing.
        rows: get a row for each of it.
        user_fix: what a person does about the first user.
    """
    if draft.get("cluster") is None:
        draft.choose("cluster", Cluster)
    draft.choose("kubeflow", Kubeflow)
    assume(draft, rows, "region", "us-west-2", "set the region of the new platform")
    if draft.get("kubeflow.auth") is None:
        draft.choose("kubeflow.auth", Dex)
        assume(draft, rows, "kubeflow.auth.users", ("admin@example.com",), user_fix)
    if draft.chosen(DATABASE) is ExistingDatabase:
        fix = "put the password into Secrets Manager, and its ARN here"
        assume(draft, rows, f"{DATABASE}.password_secret_arn", f"{secret_arn(draft)}-database-AbCdEf", fix)


def secret_arn(draft: Draft) -> str:
    """The beginning of a placeholder for the ARN of a secret."""
    return f"arn:aws:secretsmanager:{draft.get('region')}:111122223333:secret:kubeflow"
