"""Cases of https://kubernetes.io/docs/concepts/workloads/pods/sidecar-containers/ and the pages next to it."""

from typing import Any

import pytest

from modules.kubeflow.pod_requests import pod_request


def of(cpu: str, **more: Any) -> dict[str, Any]:
    return {"resources": {"requests": {"cpu": cpu}}, **more}


@pytest.mark.parametrize(
    ("spec", "cpu"),
    [
        ({"containers": [of("1"), of("500m")]}, "1.5"),
        ({"containers": [{}]}, "0"),
        # a limit without a request of the same resource is a request, whatever else is requested
        ({"containers": [{"resources": {"requests": {"memory": "1Gi"}, "limits": {"cpu": "2"}}}]}, "2"),
        ({"containers": [{"resources": {"requests": {"cpu": "1"}, "limits": {"cpu": "2"}}}]}, "1"),
        # init containers run one after another, before the others
        ({"initContainers": [of("3"), of("2")], "containers": [of("1")]}, "3"),
        ({"initContainers": [of("1")], "containers": [of("1"), of("1")]}, "2"),
        # a sidecar runs next to the containers, and next to init containers after it
        ({"initContainers": [of("1", restartPolicy="Always")], "containers": [of("1")]}, "2"),
        ({"initContainers": [of("1", restartPolicy="Always"), of("3")], "containers": [of("1")]}, "4"),
        ({"initContainers": [of("3"), of("1", restartPolicy="Always")], "containers": [of("1")]}, "3"),
        # https://kubernetes.io/docs/concepts/scheduling-eviction/pod-overhead/
        ({"containers": [of("1")], "overhead": {"cpu": "250m"}}, "1.25"),
        # https://kubernetes.io/docs/tasks/configure-pod-container/assign-pod-level-resources/
        ({"containers": [of("1"), of("1")], "resources": {"requests": {"cpu": "3"}}}, "3"),
    ],
)
def test_requests_of_a_pod(spec: dict[str, Any], cpu: str) -> None:
    assert str(pod_request(spec, "cpu").normalize().__format__("f")) == cpu
