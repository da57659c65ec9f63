"""Each change of a document is one line that names its address, and nothing else is."""

import copy
from typing import Any

import pytest

from stacks.changes import VALUE_CHARACTERS, changes

BEFORE: dict[str, dict[str, Any]] = {
    "prod-network": {
        "//": {"metadata": {"version": "0.21.0"}},
        "output": {"vpc_id": {"value": "${aws_vpc.main.id}"}},
        "provider": {"aws": [{"region": "us-west-2"}]},
        "resource": {
            "aws_vpc": {"main": {"//": {"path": "a"}, "cidr_block": "10.0.0.0/16", "tags": {"Name": "main"}}},
            "aws_iam_policy": {"read": {"policy": '{"Statement": [{"Action": "s3:GetObject", "Effect": "Allow"}]}'}},
        },
        "data": {"aws_region": {"here": {}}},
        "terraform": {"required_version": ">= 1.11"},
    }
}


def changed(path: tuple[str, ...], value: object) -> list[str]:
    """The lines after one value was set, or taken out where it is None."""
    after = copy.deepcopy(BEFORE)
    inner: Any = after["prod-network"]
    for key in path[:-1]:
        inner = inner[key]
    if value is None:
        del inner[path[-1]]
    else:
        inner[path[-1]] = value
    return changes(BEFORE, after)


class TestChanges:
    @pytest.mark.parametrize(
        ("path", "value", "line"),
        [
            (("resource", "aws_vpc", "main", "tags", "Name"), "x", '~ prod-network: aws_vpc.main.tags.Name: "main" -> "x"'),
            (("resource", "aws_vpc", "main", "tags", "A"), "b", '+ prod-network: aws_vpc.main.tags.A: "b"'),
            (("resource", "aws_vpc", "main", "cidr_block"), None, '- prod-network: aws_vpc.main.cidr_block: "10.0.0.0/16"'),
            (("resource", "aws_vpc", "main"), None, "- prod-network: aws_vpc.main"),
            (("resource", "aws_subnet"), {"a": {}}, "+ prod-network: aws_subnet.a"),
            (("data", "aws_region", "here"), None, "- prod-network: data.aws_region.here"),
            (("output", "vpc_id", "value"), 1, '~ prod-network: output.vpc_id.value: "${aws_vpc.main.id}" -> 1'),
            (("provider", "aws"), [{"region": "eu-west-1"}], '~ prod-network: provider.aws[0].region: "us-west-2" -> "eu-west-1"'),
            (("provider", "aws"), [], '~ prod-network: provider.aws: [{"region": "us-west-2"}] -> []'),
            (("locals",), {"a": 1}, "+ prod-network: locals.a"),
        ],
    )  # fmt: skip
    def test_are_named_by_address_and_attribute(self, path: tuple[str, ...], value: object, line: str) -> None:
        assert changed(path, value) == [line]

    def test_of_a_policy_are_named_inside_its_text(self) -> None:
        policy = BEFORE["prod-network"]["resource"]["aws_iam_policy"]["read"]["policy"].replace(
            "GetObject", "PutObject"
        )
        line = '~ prod-network: aws_iam_policy.read.policy.Statement[0].Action: "s3:GetObject" -> "s3:PutObject"'
        assert changed(("resource", "aws_iam_policy", "read", "policy"), policy) == [line]

    def test_of_text_that_only_looks_like_json_are_named_whole(self) -> None:
        assert changed(("resource", "aws_vpc", "main", "cidr_block"), "{x") == [
            '~ prod-network: aws_vpc.main.cidr_block: "10.0.0.0/16" -> "{x"'
        ]

    def test_of_metadata_are_none(self) -> None:
        assert changed(("resource", "aws_vpc", "main", "//"), {"path": "b"}) == []
        assert changed(("//",), {}) == []

    def test_of_stacks_are_one_line(self) -> None:
        assert changes({}, BEFORE) == ["+ stack prod-network: 6 blocks"]
        assert changes(BEFORE, {}) == ["- stack prod-network"]

    def test_values_are_short_and_printable(self) -> None:
        (line,) = changed(("resource", "aws_vpc", "main", "tags", "A"), "\x1b[31m\u202e" + "x" * 500)
        assert line.isprintable()
        assert line.endswith("…")
        assert len(line) < VALUE_CHARACTERS + 50
