"""How to read the variables of awslabs/kubeflow-manifests.

Source: https://github.com/awslabs/kubeflow-manifests/tree/v1.7.0-aws-b1.0.3/deployments
"""

from modules.converting.assume import assume
from modules.converting.awslabs.fields import (
    CPU_GROUP,
    DATABASE,
    FIELDS,
    GPU_GROUP,
    KATIB_DATABASE,
    PROGRAMS,
    VARIABLES,
    variable,
)
from modules.converting.document import Document
from modules.converting.draft import Draft
from modules.converting.format import Format
from modules.converting.row import Rows
from modules.settings import Cluster, Dex, ExistingCluster, ExistingCognito, Kubeflow, Network

SIZES = {"min_size": 5, "desired_size": 5, "max_size": 10}
"""Of the CPU group, which no variable sets."""


def _names_variables(document: Document) -> bool:
    """Whether most names are those of variables; a variable of one's own can be among them."""
    names = set(document.get("variable") or document.data)
    return 2 * len(names & VARIABLES.keys()) > len(names)


def _has_user_pool(document: Document) -> bool:
    """Whether the deployment is one with Cognito: of the two, only cognito-rds-s3 has the variable use_cognito."""
    names = document.get("variable") or document.data
    return "cognito_user_pool_name" in names and str(variable(document, "use_cognito")).lower() != "false"


def _complete(documents: list[Document], draft: Draft, rows: Rows) -> None:
    """What all four deployments have without a variable: VPC, CPU nodes, and a user of Dex where there is no user pool."""
    if draft.chosen("cluster") is not ExistingCluster:
        _new_cluster(draft)
    draft.choose("kubeflow", Kubeflow)
    assume(draft, rows, "region", "us-west-2", "set the region")
    region = draft.get("region")
    if any(_has_user_pool(document) for document in documents):
        draft.choose("kubeflow.auth", ExistingCognito)
        fix = "the client of the old deployment has a secret: put it into Secrets Manager, and its ARN here"
        arn = f"arn:aws:secretsmanager:{region}:111122223333:secret:kubeflow-cognito-client-AbCdEf"
        assume(draft, rows, "kubeflow.auth.client_secret_arn", arn, fix)
    else:
        draft.choose("kubeflow.auth", Dex)
        fix = "the user of the deployments; name the e-mail addresses of your users"
        assume(draft, rows, "kubeflow.auth.users", ("user@example.com",), fix)
    if draft.get(f"{DATABASE}.snapshot_identifier") is not None:
        fix = "the instance was not encrypted: copy the snapshot with a key (aws rds copy-db-snapshot --kms-key-id …), and name the key here"
        arn = f"arn:aws:kms:{region}:111122223333:key/00000000-0000-0000-0000-000000000000"
        assume(draft, rows, f"{DATABASE}.kms_key_arn", arn, fix)
        fix = "this is the default of awslabs for Katib's tables"
        assume(draft, rows, f"{PROGRAMS}.katib.database", KATIB_DATABASE, fix)


def _new_cluster(draft: Draft) -> None:
    draft.choose("network", Network)
    draft.choose("cluster", Cluster)
    draft.set(f"{CPU_GROUP}.name", "cpu")
    for name, size in SIZES.items():
        draft.set(f"{CPU_GROUP}.{name}", size)
    if draft.get(f"{CPU_GROUP}.instance_types") is None:
        draft.set(f"{CPU_GROUP}.instance_types", ("m5.xlarge",))
    if draft.get(f"{GPU_GROUP}.instance_types") is None:
        draft.remove(GPU_GROUP)


AWSLABS = Format(
    "Terraform variables of awslabs/kubeflow-manifests",
    _names_variables,
    FIELDS,
    "awslabs v1.7.0-aws-b1.0.3",
    _complete,
)
