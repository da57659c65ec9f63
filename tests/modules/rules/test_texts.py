"""No text of any setting is live in Terraform, breaks a terminal, or carries a secret into generated JSON."""

import ast
import dataclasses
import importlib
import inspect
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

import modules.settings
from modules.errors import printable
from modules.iam.role import policy_variables
from modules.rules import problems, problems_of_all
from modules.rules.texts import form_of
from modules.settings import (
    AccessEntry,
    Addon,
    Addons,
    Import,
    ImportedResource,
    NodePool,
    OtherAddon,
    Platform,
    Statement,
    VpcCni,
)
from modules.settings.component import Component, HelmChart
from modules.settings.section import Section
from tests.built_once import build
from tests.documents import strings
from tests.modules.rules.rows import Rows, differences
from tests.modules.settings.valid import (
    KARPENTER,
    cluster,
    group,
    on_access,
    on_addons,
    on_cluster,
    on_group,
    on_kubeflow,
    on_ssh,
    platform,
    role,
)
from tests.test_effects import EFFECTS
from tests.test_effects import sections as kinds_of_sections

KINDS = sorted(set(kinds_of_sections(Platform)), key=lambda kind: kind.__name__)
ROWS: Rows = {
    "live_in_terraform": (
        on_ssh(key_name="${path.cwd}"),
        "cluster.node_groups[1].ssh.key_name: Terraform",
    ),
    "a_line_break": (
        on_cluster(access=(AccessEntry(name="ci", principal="role/ci", kubernetes_groups=("a", "b\u0085")),)),
        "cluster.access[0].kubernetes_groups[1]: character",
    ),
    "a_component": (
        on_kubeflow(
            extra_components=(Component("portal", "portal", HelmChart("https://charts.example.com", "%{x", "1.2.3")),)
        ),
        "kubeflow.extra_components[0].source.chart: Terraform",
    ),
    "a_pasted_key": (
        on_addons(coredns=Addon(configuration={"corefile": "AKIA" + "A" * 16})),
        "cluster.addons.coredns.configuration[corefile]: private",
    ),
    "a_secret_by_its_key": (
        on_kubeflow(enable=("kube-prometheus-stack",), values={"kube-prometheus-stack": {"adminPassword": "hunter2"}}),
        "kubeflow.values[kube-prometheus-stack][adminPassword]: generated",
    ),
    "a_secret_by_its_variable": (
        on_kubeflow(
            enable=("kube-prometheus-stack",),
            values={"kube-prometheus-stack": {"env": [{"name": "API_TOKEN", "value": "hunter2"}]}},
        ),
        "kubeflow.values[kube-prometheus-stack][env][0][value]: API_TOKEN",
    ),
}

LIVE = ('${file("/etc/hostname")}', "%{if true}x%{endif}", "$${path.cwd}")
UNPRINTABLE = ("\0", "\x1b[2J", "\x7f", "\u2028", "\ud800")
LINES = ("\n", "\r\n", "\t")
FOLDER = Path(modules.settings.__file__).parent


def holds_text(annotation: Any) -> bool:
    """Whether values of a type hold text of one's own choice."""
    if annotation in {str, Component} or str(annotation).startswith("JsonValue"):
        return True
    return any(holds_text(part) for part in get_args(annotation) if not isinstance(part, str))


def with_payload(value: Any, payload: str) -> Iterator[Any]:
    """A value with a payload at the end of one of its texts, once for each text and each key."""
    if isinstance(value, str):
        yield value + payload
    elif isinstance(value, Mapping):
        for key, item in value.items():
            others = {name: one for name, one in value.items() if name != key}
            yield {**others, key + payload: item}
            yield from ({**others, key: one} for one in with_payload(item, payload))
    elif isinstance(value, list | tuple):
        for index, item in enumerate(value):
            yield from ([*value[:index], one, *value[index + 1 :]] for one in with_payload(item, payload))
    elif dataclasses.is_dataclass(value) and not isinstance(value, type):
        for field in dataclasses.fields(value):
            for one in with_payload(getattr(value, field.name), payload):
                yield dataclasses.replace(value, **{field.name: one})


def sections_of(value: Any) -> Iterator[Section]:
    """A section and all below it."""
    if isinstance(value, Section):
        yield value
        for item in vars(value).values():
            yield from sections_of(item)
    elif isinstance(value, tuple):
        for item in value:
            yield from sections_of(item)


