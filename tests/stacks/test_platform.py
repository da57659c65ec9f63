"""Which stacks a platform has, and the one call that writes them."""

import json
import re
from pathlib import Path
from typing import Any

import cdktf
import pytest

import stacks.platform
from modules.errors import ProblemsError
from modules.settings import ExistingCluster, Network, NodeGroup, Platform
from stacks.document import json_bytes
from stacks.network import NetworkStack
from stacks.platform import capacities, synthesize, write
from tests.built_once import build
from tests.platforms import (
    BUCKET_READER,
    EVERYTHING,
    NAMES,
    NAMES_WITH_KUBEFLOW,
    cluster,
    everything_built,
    platform,
    variants,
)

SMALL = platform("small", network=Network(zones=2, flow_logs=None))
EXISTING_CLUSTER = platform("existing", network=None, cluster=ExistingCluster(name="shared"))


@pytest.fixture
def output(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where `synthesize` writes in a test: never to the project's own generated/."""
    monkeypatch.setenv("CDKTF_OUTDIR", str(tmp_path / "generated"))
    return tmp_path / "generated"


@pytest.mark.parametrize(
    ("name", "layers"),
    [
        ("prod", ["network", "cluster"]),
        ("everything", ["network", "cluster", "services"]),
        ("existing", ["services"]),
        ("gov", ["network", "cluster", "services"]),
    ],
)
def test_each_stack_depends_on_the_one_before(name: str, layers: list[str]) -> None:
    stacks = json.loads(everything_built().tree["manifest.json"])["stacks"]
    before = [f"{name}-{layer}" for layer in layers]
    assert {stack: stacks[stack]["dependencies"] for stack in stacks if stack in before} == {
        stack: before[index - 1 : index] if index else [] for index, stack in enumerate(before)
    }


def test_a_platform_is_the_same_alone_and_among_others() -> None:
    alone = build(EVERYTHING).tree
    among = everything_built().tree
    for path in alone:
        if path != "manifest.json":
            assert alone[path] == among[path], path


def test_errors_of_settings_are_reported_together_with_platform_and_path() -> None:
    bad = [
        platform("a", region="eu-west-9"),
        platform("b", cluster=cluster(admins=())),
        Platform(name="c", region="us-west-2", network=Network(zones=9), cluster=cluster(), colour="red"),  # type: ignore[call-arg]
    ]
    with pytest.raises(ValueError, match="not an EKS region") as error:
        build(*bad)
    lines = str(error.value).splitlines()
    assert [line.partition(": ")[0] for line in lines] == sorted(line.partition(": ")[0] for line in lines)
    assert {": ".join(line.split(": ")[:2]) for line in lines} >= {"a: region", "b: cluster.admins", "c: colour"}


def test_two_platforms_of_one_name_are_refused() -> None:
    with pytest.raises(ValueError, match=r"small: two platforms have this name"):
        build(SMALL, SMALL)


def test_synthesize_writes_summarizes_and_says_what_to_run(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synthesize(SMALL)
    said = capsys.readouterr().out
    assert re.search(r"small-network +\d+ +\d+ +6 +\d+\.\d\d", said)
    assert re.search(r"small-cluster +\d+ +\d+ +14 +\d+\.\d\d", said)
    assert re.search(r"small/nodes +m6i\.xlarge +1 +3 +5 +110 +330", said)
    assert said.index("small-network") < said.index("small-cluster")
    assert "Next: make deploy" in said
    assert sorted(path.parent.name for path in output.glob("stacks/*/cdk.tf.json")) == [
        "small-cluster",
        "small-network",
    ]
    assert (output.parent / "protected_resources.json").exists()


def test_what_is_allowed_and_should_still_be_seen_is_said(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synthesize(SMALL.with_changes(cluster=cluster(public_access_cidrs=("203.0.113.0/24",))))
    assert "203.0.113.0/24" in capsys.readouterr().out


def test_bad_settings_end_in_sentences_and_leave_what_was_there(output: Path) -> None:
    synthesize(SMALL)
    before = {path: path.read_bytes() for path in output.rglob("*") if path.is_file()}
    with pytest.raises(SystemExit) as end:
        synthesize(platform("small", cluster=cluster(admins=(), log_types=("api", "api"))))
    lines = str(end.value.code).splitlines()
    assert lines[0] == f"2 error(s); {output}/ is unchanged:"
    assert [line.split(": ")[:2] for line in lines[1:]] == [
        ["  small", "cluster.admins"],
        ["  small", "cluster.log_types"],
    ]
    assert {path: path.read_bytes() for path in output.rglob("*") if path.is_file()} == before


@pytest.mark.parametrize("control", ["\n", "\r", "\x1b[2J", "\u2028", "\x85", "\u202e"])
def test_a_control_character_adds_no_error_and_reaches_no_terminal(output: Path, control: str) -> None:
    with pytest.raises(SystemExit) as end:
        synthesize(platform("small", tags={"cost": f"a{control}small: cluster.admins: invented"}))
    first, *lines = str(end.value.code).split("\n")
    assert first == f"1 error(s); {output}/ is unchanged:"
    assert [line.split(": ")[:2] for line in lines] == [["  small", "tags[cost]"]]
    assert all(line.isprintable() for line in lines)


def test_an_error_of_several_lines_is_one_error(output: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*platforms: Platform) -> None:
        raise ValueError("first\nsecond \x1b[2J")

    monkeypatch.setattr("stacks.platform.build", fail)
    with pytest.raises(SystemExit) as end:
        synthesize(SMALL)
    assert str(end.value.code) == f"1 error(s); {output}/ is unchanged:\n  first\\nsecond \\x1b[2J"


def test_a_stack_of_bad_settings_shows_no_control_character() -> None:
    with pytest.raises(ProblemsError) as found:
        NetworkStack(cdktf.Testing.app(), platform("small", tags={"cost": "a\nb\x1b[2J"}))
    assert all(line.isprintable() for line in str(found.value).split("\n"))


def test_the_rules_are_checked_once_for_all_stacks_and_each_time_while_they_find_something(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Seven times for six stacks were a tenth of the time of a platform among many."""
    checked: list[str] = []

    def check(platform: Platform) -> list[tuple[str, str, str]]:
        checked.append(platform.name)
        return [("name", "is bad", "")] if platform.name == "bad" else []

    monkeypatch.setattr("stacks.stack.problems", check)
    stacks.platform.build(SMALL.with_changes(name="once"))
    bad = platform("bad")
    for _ in range(2):
        with pytest.raises(ProblemsError, match="is bad"):
            NetworkStack(cdktf.Testing.app(), bad)
    assert checked == ["once", "bad", "bad"]


def test_what_holds_data_does_not_leave_without_a_word(output: Path, capsys: pytest.CaptureFixture[str]) -> None:
    synthesize(SMALL)
    with pytest.raises(SystemExit, match=r"small-cluster: the whole stack was removed"):
        synthesize(EXISTING_CLUSTER)
    synthesize(EXISTING_CLUSTER, forget=("small-cluster", "small-network"))
    assert sorted(path.parent.name for path in output.glob("stacks/*/cdk.tf.json")) == ["existing-services"]
    capsys.readouterr()
    synthesize(EXISTING_CLUSTER, forget=("small-cluster",))
    assert "forget: 'small-cluster' has no effect; delete it" in capsys.readouterr().out


def test_the_list_of_what_holds_data_is_written_next_to_the_output(tmp_path: Path) -> None:
    made = build(SMALL)
    assert write(made, tmp_path / "generated") == []
    listed = (tmp_path / "protected_resources.json").read_bytes()
    assert listed == json_bytes(json.loads(listed))
    assert {stack: entry["resources"] for stack, entry in json.loads(listed).items()} == {
        "small-cluster": [
            "aws_cloudwatch_log_group.control_plane_logs",
            "aws_eks_cluster.this",
            "aws_kms_key.control_plane_logs",
            "aws_kms_key.secrets",
        ],
        "small-network": [],
    }


def test_seconds_are_given_for_every_stack_in_the_order_of_applying() -> None:
    made = build(SMALL.with_changes(service_account_roles=(BUCKET_READER,)))
    assert list(made.seconds) == ["small-network", "small-cluster", "small-services"]
    assert all(0 < seconds < 60 for seconds in made.seconds.values())


def test_capacity_of_each_group() -> None:
    groups = (
        NodeGroup(name="a"),
        NodeGroup(name="b", instance_types=("m6i.8xlarge", "m6i.large"), capacity_type="SPOT"),
    )
    lines = list(capacities(platform("p", cluster=cluster(node_groups=groups))))
    assert [(line.node_group, line.instance_type, line.pods_per_node) for line in lines] == [
        ("p/a", "m6i.xlarge", 110),
        ("p/b", "m6i.8xlarge", 110),
    ]
    assert list(capacities(EXISTING_CLUSTER)) == []


def test_the_variants_build_every_kind_of_stack() -> None:
    made = variants()
    assert sorted(made) == sorted(NAMES)
    assert {name for name, one in made.items() if one.kubeflow is not None} == set(NAMES_WITH_KUBEFLOW)
    assert {stack.rpartition("-")[2] for stack in everything_built().documents} >= {"network", "cluster", "services"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((), "no platform; pass at least one"),
        (([SMALL],), r"synthesize(*PLATFORMS)"),
        (("prod",), "takes platforms, not 'prod'"),
    ],
)
def test_a_wrong_argument_is_one_sentence(arguments: tuple[Any, ...], said: str) -> None:
    with pytest.raises(SystemExit, match=re.escape(said)) as ended:
        synthesize(*arguments)
    assert str(ended.value).startswith("main.py: synthesize()")
