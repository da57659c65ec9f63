"""Helm's release records: one Secret per revision, with its status as a label.

Source: https://github.com/helm/helm/blob/v3.18.6/pkg/storage/driver/secrets.go
"""

import base64
import gzip
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from modules.live.api import Api, Reader

OWNER = {"labelSelector": "owner=helm"}


@dataclass(frozen=True)
class Record:
    """One revision of a release."""

    namespace: str
    release: str
    revision: int
    status: str
    """`deployed`, `superseded`, `failed`, `uninstalling`, `pending-install`, `pending-upgrade`, `pending-rollback`, …."""
    changed: float
    """Time of the last write by Helm, in Unix seconds."""
    uid: str
    version: str
    """`metadata.resourceVersion` of the Secret."""

    @property
    def secret(self) -> str:
        """Name of the Secret."""
        return f"sh.helm.release.v1.{self.release}.v{self.revision}"

    @property
    def path(self) -> str:
        """API path of the Secret."""
        return f"/api/v1/namespaces/{self.namespace}/secrets/{self.secret}"


def records(api: Api) -> dict[tuple[str, str], list[Record]]:
    """All revisions by namespace and release, oldest first. Only metadata is read: a record can be up to 1 MiB."""
    found: dict[tuple[str, str], list[Record]] = {}
    for metadata in api.metadata("/api/v1/secrets", OWNER):
        labels = metadata["labels"]
        record = Record(
            metadata["namespace"],
            labels["name"],
            int(labels["version"]),
            labels["status"],
            float(labels.get("modifiedAt") or labels.get("createdAt") or 0),
            metadata["uid"],
            metadata["resourceVersion"],
        )
        found.setdefault((record.namespace, record.release), []).append(record)
    for revisions in found.values():
        revisions.sort(key=lambda one: one.revision)
    return found


def content(api: Reader, record: Record) -> Mapping[str, Any]:
    """Content of a revision: chart, values, manifest.

    Raises:
        ValueError: the Secret does not exist, or is not a Helm record.
    """
    secret = api.get(record.path)
    try:
        packed = base64.b64decode(base64.b64decode(secret["data"]["release"]))
        found: Mapping[str, Any] = json.loads(gzip.decompress(packed))
    except (TypeError, KeyError, ValueError, OSError) as error:
        raise ValueError(f"{record.namespace}/{record.secret}: not a readable Helm record ({error!r})") from error
    return found
