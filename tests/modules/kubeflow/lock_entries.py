"""Entries of a lock, of which a test says only what it is about."""

from dataclasses import replace
from typing import Any

from modules.kubeflow.lock import (
    Entry,
    Lock,
    Phase,
)

DIGESTS = "metadata=00000000 spec=00000000 apiVersion=v1"


def phase(objects: dict[str, dict[str, str]], **changes: Any) -> Phase:
    return replace(Phase("0" * 64, 1, (), False, ("a",), objects), **changes)


def entry(**changes: Any) -> Entry:
    plain = Entry(
        app_version="1",
        inputs="0",
        phases={"main": phase({"Deployment.apps": {"a/shop": DIGESTS}})},
        namespaces=(),
        secrets=(),
        removed={},
        webhook_ports=(),
        volumes=(),
        images=(),
        hidden_images=(),
        composed_images={},
        crds={},
    )
    return replace(plain, **changes)


def lock(**components: Entry) -> Lock:
    return Lock({}, {name: {"default": one} for name, one in components.items()})
