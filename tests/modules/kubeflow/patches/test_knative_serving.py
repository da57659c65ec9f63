"""What Knative's webhook accepts in a revision on a platform."""

from typing import Any

import pytest

from modules.checks.admission.knative import flags, refused
from modules.checks.rendered import platform_objects
from modules.kubeflow.cache import Cache
from tests.platform_objects import needs_cache
from tests.platforms import PLATFORMS

pytestmark = needs_cache


def found(spec: dict[str, Any]) -> list[str]:
    data = flags(platform_objects(PLATFORMS["prod"], Cache()))
    assert data is not None
    return [what for _, what, _ in refused(spec, data)]


def test_a_model_reaches_a_tainted_node_and_reads_a_volume() -> None:
    spec = {
        "nodeSelector": {"pool": "gpus"},
        "tolerations": [{"key": "nvidia.com/gpu", "operator": "Exists"}],
        "affinity": {"nodeAffinity": {}},
        "priorityClassName": "models",
        "runtimeClassName": "nvidia",
        "topologySpreadConstraints": [{"topologyKey": "topology.kubernetes.io/zone"}],
        "securityContext": {"runAsUser": 1000},
        "initContainers": [{"name": "download"}],
        "volumes": [{"name": "models", "persistentVolumeClaim": {"claimName": "models"}}],
        "containers": [{"env": [{"name": "POD", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}}]}],
    }
    assert found(spec) == []


@pytest.mark.parametrize(
    "spec",
    [
        {"hostNetwork": True},
        {"hostPID": True},
        {"hostIPC": True},
        {"dnsPolicy": "None"},
        {"volumes": [{"hostPath": {"path": "/"}}]},
    ],
    ids=str,
)
def test_what_opens_the_node_stays_refused(spec: dict[str, Any]) -> None:
    assert len(found(spec)) == 1
