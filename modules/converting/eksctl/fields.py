"""Fields of a ClusterConfig."""

from modules.converting.eksctl.version import kubernetes_version
from modules.converting.field import Field, Table, decided, same

FIELDS: Table = {
    "apiVersion": Field("maps", note="names the format"),
    "kind": Field("maps", note="names the format"),
    "metadata.name": same("name"),
    "metadata.region": same("region"),
    "metadata.version": decided("cluster.kubernetes_version", kubernetes_version),
}
