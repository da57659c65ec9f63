"""Whose artifacts a team gets through Pipelines: by the roles that its requests are served with, and by where they are sent.

What no test here can show: that Envoy and the page do what their projects say of them (query parameters, http-proxy).
"""

import re
from dataclasses import replace
from typing import Any

import pytest

from modules.iam.artifact_prefixes import key_format, pipeline_root, team_prefix
from modules.iam.policy_context import ArtifactBucket
from modules.iam.policy_engine import is_allowed
from modules.kubeflow.components.pipelines.patches import NAMESPACE, artifacts_only_by_proxy, page_on_s3
from modules.kubeflow.components.pipelines.policy import pipelines, pipelines_ui
from modules.kubeflow.patching.patch import Objects
from modules.settings import Statement
from modules.teams.names import SERVICE_ACCOUNT
from modules.teams.rights import rights
from tests.modules.iam.policy_examples import BUCKET, CONTEXT, KEY, LOG, OUTPUT, key_use, requests
from tests.modules.kubeflow.patches.test_pipelines_profile_controller import objects

OF_BUCKET = ArtifactBucket(BUCKET, KEY, "s3.us-west-2.amazonaws.com")
TEAM_A = rights("team-a", OF_BUCKET)
OTHERS = [
    OUTPUT.replace("team-a", "team-b"),
    LOG.replace("team-a", "team-b"),
    OUTPUT.replace("team-a", "team-ab"),
    "/pipelines/3b0c",
    "/shared/x",
]


def test_all_parts_agree_where_a_team_s_artifacts_are() -> None:
    prefix = team_prefix("team-a")
    assert prefix == "private-artifacts/team-a/"
    assert pipeline_root("bucket", "team-a") == "s3://bucket/private-artifacts/team-a/v2/artifacts"
    assert key_format("team-a").startswith(f"{prefix}{{{{workflow.name}}}}/")


@pytest.mark.parametrize("key", [OUTPUT, LOG])
def test_a_team_s_proxy_reads_what_is_the_team_s(key: str) -> None:
    """What the proxy requests: GetObject, by minio's client, with the key that encrypts it."""
    wanted = requests("s3:GetObject", BUCKET + key) + requests("kms:Decrypt", KEY, given=key_use(BUCKET + key))
    assert all(is_allowed(TEAM_A, one) for one in wanted)
    for gone in TEAM_A:
        needed = [one for one in TEAM_A if one is not gone]
        lists = "s3:ListBucket" in gone.actions
        assert all(is_allowed(needed, one) for one in wanted) == lists


@pytest.mark.parametrize("key", OTHERS)
def test_a_team_s_proxy_gets_nothing_of_another_team(key: str) -> None:
    """A request that names team A's namespace and team B's key runs as team A, and S3 refuses it."""
    for one in (
        *requests("s3:GetObject PutObject DeleteObject", BUCKET + key),
        *requests("s3:ListBucket", BUCKET, given={"s3:prefix": key.strip("/")}),
        *requests("kms:Decrypt", KEY, given=key_use(BUCKET + key)),
        *requests("s3:GetObject", "arn:aws:s3:::other" + key),
        *requests("iam:PassRole", "*"),
    ):
        assert not is_allowed(TEAM_A, one), one


@pytest.mark.parametrize("statements", [pipelines(CONTEXT), pipelines_ui(CONTEXT)], ids=["API server", "page"])
def test_no_program_of_the_platform_reads_artifacts(statements: tuple[Statement, ...]) -> None:
    for team in ("team-a", "team-b"):
        for one in requests("s3:GetObject PutObject DeleteObject", BUCKET + OUTPUT.replace("team-a", team)):
            assert not is_allowed(statements, one)


def test_without_a_key_of_the_user_s_no_role_gets_a_right_on_keys() -> None:
    bucket = CONTEXT.artifact_bucket
    assert bucket is not None
    context = replace(CONTEXT, artifact_bucket=replace(bucket, kms_key_arn=None))
    for statements in (pipelines(context), pipelines_ui(context)):
        assert not [action for one in statements for action in one.actions if action.startswith("kms:")]
        assert "kms" not in str(statements)


def test_a_proxy_runs_as_the_account_that_has_the_team_s_role() -> None:
    for team in ("team-a", "team-b"):
        proxy = objects(team)["Deployment", "ml-pipeline-ui-artifact"]
        assert proxy["metadata"]["namespace"] == team
        assert proxy["spec"]["template"]["spec"]["serviceAccountName"] == SERVICE_ACCOUNT


