"""Stand-ins for the Terraform providers hashicorp/helm and hashicorp/kubernetes, for which no binary is at hand.

They speak the real plugin protocol to the real Terraform with the schema of the published CDKTF bindings, and work on a
cluster in memory that refuses what a real one would refuse.

    clusters = Clusters()
    charts = ChartFolders.below(upstream / "charts")
    with attached(stacks["prod-addons"], clusters, charts) as addons:
        addons.apply()
        assert addons.plan().is_empty
        assert clusters.only.release("dex").values == {...}
        clusters.only.fail_once("dex")
        before = Graph.of_apply(addons).all_before("helm_release.dex")

A green run does not prove that a release installs: images, kubelets, schema checks of the API server, server-side defaults
and real readiness are not here.
"""

from .attach import attached, serving
from .charts import ChartFolders
from .cluster import Cluster, Event, Refused, Release
from .clusters import MADE_BY_CONTROLLERS, Clusters
from .graph import Graph
from .pods import why_not_ready
from .strict import mistakes

__all__ = [
    "MADE_BY_CONTROLLERS",
    "ChartFolders",
    "Cluster",
    "Clusters",
    "Event",
    "Graph",
    "Refused",
    "Release",
    "attached",
    "mistakes",
    "serving",
    "why_not_ready",
]
