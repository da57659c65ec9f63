"""README and docs say only what is true: links, commands, names, code, and the pages that are read off the code."""

import json
import os
import re
import subprocess
import sys
import textwrap
from pathlib import Path

import cdktf
import pytest

import modules.settings
from docs.generate import pages
from docs.shipped_main import PROD
from examples.own_main.main import TeamStack
from modules.settings import Network
from stacks.document import managed
from stacks.order import platform_layers
from stacks.platform import capacities, synthesize
from tests.built_once import build
from tests.docs.pages import FENCE, PAGES, ROOT, anchors, blocks, text

EXAMPLE = ROOT / "examples" / "own_main" / "main.py"
of_each_page = pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])


@of_each_page
def test_every_relative_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)]+)\)", FENCE.sub("", text(page))):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        found = (page.parent / name).resolve() if name else page
        assert found.exists(), target
        assert not anchor or anchor in anchors(found), target


@pytest.mark.parametrize(("table", "folder"), [("README.md", "docs/"), ("docs/index.md", "")])
def test_every_page_is_in_the_tables_of_what_to_open(table: str, folder: str) -> None:
    linked = re.findall(rf"\]\({folder}([\w-]+\.md)", text(ROOT / table))
    assert {page.name for page in PAGES if page.parent.name == "docs"} - {*linked, "index.md"} == set()


@of_each_page
def test_every_python_block_compiles(page: Path) -> None:
    for block in blocks(page, "python"):
        compile(textwrap.dedent(block), str(page), "exec")


@of_each_page
def test_no_page_names_a_folder_of_a_machine(page: Path) -> None:
    assert re.findall(r"(?<![\w.>])/(?:home|root|Users|tmp|work|opt|var)/\S*", text(page)) == []
    assert str(ROOT) not in text(page)


def test_generated_pages_are_up_to_date() -> None:
    old = [name for name, fresh in pages().items() if text(ROOT / "docs" / name) != fresh]
    assert old == [], "run: make docs, then read the diff"


def test_every_section_and_setting_is_on_the_settings_page() -> None:
    page = text(ROOT / "docs" / "settings.md")
    sections = {
        section.__name__: section.model_fields
        for section in vars(modules.settings).values()
        if hasattr(section, "model_fields")
    }
    assert {"Platform", "Network", "Cluster", "NodeGroup"} <= sections.keys()
    for name, fields in sections.items():
        rows = page.partition(f"\n## {name}\n")[2].partition("\n## ")[0]
        assert re.findall(r"^\| `(\w+)` \|", rows, re.MULTILINE) == list(fields), name


def test_stacks_are_listed_in_their_order() -> None:
    assert " ".join(f"prod-{layer}" for layer in platform_layers(PROD)) in text(ROOT / "docs" / "deploy.md")
    assert " → ".join(platform_layers(PROD)) in text(ROOT / "README.md")


def test_the_example_on_the_page_is_the_example_in_the_file() -> None:
    assert EXAMPLE.read_text(encoding="utf-8") in blocks(ROOT / "docs" / "your-own-main.md", "python")


def test_the_example_synthesizes_its_three_stacks(tmp_path: Path) -> None:
    run = subprocess.run(
        [sys.executable, EXAMPLE],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    stacks = {path.parent.name: path.read_text() for path in tmp_path.glob("generated/stacks/*/cdk.tf.json")}
    assert sorted(stacks) == ["lab-cluster", "lab-network", "lab-team-a"]
    assert [name for name, written in stacks.items() if str(tmp_path) in written or str(ROOT) in written] == []
    manifest = json.loads((tmp_path / "generated" / "manifest.json").read_text())["stacks"]
    assert {name: stack["dependencies"] for name, stack in manifest.items()} == {
        "lab-network": [],
        "lab-cluster": ["lab-network"],
        "lab-team-a": ["lab-cluster"],
    }


def test_the_role_of_the_example_trusts_only_its_service_account() -> None:
    stack = TeamStack(cdktf.Testing.app(), "lab-team-a", cluster_name="lab", region="us-west-2")
    document = json.loads(cdktf.Testing.synth(stack))
    policies = document["data"]["aws_iam_policy_document"]
    conditions = policies["team_a_reader_trust"]["statement"][0]["condition"]
    assert {one["variable"].rpartition(":")[2]: (one["test"], one["values"]) for one in conditions} == {
        "aud": ("StringEquals", ["sts.amazonaws.com"]),
        "sub": ("StringEquals", ["system:serviceaccount:team-a:reader"]),
    }
    assert policies["team_a_reader_rights"]["statement"][0]["resources"] == [
        "${aws_s3_bucket.datasets.arn}",
        "${aws_s3_bucket.datasets.arn}/*",
    ]


def test_the_errors_on_the_page_are_those_that_synth_prints(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("CDKTF_OUTDIR", raising=False)
    misspelt = Network(zonez=3)  # type: ignore[call-arg]
    with pytest.raises(SystemExit) as ended:
        synthesize(PROD.with_changes(region="us-west-9", network=misspelt))
    told = "\n".join(map(textwrap.dedent, blocks(ROOT / "docs" / "deploy.md", "text")))
    assert str(ended.value) in told
    assert not (tmp_path / "generated").exists()


def test_the_tables_on_the_page_are_those_of_the_shipped_platform() -> None:
    made = build(PROD)
    documents = made.documents
    shown = "\n".join(blocks(ROOT / "docs" / "deploy.md", "text"))
    for stack in made.seconds:
        counts = (len(list(managed(documents[stack]))), sum(map(len, documents[stack]["data"].values())))
        row = re.search(rf"^  {stack} +(\d+) +(\d+) +(\d+) ", shown, re.MULTILINE)
        assert row, stack
        assert row.groups() == (*map(str, counts), str(len(documents[stack]["output"]))), (
            f"docs/deploy.md shows old figures of {stack}"
        )
    for capacity in capacities(PROD):
        assert re.search(
            rf"{capacity.node_group} .* {capacity.pods_per_node} +{capacity.total_pods}$", shown, re.MULTILINE
        )
