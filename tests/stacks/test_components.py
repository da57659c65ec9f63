"""The stacks of add-ons and Kubeflow: order, guards, sign-in, secrets, roles, draining, outputs."""

import functools
import json
import re
from collections.abc import Mapping
from dataclasses import replace
from itertools import pairwise
from typing import Any

import cdktf
import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import external_services_of, platform_parts
from modules.kubeflow.drain import MINUTES, USERS_KINDS
from modules.kubeflow.install_order import StackPart
from modules.kubeflow.upstream import REPOSITORIES, VERSION
from modules.kubeflow.variants import entries, lock, variant
from modules.naming import slug
from modules.settings import Dex, ExistingCluster, Kubeflow, NodePool
from modules.settings.component import Component, HelmChart, Kustomization, Vendored
from stacks.components import KubeflowStack
from stacks.platform import Synthesized
from tests.built_once import build
from tests.documents import GONE, at
from tests.each_stack import in_each
from tests.platforms import PLATFORMS, built, cluster, documents, platform
from tests.release_values import release_values

Document = Mapping[str, Any]
SLOW = Component("slow", "slow", HelmChart("https://charts.example.com", "slow", "1.2.3"), needs=("katib",), minutes=9)
SPLIT = platform(
    "split", kubeflow=Kubeflow(auth=Dex(users=("ada@team.example.net",)), extra_components=(SLOW,), split=True)
)


@functools.cache
def split() -> Synthesized:
    return build(SPLIT)


def releases(document: Document) -> dict[str, Any]:
    found: dict[str, Any] = document["resource"]["helm_release"]
    return found


def with_components() -> list[str]:
    """Stacks of components; the release of a team belongs to no component."""
    return [
        stack
        for stack, one in documents().items()
        if "helm_release" in one.get("resource", {}) and not stack.endswith("-teams")
    ]


def components(stack: str) -> dict[str, Component]:
    """Entries that a stack installs."""
    name, _, layer = stack.partition("-")
    kubeflow = PLATFORMS[name].kubeflow
    assert kubeflow is not None
    return {one.name: one for part in platform_parts(PLATFORMS[name]) if part.name == layer for one in part.components}


def phases(component: Component, names: frozenset[str]) -> list[str]:
    """Addresses of the releases of one entry, in order."""
    if not isinstance(component.source, Vendored):
        return [slug(component.name)]
    entry = lock().entry(component.name, variant(component, names))
    return [slug(component.name if phase == "main" else f"{component.name}-{phase}") for phase in entry.phases]


@in_each(with_components)
def test_a_release_comes_after_the_last_of_all_that_it_needs(stack: str) -> None:
    found, here = releases(documents()[stack]), components(stack)
    names = frozenset(here)
    for component in here.values():
        mine = phases(component, names)
        for need in (*component.needs, *component.after):
            if need in here:
                assert f"helm_release.{phases(here[need], names)[-1]}" in found[mine[0]]["depends_on"], component.name
        for before, after in pairwise(mine):
            assert found[after]["depends_on"] == [f"helm_release.{before}"]
    drained = {name for name in found if name.endswith("_drain")}
    first = {name for name in found if name.endswith("_namespaces")}
    assert set(found) - drained - first == {one for component in here.values() for one in phases(component, names)}


@in_each(with_components)
def test_namespaces_come_before_everything_in_them(stack: str) -> None:
    document = documents()[stack]
    name = slug(f"{stack.partition('-')[2]}-namespaces")
    namespaces = releases(document).get(name)
    made = at(document, "output namespaces value")
    if namespaces is None:
        assert made == []
        return
    assert (namespaces["namespace"], namespaces.get("depends_on")) == ("kube-system", None)
    for component in components(stack).values():
        first = releases(document)[phases(component, frozenset(components(stack)))[0]]
        assert f"helm_release.{name}" in first["depends_on"]
        assert first["namespace"] in {*made, "kube-system"} or stack == "guest-kubeflow"
    for secret in document["resource"].get("kubernetes_secret_v1", {}).values():
        assert secret["depends_on"][0] == f"helm_release.{name}"


@pytest.mark.parametrize("stack", ["prod-kubeflow", "backed-kubeflow"])
def test_programs_get_a_database_user_once_it_exists(stack: str) -> None:
    """A pod may restart between the two: with a Secret that names a user which is not there yet it could not sign in."""
    secrets = documents()[stack]["resource"]["kubernetes_secret_v1"]
    programs = [address for address in secrets if address.startswith(("katib_", "pipelines_"))]
    assert len(programs) >= 4
    for address in programs:
        assert "helm_release.database_users" in secrets[address]["depends_on"]


