from pathlib import Path
from typing import Any

import pytest

from modules.settings import Addon, Addons, Cluster, Network, NodeGroup, Platform
from modules.text import escaped, render
from tests.built_once import build


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
    with pytest.raises(
        ValueError, match=r"^[^/]+/[^/]+: 'nobody' is undefined; use a value that it is given: arn, name$"
    ):
        filled(tmp_path, "{{ nobody }}", name="a", arn="b")


def test_lines_of_blocks_leave_no_trace(tmp_path: Path) -> None:
    assert filled(tmp_path, "a\n  {% if yes %}\nb\n  {% endif %}\nc\n", yes=True) == "a\nb\nc\n"


def test_what_users_write_is_never_terraforms_at_any_depth() -> None:
    given = {"${a}": ["%{b}", {"c": "x ${d}"}], "e": 1, "f": None}
    assert escaped(given) == {"$${a}": ["%%{b}", {"c": "x $${d}"}], "e": 1, "f": None}


def test_settings_with_dollar_braces_reach_add_ons_and_nodes_as_written() -> None:
    group = NodeGroup(name="nodes", kubelet={"clusterDomain": "${x}"})
    addons = Addons(coredns=Addon(configuration={"corefile": "${y}"}))
    cluster = stacks_with(
        Cluster(admins=("role/a",), private_access_cidrs=("10.0.0.0/8",), node_groups=(group,), addons=addons)
    )
    assert "$${x}" in cluster["resource"]["aws_launch_template"]["nodes"]["user_data"]
    assert "$${y}" in cluster["resource"]["aws_eks_addon"]["coredns"]["configuration_values"]


def stacks_with(cluster: Cluster) -> dict[str, Any]:
    """The cluster stack of a platform with this cluster."""
    made = build(Platform(name="x", region="us-west-2", network=Network(), cluster=cluster))
    document: dict[str, Any] = dict(made.documents["x-cluster"])
    return document