def given() -> dict[tuple[type[Section], str], list[tuple[Section, Any]]]:
    """Every field that holds text, with sections of the effects' platforms in which it has a value."""
    found: dict[tuple[type[Section], str], dict[str, tuple[Section, Any]]] = {}
    for effect in EFFECTS:
        for section in sections_of(effect.changed):
            for name, value in vars(section).items():
                if list(with_payload(value, "x")):
                    found.setdefault((type(section), name), {})[repr(value)] = (section, value)
    return {place: list(values.values())[-4:] for place, values in found.items()}


GIVEN = given()
FIELDS = [
    pytest.param(kind, name, id=f"{kind.__name__}.{name}")
    for kind in KINDS
    for name, field in kind.model_fields.items()
    if holds_text(field.annotation)
]


def refused(section: Section, name: str, value: object) -> bool:
    changed = section.with_changes(**{name: value})
    of_types = [str(error["loc"][0]) for error in (changed._error.errors() if changed._error is not None else ())]
    if name in of_types:
        return True
    alone = changed if not isinstance(changed, Platform) else Platform(**{name: value})
    return any(re.match(rf"{name}\b", path) for path, *_ in problems(alone))


MOTD = "[settings]\nmotd = 'leak j{}'\n"


def test_rows() -> None:
    assert differences(ROWS) == []


def test_texts_are_looked_for_in_many_fields() -> None:
    assert len(FIELDS) > 130
    assert {param.id for param in FIELDS} >= {
        *("RdsMysql.parameters", "NodeGroup.ami_release_version", "NodeGroup.instance_types", "Ssh.key_name"),
        *(
            "OidcConnector.title",
            "Kubeflow.values",
            "Kubeflow.extra_components",
            "Addon.configuration",
            "NodeGroup.kubelet",
        ),
        *("Platform.permissions_boundary_arn", "Platform.assume_role_external_id", "AccessEntry.kubernetes_groups"),
        *("HcpState.organization", "HcpState.project", "LocalState.folder", "KnativeDomain.tls_secret_name"),
    }


@pytest.mark.parametrize(("kind", "name"), FIELDS)
def test_no_text_is_live_in_terraform_or_unprintable(kind: type[Section], name: str) -> None:
    form = form_of(kind, name)
    payloads = (*(() if form.escaped else LIVE), *UNPRINTABLE[: 2 if form.lines else None])
    for payload in (*payloads, *(() if form.lines else LINES)):
        for section, value in GIVEN[kind, name]:
            for attacked in with_payload(value, payload):
                assert refused(section, name, attacked), (payload, attacked)


def test_what_is_not_refused_is_escaped_where_it_is_used() -> None:
    """Every field whose texts may hold Terraform's language is in this platform, and its texts are not live in the JSON.

    User data of node pools is in a file of a chart, which Terraform does not read, so it must be unchanged there.
    """
    live = '${file("leak")} %{ if leak }'
    kinds = {f"{kind.__name__}.{name}" for kind in KINDS for name in kind.model_fields if form_of(kind, name).escaped}
    assert kinds == {
        *(
            "Addon.configuration",
            "OtherAddon.configuration",
            "VpcCni.configuration",
            "ImportedResource.arguments",
            "Kubeflow.values",
        ),
        *("NodeGroup.kubelet", "NodeGroup.user_data_before_bootstrap", "NodeGroup.user_data_after_bootstrap"),
        "NodePool.user_data",
    }
    taken = ImportedResource(
        type="aws_vpc", name="this", id="vpc-0123456789abcdef0", arguments={"tags": {f"a{live}": f"b{live}"}}
    )
    attacked = on_kubeflow(
        enable=(*KARPENTER, "kube-prometheus-stack"),
        node_pools=(NodePool(name="pool", user_data=f"#!/bin/sh\n# leak l{live}\n"),),
        values={"kube-prometheus-stack": {"leak": {f"c{live}": [f"d{live}"]}}},
    ).with_changes(
        cluster=cluster(
            addons=Addons(
                vpc_cni=VpcCni(configuration={"env": {"LEAK": f"e{live}"}}),
                coredns=Addon(configuration={"corefile": f"f{live}"}),
                others=(OtherAddon(name="snapshot-controller", configuration={"leak": f"k{live}"}),),
            ),
            node_groups=(
                group(
                    kubelet={"leak": f"g{live}"},
                    user_data_before_bootstrap=f"#!/bin/sh\n# leak h{live}\n",
                    user_data_after_bootstrap=f"#!/bin/sh\n# leak i{live}\n",
                ),
                group(name="rocket", ami_family="BOTTLEROCKET", user_data_before_bootstrap=MOTD.format(live)),
            ),
        )
    )
    theirs = on_adopted(taken)
    made = build(attacked)
    assert f"# leak l{live}\n" in made.tree["stacks/prod-addons/objects/karpenter-node-pools/files/all.yaml"].decode()
    documents = [*made.documents.values(), *build(theirs).documents.values()]
    texts = [text for document in documents for _, text in strings(document) if "leak" in text]
    assert {letter for letter in "abcdefghijk" if any(f"{letter}$${{file" in text for text in texts)} == set(
        "abcdefghijk"
    )
    for text in texts:
        assert not re.search(r"(?<!\$)\$\{file\(|(?<!%)%\{ if leak", text), text


