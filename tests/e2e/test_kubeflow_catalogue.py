"""All of the catalogue that goes together, installed at once and removed again, with objects that users created in it."""

import json
from collections.abc import Iterator
from functools import partial

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.chosen import chosen_components, platform_parts
from modules.settings import Dns01Issuer
from modules.settings.node_pool import NodePool
from tests.e2e.kubeflow_stage import LAYERS, Staged, platform, staged
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Cluster, Graph

pytestmark = pytest.mark.terraform
KEPT_BY_HELM = {
    "aws-load-balancer-controller": {"aga.k8s.aws", "elbv2.k8s.aws", "gateway.k8s.aws"},
    "external-dns": {"externaldns.k8s.io"},
    "kube-prometheus-stack": {"monitoring.coreos.com"},
    "kuberay": {"ray.io"},
    "nvidia-device-plugin": {"nfd.k8s-sigs.io"},
    "secrets-store-csi-driver": {"secrets-store.csi.x-k8s.io"},
}
"""Groups of object types in the `crds` folder of an official chart, by entry: Helm never deletes those.

Source: https://helm.sh/docs/chart_best_practices/custom_resource_definitions/
"""
NOT_TOGETHER = {
    "argo-workflows",  # its object types are those of Pipelines
    "cluster-autoscaler",  # Karpenter does its work
    "database-retired-users",  # comes with a database made here, as the next one does
    "database-users",
    "gpu-operator",  # the device plugin does its work
    "efs-storage-class",  # comes with its file system, as the next one does
    "fsx-storage-class",
    "fixed-user",  # comes with NoAuth
    "machine-tokens",  # comes with its setting
    "auto-mode-node-pools",  # replaces Karpenter's on EKS Auto Mode
    "gateway-target-group",  # comes with a load balancer, see test_exposure.py
}
ZONE = "Z0123456789ABCDEFGHIJ"
WITH_A_SETTING = {"dns01-issuer"}
"""Entries that a setting installs."""
ALSO = tuple(
    one.name for one in CATALOGUE if not one.default and one.name not in NOT_TOGETHER and one.name not in WITH_A_SETTING
)
USERS_OBJECTS = (
    ("Notebook", "kubeflow.org/v1", "team"),
    ("InferenceService", "serving.kserve.io/v1beta1", "team"),
    ("RayCluster", "ray.io/v1", "team"),
    ("SeldonDeployment", "machinelearning.seldon.io/v1", "team"),
    ("ClusterQueue", "kueue.x-k8s.io/v1beta2", ""),
    ("Profile", "kubeflow.org/v1", ""),
    ("NodePool", "karpenter.sh/v1", ""),
)
"""Kind, version and namespace of objects that users created, each with a finalizer that its controller removes."""


def drain(cluster: Cluster, release: str) -> None:
    """What a drain's Job does: objects of the kinds that it names go, since their controllers are still there."""
    (job,) = cluster.release(release).hooks
    kinds = job["spec"]["template"]["spec"]["containers"][0]["args"][1].split(",")
    types = {one["metadata"]["name"]: one["spec"] for one in cluster.of_kind("CustomResourceDefinition")}
    assert set(kinds) <= types.keys(), "kubectl refuses a kind that the server does not know"
    wanted = {(types[kind]["group"], types[kind]["names"]["kind"]) for kind in kinds}
    for key in [key for key in cluster.objects if key[:2] in wanted]:
        del cluster.objects[key]


@pytest.fixture(scope="module")
def applied(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staged]:
    everything = platform(
        deletion_protection=False,
        enable=ALSO,
        dns_zone_ids=(ZONE,),
        dns01_issuer=Dns01Issuer(zone_id=ZONE, domain="ml.example.org", name="company"),
        node_pools=(NodePool(name="general"), NodePool(name="gpu", instance_categories=("g", "p"))),
        gpu_time_slices=4,
        provider_auth="exec",
    )
    with staged(tmp_path_factory.mktemp("catalogue"), moto, everything) as stage:
        for layer in LAYERS:
            stage.stacks[layer].apply()
        yield stage


