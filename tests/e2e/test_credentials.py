"""Credentials on their way through Terraform: made, kept, delivered in both ways, rotated, and made in spite of faults.

Terraform, the AWS provider and the charts are real; AWS is moto, and the cluster is the stand-in of tests/providers.
"""

import base64
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

import pytest

from modules.kubeflow.catalogue import CATALOGUE
from modules.kubeflow.component import install_order
from modules.kubeflow.patches.oauth2_proxy import CLIENT_ID
from modules.kubeflow.secret_readers import VERSION_ANNOTATION, pod_specs, secrets_read
from modules.kubeflow.secrets_store import DRIVER
from modules.kubeflow.values import ROLE_ANNOTATION
from modules.settings import InClusterDatabase, InClusterStore, Platform, Services, Statement
from tests.e2e.kubeflow_stage import FIRST_USER, LAYERS, Staged, platform, staged
from tests.moto_extension import Server
from tests.policy_engine import Request, is_allowed
from tests.terraform import Plan, Terraform, TerraformError

pytestmark = pytest.mark.terraform

BY_NAME = {component.name: component for component in CATALOGUE}
READERS = ("dex", "oauth2-proxy", "kube-prometheus-stack")
"""Entries whose credentials can be rotated without a database, which takes moto long to make."""


def needed(*names: str) -> set[str]:
    """Entries with all that they need."""
    return {*names, *(name for one in names for name in needed(*BY_NAME[one].needs))}


WANTED = needed(*READERS)
WITHOUT = tuple(one.name for one in CATALOGUE if one.default and one.name not in WANTED)


def settings(version: int = 1, delivery: Literal["terraform", "csi"] = "terraform", **kubeflow: Any) -> Platform:
    """Sign-in and Grafana alone: nothing that they need stands on a database."""
    services = Services(
        artifacts=InClusterStore(),
        database=InClusterDatabase(),
        credential_recovery_days=0,
        credentials_version=version,
        credential_delivery=delivery,
    )
    return platform(
        **{"services": services, "also": ("kube-prometheus-stack",), "without": WITHOUT, **kubeflow},
        deletion_protection=False,
    )


@dataclass
class Run:
    """All applies of one platform, and what was seen of them.

    Args:
        stage: the stacks.
        values: every value that Secrets Manager ever held, by secret, the oldest first.
        logs: all that Terraform printed.
        plans: of every apply, as JSON.
        actions: what each apply of a layer did.
    """

    stage: Staged
    values: dict[str, list[str]] = field(default_factory=dict)
    logs: list[str] = field(default_factory=list)
    plans: list[str] = field(default_factory=list)
    actions: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def apply(self, *layers: str) -> None:
        """Plan and apply, and remember both."""
        for layer in layers or LAYERS:
            plan: Plan = self.stage.stacks[layer].plan()
            self.plans.append(json.dumps(plan.document))
            self.actions[layer] = plan.actions
            self.logs.append(self.stage.stacks[layer].apply(plan=plan))
        for name, value in self.stage.credentials().items():
            known = self.values.setdefault(name.removeprefix("lent/"), [])
            if value not in known:
                known.append(value)

    def secrets(self) -> set[str]:
        """Every text that must be nowhere: values, what JSON documents hold, and tokens of the cluster."""
        found = set(self.stage.cluster.tokens)
        for name, values in self.values.items():
            for value in values:
                inner = json.loads(value).values() if name.startswith("in-") else ()
                found |= {text for text in (value, *inner) if is_secret(text)}
        assert len(found) > 8
        return found

    def check_that_no_secret_is_kept(self) -> None:
        places = [
            *self.stage.stored(),
            *((Path("plan JSON"), text.encode()) for text in self.plans),
            *((Path("what Terraform printed"), text.encode()) for text in self.logs),
        ]
        seen = {place.name for place, content in places if FIRST_USER.encode() in content}
        assert seen >= {"lent-kubeflow.tfstate", "tfplan", "cdk.tf.json", "plan JSON"}, "the search looks there"
        assert any(b"Apply complete" in content for place, content in places if "printed" in place.name)
        for value in self.secrets():
            for form in (value.encode(), base64.b64encode(value.encode())):
                assert [str(place) for place, content in places if form in content] == []

    def of_cluster(self) -> dict[tuple[str, str], dict[str, str]]:
        """Kubernetes Secrets that Terraform wrote, decoded."""
        written = {name for document in self.stage.documents.values() for name in document_secrets(document)}
        return {
            (one["metadata"]["namespace"], one["metadata"]["name"]): {
                key: base64.b64decode(value).decode() for key, value in one["data"].items()
            }
            for one in self.stage.cluster.of_kind("Secret")
            if one["metadata"]["name"] in written
        }