def on_adopted(*resources: ImportedResource) -> Platform:
    return platform(
        network=None, cluster=modules.settings.ExistingCluster(name="shared"), imported=Import(resources=resources)
    )


def test_variables_of_iam_are_not_language_of_terraform() -> None:
    statement = Statement(
        actions=("s3:GetObject",),
        resources=("arn:aws:s3:::data/${aws:PrincipalTag/team}/*",),
        conditions={"StringLike": {"s3:prefix": ("${aws:username}/*", "${*}")}},
    )
    assert list(problems(statement)) == []
    for text in (*statement.resources, *statement.conditions["StringLike"]["s3:prefix"]):
        assert "${" not in policy_variables(text)
    for bad in ({"resources": ("${local.arn}",)}, {"conditions": {"StringLike": {"${aws:username}": ("a",)}}}):
        assert [path.partition("[")[0] for path, *_ in problems(statement.with_changes(**bad))] == list(bad)


@pytest.mark.parametrize(
    "built",
    [
        platform(name="a\x1b[2J"),
        platform(tags={"a\x1b[2J": "b"}),
        platform(region="us\x1b[2J"),
        on_group(labels={"a\x1b[2J": "b"}),
        on_access(kubernetes_groups=("a\x1b[2J",)),
        on_kubeflow(enable=("a\x1b[2J",)),
    ],
)
def test_errors_show_what_cannot_be_printed_as_python_writes_it(built: Platform) -> None:
    lines = problems_of_all([built])
    assert lines
    assert all(line.isprintable() for line in lines)


def test_a_pasted_key_is_not_repeated_by_another_rule() -> None:
    key = "AKIA" + "Z" * 16
    lines = problems_of_all([platform(assume_role_arn=key, iam_path=key)])
    assert len(lines) == 2
    assert not any(key in line for line in lines)
    assert printable(f"x {key} y") == "x (left out) y"


SECRETS: Mapping[str, Mapping[str, Any]] = {
    "access_key_id": {"env": [{"name": "ANY", "value": "AKIA" + "B" * 16}]},
    "session_key_id": {"note": f"key=ASIA{'B' * 16};"},
    "private_key": {"tls": {"pem": "-----BEGIN RSA PRIVATE KEY-----\nMII"}},
    "private_key_without_a_kind": {"tls": {"pem": "-----BEGIN PRIVATE KEY-----\nMII"}},
    "token_of_github": {"git": "ghp_" + "a" * 36},
    "password": {"grafana": {"adminPassword": "hunter2"}},
    "capital_letters": {"env": {"AWS_SECRET_ACCESS_KEY": "wJalrXUtnFEMI/K7MDENG"}},
    "a_list_of_variables": {"extraEnv": [{"name": "DB_PASSWORD", "value": "hunter2"}]},
    "a_list_in_a_list": {"containers": [{"env": [{"name": "API_TOKEN", "value": "abc"}]}]},
    "client_secret": {"auth.generic_oauth": {"client_secret": "hunter2"}},
    "secret_key": {"minio": {"secretKey": "minio123"}},
    "no_name_of_a_secret": {"webhook": {"secret": "Hunter 2!"}},
}
NO_SECRETS: Mapping[str, Mapping[str, Any]] = {
    "name_of_a_secret": {"existingSecret": "grafana-admin", "secret": "grafana-admin", "secretName": "tls"},
    "reference": {"passwordSecretRef": {"name": "a", "key": "password"}, "passwordSecretName": "a"},
    "variable_from_a_secret": {
        "env": [{"name": "DB_PASSWORD", "valueFrom": {"secretKeyRef": {"name": "a", "key": "b"}}}]
    },
    "key_within_a_secret": {
        "admin": {"userKey": "admin-user", "passwordKey": "admin-password"},
        "secretKey": "password",
    },
    "empty": {"adminPassword": "", "token": None},
    "a_switch": {"automountServiceAccountToken": True, "usePassword": "true", "token": {"enabled": True}},
    "a_number": {"maxToken": 5},
    "a_variable": {"password": "$(DB_PASSWORD)", "token": "${TOKEN}", "client_secret": "$__file{/etc/secret}"},
    "a_file": {"password": "/etc/credentials/password", "passwordFile": "/etc/credentials/password"},
    "an_arn": {"token": "arn:aws:secretsmanager:us-west-2:111122223333:secret:a-b1C2d3"},
    "words_that_end_otherwise": {
        "tokenExpirationSeconds": "3600",
        "keyboard": "de",
        "tokens": "many",
        "passwordPolicy": "long",
    },
    "a_certificate": {"ca": "-----BEGIN CERTIFICATE-----\nMII"},
    "letters_of_a_key_id_in_a_longer_word": {"hash": "xAKIA" + "B" * 16},
}


