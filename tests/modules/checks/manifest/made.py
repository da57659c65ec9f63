"""A small platform with a team, and manifests of that team."""

from pathlib import Path
from typing import Any

import yaml

from modules.checks.manifest.files import Located, read
from modules.checks.manifest.section import findings
from modules.checks.manifest.target import Target
from modules.checks.rendered import PlatformObjects
from modules.kubeflow.manifest import Object
from modules.settings import Kubeflow, Platform, Quota, Services, Team, TeamPermissions
from tests.modules.checks.admission.made import OF_TEAMS, container, pod
from tests.platforms import PLATFORMS

TEAM = "research"


def platform(team: dict[str, Any] | None = None, **kubeflow: Any) -> Platform:
    """One without official charts; the account is known."""
    mine = Team(name=TEAM, owner="a@example.com", **(team or {}))
    made = Kubeflow(teams=(mine,), disable=("aws-load-balancer-controller",), **kubeflow)
    return PLATFORMS["team"].with_changes(kubeflow=made, allowed_account_ids=("111122223333",))


def checked(
    folder: Path, text: str | list[Object], *objects: Object, platform_: Platform | None = None
) -> list[Located]:
    """Findings about a file, on a platform with some objects."""
    file = folder / "job.yaml"
    file.write_text(text if isinstance(text, str) else yaml.safe_dump_all(text, sort_keys=False), encoding="utf-8")
    found = platform_ or platform()
    assert found.kubeflow is not None
    installed = PlatformObjects({"made": [*OF_TEAMS, *objects]})
    target = Target(found, found.kubeflow, found.kubeflow.teams[0], installed, tuple(read(file)))
    return [one for many in findings(target).values() for one in many]


def ids(found: list[Located]) -> set[str]:
    return {one.id for one in found}


def job(*containers: dict[str, Any], name: str = "train", **spec: Any) -> Object:
    """A Job that a team may run."""
    template = pod(*containers, restartPolicy="Never", serviceAccountName="default-editor", **spec)
    return {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": name}, "spec": {"template": template}}


def with_env(value: str, **more: Any) -> Object:
    return job(container(env=[{"name": "ADDRESS", "value": value}]), **more)


__all__ = ["Quota", "Services", "TeamPermissions", "checked", "container", "ids", "job", "platform", "with_env"]
