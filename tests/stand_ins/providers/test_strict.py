from typing import Any

import pytest

from tests.stand_ins.providers import mistakes


def document(provider: dict[str, Any] | None = None, **resources: Any) -> dict[str, Any]:
    return {"provider": provider or {}, "resource": resources}


def helm_release(**arguments: Any) -> dict[str, Any]:
    return document(helm_release={"one": {"name": "one", "chart": "one", **arguments}})


RIGHT = document(
    {"helm": [{"kubernetes": {"host": "h", "exec": {"api_version": "v1", "command": "aws", "args": ["eks"]}}}]},
    helm_release={
        "one": {
            "name": "one",
            "chart": "one",
            "set": [{"name": "a", "value": "b"}],
            "postrender": {"binary_path": "x"},
            "lifecycle": {"precondition": []},
            "depends_on": [],
        }
    },
    kubernetes_namespace_v1={"one": {"metadata": {"name": "one", "labels": {"any": "key"}}, "//": {"metadata": {}}}},
    aws_vpc={"one": {"whatever": 1}},
)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (RIGHT, []),
        (
            document({"helm": [{"kubernetes": {"tokn": "x"}}]}),
            ["provider.helm[0].kubernetes.tokn: unknown; did you mean token?"],
        ),
        (
            document({"helm": {"kubernetes": {"exec": {"comand": "x", "api_version": "v1"}}}}),
            [
                "provider.helm[0].kubernetes.exec.comand: unknown; did you mean command?",
                "provider.helm[0].kubernetes.exec: command is missing",
            ],
        ),
        (
            document({"helm": {"kubernetes": [{"host": "h"}]}}),
            [
                "provider.helm[0].kubernetes: is a list where one object belongs",
                "provider.helm[0].kubernetes: is a list; one object does for Helm provider 2.17 and 3.x",
            ],
        ),
        (document({"kubernetes": [{"hosst": "h"}]}), ["provider.kubernetes[0].hosst: unknown; did you mean host?"]),
        (
            helm_release(set=[{"nmae": "a", "value": "b"}]),
            [
                "resource.helm_release.one.set[0].nmae: unknown; did you mean name?",
                "resource.helm_release.one.set[0]: name is missing",
            ],
        ),
        (helm_release(set={"name": "a"}), ["resource.helm_release.one.set: is one object where a list belongs"]),
        (
            helm_release(timeouts={"craete": "5m"}),
            [
                "resource.helm_release.one.timeouts.craete: unknown; did you mean create?",
                "resource.helm_release.one.timeouts: Helm provider 2.17 has no such argument",
            ],
        ),
        (helm_release(atomik=True), ["resource.helm_release.one.atomik: unknown; did you mean atomic?"]),
        (
            document(kubernetes_namespace_v1={"one": {"metadata": [{"nmae": "one"}]}}),
            ["resource.kubernetes_namespace_v1.one.metadata[0].nmae: unknown; did you mean name?"],
        ),
        (document(kubernetes_secret_v1={"one": {}}), ["resource.kubernetes_secret_v1.one: metadata is missing"]),
        (
            document(kubernetes_manifest={"one": {}}),
            ["resource.kubernetes_manifest: the stand-in does not know this type; add it in overlay.py"],
        ),
    ],
)
def test_every_mistake_is_said_where_it_is(given: dict[str, Any], said: list[str]) -> None:
    assert mistakes(given) == said


def test_arguments_of_helm_3_are_right_where_only_that_is_wanted() -> None:
    assert mistakes(helm_release(timeouts={"create": "5m"}, take_ownership=True), also_helm_2=False) == []
