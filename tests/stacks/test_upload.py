"""What goes to HCP Terraform: all that a run needs, and its size."""

import io
from pathlib import Path
from typing import Any

import pytest
from rich.console import Console

from modules.settings import State
from stacks.order import platform_layers
from stacks.summary import Report, print_report
from stacks.upload import IGNORED, upload_kib, upload_sizes
from tests.built_once import build
from tests.platforms import platform

ON_HCP = platform("prod", state=State.hcp(organization="example"))
NOISE = bytes(range(256)) * 4000


def test_every_stack_says_what_stays_here_and_charts_do_not() -> None:
    tree = build(ON_HCP).tree
    ignored = sorted(path for path in tree if path.endswith(".terraformignore"))
    assert ignored == sorted(f"stacks/prod-{layer}/.terraformignore" for layer in platform_layers(ON_HCP))
    assert {tree[path] for path in ignored} == {IGNORED}
    patterns = [line for line in IGNORED.decode().splitlines() if not line.startswith("#")]
    assert patterns == ["plan", "*.tfplan", "*.tfstate", "*.tfstate.*", "crash.log"]


def test_a_platform_elsewhere_has_no_such_file() -> None:
    assert [path for path in build(platform("prod")).tree if path.endswith(".terraformignore")] == []


@pytest.mark.parametrize("folder", ["charts", "objects"])
def test_the_size_counts_charts_and_leaves_out_what_stays(folder: str, tmp_path: Path) -> None:
    (tmp_path / "cdk.tf.json").write_text("{}")
    (tmp_path / "plan").write_bytes(NOISE)
    (tmp_path / ".terraform").mkdir()
    (tmp_path / ".terraform/provider").write_bytes(NOISE)
    assert upload_kib(tmp_path) == 1
    chart = tmp_path / folder / "dex/files"
    chart.mkdir(parents=True)
    (chart / "all.yaml").write_text("\n".join(f"{number**7}" for number in range(30_000)))
    assert upload_kib(tmp_path) > 100


def test_sizes_are_printed_for_platforms_on_hcp_terraform_only(tmp_path: Path) -> None:
    for layer in platform_layers(ON_HCP):
        (tmp_path / f"stacks/prod-{layer}").mkdir(parents=True)
        (tmp_path / f"stacks/prod-{layer}/cdk.tf.json").write_text("{}")
    found = upload_sizes([ON_HCP, platform("other")], tmp_path)
    assert found == {f"prod-{layer}": 1 for layer in platform_layers(ON_HCP)}


def test_synth_prints_the_size_next_to_its_stack() -> None:
    documents: dict[str, Any] = {"prod-network": {"output": {}}, "other-network": {"output": {}}}
    file = io.StringIO()
    print_report(Report(documents, dict.fromkeys(documents, 0.1), uploads={"prod-network": 7}), Console(file=file))
    rows = {line.split()[0]: line.split() for line in file.getvalue().splitlines() if line.strip()}
    assert rows["stack"][-2:] == ["upload", "KiB"]
    assert rows["prod-network"][-1] == "7"
    assert rows["other-network"][-1] == "0.10"
    assert rows["all"][-1] == "7"
