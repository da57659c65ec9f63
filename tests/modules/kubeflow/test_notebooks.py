"""The notebook spawner offers what the platform's nodes are."""

import json
from typing import Any

import pytest
import yaml

from modules.kubeflow.cache import Cache
from modules.kubeflow.components.jupyter_web_app import patches as jupyter_web_app
from modules.kubeflow.components.notebook_controller import patches as notebook_controller
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.kubeflow.notebooks import DEVICE_CATEGORIES, culling_tokens, spawner_tokens
from modules.kubeflow.patching.patch import Objects
from modules.rules import problems
from modules.settings import Cluster, Dex, ExistingCluster, Kubeflow, NodeGroup, NodePool, Notebooks, Taint
from tests.platform_objects import needs_cache
from tests.platforms import cluster

CLUSTER = cluster(
    node_groups=(
        NodeGroup(name="general"),
        NodeGroup(
            name="gpus",
            instance_types=("g5.xlarge",),
            accelerator="nvidia",
            taints=(Taint(key="nvidia.com/gpu", value="yes"), Taint(key="slow", effect="PREFER_NO_SCHEDULE")),
        ),
        NodeGroup(name="shy", taints=(Taint(key="slow", effect="PREFER_NO_SCHEDULE"),)),
    )
)
POOL = NodePool(name="chips", instance_categories=("inf", "c"), taints=(Taint(key="chips", effect="NO_EXECUTE"),))


def values(where: Cluster | ExistingCluster = CLUSTER, **changes: Any) -> dict[str, Any]:
    settings = Kubeflow(**{"auth": Dex(users=("ada@x.org",)), **changes})
    return {name: text.content for name, text in spawner_tokens(settings, where).items()}


def test_devices_are_those_of_the_nodes() -> None:
    assert [one["limitsKey"] for one in values()["notebook_devices"]] == ["nvidia.com/gpu"]
    with_pool = values(node_pools=(POOL,))["notebook_devices"]
    assert [one["limitsKey"] for one in with_pool] == ["nvidia.com/gpu", "aws.amazon.com/neuron"]
    assert values(ExistingCluster(name="shared"))["notebook_devices"] == []
    devices = values(ExistingCluster(name="shared"), notebooks=Notebooks(devices=("neuron",)))["notebook_devices"]
    assert [one["limitsKey"] for one in devices] == ["aws.amazon.com/neuron"]


def test_every_category_with_a_device_is_one_that_a_pool_may_have() -> None:
    assert list(problems(NodePool(name="pool", instance_categories=tuple(DEVICE_CATEGORIES)))) == []


def test_only_what_repels_is_tolerated_and_all_its_taints_are() -> None:
    gpus, chips = values(node_pools=(POOL,))["notebook_tolerations"]
    assert (gpus["groupKey"], chips["groupKey"]) == ("gpus", "chips")
    assert gpus["tolerations"] == [
        {"key": "nvidia.com/gpu", "operator": "Equal", "value": "yes", "effect": "NoSchedule"},
        {"key": "slow", "operator": "Equal", "value": "", "effect": "PreferNoSchedule"},
    ]
    assert chips["tolerations"] == [{"key": "chips", "operator": "Equal", "value": "", "effect": "NoExecute"}]


def test_every_group_and_pool_can_be_selected() -> None:
    found = values(node_pools=(POOL,))["notebook_affinities"]
    terms = [
        one["affinity"]["nodeAffinity"]["requiredDuringSchedulingIgnoredDuringExecution"]["nodeSelectorTerms"]
        for one in found
    ]
    expressions = [term["matchExpressions"][0] for (term,) in terms]
    assert [(one["key"], one["values"]) for one in expressions] == [
        ("eks.amazonaws.com/nodegroup", ["general"]),
        ("eks.amazonaws.com/nodegroup", ["gpus"]),
        ("eks.amazonaws.com/nodegroup", ["shy"]),
        ("karpenter.sh/nodepool", ["chips"]),
    ]
    assert found[1]["displayName"] == "Only node group gpus (g5.xlarge)"