def on_values(values: Mapping[str, Any]) -> tuple[Platform, ...]:
    """The same JSON as values of a chart, of an add-on, and of a kubelet."""
    return (
        on_kubeflow(enable=("kube-prometheus-stack",), values={"kube-prometheus-stack": values}),
        on_addons(coredns=Addon(configuration=values)),
        on_group(kubelet=values),
    )


@pytest.mark.parametrize("values", SECRETS.values(), ids=SECRETS)
def test_secrets_are_refused_and_not_shown(values: Mapping[str, Any]) -> None:
    for built in on_values(values):
        lines = problems_of_all([built])
        assert len(lines) == 1
        assert "docs/secrets.md" in lines[0]
        assert not any(
            secret in lines[0] for secret in ("hunter2", "AKIA", "ASIA", "wJalr", "minio123", "ghp_", "Hunter")
        )


@pytest.mark.parametrize("values", NO_SECRETS.values(), ids=NO_SECRETS)
def test_what_only_names_a_secret_is_taken(values: Mapping[str, Any]) -> None:
    for built in on_values(values):
        assert problems_of_all([built]) == []


def test_keys_are_refused_in_plain_fields_too() -> None:
    key = "ASIA" + "C" * 16
    built = platform(tags={"owner": key}, service_account_roles=(role(),))
    assert [line.partition(": contains")[0] for line in problems_of_all([built])] == ["prod: tags[owner]"]


def test_groups_of_the_system_are_refused() -> None:
    entry = AccessEntry(name="ci", principal="role/ci", kubernetes_groups=("system:masters",))
    assert [path for path, *_ in problems(entry)] == ["kubernetes_groups[0]"]


def patterns() -> Iterator[tuple[str, re.Pattern[str]]]:
    """Every compiled pattern of the settings' modules, those of `matching` included."""
    for path in sorted(FOLDER.glob("*.py")):
        module = importlib.import_module(f"modules.settings.{path.stem}")
        for name, value in vars(module).items():
            if isinstance(value, re.Pattern):
                yield f"{path.stem}.{name}", value
    for kind in KINDS:
        for name, field in kind.model_fields.items():
            for validator in validators_in((*field.metadata, field.annotation)):
                yield f"{kind.__name__}.{name}", inspect.getclosurevars(validator.func).nonlocals["compiled"]


def validators_in(parts: tuple[Any, ...]) -> Iterator[Any]:
    for part in parts:
        if getattr(getattr(part, "func", None), "__qualname__", "") == "matching.<locals>.check":
            yield part
        yield from validators_in((*getattr(part, "__metadata__", ()), *get_args(part)))


def test_digits_are_those_of_ascii() -> None:
    """Without re.ASCII a backslash-d takes digits of every script, which AWS and Kubernetes do not."""
    found = dict(patterns())
    assert len(found) > 100
    assert [name for name, one in found.items() if r"\d" in one.pattern and not one.flags & re.ASCII] == []
    assert [name for name, one in found.items() if r"\d" in one.pattern and re.search(r"\d", "\uff11", one.flags)] == []


def test_patterns_within_functions_say_ascii_too() -> None:
    for path in sorted(FOLDER.glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(node, ast.Call)
                and re.fullmatch(r"re\.(match|fullmatch|search|sub|findall|split)", ast.unparse(node.func))
                and re.search(r"\\\\?[dwsb]", ast.unparse(node))
            ):
                assert "re.ASCII" in ast.unparse(node), f"{path.name}:{node.lineno}"
