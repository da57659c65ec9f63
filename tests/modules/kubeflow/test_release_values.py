"""Values of releases in `locals`: what the real Terraform makes of them is what Python has."""

import json
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from modules.kubeflow.encoded_text import EncodedText
from modules.kubeflow.release_values import release_values
from modules.text import escaped
from tests.documents import bare_stack, synthesized
from tests.release_values import evaluated_values

PLAIN: dict[str, Any] = {
    "null": None,
    "empty": {"list": [], "map": {}, "text": ""},
    "list": [1, None, {"deep": None, "true": True}, 1.5, 2**40],
    "quotes \" ' \\ \n\t é <&>": "quotes \" ' \\ \n\t é <&>",
    "a.b/c-d": "camelCase stays: fooBar",
    "literal ${HOME} %{if}": "${HOME} %{if x} $${twice}",
    "number like": "3306",
}
MENU = [{"text": 'a <b> & "c"', "items": ["x", None, 1]}]
PEOPLE = {"enabled": True, "list": [{"id": "1", "secret": "$SECRET_A"}], "none": [], "lines": "a\nb\n"}


def document() -> dict[str, Any]:
    stack = bare_stack()
    known = {
        "json": EncodedText(MENU),
        "yaml": EncodedText(PEOPLE, "yaml"),
        "host": "${var.host}",
        "list": "${var.list}",
    }
    stack.add_override(
        "resource.helm_release.a-b", {"values": [release_values(stack, "a-b", {**escaped(PLAIN), "tokens": known})]}
    )
    return synthesized(stack)


def test_values_are_objects_one_line_a_value() -> None:
    found = document()["locals"]
    assert found["a_b_values"]["tokens"] == {
        "host": "${var.host}",
        "json": "${jsonencode(local.a_b_texts.json)}",
        "list": "${var.list}",
        "yaml": "${chomp(yamlencode(local.a_b_texts.yaml))}",
    }
    assert found["a_b_texts"]["yaml"] == PEOPLE
    assert document()["resource"]["helm_release"]["a-b"]["values"] == ["${jsonencode(local.a_b_values)}"]


def test_tests_read_them_as_terraform_does() -> None:
    found = evaluated_values(document(), "a-b")
    tokens = found.pop("tokens")
    assert found == PLAIN
    assert (json.loads(tokens["json"]), yaml.safe_load(tokens["yaml"])) == (MENU, PEOPLE)
    assert tokens["host"] == "known-at-apply"


@pytest.mark.terraform
def test_terraform_makes_the_same_of_them(tmp_path: Path) -> None:
    made = document()
    text = made["resource"]["helm_release"]["a-b"]["values"][0]
    host = 'db "quoted" \\ ${x}\n'
    program = {
        "locals": made["locals"],
        "variable": {"host": {"default": host}, "list": {"default": ["a", "b"]}},
        "output": {"values": {"value": text}},
    }
    (tmp_path / "main.tf.json").write_text(json.dumps(program), encoding="utf-8")

    def run(*arguments: str) -> str:
        command = ["terraform", f"-chdir={tmp_path}", *arguments]
        return subprocess.run(command, capture_output=True, text=True, check=True).stdout

    run("init")
    run("apply", "-auto-approve")
    found = json.loads(run("output", "-raw", "values"))
    assert run("plan", "-detailed-exitcode")
    tokens = found.pop("tokens")
    assert found == PLAIN
    assert (json.loads(tokens["json"]), yaml.safe_load(tokens["yaml"])) == (MENU, PEOPLE)
    assert not tokens["yaml"].endswith("\n")
    assert (tokens["host"], tokens["list"]) == (host, ["a", "b"])
