"""Every Python block of the pages has its imports, and what it makes is synthesized."""

import ast
import json
import textwrap
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import cdktf
import pytest

import kubeflow_aws
from kubeflow_aws.constructs import OidcProvider
from modules.rules import problems_of_all
from modules.settings import (
    Addon,
    Addons,
    Backup,
    Cluster,
    Dex,
    Kubeflow,
    Network,
    NodeGroup,
    Platform,
    ServiceAccountRole,
    Services,
    State,
    Statement,
)
from modules.settings.section import Section
from tests.built_once import build
from tests.docs.pages import PAGES, ROOT, blocks

KUBEFLOW = Kubeflow(auth=Dex(users=("ada@example.com",)))
PLATFORM = Platform(
    name="page",
    region="us-west-2",
    network=Network(),
    cluster=Cluster(
        public_access_cidrs=("198.51.100.0/24",),
        admins=("role/platform-admins",),
        node_groups=(NodeGroup(name="general"),),
        addons=Addons(aws_efs_csi_driver=Addon(), aws_fsx_csi_driver=Addon()),
    ),
    kubeflow=KUBEFLOW,
)
"""What the values of a block are put into."""
IMPORTED = {
    "resources": [
        {"type": "aws_vpc", "name": "this", "id": "vpc-0123456789abcdef0", "arguments": {}},
        {"type": "aws_eks_cluster", "name": "this", "id": "legacy", "arguments": {"vpc_config": {}}},
    ]
}
"""What `make import` wrote before the blocks of existing.md run."""
SETTINGS = set(dir(kubeflow_aws)) - {"synthesize", "__version__"}
FOR_PIPELINES = ("import kfp", "from kfp")
"""Programs of users that talk to a running platform: tests/test_capabilities.py compiles their pipelines."""


def ours(page: Path) -> list[str]:
    return [textwrap.dedent(block) for block in blocks(page, "python") if not block.lstrip().startswith(FOR_PIPELINES)]


def with_snippets() -> list[Path]:
    return [page for page in PAGES if ours(page)]


def without_import(block: str) -> set[str]:
    """Public names that a block uses and does not import."""
    tree = ast.parse(block)
    nodes = list(ast.walk(tree))
    imported = {alias.name for node in nodes if isinstance(node, ast.ImportFrom) for alias in node.names}
    used = {node.id for node in nodes if isinstance(node, ast.Name)}
    return (used & {*SETTINGS, "synthesize"}) - imported


def unused(block: str) -> list[str]:
    """Expressions whose value is dropped: a reader could not say where it belongs."""
    calls = [node.value for node in ast.parse(block).body if isinstance(node, ast.Expr)]
    return [ast.unparse(one) for one in calls if isinstance(one, ast.Call) and ast.unparse(one.func) in SETTINGS]


def platforms(value: object, names: dict[str, object]) -> Iterator[Platform]:
    """The platform that has a value of a block."""
    kubeflow_has = Kubeflow.model_fields
    match value:
        case Platform():
            yield value
        case Kubeflow():
            yield PLATFORM.with_changes(kubeflow=value)
        case Services():
            yield PLATFORM.with_changes(kubeflow=KUBEFLOW.with_changes(services=value))
        case Backup():
            yield PLATFORM.with_changes(backup=value)
        case Addons() | NodeGroup():
            cluster = PLATFORM.cluster
            assert isinstance(cluster, Cluster)
            change = {"addons": value} if isinstance(value, Addons) else {"node_groups": (*cluster.node_groups, value)}
            yield PLATFORM.with_changes(cluster=cluster.with_changes(**change))
        case Statement():
            return  # part of another value
        case ServiceAccountRole():
            yield PLATFORM.with_changes(service_account_roles=(value,))
        case State.s3() | State.hcp() | State.none():
            yield PLATFORM.with_changes(state=value, runner=names.get("RUNNER", "local"))
        case Section():
            (field,) = (
                name for name in ("auth", "exposure") if type(value).__name__ in str(kubeflow_has[name].annotation)
            )
            yield PLATFORM.with_changes(kubeflow=KUBEFLOW.with_changes(**{field: value}))


def made_by(page: Path) -> Iterator[Platform]:
    """The platforms of all blocks of a page, in the current folder."""
    given: list[Platform] = []
    adopted = Path("adopted")
    adopted.mkdir()
    (adopted / "legacy.json").write_text(json.dumps(IMPORTED), encoding="utf-8")
    names: dict[str, object] = {"__name__": page.stem}
    with mock.patch("stacks.platform.synthesize", lambda *platforms, **options: given.extend(platforms)):
        for block in ours(page):
            assert without_import(block) == set()
            assert unused(block) == []
            before = dict(names)
            given.clear()
            exec(compile(block, page.name, "exec"), names)
            made = [
                value for name, value in names.items() if value is not before.get(name) and isinstance(value, Section)
            ]
            found = [*given, *(one for value in made if value not in given for one in platforms(value, names))]
            assert found or "def " in block, f"{page.name}: nothing to synthesize in\n{block}"
            yield from found


each_page = pytest.mark.parametrize("page", with_snippets(), ids=lambda page: page.name)


@each_page
def test_every_python_block_of_a_page_is_valid(page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert [problem for platform in made_by(page) for problem in problems_of_all([platform])] == []


@pytest.mark.slow
@each_page
def test_every_python_block_of_a_page_is_synthesized(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for platform in made_by(page):
        assert build(platform).documents


def test_the_role_in_one_line_is_a_role() -> None:
    names: dict[str, object] = {}
    (block,) = (one for one in ours(ROOT / "docs" / "your-own-main.md") if "def reader" in one)
    exec(block, names)
    stack = cdktf.TerraformStack(cdktf.Testing.app(), "lab")
    provider = OidcProvider(arn="arn:aws:iam::111122223333:oidc-provider/issuer", issuer_host="issuer")
    reader = names["reader"]
    assert callable(reader)
    reader(stack, provider, "arn:aws:iam::aws:policy/ReadOnlyAccess")
    assert "system:serviceaccount:team-a:reader" in cdktf.Testing.synth(stack)
