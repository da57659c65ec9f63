import pytest
from hypothesis import given
from hypothesis import strategies as st

from modules.kubeflow.manifest import Identity, Object, dump, identity, load, map_strings, strings, tokens

TEXT = st.text(st.characters(exclude_categories=["Cs", "Cc"], include_characters="\n\t"), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("abz", min_size=1), inner, max_size=3),
)
AMBIGUOUS = [
    "on", "off", "yes", "no", "y", "n", "Y", "true", "null", "~", "", "1", "1.0", "1e3", "1E+6", ".5e2", "0o644", "0644", "0x1F",
    "1_000", "190:20:30", "2026-03-21", "2026-03-21T10:00:00Z", "=", "<<", "- a", "a: b", "# a", "@a", "`a", "%a", "!a", "&a", "*a",
    "{{workflow.name}}", "${HOME}", "%{if}", " a", "a ", "a\n", "a\n\n", "\na", "  a\nb", "a \nb", "a\tb", "é", "\N{GRINNING FACE}",
    "\N{LINE SEPARATOR}", "\N{NEXT LINE}", "a\rb", ".inf", ".nan", "1.", "+1", "-.5", "0b1", "0o8",
]  # fmt: skip


def config_map(**data: object) -> Object:
    return {"apiVersion": "v1", "kind": "ConfigMap", "metadata": {"name": "a"}, "data": data}


@pytest.mark.parametrize("text", AMBIGUOUS)
def test_text_stays_text(text: str) -> None:
    assert load(dump([config_map(key=text)]))[0]["data"] == {"key": text}


@given(VALUES)
def test_whatever_is_written_is_read(value: object) -> None:
    assert load(dump([config_map(key=value)]))[0]["data"] == {"key": value}


@given(VALUES)
def test_bytes_do_not_depend_on_the_order_of_keys(value: object) -> None:
    item = config_map(key=value, other=1)
    backwards = {key: item[key] for key in reversed(item)} | {"data": {"other": 1, "key": value}}
    assert dump([item]) == dump([backwards])


def test_dates_stay_text_and_exponents_are_numbers() -> None:
    assert load("a: 2026-03-21\nb: 1e6\nc: =") == [{"a": "2026-03-21", "b": 1e6, "c": "="}]


def test_objects_are_sorted_and_empty_documents_left_out() -> None:
    text = "---\n---\napiVersion: v1\nkind: Secret\nmetadata: {name: a}\n---\napiVersion: v1\nkind: ConfigMap\nmetadata: {name: b}\n"
    assert [identity(item).kind for item in load(dump(load(text)))] == ["ConfigMap", "Secret"]


def test_the_same_mapping_twice_is_written_twice() -> None:
    shared = {"x": 1}
    assert b"&" not in dump([config_map(one=shared, two=shared)])


def test_the_keep_annotation_is_the_last_one() -> None:
    item = config_map()
    item["metadata"]["annotations"] = {"helm.sh/resource-policy": "keep", "z": "1", "a": "2"}
    lines = dump([item]).decode().splitlines()
    assert lines[3:7] == ["  annotations:", "    a: '2'", "    z: '1'", "    helm.sh/resource-policy: keep"]


def test_no_document_ends_with_lines_of_text() -> None:
    """Helm would take its last newline away."""
    assert dump([config_map(a="1", b="x\ny\n")]).decode().endswith("metadata:\n  name: a\n")
    assert dump([config_map(a="x\ny\n", b="1")]).decode().endswith("b: '1'\n")


def test_text_with_a_token_is_in_double_quotes_on_one_line() -> None:
    assert b'key: "a\\n@@host@@ \\"b\\"\\n"' in dump([config_map(key='a\n@@host@@ "b"\n')])


def test_a_token_as_a_key_is_refused() -> None:
    with pytest.raises(ValueError, match=r"ConfigMap a: data: a token as a key \(@@domain@@\); use it as a value"):
        dump([config_map(**{"@@domain@@": ""})])


def test_tokens_are_found_at_any_depth_and_the_checksum_is_none_of_them() -> None:
    item = config_map(one=["@@b@@ @@a@@"], two={"x": "@@json:c@@"}, three="@@values_checksum@@", four="@@ no @@")
    assert tokens([item]) == ["a", "b", "c"]


def test_identity_is_group_kind_namespace_and_name() -> None:
    role = {
        "apiVersion": "rbac.authorization.k8s.io/v1",
        "kind": "Role",
        "metadata": {"name": "a", "namespace": "b"},
    }
    assert identity(role) == Identity("rbac.authorization.k8s.io", "Role", "b", "a")
    assert str(identity(role)) == "Role.rbac.authorization.k8s.io b/a"
    assert str(identity(config_map())) == "ConfigMap a"


@pytest.mark.parametrize(
    "item", [{}, {"apiVersion": "v1", "kind": "A"}, {"apiVersion": 1, "kind": "A", "metadata": {}}]
)
def test_what_is_not_an_object_is_refused(item: Object) -> None:
    with pytest.raises(ValueError, match="is not a Kubernetes object"):
        identity(item)


def test_strings_are_listed_with_their_path_and_mapped_in_a_copy() -> None:
    value = {"a": [{"b": "x"}, 1], "c": "y"}
    assert list(strings(value)) == [("a[0].b", "x"), ("c", "y")]
    assert map_strings(value, str.upper) == {"a": [{"b": "X"}, 1], "c": "Y"}
    assert value == {"a": [{"b": "x"}, 1], "c": "y"}


def test_a_key_that_is_a_number_is_not_written_as_a_string() -> None:
    assert b"'1': a" in dump([config_map(**{"1": "a"})])
    with pytest.raises(TypeError):
        dump([{**config_map(), "data": {1: "a"}}])
