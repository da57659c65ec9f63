"""A small platform whose credentials are followed through Terraform: every value, plan and log is remembered."""

import base64
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.components.oauth2_proxy.patches import CLIENT_ID
from modules.settings import InClusterDatabase, InClusterStore, Platform, Services
from tests.e2e.kubeflow_stage import FIRST_USER, LAYERS, Staged, platform
from tests.terraform import Plan, Terraform

BY_NAME = {component.name: component for component in CATALOGUE}
READERS = ("dex", "oauth2-proxy", "kube-prometheus-stack")
"""Entries whose credentials can be rotated without a database, which takes moto long to make."""


def needed(*names: str) -> set[str]:
    """Entries with all that they need."""
    return {*names, *(name for one in names for name in needed(*BY_NAME[one].needs))}


WANTED = needed(*READERS)
WITHOUT = tuple(one.name for one in CATALOGUE if one.default and one.name not in WANTED)


def settings(version: int = 1, delivery: Literal["terraform", "csi"] = "terraform", **kubeflow: Any) -> Platform:
    """Sign-in and Grafana alone: nothing that they need requires a database."""
    services = Services(
        artifacts=InClusterStore(),
        database=InClusterDatabase(),
        credential_recovery_days=0,
        credentials_version=version,
        credential_delivery=delivery,
    )
    return platform(
        **{"services": services, "enable": ("kube-prometheus-stack",), "disable": WITHOUT, **kubeflow},
        deletion_protection=False,
    )


@dataclass
class Run:
    """All applies of one platform, and what was seen of them.

    Args:
        stage: the stacks.
        values: every value that Secrets Manager ever held, by secret, the oldest first.
        logs: all that Terraform printed.
        plans: of every apply that is searched for secrets, as JSON.
        actions: what each apply of a layer did.
    """

    stage: Staged
    values: dict[str, list[str]] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    actions: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def apply(self, *layers: str, searched: bool = True) -> None:
        """Plan and apply, and remember what happened.

        Args:
            layers: all of them unless some are named.
            searched: whether the plans are read as JSON, 2 s each, for `check_that_no_secret_is_kept`.
        """
        for layer in layers or LAYERS:
            plan: Plan = self.stage.stacks[layer].plan()
            if searched:
                self.plans.append(json.dumps(plan.document))
            self.actions[layer] = plan.actions
            self.logs.append(self.stage.stacks[layer].apply(plan=plan))
        for name, value in self.stage.credentials().items():
            known = self.values.setdefault(name.removeprefix("existing/"), [])
            if value not in known:
                known.append(value)

    def secrets(self) -> set[str]:
        """Every text that must be nowhere: values, what JSON documents hold, and tokens of the cluster."""
        found = set(self.stage.cluster.tokens)
        for name, values in self.values.items():
            for value in values:
                inner = json.loads(value).values() if name.startswith("in-") else ()
                found |= {text for text in (value, *inner) if is_secret(text)}
        assert len(found) > 8
        return found

    def check_that_no_secret_is_kept(self) -> None:
        places = [
            *self.stage.stored(),
            *((Path("plan JSON"), text.encode()) for text in self.plans),
            *((Path("what Terraform printed"), text.encode()) for text in self.logs),
        ]
        seen = {place.name for place, content in places if FIRST_USER.encode() in content}
        assert seen >= {"existing-kubeflow.tfstate", "tfplan", "cdk.tf.json", "plan JSON"}, "the search looks there"
        assert any(b"Apply complete" in content for place, content in places if "printed" in place.name)
        for value in self.secrets():
            for form in (value.encode(), base64.b64encode(value.encode())):
                assert [str(place) for place, content in places if form in content] == []

    def of_cluster(self) -> dict[tuple[str, str], dict[str, str]]:
        """Kubernetes Secrets that Terraform wrote, decoded."""
        written = {name for document in self.stage.documents.values() for name in document_secrets(document)}
        return {
            (one["metadata"]["namespace"], one["metadata"]["name"]): {
                key: base64.b64decode(value).decode() for key, value in one["data"].items()
            }
            for one in self.stage.cluster.of_kind("Secret")
            if one["metadata"]["name"] in written
        }


def is_secret(text: str) -> bool:
    """Not a plain word, which would be readable in the JSON."""
    return len(text) >= 24 and text != CLIENT_ID


def nulls(stack: Terraform) -> dict[str, set[str]]:
    """Resource type to the attributes that the schemas of a stack's providers call sensitive or write-only."""
    schemas = json.loads(stack.run("providers", "schema", "-json"))["provider_schemas"]
    found: dict[str, set[str]] = {}
    for provider in schemas.values():
        for kind, schema in provider.get("resource_schemas", {}).items():
            found[kind] = {
                name
                for name, attribute in schema["block"].get("attributes", {}).items()
                if attribute.get("sensitive") or attribute.get("write_only")
            }
    return found


def check_that_sensitive_attributes_are_null(run: Run) -> int:
    """In the states of all stacks; how many attributes were looked at."""
    looked = 0
    sensitive = nulls(run.stage.stacks["kubeflow"])  # it has the providers of all others
    for layer in LAYERS:
        for resource in json.loads(run.stage.state(layer))["resources"]:
            for instance in resource["instances"]:
                for name in sensitive.get(resource["type"], set()):
                    looked += 1
                    value = instance["attributes"].get(name)
                    assert not value, f"{layer} {resource['type']}.{resource['name']}.{name}"
    return looked


def document_secrets(document: Mapping[str, Any]) -> list[str]:
    """Names of the Kubernetes Secrets that a stack writes."""
    return [one["metadata"]["name"] for one in document.get("resource", {}).get("kubernetes_secret_v1", {}).values()]
