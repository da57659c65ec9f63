"""The table of attributes that replace a resource is what the AWS provider answers."""

from collections.abc import Iterator

import pytest

from modules.aws_data.replacing_attributes import REPLACING
from tests.provider_answers import VERSION, AwsProvider, program

pytestmark = pytest.mark.terraform
KINDS = ("aws_vpc", "aws_subnet", "aws_db_instance", "aws_eks_node_group", "aws_lb_target_group", "aws_iam_role")
"""Of every form: attributes, sets, nested blocks, a base that the provider demands."""


@pytest.fixture(scope="module")
def provider() -> Iterator[AwsProvider]:
    executable = program()
    if executable is None:
        pytest.skip(f"hashicorp/aws {VERSION} is not in a mirror of providers, unpacked")
    with AwsProvider(executable) as started:
        yield started


@pytest.mark.parametrize("kind", KINDS)
def test_the_table_is_what_the_provider_answers(provider: AwsProvider, kind: str) -> None:
    assert provider.replacing(kind) == REPLACING[kind]