def test_everything_is_installed_at_the_first_try(applied: Staged) -> None:
    names = {component.name for component in chosen_components(applied.settings)}
    assert names == {one.name for one in CATALOGUE} - NOT_TOGETHER
    releases = {one for layer in ("addons", "kubeflow") for one in applied.addresses(layer)}
    print(f"{len(releases)} releases; bytes of state: { {layer: len(applied.state(layer)) for layer in LAYERS} }")
    assert len(applied.cluster.releases) == len(releases)
    assert {release.status for release in applied.cluster.releases.values()} == {"deployed"}
    assert not [event for event in applied.cluster.events if event.action.endswith("failed")]


def test_second_plans_are_empty(applied: Staged) -> None:
    for layer in LAYERS:
        plan = applied.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_certificates_are_issued_with_a_role_of_their_own(applied: Staged) -> None:
    (issuer,) = (one for one in applied.cluster.of_kind("ClusterIssuer") if one["metadata"]["name"] == "company")
    solver = issuer["spec"]["acme"]["solvers"][0]["dns01"]["route53"]
    assert solver["hostedZoneID"] == ZONE
    iam = applied.aws.client("iam")
    (role,) = (one for one in iam.list_roles()["Roles"] if one["Arn"] == solver["role"])
    trust = json.dumps(role["AssumeRolePolicyDocument"])
    account = solver["auth"]["kubernetes"]["serviceAccountRef"]["name"]
    assert f"system:serviceaccount:cert-manager:{account}" in trust
    assert [
        one["metadata"]["namespace"]
        for one in applied.cluster.of_kind("ServiceAccount")
        if one["metadata"]["name"] == account
    ] == ["cert-manager"]


def test_every_need_is_in_terraforms_own_graph(applied: Staged) -> None:
    assert sum(applied.check_order(part) for part in platform_parts(applied.platform)) > 50


def test_a_destroy_drains_first_and_goes_backwards(applied: Staged) -> None:
    cluster = applied.cluster
    cluster.put({"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": "team"}})
    for kind, version, namespace in USERS_OBJECTS:
        place = {"namespace": namespace} if namespace else {}
        metadata = {"name": "of-a-user", "finalizers": ["example.com/controller"], **place}
        cluster.put({"apiVersion": version, "kind": kind, "metadata": metadata, "spec": {}})
    for name in ("kubeflow-drain", "addons-drain"):
        cluster.hook_effects[name] = partial(drain, release=name)
    needs = {part.name: Graph.of_apply(applied.stacks[part.name]) for part in platform_parts(applied.platform)}
    for layer in ("kubeflow", "addons"):
        graph = Graph.of_destroy(applied.stacks[layer])
        drained = f"helm_release.{layer}_drain"
        assert graph.all_before(drained) & applied.addresses(layer) == set()
        for release in applied.addresses(layer) - {drained}:
            assert drained in graph.all_before(release), f"{release} may go before {layer}-drain is done"
            for before in needs[layer].all_before(release) & applied.addresses(layer):
                assert release in graph.all_before(before), f"{before} may go before {release}, which stands on it"
        applied.stacks[layer].destroy()
    gone = cluster.done("uninstall")
    assert [name for name in cluster.done("hook") if name.endswith("-drain")] == ["kubeflow-drain", "addons-drain"]
    assert [one for one in cluster.objects if one[3] == "of-a-user"] == []
    order = [(event.action, event.name) for event in cluster.events]
    assert order.index(("hook", "kubeflow-drain")) < order.index(("uninstall", "notebook-controller"))
    assert order.index(("hook", "addons-drain")) < order.index(("uninstall", "karpenter"))
    assert gone.index("jupyter-web-app") < gone.index("notebook-controller") < gone.index("istio")
    assert cluster.releases == {}


def test_only_object_types_that_helm_never_deletes_are_left(applied: Staged) -> None:
    left = {
        (kind, name)
        for _, kind, namespace, name in applied.cluster.objects
        if name not in ("default", "kube-root-ca.crt") and name != "team" and not name.startswith("kube-")
    }
    assert {kind for kind, _ in left} == {"CustomResourceDefinition"}
    assert {name.partition(".")[2] for _, name in left} == set().union(*KEPT_BY_HELM.values())


def test_credentials_are_made_again_after_a_destroy(applied: Staged) -> None:
    before = applied.credentials()
    applied.stacks["services"].destroy()
    assert applied.credentials() == {}
    assert [applied.stacks[layer].state() for layer in LAYERS] == [[], [], []]
    applied.stacks["services"].apply()
    after = applied.credentials()
    assert after.keys() == before.keys()
    assert len(before) == 8
    assert not set(after.values()) & set(before.values())
