"""Whether pods of a manifest reach the Services that they name, by the evaluator of traffic."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from modules.checks.admission.problem import Path, Problem
from modules.checks.admission.templates.template import Template
from modules.checks.manifest import kinds
from modules.checks.manifest.files import Document
from modules.checks.manifest.target import Target, body_of
from modules.checks.manifest.texts import all_of, of_pods
from modules.checks.traffic.assembly import before_injector, security_groups
from modules.checks.traffic.cluster import Cluster, Pod
from modules.checks.traffic.istio import Request
from modules.checks.traffic.named import flows_named
from modules.checks.traffic.started import team_objects
from modules.checks.traffic.verdict import judge
from modules.kubeflow.manifest import Object
from modules.teams.names import NO_OWNER

WITH_TOKEN = Request("/", headers={"authorization": "Bearer token"})
_HOST = re.compile(
    r"(?<![\w.@-])(?P<name>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.(?P<namespace>[a-z0-9](?:[a-z0-9-]*[a-z0-9])?)\.svc(?:\.cluster\.local)?(?![\w-])"
)
_URL = re.compile(r"\b(?:https?|grpc)://(?P<host>[a-z0-9.-]+)")


def of_services(
    target: Target, documents: Mapping[int, Document], templates: Mapping[int, Sequence[Template]]
) -> Iterator[tuple[int, Problem]]:
    """Services that do not exist, connections that are closed, and hosts that are not evaluated.

    Args:
        target: the team.
        documents: objects of the right form by number.
        templates: number of an object to its pods.
    """
    made = [body_of(one, target.team.name) for one in documents.values() if _takes_part(one)]
    callers = {
        (number, place): _pod(target, f"pod-{number}-{place}", template)
        for number, found in templates.items()
        for place, template in enumerate(found)
    }
    texts = [
        (number, path, text, callers[number, 0])
        for number, found in templates.items()
        if found
        for path, text in _texts(documents[number], found)
    ]
    if not texts:
        return
    of_team = list(team_objects(target.team.name, target.team.owner or NO_OWNER))
    policies = [one for one in of_team if one["kind"] == "AuthorizationPolicy"]
    objects = [*target.admission.objects, *policies, *made, *callers.values()]
    cluster = Cluster(objects, before_injector(target.platform, target.installed))
    pods = {(one.namespace, one.name): one for one in cluster.pods}
    for number, path, text, caller in texts:
        pod = pods[target.team.name, f"Pod/{caller['metadata']['name']}"]
        for problem in (*_missing(text, cluster, target), *_closed(text, pod, cluster, target)):
            yield number, problem.under(path)


def _texts(one: Document, templates: Sequence[Template]) -> Iterator[tuple[Path, str]]:
    """Texts of an object that can name a host: URIs anywhere, and what its pods get as variables and arguments."""
    seen = set()
    for path, text in (*all_of(one.body), *(found for each in templates for found in of_pods(each))):
        place = any(key in path for key in ("env", "command", "args"))
        if text not in seen and ("://" in text or ".svc" in text or (place and (":" in text or "." in text))):
            seen.add(text)
            yield path, text


def _takes_part(one: Document) -> bool:
    return one.body["kind"] in ("Service", "NetworkPolicy", "AuthorizationPolicy") and bool(one.body.get("spec"))


def _pod(target: Target, name: str, template: Template) -> Object:
    metadata = {**template.metadata, "name": name, "namespace": target.team.name}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": dict(template.spec)}


def _missing(text: str, cluster: Cluster, target: Target) -> Iterator[Problem]:
    for found in _HOST.finditer(text):
        namespace, name = found["namespace"], found["name"]
        if (namespace, name) in cluster.services or name in _served(target, namespace):
            continue
        known = namespace in target.admission.by_namespace and namespace != target.team.name
        if known and not target.open_kinds:
            yield Problem(
                kinds.NO_SERVICE, (), f"{found[0]}: namespace {namespace} has no Service {name}", kinds.NO_SERVICE.fix
            )
        else:
            yield Problem(kinds.ADDRESS_UNKNOWN, (), f"Service {found[0]}")
    for url in _URL.finditer(text):
        host = url["host"]
        if "." in host and not _HOST.search(host) and not _short(host, cluster):
            yield Problem(kinds.ADDRESS_UNKNOWN, (), f"host {host}")


def _short(host: str, cluster: Cluster) -> bool:
    name, _, namespace = host.partition(".")
    return (namespace, name) in cluster.services


def _served(target: Target, namespace: str) -> set[str]:
    """Services that operators make for objects of the files."""
    if namespace != target.team.name:
        return set()
    models = [*target.made("InferenceService"), *target.made("Notebook"), *target.made("Tensorboard")]
    parts = [f"{name}-{part}" for name in target.made("InferenceService") for part in ("predictor", "transformer")]
    return {*models, *parts}


def _closed(text: str, pod: Pod, cluster: Cluster, target: Target) -> Iterator[Problem]:
    """Connections that are closed for every request: what a program sends is not in the manifest."""
    groups = security_groups(target.platform)
    rules: dict[str, str] = {}
    opened = set()
    for flow in flows_named(cluster, [pod], text, "named"):
        for verdict in (judge(one, cluster, groups) for one in (flow, replace(flow, request=WITH_TOKEN))):
            if verdict.open:
                opened.add(flow.via)
            else:
                rules[flow.via] = next(hop.decision.rule for hop in verdict.hops if not hop.decision.open)
    for via in rules.keys() - opened:
        yield Problem(kinds.CLOSED, (), f"{via}: {rules[via]}", kinds.CLOSED.fix)
