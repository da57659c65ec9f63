"""Each manifest of the tutorial is one that the team of the shipped platform may apply, and whose pods run."""

import re
from pathlib import Path

import pytest

from modules.checks.manifest.files import read
from modules.checks.manifest.section import findings
from modules.checks.manifest.target import Target
from modules.checks.rendered import platform_objects
from modules.kubeflow.cache import Cache
from tests.platform_objects import needs_everything
from tests.test_capabilities_admitted import TEAM, platform
from tests.tutorial.conftest import TUTORIAL

pytestmark = [needs_everything, pytest.mark.upstream]

MANIFESTS = sorted(path for path in TUTORIAL.glob("*.yaml") if path.name != "pipeline.yaml")
NOT_CHECKED = {
    "inferenceservice.yaml": ["MAN103"],  # whether there is a Service at the logger's URL: drift.yaml has it
    "monitoring.yaml": ["ADM104", "ADM104"],  # kinds of an official chart
}


@pytest.mark.parametrize("path", MANIFESTS, ids=[path.stem for path in MANIFESTS])
def test_the_team_may_apply_it(path: Path, tmp_path: Path) -> None:
    found = platform(("kserve", "katib", "trainer", "kube-prometheus-stack"), ())
    assert found.kubeflow is not None
    file = tmp_path / path.name
    bucket = f"s3://{found.name}-artifacts-111122223333"
    file.write_text(re.sub(r"s3://BUCKET\b", bucket, path.read_text(encoding="utf-8")), encoding="utf-8")
    target = Target(found, found.kubeflow, TEAM, platform_objects(found, Cache()), tuple(read(file)))
    reported = [one for many in findings(target).values() for one in many]
    assert [str(one) for one in reported if one.severity != "not checked"] == []
    assert [one.id for one in reported] == NOT_CHECKED.get(path.name, [])


def test_the_logger_sends_to_the_drift_monitor() -> None:
    texts = {path.stem: path.read_text(encoding="utf-8") for path in MANIFESTS}
    service, namespace = re.findall(r"url: http://([\w-]+)\.(\w+)\.svc\.cluster\.local", texts["inferenceservice"])[0]
    assert f"kind: Service\nmetadata:\n  name: {service}\n  namespace: {namespace}\n" in texts["drift"]
