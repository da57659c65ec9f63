"""Files as trees with lines."""

from pathlib import Path

import pytest

from modules.converting.document import Document, dotted, read_documents


def read(folder: Path, name: str, text: str) -> list[Document]:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    return read_documents(file)


def test_yaml_keeps_the_line_of_each_key(tmp_path: Path) -> None:
    (one, two) = read(tmp_path, "a.yaml", "# first\na:\n  - b: 1\n    c: 1.30\n---\n---\nd: yes\ne: 2020-01-01\n")
    assert one.data == {"a": [{"b": 1, "c": 1.3}]}
    assert {dotted(path): line for path, line in one.lines.items()} == {"a": 2, "a[0]": 3, "a[0].b": 3, "a[0].c": 4}
    assert one.line(("a", 0, "b", "deeper")) == 3
    assert one.get("a", 0, "b") == 1
    assert one.get("a", 1) is one.get("a", "x") is None
    assert two.data == {"d": True, "e": "2020-01-01"}
    assert two.lines[("d",)] == 7


def test_merge_keys_of_yaml_are_resolved(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "a.yaml", "x: &x {a: 1, b: 2}\ny:\n  <<: *x\n  b: 3\n")
    assert one.data["y"] == {"a": 1, "b": 3}


def test_terraform_keeps_the_line_of_each_attribute(tmp_path: Path) -> None:
    text = '# first\nname = "x"\nsize = 20\non = true\ntags = {\n  a = "b"\n}\nzones = ["a", "b"]\nlong = <<EOT\ntext\nEOT\n'
    (one,) = read(tmp_path, "a.tfvars", text)
    assert one.data == {"name": "x", "size": 20, "on": True, "tags": {"a": "b"}, "zones": ["a", "b"], "long": "text"}
    assert {dotted(path): line for path, line in one.lines.items()} == {
        **{"name": 2, "size": 3, "on": 4, "tags": 5, "tags.a": 6, "zones": 8, "zones[0]": 8, "zones[1]": 8, "long": 9}
    }


def test_blocks_of_terraform_are_found_by_type_and_labels(tmp_path: Path) -> None:
    (one,) = read(tmp_path, "a.tf", 'variable "a" {\n  type = string\n  default = "x"\n}\nvariable "b" {\n}\n')
    assert one.data == {"variable": {"a": {"type": "string", "default": "x"}, "b": {}}}
    assert one.line(("variable", "a", "default")) == 3
    assert one.line(("variable", "b")) == 5


@pytest.mark.parametrize(
    ("name", "text", "line", "fragment"),
    [
        ("a.yaml", "a: 1\nb: [\n", 3, "is not YAML"),
        ("a.yaml", "a: 1\nb: 2\na: 3\n", 1, "the key a occurs more than once"),
        ("a.yaml", "- a\n", 1, "is not a mapping"),
        ("a.yaml", "a: &a\n  b: *a\n", 1, "more than 40 levels"),
        ("a.tf", "a = 1\nb = = 2\n", 2, "is not Terraform's language"),
    ],
)
def test_errors_have_the_line(tmp_path: Path, name: str, text: str, line: int, fragment: str) -> None:
    with pytest.raises(ValueError, match=fragment) as caught:
        read(tmp_path, name, text)
    assert str(caught.value).startswith(f"{tmp_path / name}, line {line}: ")


@pytest.mark.parametrize(
    ("name", "text"), [("a.yaml", "# nothing\n"), ("a.tfvars", "# nothing\n"), ("b.yaml", "a: \x01\n")]
)
def test_a_file_without_settings_is_an_error(tmp_path: Path, name: str, text: str) -> None:
    with pytest.raises(ValueError, match=r"is empty|is not YAML"):
        read(tmp_path, name, text)


def test_a_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="cannot be read"):
        read_documents(tmp_path / "missing.yaml")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ValueError, match="not text"):
        read_documents(tmp_path / "binary")
