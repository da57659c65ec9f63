"""All API servers that a configuration may name."""

import threading

from .cluster import Cluster, Refused

MADE_BY_CONTROLLERS = {
    ("ConfigMap", "*", "istio-ca-root-cert"),  # istiod puts it into every namespace
    ("Secret", "monitoring", "kube-prometheus-stack-admission"),  # the chart's Job of before the install makes it
}
"""What pods wait for, and no release brings: running controllers do, which the stand-in does not have."""


class Clusters:
    """API servers by their address.

    Args:
        hosts: addresses that exist; None: every one does, and its cluster is made when it is first named.
    """

    programs: set[str] | None = None
    """What can be started where Terraform runs; None: everything. A sign-in by `exec` needs its program."""

    def __init__(self, hosts: tuple[str, ...] | None = None):
        self._hosts = hosts
        self._found: dict[str, Cluster] = {}
        self._lock = threading.Lock()

    def at(self, host: str) -> Cluster:
        """The cluster of an address.

        Raises:
            Refused: there is none.
        """
        if self._hosts is not None and host not in self._hosts:
            raise Refused("Kubernetes cluster unreachable", f"no such host: {host}; there are {', '.join(self._hosts)}")
        with self._lock:
            return self._found.setdefault(host, Cluster(host))

    def every(self) -> list[Cluster]:
        """All clusters that were named so far."""
        return list(self._found.values())

    @property
    def only(self) -> Cluster:
        """The one cluster that was named so far."""
        (cluster,) = self._found.values()
        return cluster