@pytest.mark.parametrize(
    ("storage_class", "mode"), [(None, "ReadWriteOnce"), ("fast", "ReadWriteOnce"), ("efs", "ReadWriteMany")]
)
def test_a_volume_is_of_the_class_and_as_shared_as_that_can_be(storage_class: str | None, mode: str) -> None:
    found = values(notebooks=Notebooks(storage_class=storage_class, workspace_gib=20))["notebook_volume"]
    assert found["metadata"]["name"] == "{notebook-name}-workspace"
    assert found["spec"].get("storageClassName") == storage_class
    assert found["spec"]["accessModes"] == [mode]
    assert found["spec"]["resources"] == {"requests": {"storage": "20Gi"}}


def test_culling_is_off_unless_minutes_are_given() -> None:
    assert culling_tokens(Notebooks())["notebook_culling"] == "false"
    assert culling_tokens(Notebooks(idle_minutes=90, idle_check_minutes=5)) == {
        "notebook_culling": "true",
        "notebook_idle_minutes": "90",
        "notebook_idle_check_minutes": "5",
    }


def config_map(entry: str, name: str) -> dict[str, Any]:
    content = Cache().get(read_lock().components[entry]["default"].phases["main"].sha256)
    (found,) = [
        one for one in load(content or b"") if one["kind"] == "ConfigMap" and one["metadata"]["name"].startswith(name)
    ]
    return found


@needs_cache
def test_the_spawners_file_with_its_values_is_yaml_and_upstreams_defaults_stay() -> None:
    text = config_map("jupyter-web-app", "jupyter-web-app-config")["data"][jupyter_web_app.FILE]
    for name, value in values().items():
        text = text.replace(f"@@{name}@@", json.dumps(value))
    assert "@@" not in text
    form = yaml.safe_load(text)["spawnerFormDefaults"]
    assert form["image"]["options"] == list(Notebooks().jupyter_images)
    assert (form["image"]["value"], form["allowCustomImage"]) == (form["image"]["options"][0], True)
    assert (form["cpu"], form["memory"]["value"]) == ({"readOnly": False, "value": "0.5", "limitFactor": "1.2"}, "1Gi")
    assert form["gpus"]["value"]["num"] == "none"
    assert form["workspaceVolume"]["value"]["mount"] == "/home/jovyan"
    assert form["workspaceVolume"]["value"]["newPvc"]["spec"]["resources"]["requests"]["storage"] == "5Gi"
    assert form["configurations"]["value"] == ["access-ml-pipeline"]
    assert form["shm"] == {"readOnly": False, "value": True}


@needs_cache
def test_the_controller_restarts_when_culling_changes() -> None:
    assert config_map("notebook-controller", "notebook-controller-config")["data"]["CULL_IDLE_TIME"] == (
        "@@notebook_idle_minutes@@"
    )
    content = Cache().get(read_lock().components["notebook-controller"]["default"].phases["main"].sha256)
    (deployment,) = [one for one in load(content or b"") if one["kind"] == "Deployment"]
    assert "@@values_checksum@@" in deployment["spec"]["template"]["metadata"]["annotations"]["checksum/config"]


def test_other_images_of_upstream_stop_vendoring() -> None:
    form = {key: {"options": ["ghcr.io/kubeflow/new:v2"]} for key in jupyter_web_app.IMAGES}
    data = {jupyter_web_app.FILE: yaml.safe_dump({"spawnerFormDefaults": form})}
    made = {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "jupyter-web-app-config"}, "data": data}
    with pytest.raises(ValueError, match="upstream's images differ from Notebooks"):
        jupyter_web_app.spawner(Objects([made]))


def test_culling_that_upstream_calls_otherwise_is_noticed() -> None:
    with pytest.raises(ValueError, match="nothing matches"):
        notebook_controller.culling(Objects([]))
