"""What a team is in Kubernetes."""

from dataclasses import replace
from typing import Any

import pytest
from pydantic import TypeAdapter, ValidationError

from modules.iam.policy_context import ArtifactBucket
from modules.iam.policy_engine import Request, is_allowed
from modules.kubeflow.cache import Cache
from modules.kubeflow.chart import LocalChart
from modules.kubeflow.lock import read_lock
from modules.kubeflow.manifest import load
from modules.settings import BucketVolumes, Contributor, Queue, Quota, Team
from modules.settings.team import User
from modules.teams.names import NO_OWNER
from modules.teams.objects import BUCKET_TOKEN, LABELS, ROLE_TOKEN, TeamContext, objects
from modules.teams.rights import rights
from tests.object_schemas import problems, schemas_of
from tests.platform_objects import needs_cache
from tests.stand_ins.providers.kinds import in_install_order

BUCKET = {BUCKET_TOKEN: "prod-artifacts"}
CONTEXT = TeamContext(region="us-west-2", callers=("istio-system", "kubeflow"), tokens=BUCKET)
GRACE = Contributor(user="grace@example.com")
QUOTA = Quota(cpu=32, memory_gib=128, gpus=4, neuron_devices=0, storage_gib=500, pods=100)
TEAM = Team(
    name="team-a",
    owner="ada@example.com",
    contributors=(GRACE, Contributor(user="alan@x.org", role="view")),
    quota=QUOTA,
)
BARE = Team(name="team-a", owner="ada@example.com")
QUEUED = BARE.with_changes(queue=Queue(cpu=16, memory_gib=64, gpus=2, borrows=False, lends=False, covers="all"))


def made(profile: Team = TEAM, context: TeamContext = CONTEXT, *, has_role: bool = True) -> dict[str, Any]:
    return {f"{one['kind']}/{one['metadata']['name']}": one for one in objects(profile, context, has_role=has_role)}


def test_the_controller_takes_the_namespace_over_by_its_owner() -> None:
    namespace, profile = made()["Namespace/team-a"], made()["Profile/team-a"]
    assert namespace["metadata"]["annotations"]["owner"] == profile["spec"]["owner"]["name"] == "ada@example.com"
    assert profile["spec"]["owner"]["kind"] == "User"


@needs_cache
def test_the_namespace_has_the_labels_that_the_controller_would_give() -> None:
    phases = read_lock().components["profiles"]["default"].phases
    content = b"\n---\n".join(filter(None, (Cache().get(phase.sha256) for phase in phases.values())))
    (labels,) = [
        load(one["data"]["namespace-labels.yaml"])[0]
        for one in load(content)
        if one["kind"] == "ConfigMap" and "namespace-labels.yaml" in one.get("data", {})
    ]
    assert {**labels, "istio-injection": "enabled"} == LABELS


def test_a_team_mounts_its_own_prefix_with_its_own_role() -> None:
    """What Mountpoint requests for the prefix, and for that of another team, with the role of the pod's service account."""
    found = made(context=replace(CONTEXT, bucket_volumes=BucketVolumes(cache_gib=50)))
    volume, claim = found["PersistentVolume/artifacts-team-a"], found["PersistentVolumeClaim/artifacts"]
    assert problems([volume, claim], "1.35", {}) == []
    assert (claim["metadata"]["namespace"], claim["spec"]["volumeName"]) == ("team-a", "artifacts-team-a")
    assert volume["spec"]["claimRef"] == {"namespace": "team-a", "name": "artifacts"}
    attributes = volume["spec"]["csi"]["volumeAttributes"]
    assert attributes == {
        "bucketName": "@@artifact_bucket@@",
        "authenticationSource": "pod",
        "stsRegion": "us-west-2",
        "cache": "emptyDir",
        "cacheEmptyDirSizeLimit": "50Gi",
    }
    assert "read-only" in volume["spec"]["mountOptions"]
    (prefix,) = [one.partition(" ")[2] for one in volume["spec"]["mountOptions"] if one.startswith("prefix ")]
    statements = rights("team-a", ArtifactBucket("arn:aws:s3:::artifacts", None, "s3.us-west-2.amazonaws.com"))
    for read, allowed in ((prefix, True), (prefix.replace("team-a", "team-b"), False), ("", False)):
        mounts = Request("s3:ListBucket", "arn:aws:s3:::artifacts", {"s3:prefix": (read,)})
        reads = Request("s3:GetObject", f"arn:aws:s3:::artifacts/{read}models/a", {})
        assert [is_allowed(statements, one) for one in (mounts, reads)] == [allowed, allowed]