@pytest.mark.parametrize("stack", ["prod-kubeflow", "full-kubeflow", "guest-kubeflow"])
def test_secrets_exist_before_their_readers_and_only_point_to_their_content(stack: str) -> None:
    document = documents()[stack]
    here = components(stack)
    secrets = document["resource"]["kubernetes_secret_v1"]
    assert secrets
    for address, secret in secrets.items():
        component = next(name for name in here if address.startswith(f"{slug(name)}_"))
        first = releases(document)[phases(here[component], frozenset(here))[0]]
        assert f"kubernetes_secret_v1.{address}" in first["depends_on"]
        assert set(secret) & {"data", "binary_data"} == set()
        assert all(value.startswith("${") for value in secret["data_wo"].values())
    for read in document["ephemeral"]["aws_secretsmanager_secret_version"].values():
        assert re.search(r"outputs\.credentials\.[a-z0-9-]+\.version_id\}$", read["version_id"])


@in_each(with_components)
def test_roles_and_associations_come_before_the_pods_that_use_them(stack: str) -> None:
    document, here = documents()[stack], components(stack)
    resources = document["resource"]
    used = {address for release in releases(document).values() for address in release.get("depends_on", ())}
    for kind in ("aws_iam_role_policy", "aws_eks_pod_identity_association"):
        wanted = {f"{kind}.{address}" for address in resources.get(kind, {}) if "karpenter_node" not in address}
        assert wanted <= used
    kubeflow = PLATFORMS[stack.partition("-")[0]].kubeflow
    used_services = {None, *(external_services_of(kubeflow).external if kubeflow is not None else ())}
    with_access = [one for one in here.values() if any(access.only_with in used_services for access in one.aws)]
    irsa = kubeflow is not None and kubeflow.service_account_auth == "irsa"
    assert bool(resources.get("aws_eks_pod_identity_association")) == (bool(with_access) and not irsa)
    for component in with_access:
        mine = phases(component, frozenset(here))
        values = json.dumps([release_values(document, address) for address in mine])
        by_name = component.name == "dns01-issuer"  # its issuer names the role; others have it in an annotation
        assert ("eks.amazonaws.com/role-arn" in values) == (irsa and not by_name)
        assert ("role_arn_dns01_issuer" in values) == by_name
        depends_on = releases(document)[mine[0]]["depends_on"]
        assert any(address.startswith("aws_iam_role_policy.") for address in depends_on)


@in_each(with_components)
def test_guards_of_each_release(stack: str) -> None:
    document, here = documents()[stack], components(stack)
    names = frozenset(here)
    for component in here.values():
        for address in phases(component, names):
            release = releases(document)[address]
            assert release["timeout"] == component.timeout_seconds
            assert release["atomic"] is not component.stateful
            assert release.get("upgrade_install", False) is component.stateful
    for release in releases(document).values():
        assert (release["create_namespace"], release["wait"], release["wait_for_jobs"]) == (False, True, True)
        assert release["max_history"] == 3
        local = release["chart"].startswith("${path.module}/")
        assert local != ("repository" in release)
        assert local == ("precondition" in release.get("lifecycle", {}))
        if local:
            (guard,) = release["lifecycle"]["precondition"]
            folder = release["chart"].removeprefix("${path.module}/")
            assert re.fullmatch(rf"(charts|objects)/{release['name']}", folder)
            assert guard["condition"] == f'${{local.charts_match["{folder}"]}}'
            assert guard["error_message"].startswith(f"{folder}: ")
            assert re.fullmatch(r"[0-9a-f]{64}", document["locals"]["charts"][folder])
            assert re.fullmatch(r"\d+\.\d+\.\d+\+[0-9a-f]{12}", release["version"])


