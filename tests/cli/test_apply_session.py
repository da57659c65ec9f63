"""What surrounds deploy, destroy and diff: the line that runs a refused command without a question."""

import pytest

from cli.apply_session import without_question


@pytest.mark.parametrize(
    ("patterns", "in_a_clone", "installed"),
    [
        ([], "make deploy ARGS=--auto-approve", "kubeflow-aws deploy --auto-approve"),
        (
            ["prod-*"],
            "make deploy STACK='prod-*' ARGS=--auto-approve",
            "kubeflow-aws deploy 'prod-*' --auto-approve",
        ),
        (["a-b", "a-c"], "kubeflow-aws deploy a-b a-c --auto-approve", "kubeflow-aws deploy a-b a-c --auto-approve"),
    ],
)
def test_the_line_names_the_same_stacks(patterns: list[str], in_a_clone: str, installed: str) -> None:
    assert without_question("deploy", patterns, is_clone=True) == in_a_clone
    assert without_question("deploy", patterns, is_clone=False) == installed
