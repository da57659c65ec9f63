import cdktf
import pytest
from cdktf_cdktf_provider_aws.vpc import Vpc

from modules.naming import addressed, aws_name, slug, tags
from tests.documents import at, bare_stack, exactly, synthesized
from tests.platforms import platform


def test_parts_are_joined() -> None:
    assert aws_name("prod", "private", "us-west-2a") == "prod-private-us-west-2a"


def test_a_long_name_is_refused_and_never_cut() -> None:
    assert aws_name("p", "x" * 62) == f"p-{'x' * 62}"
    said = f"prod-{'x' * 60}: 65 characters, but AWS allows 64; use a shorter name for the platform or '{'x' * 60}'"
    with pytest.raises(ValueError, match=exactly(said)):
        aws_name("prod", "x" * 60)


def test_another_limit() -> None:
    assert len(aws_name("prod", "x" * 200, limit=250)) == 205
    with pytest.raises(ValueError, match="32 characters, but AWS allows 31"):
        aws_name("prod", "x" * 27, limit=31)


def test_a_platforms_tags_and_those_by_which_it_is_found() -> None:
    assert tags(platform("prod", tags={"team": "ml"})) == {
        "kubeflow-platform": "prod",
        "managed-by": "terraform",
        "team": "ml",
    }


@pytest.mark.parametrize(
    ("text", "part"),
    [
        ("private_us-west-2a", "private_us_west_2a"),
        ("ecr.api", "ecr_api"),
        ("nodes_/label/example.com/pool", "nodes_label_example_com_pool"),
        ("10.0.0.0/8", "10_0_0_0_8"),
        ("--a--", "a"),
    ],
)
def test_a_slug_is_what_terraform_takes_as_a_name(text: str, part: str) -> None:
    assert slug(text) == part


def test_an_address_does_not_depend_on_where_the_construct_is() -> None:
    def named(*path: str) -> str:
        stack = bare_stack()
        scope: cdktf.TerraformStack | cdktf.TerraformElement = stack
        for part in path:
            scope = cdktf.TerraformElement(scope, part)
        addressed("private-us-west-2a", Vpc(scope, "vpc", cidr_block="10.0.0.0/16"))
        (name,) = at(synthesized(stack), "resource aws_vpc")
        assert isinstance(name, str)
        return name

    assert named() == named("deep", "down") == "private_us_west_2a"
