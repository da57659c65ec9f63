"""The real Terraform on the attached stand-ins."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.providers import Clusters, Graph, attached
from tests.stand_ins.providers.trial import (
    CONFIG_MAP,
    DEPLOYMENT,
    HOST,
    release,
    sixty_releases,
    write_chart,
    write_stack,
)
from tests.terraform import TerraformError

pytestmark = pytest.mark.terraform


@pytest.fixture
def clusters() -> Clusters:
    return Clusters()


def namespace(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


def test_sixty_releases_with_a_hundred_edges_from_nothing_to_nothing(tmp_path: Path, clusters: Clusters) -> None:
    resources = sixty_releases(tmp_path)
    needs = {name: one.get("depends_on", []) for name, one in resources["helm_release"].items()}
    assert sum(map(len, needs.values())) == 110
    with attached(write_stack(tmp_path, resources), clusters) as stack:
        stack.validate()
        plan = stack.plan()
        assert set(plan.actions.values()) == {"create"}
        stack.apply(plan=plan)
        assert stack.plan().is_empty

        done = clusters.only.done("install")
        assert len(done) == 60
        graph = Graph.of_apply(stack)
        for name, before in needs.items():
            assert set(before) <= graph.all_before(f"helm_release.{name}")
            assert all(done.index(one.removeprefix("helm_release.")) < done.index(name) for one in before)

        resources["helm_release"]["r5"]["values"] = ['{"number": "changed"}']
        write_stack(tmp_path, resources)
        assert stack.plan().actions == {"helm_release.r5": "update"}
        stack.apply()
        assert clusters.only.release("r5").values == {"number": "changed"}

        graph = Graph.of_destroy(stack)
        assert all(f"helm_release.{name}" in graph.all_before(one) for name, before in needs.items() for one in before)
        assert all(f"helm_release.r{at}" in graph.all_before(f"kubernetes_namespace_v1.n{at % 6}") for at in range(60))
        stack.destroy()
        gone = clusters.only.done("uninstall")
        assert all(
            gone.index(name) < gone.index(one.removeprefix("helm_release.")) for name in needs for one in needs[name]
        )
        assert clusters.only.releases == {}
        assert "in-clear" not in (tmp_path / "terraform.tfstate").read_text()


def test_a_changed_version_is_one_update_and_a_wrong_one_an_error_of_the_plan(
    tmp_path: Path, clusters: Clusters
) -> None:
    write_chart(tmp_path, "a")
    with attached(write_stack(tmp_path, {"helm_release": {"a": release("a")}}), clusters) as stack:
        stack.apply()
        write_chart(tmp_path, "a", CONFIG_MAP, version="1.0.1")
        with pytest.raises(
            TerraformError, match=r'in the configuration is "1\.0\.0" but the planned version is "1\.0\.1"'
        ):
            stack.plan()
        write_stack(tmp_path, {"helm_release": {"a": release("a", version="1.0.1")}})
        plan = stack.plan()
        assert plan.actions == {"helm_release.a": "update"}
        stack.apply(plan=plan)
        assert (clusters.only.release("a").chart["version"], clusters.only.release("a").revision) == ("1.0.1", 2)


def test_without_its_chart_a_release_is_destroyed_only_when_nothing_is_refreshed(
    tmp_path: Path, clusters: Clusters
) -> None:
    write_chart(tmp_path, "a")
    with attached(write_stack(tmp_path, {"helm_release": {"a": release("a")}}), clusters) as stack:
        stack.apply()
        shutil.rmtree(tmp_path / "charts")
        # Terraform makes a whole plan before it plans a destroy, and the provider opens every chart for that.
        with pytest.raises(TerraformError, match=r"Unable to locate chart \./charts/a"):
            stack.destroy()
        stack.destroy("-refresh=false")
        assert clusters.only.releases == {}


def test_name_and_namespace_are_replaced(tmp_path: Path, clusters: Clusters) -> None:
    write_chart(tmp_path, "a")
    resources: dict[str, Any] = {"helm_release": {"a": release("a")}, "kubernetes_namespace_v1": {"x": namespace("x")}}
    with attached(write_stack(tmp_path, resources), clusters) as stack:
        stack.apply()
        resources["helm_release"]["a"] |= {"name": "renamed"}
        resources["kubernetes_namespace_v1"]["x"] = namespace("y")
        write_stack(tmp_path, resources)
        plan = stack.plan()
        assert plan.actions == {"helm_release.a": "replace", "kubernetes_namespace_v1.x": "replace"}
        assert plan.change("kubernetes_namespace_v1.x")["replace_paths"] == [["metadata", 0, "name"]]


def test_an_address_that_is_not_known_at_plan(tmp_path: Path, clusters: Clusters) -> None:
    write_chart(tmp_path, "a")
    cluster = {"host": "${terraform_data.host.output}", "token": "t"}
    resources = {"terraform_data": {"host": {"input": HOST}}, "helm_release": {"a": release("a")}}
    with attached(write_stack(tmp_path, resources, provider={"helm": [{"kubernetes": cluster}]}), clusters) as stack:
        plan = stack.plan()
        stack.apply(plan=plan)
        assert clusters.only.host == HOST
        assert stack.plan().is_empty


def test_two_providers_of_one_stack_reach_two_clusters(tmp_path: Path, clusters: Clusters) -> None:
    write_chart(tmp_path, "a")
    other = {"alias": "other", "kubernetes": {"host": "https://other.example", "token": "o"}}
    provider = {"helm": [{"kubernetes": {"host": HOST, "token": "t"}}, other]}
    resources = {"helm_release": {"a": release("a"), "b": release("a", provider="helm.other", values=['{"b": 1}'])}}
    with attached(write_stack(tmp_path, resources, provider=provider), clusters) as stack:
        stack.apply()
        assert clusters.at(HOST).release("a").values == {}
        assert clusters.at("https://other.example").release("a").values == {"b": 1}
        assert stack.plan().is_empty


def test_values_are_laid_over_each_other_and_write_only_ones_stay_out_of_the_state(
    tmp_path: Path, clusters: Clusters
) -> None:
    write_chart(tmp_path, "a")
    arguments: dict[str, Any] = {
        "values": ["a: {b: 1, c: 2}", "a: {c: 3}"],
        "set": [{"name": "a.d", "value": "4"}, {"name": "e", "value": "5", "type": "string"}],
        "set_list": [{"name": "f", "value": ["6", "7"]}],
        "set_sensitive": [{"name": "g", "value": "covered"}],
    }
    with attached(write_stack(tmp_path, {"helm_release": {"a": release("a", **arguments)}}), clusters) as stack:
        stack.apply()
        assert clusters.only.release("a").values == {
            "a": {"b": 1, "c": 3, "d": 4},
            "e": "5",
            "f": [6, 7],
            "g": "covered",
        }
        assert stack.plan().is_empty
        arguments |= {"set_wo": [{"name": "h", "value": "never-stored"}], "set_wo_revision": 1}
        write_stack(tmp_path, {"helm_release": {"a": release("a", **arguments)}})
        stack.apply()
        assert clusters.only.release("a").values["h"] == "never-stored"
        assert "never-stored" not in (tmp_path / "terraform.tfstate").read_text()
        assert stack.plan().is_empty


def test_a_write_only_secret_fed_by_an_ephemeral_changes_with_its_revision_only(
    tmp_path: Path, clusters: Clusters
) -> None:
    def write(revision: int, label: str = "old") -> Any:
        secret = {
            "metadata": {"name": "db", "labels": {"label": label}},
            "data_wo": {"password": "${var.password}"},
            "data_wo_revision": revision,
        }
        variable = {"password": {"type": "string", "ephemeral": True}}
        return write_stack(tmp_path, {"kubernetes_secret_v1": {"db": secret}}, variable=variable)

    def password() -> Any:
        stored = clusters.only.get("Secret", "db", "default")
        return stored and stored["data"]["password"]

    with attached(write(1), clusters) as stack:
        stack.set_variables(password="first")
        stack.apply()
        assert password() == "Zmlyc3Q="
        stack.set_variables(password="second")
        assert stack.plan().is_empty
        write(1, label="new")
        stack.apply()
        assert password() == "Zmlyc3Q=", "an update for another reason leaves the password alone"
        write(2)
        assert stack.plan().actions == {"kubernetes_secret_v1.db": "update"}
        stack.apply()
        assert password() == "c2Vjb25k"
        state = (tmp_path / "terraform.tfstate").read_text()
        assert "second" not in state
        assert "c2Vjb25k" not in state


def test_objects_are_imported_drift_and_follow_their_arguments(tmp_path: Path, clusters: Clusters) -> None:
    write_chart(tmp_path, "a", DEPLOYMENT)
    resources: dict[str, Any] = {
        "kubernetes_config_map_v1": {"c": {"metadata": {"name": "c", "labels": {"x": "1"}}, "data": {"k": "v"}}},
        "kubernetes_service_account_v1": {"s": {"metadata": {"name": "s"}, "image_pull_secret": [{"name": "pull"}]}},
        "kubernetes_annotations": {
            "s": {
                "api_version": "v1",
                "kind": "ServiceAccount",
                "metadata": {"name": "s"},
                "annotations": {"eks.amazonaws.com/role-arn": "arn"},
                "depends_on": ["kubernetes_service_account_v1.s"],
            }
        },
        "kubernetes_storage_class_v1": {
            "g": {
                "metadata": {"name": "g"},
                "storage_provisioner": "ebs.csi.aws.com",
                "parameters": {"type": "gp3"},
                "allowed_topologies": {"match_label_expressions": [{"key": "zone", "values": ["a", "b"]}]},
            }
        },
        "helm_release": {"a": release("a", "kubernetes_service_account_v1.s", values=["account: s"])},
    }
    with attached(write_stack(tmp_path, resources), clusters) as stack:
        stack.apply()
        cluster = clusters.only
        annotated = cluster.get("ServiceAccount", "s", "default")
        assert annotated is not None
        assert annotated["metadata"]["annotations"] == {"eks.amazonaws.com/role-arn": "arn"}
        assert stack.plan().actions == {"kubernetes_service_account_v1.s": "update"}, (
            "both own its annotations: as in life"
        )
        resources["kubernetes_service_account_v1"]["s"]["lifecycle"] = {"ignore_changes": ["metadata[0].annotations"]}
        write_stack(tmp_path, resources)
        assert stack.plan().is_empty

        stored = cluster.get("ConfigMap", "c", "default")
        assert stored is not None
        stored["data"] = {"k": "by hand"}
        assert stack.plan().actions == {"kubernetes_config_map_v1.c": "update"}
        del cluster.releases["default", "a"]
        assert stack.plan().actions == {"kubernetes_config_map_v1.c": "update", "helm_release.a": "create"}

        resources["kubernetes_storage_class_v1"]["g"]["parameters"] = {"type": "io2"}
        write_stack(tmp_path, resources)
        assert stack.plan().actions["kubernetes_storage_class_v1.g"] == "replace"


def test_what_is_there_already_is_imported_without_a_change(tmp_path: Path, clusters: Clusters) -> None:
    write_chart(tmp_path, "a")
    resources = {
        "kubernetes_namespace_v1": {"x": namespace("x")},
        "helm_release": {"a": release("a", namespace="x")},
    }
    with attached(write_stack(tmp_path, resources), clusters) as stack:
        clusters.at(HOST).put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "x"}})
        with pytest.raises(TerraformError, match='namespaces "x" already exists'):
            stack.apply("-target=kubernetes_namespace_v1.x")
        stack.run("import", "kubernetes_namespace_v1.x", "x")
        stack.apply()
        stack.run("state", "rm", "helm_release.a")
        stack.run("import", "helm_release.a", "x/a")
        # The provider does not know from where a release was installed.
        assert stack.plan().actions == {"helm_release.a": "update"}
        stack.apply()
        assert stack.plan().is_empty
        resource = json.loads((tmp_path / "terraform.tfstate").read_text())["resources"][0]
        assert resource["instances"][0]["private"], "private state came back from the provider"
