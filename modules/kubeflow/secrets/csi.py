"""Credentials via the secrets store CSI driver: pods read their Secrets from Secrets Manager with their own IAM role.

Each Kubernetes Secret is one secret in Secrets Manager, a JSON object with the Secret's keys. The driver mounts it and
creates the Kubernetes Secret, which exists only while a pod mounts it; therefore every reader mounts it.

The names of Secret and SecretProviderClass contain the credential version: every five minutes the driver rewrites a Secret
for each pod that mounts it, including old pods, with the content those fetched. With a fixed name, new pods could start
with the old value.
Source: https://github.com/kubernetes-sigs/secrets-store-csi-driver/blob/v1.6.0/controllers/secretproviderclasspodstatus_controller.go
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
    """Secrets Manager name of a Kubernetes Secret; valid as a Terraform map attribute."""
    return f"in-{namespace}-{secret}"


def spec_token(secret: str) -> str:
    """Token name for the `spec` of a SecretProviderClass."""
    return f"secret_provider_{secret.replace('-', '_')}"


def optional_token(secret: str) -> str:
    """Token name for `optional` of a Secret reference: true if the Secret has no keys."""
    return f"secret_optional_{secret.replace('-', '_')}"


def synced_name(secret: str, stamp: str) -> str:
    """Name of the Secret created by the driver, and of its SecretProviderClass."""
    return f"{secret}-v{stamp}"


def mount_secrets(
    items: Sequence[Object], secrets: Sequence[RemovedSecret]
) -> tuple[list[Object], list[RemovedSecret]]:
    """Mount Secrets in the pods that read them, and record the readers' service accounts.

    A reader without a service account gets a new one; otherwise all pods on the default service account would share its permissions.

    Args:
        items: objects of a component, changed in place.
        secrets: Secrets removed from them.

    Raises:
        ValueError: no pod reads a Secret, so the driver would never create it.
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
            raise ValueError(f"Secret {name}: no pod reads it, so the secrets store driver would not create it")
        provider = _object(API_VERSION, "SecretProviderClass", namespace, names[namespace, name])
        provider["spec"] = f"@@json:{spec_token(name)}@@"
        added[namespace, name + "/provider"] = provider
    told = [
        replace(secret, readers=tuple(sorted(accounts[place])), versioned=names[place] != secret.name)
        for place, secret in by_place.items()
    ]
    return [*items, *added.values()], told


def _name(secret: RemovedSecret, items: Iterable[Object]) -> str:
    """Versioned name, except where a text passes the name to programs, which cannot follow versions."""
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
    """Mount a Secret in the first container that reads it: the kubelet ignores volumes without a mount."""
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
    """Point references to the Secret created by the driver. It is created after the mount, so it must not be optional.

    Raises:
        ValueError: a container could start without the Secret, since all keys it reads are optional.
    """
    waits = any(not reference.get("optional") for reference, _ in found)
    for reference, key in found:
        if reference.get("optional") and "key" not in reference:
            reference["optional"] = f"@@json:{optional_token(secret)}@@"
            waits = True
        reference[key] = synced
    if found and not waits:
        raise ValueError(
            f"Secret {secret}: a container reads only optional keys and would start before the driver creates it"
        )


def volume_of(secret: str, provider: str) -> Object:
    """The CSI volume of a Secret."""
    csi = {"driver": DRIVER, "readOnly": True, "volumeAttributes": {"secretProviderClass": provider}}
    return {"name": f"credentials-{secret}", "csi": csi}


@dataclass(frozen=True)
class SecretProviderClassSpec:
    """Parameters of a SecretProviderClass. Strings may be Terraform tokens unless stated otherwise."""

    region: str
    """Known at synthesis."""
    pod_identity: bool
    stamp: str
    """Changes with the credentials; suffix of names in the cluster."""

    def name(self, secret: NeededSecret) -> str:
        """Secret name in the cluster."""
        return synced_name(secret.name, self.stamp) if secret.versioned else secret.name

    def spec(self, secret: NeededSecret, *, arn: str, version_id: str) -> dict[str, Any]:
        """`spec` of the SecretProviderClass of one Secret.

        The version is referenced by id, so that the fetched content does not depend on a staging label. For a Secret without
        keys an empty document is fetched: the driver rejects a mount without objects.

        Args:
            secret: Kubernetes Secret to create.
            arn: ARN in Secrets Manager, without quotes, for use inside JSON text.
            version_id: version id of that secret, in the same format.

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
    """A Secret's keys as one expression with placeholders: a JSON object of strings, as the driver requires."""
    pairs = ", ".join(f"{json.dumps(key)} = tostring({text})" for key, text in sorted(secret.keys.items()))
    return f"jsonencode({{{pairs}}})"


def accounts_of(secrets: Iterable[NeededSecret]) -> Iterator[tuple[str, list[NeededSecret]]]:
    """Service account to the Secrets it reads, for one component."""
    found = list(secrets)
    for account in sorted({account for secret in found for account in secret.readers}):
        yield account, [secret for secret in found if account in secret.readers]
