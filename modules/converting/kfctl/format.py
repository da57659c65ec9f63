"""How to read a KfDef.

Source: https://github.com/kubeflow/kfctl/tree/v1.2.0/pkg/apis/apps/kfdef/v1
"""

from modules.converting.assume import assume
from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.format import Format
from modules.converting.kfctl.fields import FIELDS
from modules.converting.row import Rows
from modules.settings import Cluster, Dex, ExistingDatabase, Kubeflow


def _is_kfdef(document: Document) -> bool:
    return str(document.get("kind")) == "KfDef"


def _complete(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """Kubeflow with a way to sign in, and with the secret of its database."""
    if draft.get("cluster") is None:
        draft.choose("cluster", Cluster)
    draft.choose("kubeflow", Kubeflow)
    assume(draft, rows, "region", "us-west-2", "set the region of the new platform")
    if draft.chosen("kubeflow.auth") is None:
        draft.choose("kubeflow.auth", Dex)
        fix = "name the first user by e-mail address, or another kind of sign-in"
        assume(draft, rows, "kubeflow.auth.users", ("admin@example.com",), fix)
    if draft.chosen("kubeflow.services.database") is ExistingDatabase:
        assume(
            draft,
            rows,
            "kubeflow.services.database.password_secret_arn",
            f"arn:aws:secretsmanager:{draft.get('region')}:111122223333:secret:kubeflow-database-AbCdEf",
            "put the password into Secrets Manager, and its ARN here",
        )


KFCTL = Format("KfDef of kfctl", _is_kfdef, FIELDS, "kfctl v1.0.2 to v1.2.0", _complete)
