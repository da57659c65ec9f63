"""`kubeflow-aws diagram` draws what is in generated/, and says what to do where there is nothing to draw."""

import json
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def stack(folder: Path, platform: str, layer: str = "network") -> None:
    tags = [{"tags": {"kubeflow-platform": platform}}]
    document = {
        "provider": {"aws": [{"region": "us-west-2", "default_tags": tags}]},
        "resource": {"aws_vpc": {"this": {"cidr_block": "10.0.0.0/16"}}},
    }
    path = folder / "generated" / "stacks" / f"{platform}-{layer}" / "cdk.tf.json"
    path.parent.mkdir(parents=True)
    path.write_text(json.dumps(document), encoding="utf-8")


def test_the_only_platform_is_drawn_to_standard_output(folder: Path) -> None:
    stack(folder, "small")
    done = CliRunner().invoke(app, ["diagram"])
    assert done.exit_code == 0, done.output
    texts = [element.text for element in ET.fromstring(done.stdout).iter("{http://www.w3.org/2000/svg}text")]
    assert "VPC 10.0.0.0/16" in texts
    assert "AWS account, region us-west-2" in texts


def test_one_of_several_is_written_to_a_file_in_the_dark(folder: Path) -> None:
    stack(folder, "one")
    stack(folder, "two")
    done = CliRunner().invoke(app, ["diagram", "two", "--output", "new/two.svg", "--theme", "dark"])
    assert (done.exit_code, done.stdout) == (0, f"{Path('new/two.svg')}: written\n")
    text = (folder / "new" / "two.svg").read_text(encoding="utf-8")
    assert "two: a cluster on AWS" in text
    assert "#0d1117" in text


@pytest.mark.parametrize("arguments", [[], ["three"]])
def test_a_platform_must_be_chosen_and_exist(folder: Path, arguments: list[str]) -> None:
    stack(folder, "one")
    stack(folder, "two")
    done = CliRunner().invoke(app, ["diagram", *arguments])
    assert done.exit_code == 2
    assert "choose one of: one, two" in done.stderr


def test_without_generated_json_the_command_that_writes_it_is_named() -> None:
    done = CliRunner().invoke(app, ["diagram"])
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr == "diagram: generated/: contains no stack of a platform; run: make synth\n"


def test_a_broken_document_and_an_unwritable_file_are_sentences(folder: Path) -> None:
    stack(folder, "small")
    done = CliRunner().invoke(app, ["diagram", "--output", str(folder)])
    assert done.exit_code == 1
    assert "choose another file with --output" in done.stderr
    (folder / "generated" / "stacks" / "small-network" / "cdk.tf.json").write_text("{", encoding="utf-8")
    done = CliRunner().invoke(app, ["diagram"])
    assert done.exit_code == 1
    assert "stacks/small-network/cdk.tf.json: is not JSON" in done.stderr
