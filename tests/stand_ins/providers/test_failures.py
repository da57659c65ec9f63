"""What goes wrong under the real Terraform on the attached stand-ins, and how it heals."""

from pathlib import Path
from typing import Any

import pytest

from tests.stand_ins.providers import Clusters, Release, attached
from tests.stand_ins.providers.trial import HOST, release, write_chart, write_stack
from tests.terraform import TerraformError

pytestmark = pytest.mark.terraform


@pytest.fixture
def clusters() -> Clusters:
    return Clusters()


def namespace(name: str) -> dict[str, Any]:
    return {"metadata": {"name": name}}


@pytest.mark.parametrize(
    ("helm_provider", "arguments", "left", "second"),
    [
        ("3.1", {}, "failed", None),
        ("3.1", {"atomic": True}, None, "create"),
        ("3.1", {"upgrade_install": True}, "failed", "create"),
        ("2.17", {}, "failed", "replace"),
        ("2.17", {"atomic": True}, None, "create"),
    ],
)
def test_what_a_failed_install_leaves_and_whether_the_next_apply_heals_it(
    tmp_path: Path,
    clusters: Clusters,
    helm_provider: Any,
    arguments: dict[str, Any],
    left: str | None,
    second: str | None,
) -> None:
    write_chart(tmp_path, "a")
    write_chart(tmp_path, "b")
    releases = {"a": release("a", **arguments), "b": release("b", "helm_release.a")}
    with attached(write_stack(tmp_path, {"helm_release": releases}), clusters, helm_provider=helm_provider) as stack:
        clusters.at(HOST).fail_once("a", how="unready")
        with pytest.raises(TerraformError, match="the pods do not get ready this once"):
            stack.apply()
        found: list[Release] = list(clusters.only.releases.values())
        assert [one.status for one in found] == ([left] if left else [])

        if second is None:
            with pytest.raises(TerraformError, match="cannot re-use a name that is still in use"):
                stack.apply()
            return
        assert stack.plan().actions == {"helm_release.a": second, "helm_release.b": "create"}
        stack.apply()
        assert stack.plan().is_empty
        assert clusters.only.done("install")[-1] == "b"


@pytest.mark.parametrize("arguments", [{"atomic": True}, {"atomic": False}])
def test_a_failed_upgrade_is_healed_by_the_next_apply(
    tmp_path: Path, clusters: Clusters, arguments: dict[str, Any]
) -> None:
    write_chart(tmp_path, "a")
    with attached(write_stack(tmp_path, {"helm_release": {"a": release("a", **arguments)}}), clusters) as stack:
        stack.apply()
        write_stack(tmp_path, {"helm_release": {"a": release("a", values=['{"x": 1}'], **arguments)}})
        clusters.only.fail_once("a", how="unready")
        with pytest.raises(TerraformError, match="context deadline exceeded"):
            stack.apply()

        assert stack.plan().actions == {"helm_release.a": "update"}
        stack.apply()
        assert stack.plan().is_empty
        assert (clusters.only.release("a").status, clusters.only.release("a").values) == ("deployed", {"x": 1})


def test_a_refusal_of_the_nth_write_stops_only_what_depends_on_it(tmp_path: Path, clusters: Clusters) -> None:
    for name in ("a", "b"):
        write_chart(tmp_path, name)
    resources = {
        "kubernetes_namespace_v1": {"x": namespace("x")},
        "helm_release": {
            "a": release("a", namespace="${kubernetes_namespace_v1.x.metadata[0].name}"),
            "b": release("b", "kubernetes_namespace_v1.x"),
        },
    }
    with attached(write_stack(tmp_path, resources), clusters) as stack:
        clusters.at(HOST).fail_once(nth=1)
        with pytest.raises(TerraformError, match="the API server refuses x this once"):
            stack.apply()
        assert clusters.only.events == []
        stack.apply()
        assert stack.plan().is_empty


def test_a_token_that_expires_midway_leaves_the_rest_for_the_next_apply(tmp_path: Path, clusters: Clusters) -> None:
    chain = {}
    for at in range(6):
        write_chart(tmp_path, f"a{at}")
        chain[f"a{at}"] = release(f"a{at}", *([f"helm_release.a{at - 1}"] if at else []))
    with attached(write_stack(tmp_path, {"helm_release": chain}), clusters) as stack:
        clusters.at(HOST).expire_token(after_calls=3)
        with pytest.raises(TerraformError, match="Unauthorized"):
            stack.apply()
        assert clusters.only.done("install") == ["a0", "a1", "a2"]

        write_stack(tmp_path, {"helm_release": chain}, token="second")
        assert stack.plan().actions == {f"helm_release.a{at}": "create" for at in (3, 4, 5)}
        stack.apply()
        assert clusters.only.done("install") == list(chain)
        assert clusters.only.tokens == ["first", "second"]


@pytest.mark.parametrize(("helm_provider", "state"), [("3.1", []), ("2.17", ["helm_release.a"])])
def test_a_token_that_is_refused_at_a_destroy_makes_helm_3_1_forget_the_release(
    tmp_path: Path, clusters: Clusters, helm_provider: Any, state: list[str]
) -> None:
    write_chart(tmp_path, "a")
    with attached(
        write_stack(tmp_path, {"helm_release": {"a": release("a")}}), clusters, helm_provider=helm_provider
    ) as stack:
        stack.apply()
        clusters.only.expire_token(after_calls=0)
        if helm_provider == "3.1":
            stack.destroy("-refresh=false")
        else:
            with pytest.raises(TerraformError, match="Unauthorized"):
                stack.destroy("-refresh=false")
        assert stack.state() == state
        assert clusters.only.release("a").status == "deployed"


@pytest.mark.parametrize(
    ("release_arguments", "provider", "said"),
    [
        ({"status": "deployed"}, {}, "provider has marked it as read-only"),
        ({"name": "n" * 54}, {}, "must have 1 to 53 characters"),
        ({"set": [{"name": "a", "value": "b", "type": "number"}]}, {}, "'number' is none of auto, string, literal"),
        ({"timeuot": 3}, {}, "timeuot"),
        ({}, {"host": None}, "no configuration has been provided"),
        ({}, {"token": None}, "asked for the client to provide credentials"),
        ({}, {"cluster_ca_certificate": "LS0tLS1CRUdJTg=="}, "it may be base64 still"),
        ({"values": ["- no map"]}, {}, "Error unmarshaling values"),
    ],
)
def test_what_is_refused_of_a_configuration(
    tmp_path: Path, clusters: Clusters, release_arguments: dict[str, Any], provider: dict[str, Any], said: str
) -> None:
    write_chart(tmp_path, "a")
    cluster = {"host": HOST, "token": "first", **provider}
    resources = {"helm_release": {"a": release("a") | release_arguments}}
    with attached(write_stack(tmp_path, resources, provider={"helm": [{"kubernetes": cluster}]}), clusters) as stack:
        with pytest.raises(TerraformError) as raised:
            stack.apply()
        assert said in " ".join(str(raised.value).replace("│", "").split())
        assert clusters.at(HOST).releases == {}
