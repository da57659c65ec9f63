"""Custom resources of a component are created only when the webhooks that check them answer.

A webhook refuses connections in the first seconds after its pod is Ready, and its certificate may come later still. One refused call
would end the release of the custom resources, and with it the apply. So that release has a hook (pre-install, pre-upgrade): a Job that
sends one object of each guarded type to the API server as a dry run, again and again until all are accepted.

Releases without guarded types have no hook.
"""

import copy
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from modules.kubeflow.kubectl_job import OBJECTS_FOLDER, KubectlJob
from modules.kubeflow.manifest import Object, dump, identity, load
from modules.kubeflow.normalize import Result

MINUTES = 5
"""After that the Job fails, and the release with it: the webhook does not answer at all."""
RETRIES = 20
_CONFIGURATIONS = ("MutatingWebhookConfiguration", "ValidatingWebhookConfiguration")


def add(result: Result, component: str, namespace: str) -> None:
    """Put the hook into the phase of custom resources, where a webhook of the component guards one of them.

    Args:
        result: the component's objects by phase; changed in place.
        component: its name.
        namespace: where the Job runs.

    Raises:
        ValueError: of a guarded type there are only objects whose values are known at apply.
    """
    crs = result.phases.get("crs", [])
    others = [item for phase, items in result.phases.items() if phase != "crs" for item in items]
    samples = list(_samples(crs, others))
    if samples:
        result.phases["crs"] = [*crs, *hook(f"{component}-webhook-wait", namespace, samples)]


def hook(name: str, namespace: str, samples: Sequence[tuple[str, Object]]) -> list[Object]:
    """The Job and what it needs: an account that may write these types, since a dry run is checked like a write.

    Args:
        name: of all its objects.
        namespace: where they are.
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
    """Whether a webhook that must answer is asked when objects of a type are created."""
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
    raise ValueError(f"{identity(first)}: its webhook can only be asked with an object without values known at apply")


def _in(value: str, patterns: Iterable[str]) -> bool:
    return bool({value, "*"} & set(patterns))
