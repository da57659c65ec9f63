"""What Kubeflow installs by default, protected: from the first apply, which is cut off twice, to what a destroy leaves.

Terraform, the AWS provider and the charts are real; AWS is moto, and the cluster is the stand-in of tests/stand_ins/providers.
"""

import base64
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from cli.drift import differences
from modules.kubeflow.auth.dex_config import password_credential, password_key
from modules.kubeflow.chosen import platform_parts
from modules.live import pending
from modules.live.api import of_context
from modules.live.target import targets
from modules.settings import Dex, KnativeDomain, SamlConnector
from tests.e2e.kubeflow_stage import FIRST_USER, LAYERS, Staged, address, platform, staged
from tests.stand_ins.moto_extension import Server
from tests.stand_ins.providers import Graph
from tests.stand_ins.providers.api_server import serving
from tests.terraform import Plan, TerraformError

pytestmark = pytest.mark.terraform
STATE_LIMIT_BYTES = 256_000
SAML = SamlConnector(
    name="saml",
    title="Staff",
    sso_url="https://login.example.com",
    certificates="-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
)


@dataclass
class Applied:
    """All three stacks, applied.

    Args:
        staged: the stacks.
        first_plan: of the Kubeflow stack, from nothing.
        logs: all that the applies printed.
        expired: what the apply said in which the token ran out.
        failed: what the apply said in which two installs failed.
        installed: the releases of the Kubeflow stack after each of its three applies.
    """

    staged: Staged
    first_plan: Plan
    logs: str
    expired: str
    failed: str
    installed: list[list[str]]


def apply_in_vain(stage: Staged, plan: Plan | None = None) -> str:
    with pytest.raises(TerraformError) as raised:
        stage.stacks["kubeflow"].apply(plan=plan)
    return str(raised.value)


@pytest.fixture(scope="module")
def applied(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Applied]:
    with staged(tmp_path_factory.mktemp("kubeflow"), moto, platform()) as stage:
        logs = [stage.stacks[layer].apply() for layer in ("services", "addons")]
        before = set(stage.cluster.done("install"))

        def standing() -> list[str]:
            return [name for name in stage.cluster.done("install") if name not in before]

        first = stage.stacks["kubeflow"].plan()
        assert first.document["format_version"]
        stage.cluster.expire_token(after_calls=25)
        expired = apply_in_vain(stage, first)
        installed = [standing()]
        stage.cluster.wait_for_another_token()
        stage.cluster.fail_once("notebook-controller")
        stage.cluster.fail_once("pipelines", how="unready")
        failed = apply_in_vain(stage)
        installed.append(standing())
        logs.append(stage.stacks["kubeflow"].apply())
        installed.append(standing())
        yield Applied(stage, first, "\n".join([*logs, expired, failed]), expired, failed, installed)


def test_every_release_is_installed_from_its_own_chart(applied: Applied) -> None:
    stage = applied.staged
    names = {
        one["name"]
        for layer in ("addons", "kubeflow")
        for one in stage.documents[layer]["resource"]["helm_release"].values()
    }
    assert {name for _, name in stage.cluster.releases} == names
    assert {release.status for release in stage.cluster.releases.values()} == {"deployed"}
    kubeflow = stage.documents["kubeflow"]["resource"]["helm_release"].values()
    folders = {chart.release: chart.folder for chart in stage.made.charts["existing-kubeflow"]}
    assert {one["name"]: one["chart"] for one in kubeflow} == {
        name: f"${{path.module}}/{folder}" for name, folder in folders.items()
    }


def test_terraforms_own_graph_has_every_need(applied: Applied) -> None:
    stage = applied.staged
    assert sum(stage.check_order(part) for part in platform_parts(stage.platform)) > 40


def test_a_token_that_expires_midway_costs_nothing_but_the_next_apply(applied: Applied) -> None:
    assert "Unauthorized" in applied.expired
    after_expiry, after_failure, in_the_end = applied.installed
    assert 0 < len(after_expiry) < len(after_failure) < len(in_the_end)
    assert len(set(in_the_end)) == len(in_the_end), "nothing is installed twice"
    assert len(set(applied.staged.cluster.tokens)) > 1