def test_a_team_has_no_volume_by_default() -> None:
    assert not [name for name in made() if name.startswith("PersistentVolume")]


def test_helm_makes_the_namespace_first_and_the_profile_last() -> None:
    kinds = [one["kind"] for one in in_install_order(made().values())]
    assert (kinds[0], kinds[-1]) == ("Namespace", "Profile")


def test_a_team_without_an_owner_belongs_to_a_user_who_cannot_sign_in() -> None:
    ownerless = made(TEAM.with_changes(owner=None))
    owner = ownerless["Profile/team-a"]["spec"]["owner"]["name"]
    assert ownerless["Namespace/team-a"]["metadata"]["annotations"]["owner"] == owner == NO_OWNER
    assert "RoleBinding/user-grace-example-com-clusterrole-edit" in ownerless
    with pytest.raises(ValidationError, match="system:"):
        TypeAdapter(User).validate_python(NO_OWNER)
    assert not NO_OWNER.startswith("system:serviceaccount:"), "machine tokens are of such users"


@needs_cache
def test_every_object_is_of_the_form_that_the_api_server_takes() -> None:
    crds = [
        item
        for entry in ("profiles", "admission-webhook", "istio-crds", "kueue")
        for item in load(Cache().get(read_lock().components[entry]["default"].phases["crds"].sha256) or b"")
    ]
    for profile in (TEAM, BARE, QUEUED):
        assert problems(made(profile).values(), "1.35", schemas_of(crds)) == []


def test_a_contributor_is_what_kfam_would_have_made() -> None:
    """Source: https://github.com/kubeflow/dashboard/blob/main/components/access-management/kfam/bindings.go."""
    name = "user-grace-example-com-clusterrole-edit"
    binding, policy = made()[f"RoleBinding/{name}"], made()[f"AuthorizationPolicy/{name}"]
    for one in (binding, policy):
        assert one["metadata"]["namespace"] == "team-a"
        assert one["metadata"]["annotations"] == {"user": "grace@example.com", "role": "edit"}
    assert binding["roleRef"] == {
        "apiGroup": "rbac.authorization.k8s.io",
        "kind": "ClusterRole",
        "name": "kubeflow-edit",
    }
    assert [subject["name"] for subject in binding["subjects"]] == ["grace@example.com"], "KFAM lists bindings of one"
    (rule,) = policy["spec"]["rules"]
    assert rule["when"] == [{"key": "request.headers[kubeflow-userid]", "values": ["grace@example.com"]}]
    assert rule["from"][0]["source"]["principals"][0].endswith("/sa/istio-ingressgateway-service-account")
    assert made()["RoleBinding/user-alan-x-org-clusterrole-view"]["roleRef"]["name"] == "kubeflow-view"


def test_the_controller_annotates_the_account_and_touches_nothing_in_aws() -> None:
    (plugin,) = made()["Profile/team-a"]["spec"]["plugins"]
    assert plugin["kind"] == "AwsIamForServiceAccount"
    assert plugin["spec"] == {"awsIamRole": f"@@{ROLE_TOKEN}@@", "annotateOnly": True}


@pytest.mark.parametrize("annotated", [True, False])
def test_without_a_role_to_annotate_there_is_no_plugin(annotated: bool) -> None:
    context = TeamContext(region="us-west-2", annotated=annotated)
    assert "plugins" not in made(context=context, has_role=not annotated)["Profile/team-a"]["spec"]


NO_PUBLIC = {"services.loadbalancers": "0", "services.nodeports": "0"}
"""A team without a quota of its own has this one, too: a controller publishes nothing on its behalf."""


def test_the_quota_is_in_the_profile_and_pods_that_name_nothing_still_start() -> None:
    assert made()["Profile/team-a"]["spec"]["resourceQuotaSpec"]["hard"] == {
        "requests.cpu": "32",
        "requests.memory": "128Gi",
        "requests.nvidia.com/gpu": "4",
        "requests.aws.amazon.com/neuron": "0",
        "requests.storage": "500Gi",
        "pods": "100",
        **NO_PUBLIC,
    }
    (limit,) = made()["LimitRange/requests"]["spec"]["limits"]
    assert limit == {"type": "Container", "defaultRequest": {"cpu": "100m", "memory": "256Mi"}}
    assert "LimitRange/requests" not in made(BARE)
    assert made(BARE)["Profile/team-a"]["spec"]["resourceQuotaSpec"] == {"hard": NO_PUBLIC}


