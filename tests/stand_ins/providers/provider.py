"""A provider that Terraform can talk to: protocol requests in, behaviours of its resource types out."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from .bindings_schema import Schema
from .charts import ChartFolders
from .cluster import Cluster, Refused
from .clusters import Clusters
from .overlay import schemas
from .planning import holds_unknown, is_unknown, planned, read_only_arguments, replacements
from .protocol import MESSAGES, attribute_path, decode, diagnostic, encode, schema_message

State = dict[str, Any]
PRIVATE = b'{"stand_in":true}'
"""Private state of every resource; that it comes back unchanged is checked at each apply."""


@dataclass(frozen=True)
class Access:
    """What a behaviour may reach: the provider's configuration and, through it, the cluster.

    Args:
        configuration: the provider block; None before Terraform has configured this instance.
        clusters: all that there are.
        charts: where charts of repositories lie.
        folder: working directory of Terraform, from which relative chart paths count.
        helm_provider: `3.1` or `2.17`; helm.py says what differs.
    """

    configuration: dict[str, Any] | None
    clusters: Clusters
    charts: ChartFolders
    folder: Path
    helm_provider: str

    def cluster(self) -> Cluster:
        """The cluster of the configuration, after a sign-in; each call counts against the token's life.

        Raises:
            Refused: no address yet or none at all, no credentials, an unreadable CA certificate, or an expired token.
        """
        config = self.configuration or {}
        given = (config.get("kubernetes") or {}) if "kubernetes" in config else config
        host = given.get("host")
        if not host or is_unknown(host):
            raise Refused(
                "Kubernetes cluster unreachable",
                "invalid configuration: no configuration has been provided (host is "
                + ("not known yet)" if is_unknown(host) else "not set)"),
            )
        authority = given.get("cluster_ca_certificate")
        if not given.get("insecure") and authority and not authority.lstrip().startswith("-----BEGIN CERTIFICATE-----"):
            raise Refused("Kubernetes cluster unreachable", "cluster_ca_certificate is not PEM; it may be base64 still")
        token, cluster = given.get("token"), self.clusters.at(host)
        if not (token or given.get("exec") or given.get("client_certificate") or given.get("username")):
            raise Refused(
                "Kubernetes cluster unreachable", "the server has asked for the client to provide credentials"
            )
        self._start_program(given.get("exec"))
        cluster.authenticate(token)
        return cluster

    def _start_program(self, given: Any) -> None:
        """Helm's provider has `exec` as an object, Kubernetes' as a list of blocks."""
        for one in given if isinstance(given, list) else [given] if given else ():
            if self.clusters.programs is not None and one["command"] not in self.clusters.programs:
                text = f"getting credentials: exec: executable {one['command']} not found"
                raise Refused("Kubernetes cluster unreachable", text)


class Behaviour(Protocol):
    """What one resource type does. All states are complete: every argument of the schema is a key."""

    def validate(self, config: State) -> None:
        """Refuse a configuration that the schema alone lets pass."""

    def plan(self, access: Access, prior: State | None, plan: State, config: State) -> State:
        """The last word on a plan that planning.planned() made."""

    def create(self, access: Access, plan: State, config: State) -> State:
        """Make it; unknown values become known."""

    def read(self, access: Access, state: State) -> State | None:
        """How it is now; None when it does not exist."""

    def update(self, access: Access, prior: State, plan: State, config: State) -> State:
        """Change it in place."""

    def delete(self, access: Access, state: State) -> None:
        """Remove it."""

    def find(self, access: Access, identifier: str) -> State:
        """What `terraform import` takes over."""


class Provider:
    """One provider for all connections that Terraform opens to it: each alias and each walk has its own.

    Args:
        name: `helm` or `kubernetes`.
        behaviours: by type name.
        clusters: shared with the other provider.
        charts: where charts of repositories lie.
        folder: working directory of Terraform.
        helm_provider: `3.1` or `2.17`.
    """

    def __init__(
        self,
        name: str,
        behaviours: dict[str, Behaviour],
        clusters: Clusters,
        charts: ChartFolders,
        folder: Path,
        helm_provider: str = "3.1",
    ):
        self._schemas = schemas(name)
        self._behaviours = behaviours
        self._access = (clusters, charts, folder, helm_provider)
        self._configurations: dict[str, dict[str, Any]] = {}
        # The Kubernetes provider uses the old SDK, whose plans and results Terraform compares less strictly.
        self._is_legacy = name == "kubernetes"

    def handle(self, method: str, request: Any, peer: str) -> Any:
        """Answer one call of the protocol."""
        response = MESSAGES[method]()
        try:
            getattr(self, f"_{method}")(request, response, peer)
        except Refused as refused:
            response.diagnostics.append(diagnostic(refused.summary, refused.detail))
        return response

    def _of(self, request: Any, peer: str) -> tuple[Schema, Behaviour, Access]:
        access = Access(self._configurations.get(peer), *self._access)
        return self._schemas[request.type_name], self._behaviours[request.type_name], access

    def _GetMetadata(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        response.server_capabilities.plan_destroy = True
        for name in self._behaviours:
            response.resources.add(type_name=name)

    def _GetProviderSchema(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        response.provider.CopyFrom(schema_message(self._schemas["provider"]))
        response.server_capabilities.plan_destroy = True
        for name in self._behaviours:
            response.resource_schemas.add(key=name, value=schema_message(self._schemas[name]))

    def _ValidateProviderConfig(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        """Nothing to say: the schema says it."""

    def _ConfigureProvider(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        self._configurations[peer] = decode(request.config)

    def _StopProvider(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        """An interrupt: what runs is short and ends by itself."""

    def _ValidateResourceConfig(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        schema, behaviour, _ = self._of(request, peer)
        config = decode(request.config)
        for path in read_only_arguments(schema, config):
            detail = "Cannot set value for this attribute as the provider has marked it as read-only."
            response.diagnostics.append(diagnostic("Invalid Configuration for Read-Only Attribute", detail, path))
        behaviour.validate(config)

    def _UpgradeResourceState(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        response.upgraded_state.json = request.raw_state.json

    def _ReadResource(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        _, behaviour, access = self._of(request, peer)
        response.private = request.private
        state = decode(request.current_state)
        response.new_state.CopyFrom(request.current_state)
        response.new_state.CopyFrom(encode(behaviour.read(access, state)))

    def _PlanResourceChange(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        schema, behaviour, access = self._of(request, peer)
        prior, proposed, config = (
            decode(value) for value in (request.prior_state, request.proposed_new_state, request.config)
        )
        response.planned_private = request.prior_private or PRIVATE
        response.legacy_type_system = self._is_legacy
        if proposed is None:
            response.planned_state.CopyFrom(encode(None))
            return
        plan = behaviour.plan(access, prior, planned(schema, prior, proposed, config), config)
        response.planned_state.CopyFrom(encode(plan))
        if prior is not None:
            response.requires_replace.extend(map(attribute_path, replacements(schema, prior, plan)))

    def _ApplyResourceChange(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        _, behaviour, access = self._of(request, peer)
        prior, plan, config = (decode(value) for value in (request.prior_state, request.planned_state, request.config))
        response.legacy_type_system = self._is_legacy
        response.new_state.CopyFrom(request.prior_state)
        response.private = request.planned_private
        if request.planned_private != PRIVATE:
            raise Refused("private state was lost", f"of {request.type_name}: {request.planned_private!r}")
        try:
            if plan is None:
                behaviour.delete(access, prior)
                state = None
            elif prior is None:
                state = behaviour.create(access, plan, config)
            else:
                state = behaviour.update(access, prior, plan, config)
        except Refused as refused:
            if refused.state is not None:
                response.new_state.CopyFrom(encode(refused.state))
            raise
        if holds_unknown(state):
            raise Refused("the stand-in left a value unknown", f"in {request.type_name}: {state}")
        response.new_state.CopyFrom(encode(state))

    def _ImportResourceState(self, request: Any, response: Any, peer: str) -> None:  # noqa: N802
        _, behaviour, access = self._of(request, peer)
        state = encode(behaviour.find(access, request.id))
        response.imported_resources.add(type_name=request.type_name, state=state, private=PRIVATE)


def empty(schema: Schema) -> State:
    """A state in which everything is null, and blocks are absent."""
    lists: State = {
        name: None if one["nesting_mode"] == "single" else [] for name, one in schema["block_types"].items()
    }
    return {**dict.fromkeys(schema["attributes"]), **lists}
