"""How to read a ClusterConfig.

Source: https://docs.aws.amazon.com/eks/latest/eksctl/schema.html
"""

from modules.converting.document import Document
from modules.converting.eksctl.fields import FIELDS
from modules.converting.format import Format


def _is_cluster_config(document: Document) -> bool:
    return document.get("kind") == "ClusterConfig" and str(document.get("apiVersion")).startswith("eksctl.io/")


EKSCTL = Format("eksctl ClusterConfig", _is_cluster_config, FIELDS, "eksctl 0.230.0")
