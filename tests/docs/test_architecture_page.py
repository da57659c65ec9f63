"""The pictures show the stacks, the data and the needs that the code has, and nothing else."""

import re
from functools import cache

from docs.architecture_page import architecture_page, node
from main import PROD
from modules.kubeflow.catalogue import CATALOGUE
from stacks.order import OUTPUTS, platform_layers
from stacks.platform import build


@cache
def pictures() -> tuple[str, str, str]:
    """Of stacks, of data, and of what components need."""
    stacks, data, needs = re.findall(r"```mermaid\nflowchart LR\n(.*?)```", architecture_page(), re.DOTALL)
    return stacks, data, needs


def test_every_stack_is_a_box_and_reads_only_what_comes_before_it() -> None:
    stacks, _, _ = pictures()
    layers = list(platform_layers(PROD))
    assert re.findall(r'^  (\w+)\["prod-\w+<br/>\d+ resources"\]$', stacks, re.MULTILINE) == layers
    arrows = re.findall(r'^  (\w+) -- "(.+)" --> (\w+)$', stacks, re.MULTILINE)
    assert len(arrows) >= 6
    for source, told, reader in arrows:
        assert layers.index(source) < layers.index(reader)
        names = [name for name in told.split("<br/>") if not name.startswith("and ")]
        assert set(names) <= {output.name for output in OUTPUTS[source]}


def test_every_bucket_database_secret_and_key_is_in_the_picture_of_data() -> None:
    _, data, _ = pictures()
    for stack, document in build(PROD).documents.items():
        resources = document.get("resource", {})
        for kind in ("aws_s3_bucket", "aws_db_instance", "aws_secretsmanager_secret", "aws_eks_cluster"):
            for name in resources.get(kind, ()):
                assert f"{kind}_{name}[(" in data, f"{stack}: {kind}.{name}"
        for name in resources.get("aws_kms_key", ()):
            assert f'(["🔑 {name}"])' in data


def test_every_need_of_a_default_component_can_be_followed() -> None:
    _, _, needs_of_all = pictures()
    arrows = set(re.findall(r"^  (\w+)\[[\w-]+\] --> (\w+)\[[\w-]+\]$", needs_of_all, re.MULTILINE))
    default = {node(one.name): {node(need) for need in one.needs} for one in CATALOGUE if one.default}

    def before(name: str) -> set[str]:
        direct = {source for source, target in arrows if target == name}
        return direct.union(*map(before, direct))

    for name, needs in default.items():
        assert needs & default.keys() <= before(name), name
