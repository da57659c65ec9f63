"""Images are found wherever objects name them: held by a second, more liberal search over everything that is vendored."""

import re
from collections.abc import Iterator

import pytest

from modules.kubeflow.cache import Cache
from modules.kubeflow.images.names import replaced
from modules.kubeflow.images.references import (
    Found,
    hidden_images,
    images_of,
    images_of_pods,
    rewritten,
    spelled_in,
)
from modules.kubeflow.lock import Entry, read_lock
from modules.kubeflow.manifest import Object, load, strings
from tests.modules.kubeflow.objects_as_text import object_
from tests.platform_objects import needs_cache

ENTRIES = [
    pytest.param(entry, id=f"{name}-{variant}")
    for name, variants in read_lock().components.items()
    for variant, entry in variants.items()
]


def config(data: str) -> list[Object]:
    return load(object_("ConfigMap", data=data))


def test_images_are_found_wherever_they_are_named() -> None:
    hidden = object_(
        "ConfigMap",
        data="{a: 'runner: quay.io/x/y:v1, address: gcr.io/istio-release', b: 'image: kserve/agent:v0.16.0', c: 'http://ghcr.io', "
        "VIEWER_IMAGE: 'filebrowser/filebrowser:v2.25.0', d: '{\"sidecarImage\" : \"a/sidecar:1\"}', e: 'x --init-image=b/init:2 y'}",
    ) + object_(
        "Widget",
        api="example.org/v1",
        spec="{image: tensorflow/serving:2.6.2, name: a/b:c, env: [{name: BOARD_IMAGE, value: tensorflow/tensorflow:2.5.1}], "
        "args: [--helper-image, 'a/helper:3', --other, 'a/port:80']}",
    )
    assert hidden_images(load(hidden)) == [
        "a/helper:3",
        "a/sidecar:1",
        "b/init:2",
        "filebrowser/filebrowser:v2.25.0",
        "kserve/agent:v0.16.0",
        "quay.io/x/y:v1",
        "tensorflow/serving:2.6.2",
        "tensorflow/tensorflow:2.5.1",
    ]


def test_containers_of_every_kind_count() -> None:
    pod = load(
        "apiVersion: v1\nkind: Pod\nmetadata: {name: p}\nspec: {containers: [{name: a, image: 'a:1'}], "
        "initContainers: [{name: b, image: 'b:1'}], ephemeralContainers: [{name: c, image: 'c:1'}]}"
    )
    assert images_of_pods(pod) == ["a:1", "b:1", "c:1"]


def test_the_injectors_image_is_put_together() -> None:
    found = images_of(config("""{values: '{"global": {"hub": "h.io/i", "tag": "1", "proxy": {"image": "p"}}}'}"""))
    assert found.images == {"h.io/i/p:1"}
    assert found.spelled == {"h.io/i"}


def test_a_name_without_version_is_an_image_only_when_there_is_none_with_one() -> None:
    found = images_of(config("{a: 'use ghcr.io/x/tool or ghcr.io/x/other', image: 'ghcr.io/x/tool:v1'}"))
    assert found.images == {"ghcr.io/x/tool:v1", "ghcr.io/x/other"}
    assert found.spelled == {"ghcr.io/x/tool:v1", "ghcr.io/x/tool", "ghcr.io/x/other"}


def test_object_types_name_no_images() -> None:
    assert images_of(load(object_("CustomResourceDefinition", spec="{x: 'image: a/b:1'}"))) == Found()


@needs_cache
@pytest.mark.upstream
@pytest.mark.parametrize("entry", ENTRIES)
def test_a_liberal_search_finds_no_other_image(entry: Entry) -> None:
    objects = objects_of(entry)
    known = images_of(objects).spelled
    missed = {
        text: where for one in objects for where, text in candidates(one) if text not in known and not no_image(text)
    }
    assert missed == {}


@needs_cache
@pytest.mark.upstream
@pytest.mark.parametrize("entry", ENTRIES)
def test_written_text_is_replaced_like_the_objects_are(entry: Entry) -> None:
    """What a release does with the text of its chart gives what replacing in the objects gives, and leaves no image out."""
    for phase in entry.phases.values():
        content = Cache().get(phase.sha256)
        assert content is not None
        objects = load(content)
        found = images_of(objects)
        assert spelled_in(content.decode(), found) == sorted(found.spelled) == list(phase.images)
        names = {name: f"mirror.example/{number}" for number, name in enumerate(phase.images)}
        moved = rewritten(objects, names)
        assert not images_of(moved).spelled & set(phase.images)
        assert not {text for one in moved for _, text in candidates(one) if text in phase.images}
        assert load(replaced(content.decode(), names)) == moved


def objects_of(entry: Entry) -> list[Object]:
    found = []
    for phase in entry.phases.values():
        content = Cache().get(phase.sha256)
        assert content is not None
        found += [one for one in load(content) if one["kind"] != "CustomResourceDefinition"]
    return found


CANDIDATE = re.compile(
    r"[A-Za-z0-9][\w.+-]*(?::[0-9]+)?(?:/[\w.+-]+)*:\w[\w.+-]*(?:@sha256:[0-9a-f]+)?"  # anything with a colon in it
    r"|[\w./-]+@sha256:[0-9a-f]+"
    r"|(?<![\w/.:-])(?:[a-z0-9-]+\.)+[a-z]{2,}/[\w./-]+",  # anything that begins with the name of a host
    re.ASCII,
)
NO_IMAGES = {
    r"[\w.-]+:\d{2,5}": "host and port",
    r"(\w[\w-]*\.)*(k8s\.io|x-k8s\.io|kubernetes\.io|istio\.io|knative\.dev|kubeflow\.org|kserve\.io|argoproj\.io|cert-manager\.io|ray\.io|"
    r"amazonaws\.com|googleapis\.com|datadoghq\.com|prometheus\.io|cncf\.io|annotation)/[\w.-]+": "API group, label, annotation",
    r"cluster\.local/ns/.*": "SPIFFE identity",
    r"json:\w+": "token of ours",
    r"(cert-manager[\w-]*|system|kubeflow|istio\.io|openshift|katib|profiles)(:[\w.-]+)+": "name of a role or user",
    r"arn:\w+|s3:\w+|aws:username": "AWS",
    r"(xlink|xml|xmlns|figma|mix-blend-mode)[:\w-]*": "SVG or CSS",
    r"(misc|default|device):\w+": "log levels, a type of device",
    r"(handle|headers|metadata|logger):\w+": "a method in Lua",
    r"host:port": "prose",
    r"custom\.com/gpu": "an example of a resource",
    r"serving\.kserve\.io/.*": "annotation",
    r"istio\.io:istiod-ca": "a volume's label",
}
"""Pattern of what the broad search finds and is not an image, with what it is instead."""


def candidates(item: Object) -> Iterator[tuple[str, str]]:
    for path, text in strings(item):
        for found in CANDIDATE.findall(text):
            yield path, found


def no_image(text: str) -> bool:
    return any(re.fullmatch(pattern, text) for pattern in NO_IMAGES)


def test_each_reason_is_needed() -> None:
    """And none of them would hide an image."""
    for image in (
        "mysql:8",
        "mysql:8.4",
        "kserve/agent:v1",
        "ghcr.io/a/b",
        "tensorflow/tensorflow:2.5.1",
        "a/b:latest",
    ):
        assert CANDIDATE.fullmatch(image)
        assert not no_image(image)