def is_secret(text: str) -> bool:
    """Not a plain word, which is in the JSON for everybody to see."""
    return len(text) >= 24 and text != CLIENT_ID


def nulls(stack: Terraform) -> dict[str, set[str]]:
    """Resource type to the attributes that the provider's schema calls sensitive or write-only."""
    schemas = json.loads(stack.run("providers", "schema", "-json"))["provider_schemas"]
    found: dict[str, set[str]] = {}
    for provider in schemas.values():
        for kind, schema in provider.get("resource_schemas", {}).items():
            found[kind] = {
                name
                for name, attribute in schema["block"].get("attributes", {}).items()
                if attribute.get("sensitive") or attribute.get("write_only")
            }
    return found


def check_that_sensitive_attributes_are_null(run: Run) -> int:
    """In the states of all stacks; how many attributes were looked at."""
    looked = 0
    for layer in LAYERS:
        sensitive = nulls(run.stage.stacks[layer])
        for resource in json.loads(run.stage.state(layer))["resources"]:
            for instance in resource["instances"]:
                for name in sensitive.get(resource["type"], set()):
                    looked += 1
                    value = instance["attributes"].get(name)
                    assert not value, f"{layer} {resource['type']}.{resource['name']}.{name}"
    return looked


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
    assert {one.name for one in chosen.components()} >= set(READERS)
    assert not {one.name for one in chosen.components()} & {"pipelines", "katib", "model-registry"}
    assert install_order(chosen.components())


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


def test_every_reader_holds_the_new_value_and_nobody_the_old(rotated: Rotated) -> None:
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


def test_pods_of_readers_start_anew_and_no_others(rotated: Rotated) -> None:
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


def test_one_credential_alone_can_be_made_anew_and_its_readers_follow(rotated: Rotated) -> None:
    stage = rotated.run.stage
    before = rotated.run.of_cluster()
    stage.stacks["services"].apply("-replace=aws_secretsmanager_secret_version.oauth2_cookie")
    rotated.run.apply("addons", "kubeflow")
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
        run.apply()
        stored = {name: values[-1] for name, values in run.values.items()}
        held = run.of_cluster()
        assert held["oauth2-proxy", "oauth2-proxy"]["client-secret"] == stored["oauth2-client"]
        assert held["auth", "dex-oidc-client"]["OIDC_CLIENT_SECRET"] == stored["oauth2-client"]
        assert held["monitoring", "grafana-admin"]["admin-password"] == stored["grafana-admin"]
        for layer in LAYERS:
            plan = stage.stacks[layer].plan()
            assert plan.is_empty, plan.explain()


def document_secrets(document: Mapping[str, Any]) -> list[str]:
    """Names of the Kubernetes Secrets that a stack writes."""
    return [one["metadata"]["name"] for one in document.get("resource", {}).get("kubernetes_secret_v1", {}).values()]


def applies(stack: Terraform) -> bool:
    try:
        stack.apply()
    except TerraformError as error:
        if "injected" not in str(error):
            raise
        return False
    return True


