"""Hook that delays custom resources of a component until their validating webhooks respond.

A webhook refuses connections in the first seconds after its pod is Ready, and its certificate may arrive later. One
rejected call would fail the release of the custom resources, and the apply. Therefore that release has a hook
(pre-install, pre-upgrade): a Job that sends one object of each guarded type as a dry run until all are accepted.

Releases without guarded types have no hook.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from modules.kubeflow.kubectl_job import OBJECTS_FOLDER, KubectlJob
from modules.kubeflow.manifest import Object, dump, identity, load
from modules.kubeflow.normalize import Result

MINUTES = 5
"""Timeout, after which the Job and the release fail."""
RETRIES = 20
_CONFIGURATIONS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def add(result: Result, component: str, namespace: str) -> None:
    """Add the hook to the phase of custom resources if a webhook of the component validates one of them.

    Args:
        result: the component's objects by phase; changed in place.
        component: component name.
        namespace: namespace of the Job.

    Raises:
        ValueError: all objects of a guarded type have values known only at apply.
    """
    crs = result.phases.get("crs", [])
    others = [item for phase, items in result.phases.items() if phase != "crs" for item in items]
    samples = list(_samples(crs, others))
    if samples:
        result.phases["crs"] = [*crs, *hook(f"{component}-webhook-wait", namespace, samples)]


def hook(name: str, namespace: str, samples: Sequence[tuple[str, Object]]) -> list[Object]:
    """The Job and its service account with write permission on these types, since a dry run is authorized like a write.

    Args:
        name: name of all its objects.
        namespace: their namespace.
        samples: plural of each guarded type, and an object of it.
    """
    types: dict[str, list[str]] = {}
    for plural, item in samples:
        types.setdefault(identity(item).group, []).append(plural)
    job = KubectlJob(
        name=name,
        namespace=namespace,
        container="ask",
        events="pre-install,pre-upgrade",
        arguments=[
            "apply",
            "--server-side",
            "--force-conflicts",
            "--dry-run=server",
            "--validate=false",
            f"--filename={OBJECTS_FOLDER}/objects.yaml",
        ],
        types=types,
        verbs=("create", "get", "patch"),
        minutes=MINUTES,
        retries=RETRIES,
        restart_policy="OnFailure",
        supporting_objects_are_hooks=True,
        objects=dump([item for _, item in samples]).decode(),
    )
    return load(job.text())


def guards(configuration: Object, group: str, plural: str) -> bool:
    """Whether a webhook with failurePolicy Fail is called on creation of a type."""
    return any(
        webhook.get("failurePolicy", "Fail") == "Fail"
        and _in(group, rule["apiGroups"])
        and {"CREATE", "*"} & set(rule["operations"])
        and (_in(plural, rule["resources"]) or "*/*" in rule["resources"])
        for webhook in configuration.get("webhooks") or ()
        for rule in webhook.get("rules") or ()
    )


def _samples(crs: Sequence[Object], others: Sequence[Object]) -> Iterator[tuple[str, Object]]:
    crds = {
        (item["spec"]["group"], item["spec"]["names"]["kind"]): item
        for item in others
        if item["kind"] == "CustomResourceDefinition"
    }
    configurations = [item for item in others if item["kind"] in _CONFIGURATIONS]
    for kind in sorted({(identity(item).group, item["kind"]) for item in crs} & crds.keys()):
        spec = crds[kind]["spec"]
        plural = spec["names"]["plural"]
        converted = (spec.get("conversion") or {}).get("strategy") == "Webhook"
        if converted or any(guards(item, kind[0], plural) for item in configurations):
            yield plural, _sample(item for item in crs if (identity(item).group, item["kind"]) == kind)


def _sample(items: Iterable[Object]) -> Object:
    first: Any = None
    for item in items:
        first = first or item
        if "@@" not in dump([item]).decode():
            return copy.deepcopy(item)
    raise ValueError(f"{identity(first)}: its webhook check requires an object without values known only at apply")


def _in(value: str, patterns: Iterable[str]) -> bool:
    return bool({value, "*"} & set(patterns))