def test_a_failed_release_holds_up_its_dependents_only_and_is_healed(applied: Applied) -> None:
    assert "injected failure" in applied.failed
    assert "context deadline exceeded" in applied.failed
    after_failure, in_the_end = applied.installed[1:]
    graph = Graph.of_apply(applied.staged.stacks["kubeflow"])
    failed = {"helm_release.notebook_controller", "helm_release.pipelines"}
    held_up = {one for one in applied.staged.addresses("kubeflow") if one in failed or graph.all_before(one) & failed}
    assert "helm_release.jupyter_web_app" in held_up
    left = {address(name) for name in set(in_the_end) - set(after_failure)}
    assert left | {"helm_release.pipelines"} == held_up  # it holds data: what there was of it stayed, and was upgraded


def test_second_plans_are_empty(applied: Applied) -> None:
    for layer in LAYERS:
        plan = applied.staged.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_nothing_is_left_of_interruptions_and_every_object_is_as_it_was_installed(
    applied: Applied, tmp_path: Path
) -> None:
    (target,) = targets(applied.staged.folder / "generated")
    assert len(target.releases) == len(applied.staged.cluster.releases)
    with serving(applied.staged.cluster) as server:
        api = of_context("stand-in", server.kubeconfig(tmp_path / "kubeconfig"))
        assert pending.of_platform(api, target) == []
        assert differences(api, target) == ([], [])
        assert len(server.requests) > 500, "every object was asked for"


def test_the_state_stays_small(applied: Applied) -> None:
    sizes = {layer: len(applied.staged.state(layer)) for layer in LAYERS}
    print(f"bytes of state: {sizes}; bytes of JSON: {len(json.dumps(applied.staged.documents['kubeflow'], indent=2))}")
    assert sizes["kubeflow"] < STATE_LIMIT_BYTES


def test_no_credential_and_no_token_is_anywhere_but_in_its_store(applied: Applied) -> None:
    stage = applied.staged
    secrets = {**stage.credentials(), **{f"token {at}": one for at, one in enumerate(stage.cluster.tokens)}}
    assert len(stage.credentials()) == 7
    places = [
        *stage.stored(),
        (Path("plan JSON"), json.dumps(applied.first_plan.document).encode()),
        (Path("what Terraform printed"), applied.logs.encode()),
    ]
    # What is not a secret is found in all of them, so the search does look there.
    found = {place.name for place, content in places if FIRST_USER.encode() in content}
    assert found >= {"existing-kubeflow.tfstate", "tfplan", "cdk.tf.json", "plan JSON"}
    for name, value in secrets.items():
        for form in (value.encode(), base64.b64encode(value.encode())):
            assert [str(place) for place, content in places if form in content] == [], name


@pytest.mark.filterwarnings("ignore:'crypt' is deprecated:DeprecationWarning")
def test_kubernetes_secrets_hold_what_secrets_manager_holds(applied: Applied) -> None:
    import crypt  # it warns when it is imported, and nothing else here knows bcrypt

    stage = applied.staged
    stored = {name.removeprefix("existing/"): value for name, value in stage.credentials().items()}

    def read(namespace: str, name: str, key: str) -> str:
        secret = stage.cluster.get("Secret", name, namespace)
        assert secret is not None, name
        return base64.b64decode(secret["data"][key]).decode()

    assert {
        "katib-database": read("kubeflow", "katib-mysql-secrets", "MYSQL_ROOT_PASSWORD"),
        "model-registry-database": read("kubeflow", "model-registry-db-secrets", "MYSQL_ROOT_PASSWORD"),
        "oauth2-client": read("oauth2-proxy", "oauth2-proxy", "client-secret"),
        "oauth2-cookie": read("oauth2-proxy", "oauth2-proxy", "cookie-secret"),
        "pipelines-database": read("kubeflow", "mysql-secret", "password"),
        "pipelines-object-store": read("kubeflow", "mlpipeline-minio-artifact", "secretkey"),
    } == {name: value for name, value in stored.items() if name != password_credential(FIRST_USER)}
    assert read("auth", "dex-oidc-client", "OIDC_CLIENT_SECRET") == stored["oauth2-client"]
    hashed = read("auth", "dex-passwords", password_key(FIRST_USER)).replace(
        "$2a$", "$2b$"
    )  # the same for short passwords
    assert crypt.crypt(stored[password_credential(FIRST_USER)], hashed) == hashed
    assert len(set(stored.values())) == len(stored)


