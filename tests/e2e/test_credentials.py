"""Credentials on their way through Terraform: made, kept, written into the cluster, rotated, and made in spite of faults.

Terraform, the AWS provider and the charts are real; AWS is moto, and the cluster is the stand-in of tests/stand_ins/providers.
"""

import base64
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from modules.kubeflow.chosen import chosen_components
from modules.kubeflow.install_order import install_order
from modules.kubeflow.secrets.pod_references import VERSION_ANNOTATION, pod_specs
from tests.e2e.credentials_run import (
    READERS,
    Run,
    check_that_sensitive_attributes_are_null,
    document_secrets,
    settings,
)
from tests.e2e.kubeflow_stage import LAYERS, staged
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform, TerraformError

pytestmark = pytest.mark.terraform


def stamps(run: Run) -> dict[str, str]:
    """Workload to the version of the credentials on its pods."""
    return {
        one["metadata"]["name"]: template["metadata"]["annotations"][VERSION_ANNOTATION]
        for kind in ("Deployment", "StatefulSet")
        for one in run.stage.cluster.of_kind(kind)
        for template, _ in pod_specs(one)
        if VERSION_ANNOTATION in (template["metadata"].get("annotations") or {})
    }


@dataclass
class Rotated:
    """A platform before and after its credentials were rotated."""

    run: Run
    old: dict[tuple[str, str], dict[str, str]]
    old_stamps: dict[str, str]


@pytest.fixture(scope="module")
def rotated(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rotated]:
    with staged(tmp_path_factory.mktemp("rotated"), moto, settings()) as stage:
        run = Run(stage)
        run.apply()
        old, old_stamps = run.of_cluster(), stamps(run)
        stage.synth(settings(version=2))
        run.apply()
        yield Rotated(run, old, old_stamps)


def test_what_is_chosen_is_small() -> None:
    chosen = settings().kubeflow
    assert chosen is not None
    assert {one.name for one in chosen_components(chosen)} >= set(READERS)
    assert not {one.name for one in chosen_components(chosen)} & {"pipelines", "katib", "model-registry"}
    assert install_order(chosen_components(chosen))


def test_one_apply_replaces_every_value_and_all_readers_follow(rotated: Rotated) -> None:
    run = rotated.run
    assert len(run.values) >= 4
    assert {name: len(values) for name, values in run.values.items()} == dict.fromkeys(run.values, 2)
    services = {address: action for address, action in run.actions["services"].items() if action != "read"}
    assert set(services.values()) == {"replace"}
    assert {address.partition(".")[0] for address in services} == {"aws_secretsmanager_secret_version"}
    assert len(services) == len(run.values)
    written = {
        address: action
        for layer in ("addons", "kubeflow")
        for address, action in run.actions[layer].items()
        if address.startswith("kubernetes_secret_v1.")
    }
    assert len(written) == len(rotated.old)
    assert set(written.values()) == {"update"}


def test_every_reader_holds_the_new_value_and_none_the_old(rotated: Rotated) -> None:
    new = rotated.run.of_cluster()
    assert set(new) == set(rotated.old)
    stored = {name: values[-1] for name, values in rotated.run.values.items()}
    assert new["oauth2-proxy", "oauth2-proxy"]["client-secret"] == stored["oauth2-client"]
    assert new["auth", "dex-oidc-client"]["OIDC_CLIENT_SECRET"] == stored["oauth2-client"]
    assert new["oauth2-proxy", "oauth2-proxy"]["cookie-secret"] == stored["oauth2-cookie"]
    assert new["monitoring", "grafana-admin"]["admin-password"] == stored["grafana-admin"]
    everything = json.dumps([str(one) for one in rotated.run.stage.cluster.objects.values()])
    for values in rotated.run.values.values():
        for form in (values[0], base64.b64encode(values[0].encode()).decode()):
            assert form not in everything
    for (_, hashed), (_, before) in zip(
        new["auth", "dex-passwords"].items(), rotated.old["auth", "dex-passwords"].items(), strict=True
    ):
        assert hashed != before


def test_pods_of_readers_restart_and_no_others(rotated: Rotated) -> None:
    new = stamps(rotated.run)
    assert set(new) == {"dex", "oauth2-proxy", "kube-prometheus-stack-grafana"}
    assert all(stamp.startswith("1-") for stamp in rotated.old_stamps.values())
    assert all(stamp.startswith("2-") for stamp in new.values())
    releases = {
        address
        for layer in ("addons", "kubeflow")
        for address, action in rotated.run.actions[layer].items()
        if address.startswith("helm_release.") and action == "update"
    }
    assert releases == {f"helm_release.{name.replace('-', '_')}" for name in READERS}


def test_no_secret_is_kept_old_or_new(rotated: Rotated) -> None:
    rotated.run.check_that_no_secret_is_kept()


def test_what_the_providers_call_sensitive_is_null_in_every_state(rotated: Rotated) -> None:
    assert check_that_sensitive_attributes_are_null(rotated.run) > 10


def test_second_plans_are_empty(rotated: Rotated) -> None:
    for layer in LAYERS:
        plan = rotated.run.stage.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_one_credential_alone_can_be_rotated_and_its_readers_follow(rotated: Rotated) -> None:
    stage = rotated.run.stage
    before = rotated.run.of_cluster()
    stage.stacks["services"].apply("-replace=aws_secretsmanager_secret_version.oauth2_cookie")
    rotated.run.apply("addons", "kubeflow", searched=False)
    new = rotated.run.of_cluster()
    changed = {place for place in new if new[place] != before[place]}
    assert changed == {("oauth2-proxy", "oauth2-proxy")}
    assert new["oauth2-proxy", "oauth2-proxy"]["cookie-secret"] == rotated.run.values["oauth2-cookie"][-1]
    assert new["oauth2-proxy", "oauth2-proxy"]["client-secret"] == rotated.run.values["oauth2-client"][-1]


def test_a_fault_after_each_create_heals_and_leaves_one_value_everywhere(aws: Server, tmp_path: Path) -> None:
    with staged(tmp_path, aws, settings()) as stage:
        run = Run(stage)
        aws.gate.reset()
        made = [one["name"] for one in stage.documents["services"]["resource"]["aws_secretsmanager_secret"].values()]
        for operation in ("CreateSecret", "PutSecretValue"):
            for name in made:
                aws.gate.fail_once("secretsmanager", operation, containing=name)
        failed = 0
        while not applies(stage.stacks["services"]):
            failed += 1
            assert failed < 4, "an apply that never ends is not healed"
        assert len(made) >= 4
        assert len(aws.gate.refused) == 2 * len(made)
        assert failed == 2, "secrets first, then their versions"
        stage.stacks["addons"].apply()
        secrets = [name for document in stage.documents.values() for name in document_secrets(document)]
        for name in secrets:
            stage.cluster.fail_once(name)
        assert not applies(stage.stacks["kubeflow"])
        run.apply(searched=False)
        stored = {name: values[-1] for name, values in run.values.items()}
        held = run.of_cluster()
        assert held["oauth2-proxy", "oauth2-proxy"]["client-secret"] == stored["oauth2-client"]
        assert held["auth", "dex-oidc-client"]["OIDC_CLIENT_SECRET"] == stored["oauth2-client"]
        assert held["monitoring", "grafana-admin"]["admin-password"] == stored["grafana-admin"]
        for layer in LAYERS:
            plan = stage.stacks[layer].plan()
            assert plan.is_empty, plan.explain()


def applies(stack: Terraform) -> bool:
    try:
        stack.apply()
    except TerraformError as error:
        if "injected" not in str(error):
            raise
        return False
    return True