@in_each(with_components)
def test_terraform_signs_in_with_what_no_state_holds(stack: str) -> None:
    document = documents()[stack]
    by_token = PLATFORMS[stack.partition("-")[0]].provider_auth() == "token"
    assert by_token == stack.startswith("guest-")
    providers = {
        "helm": at(document, "provider helm 0 kubernetes"),
        "kubernetes": at(document, "provider kubernetes 0"),
    }
    if "kubernetes_secret_v1" not in document["resource"]:
        assert providers.pop("kubernetes") == GONE
        assert "kubernetes" not in document["terraform"]["required_providers"]
    for provider in providers.values():
        assert provider["host"] == "${data.aws_eks_cluster.this.endpoint}"
        assert provider["cluster_ca_certificate"].startswith("${base64decode(data.aws_eks_cluster.this.")
        if not by_token:
            program = provider["exec"] if isinstance(provider["exec"], Mapping) else provider["exec"][0]
            assert program["args"][:4] == ["eks", "get-token", "--region", PLATFORMS[stack.partition("-")[0]].region]
            assert "token" not in provider
        else:
            assert provider["token"] == "${ephemeral.aws_eks_cluster_auth.this.token}"
            assert "exec" not in provider
    assert ("aws_eks_cluster_auth" in document.get("ephemeral", {})) == by_token
    assert "aws_eks_cluster_auth" not in document.get("data", {})


def test_what_users_made_is_drained_first_and_only_without_protection() -> None:
    assert [name for name in releases(documents()["prod-kubeflow"]) if "drain" in name] == []
    found = releases(documents()["full-kubeflow"])
    drain = found["kubeflow_drain"]
    names = frozenset(components("full-kubeflow"))
    assert set(drain["depends_on"]) == {
        f"helm_release.{phases(one, names)[-1]}" for one in components("full-kubeflow").values()
    }
    assert drain["timeout"] > MINUTES * 60
    chart = next(chart for chart in built("full").charts["full-kubeflow"] if chart.release == "kubeflow-drain")
    text = (chart.content or b"").decode()
    order = [kind for kind in USERS_KINDS if kind in text]
    assert ",".join(order) in text
    assert {"profiles.kubeflow.org", "mpijobs.kubeflow.org", "inferenceservices.serving.kserve.io"} <= set(order)
    assert "addons_drain" in releases(documents()["full-addons"])
    assert (
        build(PLATFORMS["full"].with_changes(deletion_protection=True))
        .documents["full-addons"]["resource"]
        .get("helm_release", {})
        .keys()
        .isdisjoint({"addons_drain"})
    )


def test_a_stack_that_takes_too_long_is_cut_into_numbered_ones_in_a_row() -> None:
    made = split()
    names = [stack for stack in made.documents if "kubeflow" in stack]
    assert sorted(names) == ["split-kubeflow-1", "split-kubeflow-2"]
    manifest = json.loads(made.tree["manifest.json"])["stacks"]
    assert manifest["split-kubeflow-1"]["dependencies"] == ["split-addons"]
    assert manifest["split-kubeflow-2"]["dependencies"] == ["split-kubeflow-1"]
    one, two = (releases(made.documents[name]) for name in sorted(names))
    assert set(one) & set(two) == set()
    assert "slow" in two
    assert made.charts["split-kubeflow-2"][0].release == "kubeflow-2-namespaces"
    installed = at(made.documents["split-kubeflow-1"], "output namespaces value")
    more = at(made.documents["split-kubeflow-2"], "output namespaces value")
    assert set(installed) & set(more) == set()
    assert "slow" in more
    backends = {at(made.documents[name], "terraform backend local path") for name in names}
    assert len(backends) == 2


def test_outputs_say_where_the_dashboard_is_and_what_is_installed() -> None:
    output = documents()["full-kubeflow"]["output"]
    assert output["dashboard_url"]["value"] == "http://localhost:8080"
    assert "service/istio-ingressgateway 8080:80" in output["port_forward_command"]["value"]
    versions = output["component_versions"]["value"]
    assert set(versions) == set(components("full-kubeflow"))
    assert versions["kuberay"] == "1.7.0"
    assert versions["pipelines"] == VERSION
    assert versions["mpi-operator"] == REPOSITORIES["kubeflow/mpi-operator"].version
    chosen = entries(list(components("full-kubeflow").values()))
    images = set(output["images"]["value"])
    assert {image for entry in chosen.values() for image in entry.images} <= images
    assert {"dashboard_url", "port_forward_command"} & set(documents()["full-addons"]["output"]) == set()


def test_the_json_stays_small() -> None:
    tree = built("full").tree
    for stack in ("full-kubeflow", "full-addons"):
        assert len(tree[f"stacks/{stack}/cdk.tf.json"]) < 200_000
    assert len(releases(documents()["full-kubeflow"])) > 50


