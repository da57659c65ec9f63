"""How to read a ClusterConfig.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""

from modules.converting.document import Document
from modules.converting.eksctl.complete import complete
from modules.converting.eksctl.fields import FIELDS
from modules.converting.format import Format

VERSION = "eksctl 0.231.0-dev (commit 99984adb6)"
"""Of the schema whose fields the table has."""


def _is_cluster_config(document: Document) -> bool:
    return document.get("kind") == "ClusterConfig" and str(document.get("apiVersion")).startswith("eksctl.io/")


EKSCTL = Format("eksctl ClusterConfig", _is_cluster_config, FIELDS, VERSION, complete, is_cluster=True)
