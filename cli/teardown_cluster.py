"""The part of `teardown` in the cluster: deletes what controllers made in AWS for, and waits until its AWS side is deleted."""

import time
from collections.abc import Callable, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.last_apply import State
from cli.stack_run import StackRun
from modules.checks.teardown.facts import Facts
from modules.live import draining
from modules.live.api import Api, MissingClusterError, UnreachableError, renewed
from modules.live.aws import Aws, DeniedError, session_of
from modules.live.draining import InCluster, Scope
from modules.live.leftovers.load_balancers import for_objects
from modules.live.target import target_of

WAIT_MINUTES = 15
"""For each kind: a network load balancer and an instance of Karpenter end in a few minutes."""
POLL_SECONDS = 5.0


class Drain:
    """Empties the cluster of one platform.

    Args:
        run: prints.
        facts: the platform.
        states: stack name to its state; without a resource in a stack on the cluster, nothing is done.
        context: kubeconfig context; None: the AWS credentials.
        delete_volumes: delete claims and snapshots of volumes.

    Raises:
        ValueError: the cluster is unreachable.
    """

    def __init__(
        self,
        run: StackRun,
        facts: Facts,
        states: Mapping[str, State],
        context: str | None,
        *,
        delete_volumes: bool,
    ) -> None:
        self._run, self._delete_volumes = run, delete_volumes
        self._target = target_of(facts.platform.name, facts.cluster_name, facts.stacks)
        self._connect = renewed(self._target, context)
        # EKS ends the nodes of Auto Mode with the cluster, and creates its node pools again.
        self._deletes_nodes = facts.own_cluster and not facts.auto_mode
        self._scope = Scope() if facts.own_cluster else Scope(namespaces_of(facts))
        self._has_cluster = any(state.applied for state in states.values())
        self._emptied = False
        api = self._api()
        found = draining.volumes(api, self._scope) if api else []
        self.handles = frozenset(one.handle for one in found)
        """Volumes and access points that PersistentVolumes name, as read before the first change."""

    def _api(self) -> Api | None:
        """A connection whose token is still valid; None: there is no cluster.

        Raises:
            ValueError: the cluster is unreachable.
        """
        if not self._has_cluster:
            return None
        try:
            return self._connect()
        except MissingClusterError as error:
            self._run.say(f"{error}: nothing to delete in it")
            self._has_cluster = False
            return None
        except UnreachableError as error:
            raise ValueError(
                f"{error}. Without it, load balancers and volumes that were made for users are left in AWS; to go on, and delete "
                f"them by their id: kubeflow-aws teardown {self._target.platform} --no-drain"
            ) from error

    def delete_entry_points(self) -> None:
        """Delete Gateways, Ingresses and Services of type LoadBalancer, and wait for their load balancers.

        With `delete_volumes`, also let volumes be deleted with their claims, before the first claim is.
        """
        if (api := self._api()) is None:
            return
        if self._delete_volumes:
            draining.delete_with_claims(api, draining.volumes(api, self._scope))
        tagged = {name for one in draining.entry_points(api, self._scope) for name in one.tagged_as}
        self._empty("load balancers", lambda api: draining.entry_points(api, self._scope))
        self._wait("their load balancers in AWS", lambda _: self._load_balancers(tagged))

    def delete_nodes_and_claims(self) -> None:
        """Delete the nodes of Karpenter, and with `delete_volumes` all claims, once in a run."""
        if self._emptied or self._api() is None:
            return
        self._emptied = True
        if self._deletes_nodes:
            self._empty("nodes of Karpenter", draining.nodes_of_karpenter)
        if self._delete_volumes:
            self._empty("claims", lambda api: draining.claims(api, self._scope))
            self._wait("their volumes", self._volumes)

    def _volumes(self, api: Api) -> list[str]:
        return [f"PersistentVolume {one.name}" for one in draining.volumes(api, self._scope) if not one.keeps]

    def _empty(self, what: str, listed: Callable[[Api], list[InCluster]]) -> None:
        api = self._api()
        if api is None or not (found := listed(api)):
            return
        self._run.say(f"\n{self._target.platform}: deleting {len(found)} objects of the cluster ({what}):")
        for one in found:
            self._run.say(f"  {one}")

        def left(api: Api) -> list[str]:
            remaining = listed(api)
            draining.delete(api, remaining)
            return [str(one) for one in remaining]

        self._wait(what, left)

    def _wait(self, what: str, left: Callable[[Api], Sequence[str]]) -> None:
        """Wait until nothing is left.

        Raises:
            ValueError: something is left after `WAIT_MINUTES`.
        """
        end = time.monotonic() + WAIT_MINUTES * 60
        while (api := self._api()) is not None and (remaining := left(api)):
            if time.monotonic() > end:
                raise ValueError(
                    f"{self._target.platform}: {what} were not deleted in {WAIT_MINUTES} minutes: {', '.join(remaining)}; check the "
                    f"controller that removes them, and run the same command again; to go on without: --no-drain"
                )
            time.sleep(POLL_SECONDS)

    def _load_balancers(self, tagged: set[str]) -> list[str]:
        if not tagged:
            return []
        try:
            session = session_of(self._target.region, self._target.role_arn, self._target.external_id)
            return for_objects(Aws(session, self._target.region), tagged)
        except DeniedError as error:
            self._run.say(f"load balancers in AWS are not waited for: needs {error.action}", "yellow")
        except (ClientError, BotoCoreError) as error:
            self._run.say(f"load balancers in AWS are not waited for: {error}", "yellow")
        return []


def namespaces_of(facts: Facts) -> frozenset[str]:
    """Namespaces that the platform creates in an existing cluster: those of its releases and of its teams, without the system's."""
    releases = {str(one.body["namespace"]) for one in facts.of("helm_release")}
    teams = {one.name for one in facts.kubeflow.teams}
    return frozenset({name for name in releases if "${" not in name} - {"default", "kube-system"} | teams)