@pytest.mark.parametrize(
    ("setting", "value", "tokens"),
    [
        ("auth", Dex(users=(FIRST_USER,), connectors=(SAML,)), {"dex_people"}),
        (
            "knative_domain",
            KnativeDomain(name="models.example.com", tls_secret_name="wildcard"),
            {"knative_domain", "knative_domains", "knative_url_scheme", "gateway_servers"},
        ),
    ],
)
def test_a_changed_input_is_a_change_of_exactly_its_releases(
    applied: Applied, setting: str, value: Any, tokens: set[str]
) -> None:
    stage = applied.staged
    told = [chart.release for chart in stage.made.charts["existing-kubeflow"] if tokens & set(chart.tokens)]
    stage.synth(platform(**{setting: value}))
    assert stage.stacks["kubeflow"].plan().actions == {address(name): "update" for name in told}
    assert 0 < len(told) < 5, told
    print(f"{setting}: {told}")


def test_a_missing_half_or_foreign_chart_fails_the_plan_with_one_sentence_each(applied: Applied) -> None:
    stage = applied.staged
    stage.synth(platform())
    charts = stage.folder / "generated" / "stacks" / "existing-kubeflow" / "charts"
    (charts / "katib" / "values.yaml").unlink()
    (charts / "dex" / "files" / "all.yaml").write_bytes(b"kind: ConfigMap\n")
    (charts / "volumes-web-app" / "templates" / "more.yaml").write_bytes(b"kind: ConfigMap\n")
    shutil.rmtree(charts / "kserve-models-web-app")
    with pytest.raises(TerraformError) as raised:
        stage.stacks["kubeflow"].plan()
    said = " ".join(str(raised.value).split())
    for name in ("katib", "dex", "volumes-web-app", "kserve-models-web-app"):
        assert f"charts/{name}: not exactly the chart of this release; run: make synth" in said
    assert said.count("Error: ") == 4


def test_protected_credentials_are_not_destroyed(applied: Applied) -> None:
    with pytest.raises(TerraformError, match="Instance cannot be destroyed") as raised:
        applied.staged.stacks["services"].plan("-destroy")
    for name in ("user_me_example_com", "katib_database", "pipelines_database"):
        assert f"aws_secretsmanager_secret.{name}" in str(raised.value)


def test_a_destroy_needs_no_charts_and_leaves_what_holds_data(applied: Applied) -> None:
    stage = applied.staged
    charts = stage.folder / "generated" / "stacks" / "existing-kubeflow" / "charts"
    volumes = {one["metadata"]["name"] for one in stage.cluster.of_kind("PersistentVolumeClaim")}
    types = {one["metadata"]["name"] for one in stage.cluster.of_kind("CustomResourceDefinition")}
    shutil.rmtree(charts)
    with pytest.raises(TerraformError, match="Unable to locate chart"):
        stage.stacks["kubeflow"].destroy()
    stage.stacks["kubeflow"].destroy("-refresh=false")
    assert stage.stacks["kubeflow"].state() == []
    jobs = {event.name for event in stage.cluster.events if (event.action, event.kind) == ("hook", "Job")}
    assert jobs, "releases with guarded types wait for their webhooks"
    assert all(name.endswith("-webhook-wait") for name in jobs), (
        "nothing is drained while object types and namespaces stay"
    )
    stage.stacks["addons"].destroy()
    assert stage.cluster.releases == {}
    left: dict[str, set[str]] = {}
    for _, kind, namespace, name in stage.cluster.objects:
        if kind not in ("ServiceAccount", "ConfigMap") or name not in ("default", "kube-root-ca.crt"):
            left.setdefault(kind, set()).add(f"{namespace}/{name}" if namespace else name)
    print({kind: len(names) for kind, names in left.items()})
    assert left.pop("CustomResourceDefinition") == types
    assert left.pop("Namespace") >= {
        "auth",
        "cert-manager",
        "istio-system",
        "knative-serving",
        "kubeflow",
        "oauth2-proxy",
    }
    claims = {name.partition("/")[2] for name in left.pop("PersistentVolumeClaim")}
    assert claims == volumes >= {"katib-mysql", "mysql-pv-claim"}
    assert left == {}, "and nothing else"