def test_only_the_team_and_kubeflow_reach_its_pods() -> None:
    spec = made()["NetworkPolicy/only-own-and-kubeflow"]["spec"]
    assert (spec["podSelector"], spec["policyTypes"]) == ({}, ["Ingress"])
    (rule,) = spec["ingress"]
    own, others = rule["from"]
    assert own == {"podSelector": {}}, "without a namespaceSelector: of this namespace"
    (expression,) = others["namespaceSelector"]["matchExpressions"]
    assert expression == {
        "key": "kubernetes.io/metadata.name",
        "operator": "In",
        "values": ["istio-system", "kubeflow"],
    }
    assert not [key for key in made(context=TeamContext("us-west-2")) if key.startswith("NetworkPolicy/")]


def test_notebooks_may_have_pipelines_token_and_the_teams_place_in_s3() -> None:
    for name in ("access-ml-pipeline", "artifact-store"):
        assert made()[f"PodDefault/{name}"]["spec"]["selector"] == {"matchLabels": {name: "true"}}
    (volume,) = made()["PodDefault/access-ml-pipeline"]["spec"]["volumes"]
    (source,) = volume["projected"]["sources"]
    assert source["serviceAccountToken"]["audience"] == "pipelines.kubeflow.org"
    env = {one["name"]: one["value"] for one in made()["PodDefault/artifact-store"]["spec"]["env"]}
    assert env["ARTIFACT_ROOT"] == f"s3://@@{BUCKET_TOKEN}@@/private-artifacts/team-a/"


@pytest.mark.parametrize(
    ("changes", "left"),
    [
        ({"pod_defaults": False}, set()),
        ({"pipelines": False}, {"PodDefault/artifact-store"}),
        ({"tokens": {}}, {"PodDefault/access-ml-pipeline"}),
    ],
)
def test_what_is_not_there_is_not_offered(changes: dict[str, Any], left: set[str]) -> None:
    context = TeamContext(**{"region": "us-west-2", "tokens": BUCKET, **changes})
    assert {key for key in made(context=context) if key.startswith("PodDefault/")} == left


def test_namespace_and_profile_outlive_a_protected_release() -> None:
    kept = {key for key, one in made().items() if "helm.sh/resource-policy" in one["metadata"].get("annotations", {})}
    assert kept == {"Namespace/team-a", "Profile/team-a"}


def test_a_team_of_three_hundred_fits_into_one_release() -> None:
    """LocalChart refuses what passes 900 KiB."""
    people = tuple(Contributor(user=f"{'someone' * 10}{number}@example.com") for number in range(300))
    chart = LocalChart.of("team-team-a", list(made(TEAM.with_changes(contributors=people)).values()), "26.03")
    assert chart.tokens == (BUCKET_TOKEN, ROLE_TOKEN)
    assert chart.keeps


def test_only_the_team_uses_its_share_of_the_cluster() -> None:
    (queue,) = [one for one in made(QUEUED).values() if one["kind"] == "ClusterQueue"]
    spec = queue["spec"]
    assert spec["namespaceSelector"] == {"matchLabels": {"kubernetes.io/metadata.name": "team-a"}}
    shares = {
        one["name"]: (one["nominalQuota"], one["borrowingLimit"], one["lendingLimit"])
        for group in spec["resourceGroups"]
        for flavor in group["flavors"]
        for one in flavor["resources"]
    }
    assert shares == {
        "cpu": ("16", "0", "0"),
        "memory": ("64Gi", "0Gi", "0Gi"),
        "nvidia.com/gpu": ("2", "0", "0"),
        "aws.amazon.com/neuron": ("0", "0", "0"),
    }
    assert {key for key in made(QUEUED) if key.startswith("LocalQueue/")} == {"LocalQueue/team", "LocalQueue/default"}
    assert not [key for key in made() if "Queue" in key]


@needs_cache
def test_flavors_of_queues_are_those_that_kueue_has() -> None:
    content = Cache().get(read_lock().components["kueue"]["default"].phases["crs"].sha256) or b""
    installed = {one["metadata"]["name"] for one in load(content) if one["kind"] == "ResourceFlavor"}
    (queue,) = [one for one in made(QUEUED).values() if one["kind"] == "ClusterQueue"]
    assert {flavor["name"] for group in queue["spec"]["resourceGroups"] for flavor in group["flavors"]} == installed
