"""Credentials by the secrets store CSI driver: each reader's pods fetch their Secrets from Secrets Manager, by a role of their own.

A Kubernetes Secret is then one secret in Secrets Manager, a JSON object with the Secret's keys. The driver mounts it, and makes the
Kubernetes Secret of it, which stays only as long as a pod mounts it; so every reader mounts it.

The Secret and its SecretProviderClass carry the version of the credentials in their names: the driver writes a Secret anew for each pod
that mounts it, also for old pods, every five minutes, with what these once fetched. With one name, new pods could start with the
old value. Source: https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/v1.6.0/controllers/secretproviderclasspodstatus_controller.go
"""

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from modules.kubeflow.manifest import Object, strings
from modules.kubeflow.secrets.credentials import NeededSecret
from modules.kubeflow.secrets.pod_references import (
    VERSION_TOKEN,
    containers,
    readers,
    references_of_container,
    references_of_volume,
)
from modules.kubeflow.secrets.upstream_secrets import RemovedSecret

DRIVER = "secrets-store.csi.k8s.io"
API_VERSION = "secrets-store.csi.x-k8s.io/v1"
MOUNTS = "/mnt/credentials"


def credential_name(namespace: str, secret: str) -> str:
    """Name in the store of the secret that becomes a Kubernetes Secret; Terraform takes it as an attribute of a map."""
    return f"in-{namespace}-{secret}"


def spec_token(secret: str) -> str:
    """Name of the token for the `spec` of a SecretProviderClass."""
    return f"secret_provider_{secret.replace('-', '_')}"


def optional_token(secret: str) -> str:
    """Name of the token that says whether a Secret may be missing, for readers that do without: it has no keys then."""
    return f"secret_optional_{secret.replace('-', '_')}"


def synced_name(secret: str, stamp: str) -> str:
    """Name of the Secret that the driver makes, and of its SecretProviderClass."""
    return f"{secret}-v{stamp}"


def mount_secrets(
    items: Sequence[Object], secrets: Sequence[RemovedSecret]
) -> tuple[list[Object], list[RemovedSecret]]:
    """Objects whose pods mount the Secrets that they read, and the Secrets with the service accounts of their readers.

    A reader without a service account gets one of its own, or its rights would be those of every such pod of the namespace.

    Args:
        items: objects of a component, changed in place.
        secrets: what was taken out of them.

    Raises:
        ValueError: no pod reads a Secret, so that the driver would never make it.
    """
    by_place = {(secret.namespace, secret.name): secret for secret in secrets}
    names = {place: _name(secret, items) for place, secret in by_place.items()}
    accounts: dict[tuple[str, str], set[str]] = {place: set() for place in by_place}
    added: dict[tuple[str, str], Object] = {}
    for item, template, found in list(readers(items, by_place)):
        namespace, spec = item["metadata"]["namespace"], template["spec"]
        account = _account(item, spec)
        for name in sorted(found):
            accounts[namespace, name].add(account)
            _mount(spec, name, names[namespace, name])
        if not any(_is_account(one, namespace, account) for one in items):
            added[namespace, account] = _object("v1", "ServiceAccount", namespace, account)
    for (namespace, name), using in accounts.items():
        if not using:
            raise ValueError(f"Secret {name}: no pod reads it, so the secrets store driver would not make it")
        provider = _object(API_VERSION, "SecretProviderClass", namespace, names[namespace, name])
        provider["spec"] = f"@@json:{spec_token(name)}@@"
        added[namespace, name + "/provider"] = provider
    told = [
        replace(secret, readers=tuple(sorted(accounts[place])), versioned=names[place] != secret.name)
        for place, secret in by_place.items()
    ]
    return [*items, *added.values()], told


def _name(secret: RemovedSecret, items: Iterable[Object]) -> str:
    """With the version, but where a text hands the name on to programs: these would not follow."""
    named = re.compile(rf"""["']?name["']?\s*:\s*["']?{re.escape(secret.name)}["']?\s*([,}}]|$)""", re.MULTILINE)
    in_text = any(
        named.search(text) for item in items if item["kind"] == "ConfigMap" for _, text in strings(item.get("data"))
    )
    return secret.name if in_text else synced_name(secret.name, f"@@{VERSION_TOKEN}@@")


def _account(item: Object, spec: Object) -> str:
    account: str = spec.get("serviceAccountName") or spec.get("serviceAccount") or "default"
    if account == "default":
        spec.pop("serviceAccount", None)
        account = spec["serviceAccountName"] = item["metadata"]["name"]
    return account


