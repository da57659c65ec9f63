"""How to read values of deployKF.

Source: https://www.deploykf.org/reference/deploykf-values/
"""

from modules.converting.assume import DATABASE, assume, assume_platform, secret_arn
from modules.converting.deploykf.fields import FIELDS
from modules.converting.deploykf.storage import KATIB_DATABASE, PROGRAM_DATABASES, USUAL_DATABASES
from modules.converting.deploykf.teams import complete_teams
from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.format import Format
from modules.converting.row import Rows
from modules.settings import GithubConnector

SECTIONS = frozenset(
    (
        *("argocd", "deploykf_core", "deploykf_dependencies", "deploykf_opt", "deploykf_tools"),
        *("kubeflow_dependencies", "kubeflow_tools"),
    )
)


def _has_sections(document: Document) -> bool:
    """Whether it has sections of deployKF; `argocd` alone is also the name of a chart."""
    found = SECTIONS & document.data.keys()
    return bool(found - {"argocd"})


def _complete(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """A cluster, a first user, secrets by ARN, databases, and the teams."""
    assume_platform(
        draft, rows, "the first user of deployKF's defaults; name the e-mail addresses of your users, or a connector"
    )
    _name_secrets(draft, rows)
    _name_databases(documents, draft, rows)
    for document in documents:
        complete_teams(document, draft, rows)


def _name_databases(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """Databases of an external server that have deployKF's own names, and what a server of Katib alone lacks."""
    external = any(one.get("kubeflow_tools", "pipelines", "mysql", "useExternal") is True for one in documents)
    if external and not any(one.get("kubeflow_tools", "pipelines", "enabled") is False for one in documents):
        for program, name in USUAL_DATABASES.items():
            assume(draft, rows, f"{PROGRAM_DATABASES}.{program}.database", name, "this is the default of deployKF")
    server = f"{KATIB_DATABASE}.server"
    if draft.get(server) is not None:
        fix = "set the MySQL server of Katib"
        assume(draft, rows, f"{server}.host", draft.get(f"{DATABASE}.host") or "mysql.example.com", fix)
        assume(draft, rows, f"{server}.username", "kubeflow", "set the MySQL user of Katib")
        place = f"{secret_arn(draft)}-katib-AbCdEf"
        fix = "put the password of Katib's user into Secrets Manager, and its ARN here"
        assume(draft, rows, f"{server}.password_secret_arn", place, fix)


def _name_secrets(draft: Draft, rows: Rows) -> None:
    """Secrets without which a connector is not valid."""
    for tag in draft.tags("kubeflow.auth.connectors"):
        connector = f"kubeflow.auth.connectors<{tag}>"
        if draft.chosen(connector) is GithubConnector:
            fix = "put the client secret into Secrets Manager, and its ARN here"
            assume(draft, rows, f"{connector}.client_secret_arn", f"{secret_arn(draft)}-github-AbCdEf", fix)
        if draft.get(f"{connector}.bind_dn") is not None:
            fix = "put the password of bind_dn into Secrets Manager, and its ARN here"
            assume(draft, rows, f"{connector}.bind_password_secret_arn", f"{secret_arn(draft)}-ldap-AbCdEf", fix)


DEPLOYKF = Format("values of deployKF", _has_sections, FIELDS, "deployKF v0.1.0 to v0.1.5", _complete, merges=True)
