"""All changes of platforms, as tables and as one document."""

import json
from dataclasses import replace
from typing import Any

import yaml

from modules.revisions.changes import Changes, PlatformVersion, platform_changes
from modules.revisions.objects import Rendered, rendered

NAMES = ("main (1234567)", "this folder")
DOCUMENTS: dict[str, Any] = {
    "prod-kubeflow": {
        "resource": {
            "helm_release": {
                "a": {"name": "a", "chart": "${path.module}/charts/a", "version": "1"},
                "b": {"name": "b", "chart": "${path.module}/objects/b"},
                "c": {"name": "c", "chart": "lb", "repository": "https://charts.example.com", "version": "1.0.0"},
                "d": {"name": "d", "chart": "${path.module}/charts/d"},
            }
        }
    }
}


def deployment(image: str) -> bytes:
    pod = {"spec": {"containers": [{"name": "main", "image": image}]}}
    made = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "web", "namespace": "a"},
        "spec": {"template": pod},
    }
    return yaml.safe_dump(made).encode()


def version(image: str = "example.com/web:1", chart: str = "1.0.0") -> PlatformVersion:
    contents = {"prod-kubeflow": {"charts/a": deployment(image), "objects/b": deployment("example.com/b:1")}}
    documents = json.loads(json.dumps(DOCUMENTS).replace("1.0.0", chart))
    return PlatformVersion(documents, rendered(documents, contents), {"fit": {"pods": 3, "findings": []}})


def test_releases_are_read_from_the_stacks_and_missing_objects_are_named() -> None:
    found = version().objects
    assert {*found.charts} == {"a", "b"}
    assert found.official == {"c": ("https://charts.example.com lb", "1.0.0")}
    assert found.missing == ("d",)


def test_objects_are_compared_by_field_and_image_and_official_charts_by_version() -> None:
    made = platform_changes("prod", version(), version("example.com/web:2", "1.1.0"), NAMES)
    parts = {part.title: part for part in made.parts}
    assert [*parts] == ["Terraform", "IAM", "Figures", "Findings", "Objects", "Other blocks"]
    tables = {table.title: table for table in parts["Objects"].tables}
    assert tables["Objects"].headings == ("release", "object", "what")
    assert tables["Objects"].rows == (("a", "Deployment a/web", "spec.template.spec.containers[main].image"),)
    assert tables["Images"].rows == (("example.com/web:1", "example.com/web:2", "a"),)
    assert ("c", "1.0.0", "1.1.0", "") in tables["Components"].rows
    assert parts["Objects"].summary == "1 changed, 1 images"
    assert parts["Terraform"].summary == "1 changed"
    assert made.not_compared == ("objects of release d: not available",)


def test_an_object_that_moves_between_releases_is_a_move() -> None:
    before, after = version(), version()
    moved = Rendered({"a": b"", "b": after.objects.charts["a"]})
    found = platform_changes(
        "prod",
        replace(before, objects=Rendered({"a": before.objects.charts["a"], "b": b""})),
        replace(after, objects=moved),
        NAMES,
    )
    (part,) = (one for one in found.parts if one.title == "Objects")
    assert part.summary.startswith("1 moved")


def test_versions_without_differences_have_no_table() -> None:
    found = platform_changes("prod", version(), version(), NAMES)
    assert {part.summary for part in found.parts} == {"no change"}
    assert [table for part in found.parts for table in part.tables] == []


def test_a_platform_that_one_revision_lacks_is_counted() -> None:
    new = platform_changes("prod", None, version(), NAMES)
    assert (new.what, [part.summary for part in new.parts]) == ("new", ["4 blocks in 1 stacks"])
    assert platform_changes("prod", version(), None, NAMES).what == "removed"


def test_a_revision_without_check_is_named() -> None:
    found = platform_changes("prod", replace(version(), results=None), version(), NAMES)
    assert "results: the earlier revision has no `check`" in found.not_compared


def test_the_document_is_json_and_has_every_part() -> None:
    found = platform_changes("prod", version(), version("example.com/web:2"), NAMES)
    made = Changes("main", "1234567", (found,), ("note",))
    (one,) = json.loads(json.dumps(made.document()))["platforms"]
    assert {*one} == {
        "platform",
        "what",
        "not_compared",
        "terraform",
        "iam",
        "figures",
        "findings",
        "objects",
        "other_blocks",
    }
    assert one["objects"]["images"][0]["after"] == ["example.com/web:2"]
    assert made.limits() == ["note", "prod: objects of release d: not available"]
    assert made.summary().rows[0] == ("prod", "Terraform", "no change")