def _is_account(item: Object, namespace: str, name: str) -> bool:
    return item["kind"] == "ServiceAccount" and (item["metadata"].get("namespace"), item["metadata"]["name"]) == (
        namespace,
        name,
    )


def _object(api_version: str, kind: str, namespace: str, name: str) -> Object:
    return {"apiVersion": api_version, "kind": kind, "metadata": {"name": name, "namespace": namespace}}


def _mount(spec: Object, secret: str, synced: str) -> None:
    """Mount a Secret in the first container that reads it: the kubelet passes over a volume that no container mounts."""
    first: Object | None = None
    for container in containers(spec):
        found = [one for one in references_of_container(container) if one[0][one[1]] == secret]
        first = first or (container if found else None)
        _rename(secret, synced, found)
    volumes = [one for volume in spec.get("volumes") or () for one in references_of_volume(volume)]
    _rename(secret, synced, [one for one in volumes if one[0][one[1]] == secret])
    spec.setdefault("volumes", []).append(volume_of(secret, synced))
    mounts = (first or spec["containers"][0]).setdefault("volumeMounts", [])
    mounts.append({"name": f"credentials-{secret}", "mountPath": f"{MOUNTS}/{secret}", "readOnly": True})


def _rename(secret: str, synced: str, found: Sequence[tuple[Object, str]]) -> None:
    """Let references name what the driver makes. It makes it after the mount, so nothing may start without it.

    Raises:
        ValueError: a container starts without the Secret, since each key that it reads may be missing.
    """
    waits = any(not reference.get("optional") for reference, _ in found)
    for reference, key in found:
        if reference.get("optional") and "key" not in reference:
            reference["optional"] = f"@@json:{optional_token(secret)}@@"
            waits = True
        reference[key] = synced
    if found and not waits:
        raise ValueError(
            f"Secret {secret}: a container reads optional keys alone, and would start before the driver makes it"
        )


def volume_of(secret: str, provider: str) -> Object:
    """The volume that makes the driver fetch a Secret."""
    csi = {"driver": DRIVER, "readOnly": True, "volumeAttributes": {"secretProviderClass": provider}}
    return {"name": f"credentials-{secret}", "csi": csi}


@dataclass(frozen=True)
class SecretProviderClassSpec:
    """How the driver is told to fetch from the store. Strings may be Terraform tokens, except where it says otherwise."""

    region: str
    """Known at synthesis."""
    pod_identity: bool
    stamp: str
    """Changes with the credentials; last part of names in the cluster."""

    def name(self, secret: NeededSecret) -> str:
        """Name of the Secret in the cluster."""
        return synced_name(secret.name, self.stamp) if secret.versioned else secret.name

    def spec(self, secret: NeededSecret, *, arn: str, version_id: str) -> dict[str, Any]:
        """`spec` of the SecretProviderClass of one Secret.

        The version is named by its id, so that what a pod fetches hangs on no label that moves. Of a Secret without keys the
        empty document is fetched all the same: the driver refuses a mount that fetches nothing.

        Args:
            secret: what becomes of it.
            arn: of its secret in the store; without quotes, as it stands in a text in JSON.
            version_id: of that secret; the same.

        Source: https://github.com/aws/secrets-store-csi-driver-provider-aws#secretproviderclass-options
        """
        fetched = {
            "objectName": arn,
            "objectAlias": "secret.json",
            "objectVersion": version_id,
            # quotes, since a hyphen is an operator of JMESPath
            "jmesPath": [{"path": f'"{key}"', "objectAlias": key} for key in sorted(secret.keys)],
        }
        return {
            "provider": "aws",
            "parameters": {
                "region": self.region,
                "usePodIdentity": str(self.pod_identity).lower(),
                "objects": json.dumps([fetched]),
            },
            "secretObjects": [
                {
                    "secretName": self.name(secret),
                    "type": secret.type,
                    "data": [{"objectName": key, "key": key} for key in sorted(secret.keys)],
                }
            ]
            if secret.keys
            else [],
        }


def document_of(secret: NeededSecret) -> str:
    """A Secret's keys as one expression with placeholders: a JSON object of strings, which is all that the driver takes."""
    pairs = ", ".join(f"{json.dumps(key)} = tostring({text})" for key, text in sorted(secret.keys.items()))
    return f"jsonencode({{{pairs}}})"


def accounts_of(secrets: Iterable[NeededSecret]) -> Iterator[tuple[str, list[NeededSecret]]]:
    """Service account to the Secrets that it reads; of one component."""
    found = list(secrets)
    for account in sorted({account for secret in found for account in secret.readers}):
        yield account, [secret for secret in found if account in secret.readers]
