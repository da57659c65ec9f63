"""What a run creates is admitted in the namespace of a team of the shipped platform: by schemas, Pod Security, quota, roles and room."""

import os
from pathlib import Path
from unittest.mock import patch

import pytest
import yaml

from docs.shipped_main import PROD
from modules.acceptance import job
from modules.acceptance.program import objects
from modules.acceptance.program.world import World
from modules.checks.manifest.files import read
from modules.checks.manifest.section import findings
from modules.checks.manifest.target import Target
from modules.checks.rendered import platform_objects
from modules.kubeflow.cache import Cache
from modules.settings import Quota
from tests.platform_objects import needs_everything

pytestmark = [needs_everything, pytest.mark.upstream]

WORLD = World(
    run="accept-0a1b2c",
    team="research",
    other_team=None,
    other_services=(),
    image="kserve/sklearnserver:v0.18.1",
    notebook_image="ghcr.io/kubeflow/kubeflow/notebook-servers/jupyter-scipy:v1.11.0",
    trainer_runtime="torch-distributed",
    foreign_image=None,
)
SMALL = Quota(cpu=2, memory_gib=6, pods=20)
"""A team with little: a run fits in."""


def test_all_objects_of_a_run_are_admitted(tmp_path: Path) -> None:
    with patch.dict(os.environ, {"ARTIFACT_BUCKET": "prod-artifacts-111122223333"}):
        bodies = [
            *(job.config_map(WORLD), job.job(WORLD), objects.notebook(WORLD), objects.train_job(WORLD)),
            *(objects.experiment(WORLD), objects.inference_service(WORLD), objects.pod(WORLD, WORLD.image)),
            objects.service(WORLD),
        ]
    assert PROD.kubeflow is not None
    team = PROD.kubeflow.teams[0].with_changes(quota=SMALL)
    kubeflow = PROD.kubeflow.with_changes(teams=(team,))
    platform = PROD.with_changes(kubeflow=kubeflow)
    file = tmp_path / "run.yaml"
    file.write_text(yaml.safe_dump_all(bodies), encoding="utf-8")
    target = Target(platform, kubeflow, team, platform_objects(platform, Cache()), tuple(read(file)))
    found = [one for many in findings(target).values() for one in many]
    assert [str(one) for one in found if one.severity != "not checked"] == []
    assert [str(one) for one in found] == []
