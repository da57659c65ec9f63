"""The team's namespace on one platform: what decides about a manifest."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from modules.checks.admission.platform import Admission, admission_of
from modules.checks.admission.pods import Namespace
from modules.checks.admission.templates.template import Around
from modules.checks.manifest.files import Document
from modules.checks.manifest.texts import all_of
from modules.checks.rendered import PlatformObjects
from modules.checks.team_rights import ROLES, Rights, team_rights
from modules.iam.artifact_prefixes import team_prefix
from modules.iam.policy_context import ArtifactBucket
from modules.kubeflow.manifest import Object
from modules.settings import ExistingBucket, InClusterStore, Kubeflow, Platform, Statement, Team
from modules.teams.rights import rights

ACCOUNTS = frozenset({"default", "default-editor", "default-viewer"})
"""Service accounts in a team's namespace: Kubernetes' own, and those of the profile controller."""
ANY_ACCOUNT = "*"
"""Account id in ARNs where the settings do not name one."""


@dataclass(frozen=True)
class Target:
    """One team of one platform, and the objects that the files add."""

    platform: Platform
    kubeflow: Kubeflow
    team: Team
    installed: PlatformObjects = field(repr=False)
    documents: tuple[Document, ...] = field(repr=False)

    @cached_property
    def admission(self) -> Admission:
        """The platform's objects with those of its teams."""
        return admission_of(self.platform, self.installed)

    @cached_property
    def namespace(self) -> Namespace:
        """What decides about pods of the team."""
        return self.admission.by_namespace[self.team.name]

    @cached_property
    def around(self) -> Around:
        """Runtimes of the platform and of the files."""
        own = {(one.body["kind"], str(one.body["metadata"].get("name"))): one.body for one in self.documents}
        return Around({**self.admission.around.objects, **own}, self.admission.around.knative)

    @cached_property
    def runtime_images(self) -> frozenset[str]:
        """Images of the platform's runtimes, which a manifest does not choose."""
        return frozenset(
            text
            for one in self.admission.around.objects.values()
            for path, text in all_of(one)
            if path and path[-1] == "image"
        )

    @cached_property
    def open_kinds(self) -> bool:
        """Whether the cluster can have kinds and Services that are not in the platform's lock."""
        return bool(self.installed.official_charts or self.kubeflow.preinstalled)

    @cached_property
    def rights(self) -> Mapping[str, Rights] | None:
        """Permissions of owners, members and readers; None: a preinstalled component has the roles."""
        roles: Sequence[Object] = [one for one in self.admission.objects if one["kind"] == "ClusterRole"]
        names = {one["metadata"]["name"] for one in roles}
        return team_rights(roles) if names.issuperset(ROLES) else None

    @property
    def bucket(self) -> str | None:
        """Name of the artifact bucket; `*` for an account id that is not in the settings. None: artifacts are in the cluster."""
        artifacts = self.kubeflow.services.artifacts
        if isinstance(artifacts, InClusterStore):
            return None
        return artifacts.name or f"{self.platform.name}-artifacts-{self.account}"

    @property
    def account(self) -> str:
        """Account id, if the settings name exactly one."""
        accounts = self.platform.allowed_account_ids
        return accounts[0] if len(accounts) == 1 else ANY_ACCOUNT

    @cached_property
    def statements(self) -> tuple[Statement, ...]:
        """Of the team's role; without those of managed policies."""
        if self.bucket is None:
            return self.team.aws.statements
        artifacts = self.kubeflow.services.artifacts
        key = artifacts.kms_key_arn if isinstance(artifacts, ExistingBucket) else None
        bucket = ArtifactBucket(f"arn:{self.platform.partition}:s3:::{self.bucket}", key, "")
        return (*rights(self.team.name, bucket), *self.team.aws.statements)

    @property
    def prefix(self) -> str:
        """URI below which the team's role may read and write, for a message."""
        return f"s3://{self.bucket or 'BUCKET'}/{team_prefix(self.team.name)}"

    def made(self, kind: str) -> dict[str, Document]:
        """Objects of a kind in the files, by name."""
        return {str(one.body["metadata"].get("name")): one for one in self.documents if one.body["kind"] == kind}


def body_of(one: Document, team: str) -> Object:
    """The object as the team would create it: in its namespace, unless it names one."""
    metadata: dict[str, Any] = {"namespace": team, **one.body["metadata"]}
    return {**one.body, "metadata": metadata}