def test_an_existing_cluster_is_looked_up_and_what_it_has_is_not_created() -> None:
    document = documents()["guest-kubeflow"]
    assert at(document, "data aws_eks_cluster this name") == "shared"
    assert "cert_manager" not in releases(document)
    assert "cert-manager" not in at(document, "output namespaces value")
    assert "${local.oidc_issuer_host}" in release_values(document, "machine_tokens")["tokens"].values()
    assert "guest-cluster" not in documents()


def test_namespaces_of_what_is_installed_already_are_left_alone() -> None:
    shared = Kubeflow(
        auth=Dex(users=("ada@team.example.net",)), preinstalled=("istio-namespace", "istio-crds", "istio")
    )
    document = build(platform("mesh", kubeflow=shared)).documents["mesh-kubeflow"]
    assert "istio-system" not in at(document, "output namespaces value")
    assert releases(document)["oauth2_proxy"]["depends_on"][0] == "helm_release.kubeflow_namespaces"


@pytest.mark.parametrize(("auth", "kind"), [("irsa", "Federated"), ("pod_identity", "Service")])
def test_each_account_gets_a_role_that_only_it_can_take(auth: str, kind: str) -> None:
    kubeflow = Kubeflow(auth=Dex(users=("ada@team.example.net",)), service_account_auth=auth)
    document = build(platform("who", kubeflow=kubeflow)).documents["who-addons"]
    statement = at(document, "data aws_iam_policy_document cluster_autoscaler_trust statement 0")
    assert statement["principals"][0]["type"] == kind
    if auth == "irsa":
        subjects = [one["values"] for one in statement["condition"] if one["variable"].endswith(":sub")]
        assert subjects == [["system:serviceaccount:kube-system:cluster-autoscaler"]]
    else:
        association = at(document, "resource aws_eks_pod_identity_association cluster_autoscaler")
        assert (association["namespace"], association["service_account"]) == ("kube-system", "cluster-autoscaler")


@pytest.mark.parametrize(
    ("changes", "tag"),
    [({"cluster": cluster()}, "pools"), ({"cluster": ExistingCluster(name="shared"), "network": None}, "shared")],
)
def test_karpenter_finds_subnets_by_the_tag_of_the_cluster(changes: Mapping[str, Any], tag: str) -> None:
    kubeflow = Kubeflow(
        auth=Dex(users=("ada@team.example.net",)),
        enable=("karpenter-crds", "karpenter", "karpenter-node-pools"),
        node_pools=(NodePool(name="pool"),),
    )
    chart = build(platform("pools", kubeflow=kubeflow, **changes)).charts["pools-addons"][-1]
    assert chart.release == "karpenter-node-pools"
    assert f"karpenter.sh/discovery: {tag}\n" in (chart.content or b"").decode()


def test_what_the_lock_lacks_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    settings = PLATFORMS["prod"]
    assert settings.kubeflow is not None
    part = platform_parts(settings)[-1]
    unknown = replace(part, components=(*part.components, replace(SLOW, source=Kustomization("apps/slow"))))
    with pytest.raises(ValueError, match=r"slow \(default\): .*upstream\.lock\.json; run `make vendor UPDATE=1`"):
        KubeflowStack(cdktf.Testing.app(), settings, unknown, frozenset())


def test_a_platform_without_kubeflow_has_no_such_stack() -> None:
    assert PLATFORMS["auto"].kubeflow is None
    part = platform_parts(SPLIT)[0]
    with pytest.raises(ValueError, match=r"kubeflow: not set; set kubeflow=Kubeflow\(…\)"):
        KubeflowStack(cdktf.Testing.app(), PLATFORMS["auto"], part, frozenset())
    assert not [stack for stack in documents() if stack.startswith("auto-") and "kubeflow" in stack]


def test_a_variant_follows_from_components_of_other_parts_too() -> None:
    """Or the training operator in one numbered stack and the MPI operator in the next would both own MPIJob."""
    settings = platform(
        "apart",
        kubeflow=Kubeflow(auth=Dex(users=("ada@team.example.net",)), enable=("training-operator", "mpi-operator")),
    )
    training = next(one for one in CATALOGUE if one.name == "training-operator")
    stack = KubeflowStack(cdktf.Testing.app(), settings, StackPart("kubeflow", 1, (training,)), frozenset())
    assert stack.entries == {"training-operator": lock().entry("training-operator", "without-mpijob")}
