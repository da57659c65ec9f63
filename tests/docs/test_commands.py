"""Every command on a page is run by a test, or marked as one that needs AWS."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from tests.docs.pages import PAGES, ROOT, text
from tests.project_copy import ProjectCopy, small_main
from tests.stand_ins.moto_extension import Server

MARK = "<!-- needs AWS -->"
SHELL = re.compile(r"^ *```sh\n(.*?)^ *```$", re.MULTILINE | re.DOTALL)
HERE = "tests/docs/test_commands.py"
RUN_BY: Mapping[str, tuple[str, str]] = {
    r"make test": (".ci/run", "make test"),
    r"kubeflow-aws policy( --stack prod-network --phase apply| --output policies)?": (
        "tests/cli/test_policy.py",
        '"--output", "policies"',
    ),
    r"make synth": (HERE, "test_the_first_steps_are_run_as_written"),
    r"cp examples/quickstart/main\.py main\.py": (HERE, "test_the_first_steps_are_run_as_written"),
    r"make handover": (HERE, "test_a_hand_over_is_made_as_its_page_says"),
    r"make vendor( KUBEFLOW_UPSTREAM=\S+| UPDATE=1)?": ("tests/modules/vendoring/test_vendor.py", "def test_"),
    r"make compare BASE=\S+( ARGS=--json)?": ("tests/cli/test_compare.py", "def test_"),
    r"make inventory OUTPUT=\S+": ("tests/upgrades/test_recorded.py", 'main(tmp_path / "new" / "inventory.json")'),
    r"terraform -chdir=stacks/exported-network output -json for_cluster > \S+": (
        "tests/e2e/test_handover.py",
        "sh inputs.sh",
    ),
    r"pip wheel --no-deps --wheel-dir dist \.": ("tests/installed.py", '"--wheel", "--no-isolation"'),
    r"python3 -m venv \.venv|\. \.venv/bin/activate|pip install --no-compile dist/kubeflow_aws-\*\.whl": (
        "tests/installed.py",
        "def install(self, made: Path)",
    ),
    r"pip install 'kubeflow-aws\[rehearse\]'": ("tests/test_wheel.py", "extra == 'rehearse'"),
    r"kubeflow-aws rehearse.*": ("tests/e2e/test_rehearse.py", '"cli", "rehearse"'),
    r"kubeflow-aws init --repo my-platform": ("tests/cli/test_init.py", '"--repo", "my-platform"'),
    r"kubeflow-aws convert cluster\.yaml --live legacy --report report\.md": (
        "tests/modules/converting/test_live.py",
        '"convert", "cluster.yaml", "--live", "Legacy_One", "--report", "report.md"',
    ),
    r"kubeflow-aws convert( [\w.]+)+ --report report\.md": (
        "tests/modules/converting/test_kubeflow_formats.py",
        '"convert", *files, "--report", "report.md"',
    ),
    r"git (fetch|merge|rm|checkout|add generated|commit) .*": (
        "tests/test_clone.py",
        "def test_the_documented_merge_ends_clean",
    ),
    r"git add -N generated && git diff --stat generated": ("tests/e2e/test_first_hour.py", 'if "git diff" in block'),
    r"cd examples/own_main|PYTHONPATH=\S+ \S+python main\.py": (
        "tests/test_docs.py",
        "test_the_example_synthesizes_its_three_stacks",
    ),
}
"""Pattern of a command: the file that runs it, and words in it."""


def shell_blocks(page: Path) -> Iterator[tuple[bool, list[str]]]:
    """Whether a block is marked, and its commands without their comments."""
    content = text(page)
    for found in SHELL.finditer(content):
        marked = content[: found.start()].rstrip().endswith(MARK)
        commands = [re.sub(r" +# .*", "", line).strip() for line in found[1].splitlines()]
        yield marked, [command for command in commands if command]


def without_aws(page: Path) -> list[list[str]]:
    return [commands for marked, commands in shell_blocks(page) if not marked]


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_command_is_run_by_a_test_or_marked_as_needing_aws(page: Path) -> None:
    for command in (command for commands in without_aws(page) for command in commands):
        assert any(re.fullmatch(pattern, command) for pattern in RUN_BY), (
            f"{page.name}: `{command}`: write {MARK} before its block, or add the test that runs it to RUN_BY"
        )


def test_what_runs_a_command_is_there_and_every_pattern_is_needed() -> None:
    commands = [command for page in PAGES for block in without_aws(page) for command in block]
    for pattern, (file, words) in RUN_BY.items():
        assert words in (ROOT / file).read_text(encoding="utf-8"), f"{file} lacks {words}"
        assert [command for command in commands if re.fullmatch(pattern, command)], f"no page has {pattern}"


@pytest.fixture
def project(aws: Server, tmp_path: Path) -> ProjectCopy:
    """A clone, installed already."""
    return ProjectCopy(tmp_path, aws, small_main("platform-admins"))


def run(project: ProjectCopy, command: str) -> str:
    done = project.run("sh", "-euc", command)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.mark.slow
def test_the_first_steps_are_run_as_written(project: ProjectCopy) -> None:
    steps = without_aws(ROOT / "docs" / "first-platform.md")
    review = "git add -N generated && git diff --stat generated"  # in a real clone: tests/e2e/test_first_hour.py
    assert steps == [["cp examples/quickstart/main.py main.py"], ["make synth"], [review]]
    said = [run(project, command) for (command,) in steps[:2]][-1]
    assert "quickstart-kubeflow" in said
    assert "warning: quickstart: " in said, "about what is still to be edited"
    assert (project.folder / "generated/stacks/quickstart-teams/cdk.tf.json").is_file()


@pytest.mark.slow
def test_a_hand_over_is_made_as_its_page_says(project: ProjectCopy) -> None:
    main = project.folder / "main.py"
    state = 'deletion_protection=False,\n    state=State.none(backend="s3"),'
    main.write_text(
        main.read_text()
        .replace("deletion_protection=False,", state)
        .replace('name="small"', 'name="exported"')
        .replace("NodeGroup, Platform", "NodeGroup, Platform, State")
    )
    ((command,), _) = without_aws(ROOT / "docs" / "hand-over.md")
    assert [line[:5] for line in run(project, command).splitlines() if line.startswith("[")] == ["[3/4]", "[4/4]"]
    assert [path.name for path in (project.folder / "handover").iterdir()] == ["exported.tar.gz"]
