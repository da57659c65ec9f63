"""How to read a KfDef.

Source: https://github.com/kubeflow/kfctl/tree/v1.2.0/pkg/apis/apps/kfdef/v1
"""

from modules.converting.assume import assume_platform
from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.format import Format
from modules.converting.kfctl.fields import FIELDS
from modules.converting.row import Rows


def _is_kfdef(document: Document) -> bool:
    return str(document.get("kind")) == "KfDef"


def _complete(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """Kubeflow with a way to sign in, and with the secret of its database."""
    assume_platform(draft, rows, "name the first user by e-mail address, or another kind of sign-in")


KFCTL = Format("KfDef of kfctl", _is_kfdef, FIELDS, "kfctl v1.0.2 to v1.2.0", _complete)
