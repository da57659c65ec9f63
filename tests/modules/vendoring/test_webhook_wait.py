"""The hook that waits for webhooks: where it is, what it may do, and what an apply is without it."""

from pathlib import Path

import pytest
import yaml

from modules.kubeflow.cache import Cache
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import Object, load
from modules.kubeflow.normalize import Result
from modules.vendoring.webhook_wait import add
from tests.platform_objects import needs_cache
from tests.stand_ins.providers import Cluster, Refused
from tests.stand_ins.providers.helm_client import HelmClient, Options
from tests.stand_ins.providers.trial import CRD, DEPLOYMENT, HOOK_SERVICE, THING, WEBHOOK, write_chart

PODS = f"{HOOK_SERVICE}---{DEPLOYMENT}"


def made(webhook: str = WEBHOOK, crs: str = THING) -> list[Object]:
    """The custom resources of a component with this webhook, and the hook if there is one."""
    result = Result({"crds": load(CRD), "main": load(webhook), "crs": load(crs)}, [], [], [])
    add(result, "shop", "default")
    return result.phases["crs"]


def test_a_guarded_type_is_waited_for_with_the_rights_of_a_dry_run_and_no_more() -> None:
    found = {item["kind"]: item for item in made()}
    assert list(found) == ["Thing", "ServiceAccount", "ClusterRole", "ClusterRoleBinding", "ConfigMap", "Job"]
    assert found["ClusterRole"]["rules"] == [
        {"apiGroups": ["example.org"], "resources": ["things"], "verbs": ["create", "get", "patch"]}
    ]
    assert load(found["ConfigMap"]["data"]["objects.yaml"]) == load(THING)
    for kind in list(found)[1:]:
        notes = found[kind]["metadata"]["annotations"]
        assert notes["helm.sh/hook"] == "pre-install,pre-upgrade"
        assert notes["helm.sh/hook-delete-policy"] == "before-hook-creation,hook-succeeded"
        assert (notes["helm.sh/hook-weight"] == "0") == (kind == "Job")


@pytest.mark.parametrize(
    "webhook",
    [
        WEBHOOK.replace("resources: [things]", "resources: [others]"),
        WEBHOOK.replace("- name:", "- failurePolicy: Ignore\n  name:"),
        WEBHOOK.replace("CREATE, UPDATE", "DELETE"),
    ],
)
def test_a_type_that_nothing_guards_has_no_hook(webhook: str) -> None:
    assert [item["kind"] for item in made(webhook)] == ["Thing"]


def test_an_object_with_values_known_at_apply_is_not_a_sample() -> None:
    open_ = THING.replace("name: one", 'name: open, labels: {a: "@@host@@"}')
    (config,) = (item for item in made(crs=f"{open_}---\n{THING}") if item["kind"] == "ConfigMap")
    assert load(config["data"]["objects.yaml"])[0]["metadata"]["name"] == "one"
    with pytest.raises(ValueError, match=r"Thing.example.org default/open: .* values known only at apply"):
        made(crs=open_)


@pytest.mark.parametrize("with_hook", [False, True])
def test_a_webhook_that_refuses_at_first_ends_an_apply_only_without_the_hook(tmp_path: Path, with_hook: bool) -> None:
    cluster = Cluster("https://trial.example", refuses_at_first=True)
    helm = HelmClient(cluster)
    objects = made() if with_hook else load(THING)

    def install(name: str, *templates: str) -> None:
        helm.install(
            write_chart(tmp_path, name, *templates), {"app": "operator"}, ("default", name), Options(atomic=True)
        )

    install("shop-crds", CRD)
    install("shop", PODS, WEBHOOK)
    crs = yaml.safe_dump_all(objects)
    if not with_hook:
        with pytest.raises(Refused, match="connection refused"):
            install("shop-crs", crs)
        return
    install("shop-crs", crs)
    assert cluster.release("shop-crs").status == "deployed"
    assert not list(cluster.of_kind("Job")), "the hook leaves nothing"
    assert not list(cluster.of_kind("ServiceAccount"))[4:]


@needs_cache
def test_every_guarded_type_of_the_platform_is_waited_for() -> None:
    lock, waits = read_lock(), set()
    for name, variants in lock.components.items():
        for entry in variants.values():
            if "crs" in entry.phases:
                items = load(Cache().get(entry.phases["crs"].sha256) or b"")
                waits |= {name for item in items if item["kind"] == "Job"}
    assert waits >= {"cert-manager", "kserve", "knative-serving", "trainer"}
    assert not waits & {"istio", "pipelines"}, "nothing that must answer guards their types"