PAGE = {
    "apiVersion": "networking.istio.io/v1",
    "kind": "VirtualService",
    "metadata": {"name": "ml-pipeline-ui"},
    "spec": {
        "http": [
            {
                "match": [{"uri": {"prefix": "/pipeline"}}],
                "rewrite": {"uri": "/pipeline"},
                "route": [{"destination": {"host": "page"}}],
                "timeout": "300s",
            }
        ]
    },
}
GATEWAY = {"from": [{"source": {"principals": ["gateway"]}}]}
POLICY = {
    "apiVersion": "security.istio.io/v1",
    "kind": "AuthorizationPolicy",
    "metadata": {"name": "ml-pipeline-ui"},
    "spec": {"rules": [GATEWAY, {"when": [{"key": "request.headers[authorization]", "values": ["*"]}]}]},
}


def routed(path: str) -> str:
    """What the gateway does with a request, by Istio's description of a route: the first that matches.

    Source: https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPMatchRequest
    """
    objects = Objects([PAGE, POLICY])
    artifacts_only_by_proxy(objects)
    uri, _, query = path.partition("?")
    given: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, _, value = pair.partition("=")
        given.setdefault(name, value)
    for route in objects.one("VirtualService", "ml-pipeline-ui")["spec"]["http"]:
        if any(_matches(one, uri, given) for one in route["match"]):
            return str(route["directResponse"]["status"]) if "directResponse" in route else "page"
    return "nowhere"


def _matches(match: dict[str, Any], uri: str, given: dict[str, str]) -> bool:
    fold = str.lower if match.get("ignoreUriCase") else str
    return fold(uri).startswith(fold(match["uri"]["prefix"])) and all(
        name in given and re.fullmatch(wanted["regex"], given[name])
        for name, wanted in match.get("queryParams", {}).items()
    )


KEY_OF_B = "source=s3&bucket=artifacts&key=private-artifacts/team-b/x/main.log"


@pytest.mark.parametrize(
    ("path", "where"),
    [
        ("/pipeline/", "page"),
        ("/pipeline/apis/v2beta1/runs", "page"),
        (f"/pipeline/artifacts/get?{KEY_OF_B}&namespace=team-b", "page"),
        ("/pipeline/artifacts/s3/artifacts/x?namespace=team-a", "page"),
        (f"/pipeline/artifacts/get?{KEY_OF_B}", "403"),
        (f"/pipeline/ARTIFACTS/get?{KEY_OF_B}", "403"),
        (f"/Pipeline/Artifacts/get?{KEY_OF_B}", "403"),
        (f"/pipeline/artifacts/get?{KEY_OF_B}&namespace=", "403"),
        (f"/pipeline/artifacts/get?namespace=&namespace=team-a&{KEY_OF_B}", "403"),
        (f"/pipeline/artifacts/get?{KEY_OF_B}&namespace=%20", "403"),
        (f"/pipeline/artifacts/get?{KEY_OF_B}&namespace=evil.example.com", "403"),
        ("/pipeline/artifacts/s3/artifacts/private-artifacts/team-b/x/main.log", "403"),
    ],
)
def test_an_artifact_is_requested_in_a_team_s_name_or_not_at_all(path: str, where: str) -> None:
    assert routed(path) == where


def test_pods_reach_the_api_through_the_page_and_no_artifact() -> None:
    changed = Objects([PAGE, POLICY])
    artifacts_only_by_proxy(changed)
    gateway, token = changed.one("AuthorizationPolicy", "ml-pipeline-ui")["spec"]["rules"]
    assert gateway == GATEWAY
    assert token["to"] == [{"operation": {"paths": ["/apis/*", "/pipeline/apis/*"]}}]


@pytest.mark.parametrize(
    ("namespace", "allowed"),
    [("team-a", True), ("a", True), ("evil.example.com", False), ("team@evil.example.com", False), ("", False)],
)
def test_the_page_hands_requests_to_proxies_only(namespace: str, allowed: bool) -> None:
    """The page tests `http://<service>.<namespace>` against this, as `domain_from_url` cuts it out of the address."""
    container: dict[str, Any] = {
        "name": "page",
        "image": "page",
        "env": [{"name": name, "value": "x"} for name in ("MINIO_ACCESS_KEY", "MINIO_SECRET_KEY")],
    }
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "ml-pipeline-ui"},
        "spec": {"template": {"spec": {"containers": [container]}}},
    }
    changed = Objects([deployment])
    page_on_s3(changed)
    env = {one["name"]: one.get("value", "") for one in changed.container("Deployment", "ml-pipeline-ui")["env"]}
    pattern = env["ALLOWED_ARTIFACT_DOMAIN_REGEX"]
    assert bool(re.search(pattern, f"http://ml-pipeline-ui-artifact.{namespace}")) == allowed
    assert bool(re.fullmatch(NAMESPACE, namespace)) == allowed
