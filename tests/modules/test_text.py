from pathlib import Path

import jinja2
import pytest

from modules.text import render


def filled(tmp_path: Path, template: str, **values: object) -> str:
    path = tmp_path / "template.j2"
    path.write_text(template, encoding="utf-8")
    return render(path, **values)


def test_values_go_in_as_json_and_keep_their_type(tmp_path: Path) -> None:
    assert (
        filled(tmp_path, "a: {{ a | tojson }}\n", a={"b": [1, True, None, "ü"]})
        == 'a: {"b": [1, true, null, "\\u00fc"]}\n'
    )


def test_terraform_does_not_read_the_templates_own_text(tmp_path: Path) -> None:
    assert filled(tmp_path, "echo ${HOME} %{x}\n") == "echo $${HOME} %%{x}\n"


def test_a_reference_among_the_values_stays_live(tmp_path: Path) -> None:
    assert filled(tmp_path, "arn: {{ arn }}\n", arn="${aws_iam_role.a.arn}") == "arn: ${aws_iam_role.a.arn}\n"


def test_a_missing_value_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(jinja2.UndefinedError, match="'nobody' is undefined"):
        filled(tmp_path, "{{ nobody }}")


def test_lines_of_blocks_leave_no_trace(tmp_path: Path) -> None:
    assert filled(tmp_path, "a\n  {% if yes %}\nb\n  {% endif %}\nc\n", yes=True) == "a\nb\nc\n"
