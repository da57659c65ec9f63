"""All objects of the local charts of whole platforms are of the form that an API server takes, and hold no credential."""

import functools
import re
from collections.abc import Iterator

import pytest

from modules.aws_data.kubernetes_versions import KUBERNETES_VERSIONS
from modules.kubeflow.manifest import TOKEN, Object, strings
from tests.documents import bodies
from tests.each_stack import in_each
from tests.object_schemas import CrdSchemas, problems, schemas_of
from tests.platform_objects import described, needs_everything, objects_of, releases_of
from tests.platforms import documents

NAMES = ["prod", "full"]
CREDENTIALS = re.compile(
    r"minio123|12341234|4K/VkmDd1q1|pUBnBOY80|cFVCbkJPWTgw|dGVzdA==|user@example\\.com|admin@example\\.com|prom-operator"
    r"|\$2[aby]\$\d\d\$"
)
"""What upstream publishes: MinIO's key, Dex's user with his password and its hash, the secrets of oauth2-proxy, Grafana's."""
VALUES = re.compile(r"\$\{jsonencode\(local\.\w+\)\}")
UNESCAPED = re.compile(
    r"(?<![$%])[$%]\{(?!(data|aws_\w+|local)\.|(jsonencode|(chomp\()?yamlencode)\(local\.|null\}|\{\"1\.)"
)

pytestmark = [needs_everything, pytest.mark.upstream]


def local(name: str) -> list[Object]:
    return [one for release in releases_of(name) if not release.official for one in release.objects]


@functools.cache
def crds(name: str) -> CrdSchemas:
    return schemas_of(objects_of(name))


@pytest.mark.parametrize("version", KUBERNETES_VERSIONS)
@pytest.mark.parametrize("name", NAMES)
def test_objects_are_valid_on_every_kubernetes_that_we_support(name: str, version: str) -> None:
    assert problems(local(name), version, crds(name)) == []


def test_the_check_sees_an_unknown_field_and_a_wrong_custom_resource() -> None:
    service = next(one for one in local("prod") if one["kind"] == "Service")
    gateway = next(one for one in local("prod") if one["kind"] == "Gateway")
    for one in (service, gateway):
        (text,) = problems([{**one, "spec": {**one["spec"], "colour": "red"}}], "1.35", crds("prod"))
        assert "colour" in text


@pytest.mark.parametrize("name", NAMES)
def test_no_published_credential_and_no_token_is_left(name: str) -> None:
    for one in objects_of(name):
        for path, text in strings(one):
            assert not CREDENTIALS.search(text), f"{described(one)}: {path}"
            assert not TOKEN.search(text), f"{described(one)}: {path}"
    for stack, document in documents().items():
        for address, body in bodies(document, "resource"):
            for path, text in strings(body):
                assert not CREDENTIALS.search(text), f"{stack}: {address}: {path}"


def with_releases() -> list[str]:
    return [stack for stack, one in documents().items() if "helm_release" in one.get("resource", {})]


@in_each(with_releases)
def test_values_of_releases_are_locals_with_escaped_dollars(stack: str) -> Iterator[str]:
    document = documents()[stack]
    for name, release in document["resource"]["helm_release"].items():
        yield from (name for text in release.get("values", ()) if not VALUES.fullmatch(text))
    for name, value in document.get("locals", {}).items():
        if name.endswith(("_values", "_texts")):
            yield from (
                f"{name}: {path}: {text}" for path, text in strings({"values": value}) if UNESCAPED.search(text)
            )


@pytest.mark.parametrize("text", ["${HOME}", "%{if a}", "a ${workflow.name}"])
def test_the_rule_sees_dollars_of_extra_components(text: str) -> None:
    assert UNESCAPED.search(text)
    assert not UNESCAPED.search(text.replace("${", "$${").replace("%{", "%%{"))