@pytest.fixture(scope="module")
def fetched(moto: Server, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    with staged(tmp_path_factory.mktemp("fetched"), moto, settings(delivery="csi")) as stage:
        run = Run(stage)
        run.apply()
        yield run


@dataclass(frozen=True)
class Reader:
    """A workload whose pods fetch a Secret: what the driver would make of it, and with which rights."""

    workload: str
    secret: str
    data: Mapping[str, str]
    arn: str
    statements: tuple[Statement, ...]


def fetch(run: Run) -> list[Reader]:
    """What the driver does for each mounted volume: look up the class, take the account's role, ask Secrets Manager."""
    cluster, aws = run.stage.cluster, run.stage.aws
    found = []
    for one in (*cluster.of_kind("Deployment"), *cluster.of_kind("StatefulSet")):
        namespace = one["metadata"]["namespace"]
        for _, spec in pod_specs(one):
            for volume in spec.get("volumes") or ():
                if (volume.get("csi") or {}).get("driver") != DRIVER:
                    continue
                provider = cluster.get(
                    "SecretProviderClass",
                    volume["csi"]["volumeAttributes"]["secretProviderClass"],
                    namespace,
                    "secrets-store.csi.x-k8s.io",
                )
                assert provider is not None
                mounted = [mount["name"] for container in spec["containers"] for mount in container["volumeMounts"]]
                assert volume["name"] in mounted
                account = cluster.get("ServiceAccount", spec["serviceAccountName"], namespace)
                assert account is not None
                role = account["metadata"]["annotations"][ROLE_ANNOTATION].rpartition("/")[2]
                (asked,) = json.loads(provider["spec"]["parameters"]["objects"])
                value = aws.client("secretsmanager").get_secret_value(
                    SecretId=asked["objectName"], VersionId=asked["objectVersion"]
                )
                document = json.loads(value["SecretString"])
                files = {path["objectAlias"]: document[path["path"].strip('"')] for path in asked["jmesPath"]}
                for made in provider["spec"].get("secretObjects") or ():
                    data = {pair["key"]: files[pair["objectName"]] for pair in made["data"]}
                    found.append(
                        Reader(
                            one["metadata"]["name"], made["secretName"], data, asked["objectName"], rights(aws, role)
                        )
                    )
    return found


def rights(aws: Server, role: str) -> tuple[Statement, ...]:
    policy = aws.client("iam").get_role_policy(RoleName=role, PolicyName="rights")["PolicyDocument"]
    return tuple(
        Statement(
            actions=tuple(listed(one["Action"])),
            resources=tuple(listed(one["Resource"])),
            conditions={
                test: {key: tuple(listed(value)) for key, value in keys.items()}
                for test, keys in one.get("Condition", {}).items()
            },
        )
        for one in policy["Statement"]
    )


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def test_every_reader_fetches_what_it_reads_by_its_own_role(fetched: Run) -> None:
    readers = fetch(fetched)
    stored = {name: values[-1] for name, values in fetched.values.items()}
    held = {(one.workload, one.secret.partition("-v1-")[0]): one.data for one in readers}
    assert held["oauth2-proxy", "oauth2-proxy"]["client-secret"] == stored["oauth2-client"]
    assert held["oauth2-proxy", "oauth2-proxy"]["cookie-secret"] == stored["oauth2-cookie"]
    assert held["dex", "dex-oidc-client"]["OIDC_CLIENT_SECRET"] == stored["oauth2-client"]
    assert held["kube-prometheus-stack-grafana", "grafana-admin"] == {
        "admin-user": "admin",
        "admin-password": stored["grafana-admin"],
    }
    assert all(value.startswith("$2a$") for value in held["dex", "dex-passwords"].values())
    cluster = fetched.stage.cluster
    made = {one.secret for one in readers}
    for kind in ("Deployment", "StatefulSet"):
        for one in cluster.of_kind(kind):
            for _, spec in pod_specs(one):
                if one["metadata"]["name"] in {reader.workload for reader in readers}:
                    assert {name for name in secrets_read(spec) if "-v1-" in name} & made
    assert not any(document_secrets(document) for document in fetched.stage.documents.values())


def test_a_role_opens_its_own_secrets_alone(fetched: Run) -> None:
    readers = fetch(fetched)
    key = fetched.stage.stacks["services"].output()["credentials_key_arn"]
    arns = {one.arn for one in readers}
    for one in readers:
        own = {other.arn for other in readers if other.workload == one.workload}
        for arn in arns:
            context = {"kms:EncryptionContext:SecretARN": (arn,)}
            for request in (Request("secretsmanager:GetSecretValue", arn), Request("kms:Decrypt", key, context)):
                assert is_allowed(one.statements, request) == (arn in own), f"{one.workload} {request}"
        assert not is_allowed(one.statements, Request("secretsmanager:GetSecretValue", f"{next(iter(arns))}x"))


def test_no_secret_is_kept_where_pods_fetch(fetched: Run) -> None:
    fetched.check_that_no_secret_is_kept()
    assert check_that_sensitive_attributes_are_null(fetched) > 10
    for layer in LAYERS:
        plan = fetched.stage.stacks[layer].plan()
        assert plan.is_empty, plan.explain()


def test_a_rotation_gives_new_pods_new_names_so_that_old_ones_keep_theirs(fetched: Run) -> None:
    before = {(one.workload, one.secret): one.data for one in fetch(fetched)}
    fetched.stage.synth(settings(version=2, delivery="csi"))
    fetched.apply()
    after = {(one.workload, one.secret): one.data for one in fetch(fetched)}
    assert not set(before) & set(after)
    assert {(workload, secret.partition("-v")[0]) for workload, secret in before} == {
        (workload, secret.partition("-v")[0]) for workload, secret in after
    }
    old = {value for data in before.values() for value in data.values() if is_secret(value)}
    assert old
    assert not old & {value for data in after.values() for value in data.values()}
    fetched.check_that_no_secret_is_kept()
