import importlib.util
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from modules.aws_data.stateful_types import STATEFUL_TYPES
from stacks.protected_resources import check_stateful, holds_data, read_recorded, recorded, stale_forget

ROOT = Path(__file__).parents[2]


def document(*addresses: str, **blocks: object) -> dict[str, Any]:
    resources: dict[str, dict[str, object]] = {}
    for address in addresses:
        kind, name = address.split(".")
        resources.setdefault(kind, {})[name] = {}
    return {"resource": resources} | blocks


PREVIOUS = {"prod-cluster": ["aws_eks_cluster.this", "aws_kms_key.secrets"], "prod-network": []}
KEPT = document("aws_eks_cluster.this", "aws_vpc.this")
NETWORK = document("aws_vpc.this")


def moved(*pairs: tuple[str, str]) -> list[dict[str, str]]:
    return [{"from": source, "to": target} for source, target in pairs]


KEY = "aws_kms_key.secrets"
KEY_GONE = 'prod-cluster/aws_kms_key.secrets: no longer generated, but it holds the key of all data encrypted with it. Without its block prevent_destroy has no effect, and the next apply would destroy it; declare its new address with Platform.moved, remove it from state with Platform.removed, or, to destroy it, set forget=("prod-cluster/aws_kms_key.secrets",) in main.py'
CLUSTER_GONE = 'prod-cluster/aws_eks_cluster.this: no longer generated, but it holds every Kubernetes object (etcd), and its identity in all trust policies. Without its block prevent_destroy has no effect, and the next apply would destroy it; declare its new address with Platform.moved, remove it from state with Platform.removed, or, to destroy it, set forget=("prod-cluster/aws_eks_cluster.this",) in main.py'
STACK_GONE = (
    "prod-cluster: the whole stack was removed (2 of its addresses hold data: aws_eks_cluster.this, aws_kms_key.secrets). "
    'Its file would be deleted, including prevent_destroy, and its resources would be unmanaged in AWS; restore the stack, or, if it was never applied, was destroyed or its state was moved, set forget=("prod-cluster",) in main.py'
)
NETWORK_GONE = 'prod-network: the whole stack was removed (none of its addresses holds data). Its file would be deleted, including prevent_destroy, and its resources would be unmanaged in AWS; restore the stack, or, if it was never applied, was destroyed or its state was moved, set forget=("prod-network",) in main.py'

REFUSED: dict[str, tuple[Mapping[str, Mapping[str, Any]], tuple[str, ...], list[str]]] = {
    "an address is gone": ({"prod-cluster": KEPT}, (), [KEY_GONE]),
    "all addresses are gone": ({"prod-cluster": {}}, (), [CLUSTER_GONE, KEY_GONE]),
    "renamed without a word": ({"prod-cluster": document("aws_eks_cluster.this", "aws_kms_key.this")}, (), [KEY_GONE]),
    "now a data source": ({"prod-cluster": KEPT | {"data": {"aws_kms_key": {"secrets": {}}}}}, (), [KEY_GONE]),
    "moved to another stack": ({"prod-cluster": KEPT, "prod-services": document(KEY)}, (), [KEY_GONE]),
    "another address forgotten": ({"prod-cluster": {}}, ("prod-cluster/aws_eks_cluster.this",), [KEY_GONE]),
    "forgotten in another stack": ({"prod-cluster": KEPT}, (f"test-cluster/{KEY}", "prod"), [KEY_GONE]),
    "the stack is gone": ({}, (), [STACK_GONE]),
    "a gone stack with every address forgotten": (
        {},
        (f"prod-cluster/{KEY}", "prod-cluster/aws_eks_cluster.this"),
        [STACK_GONE],
    ),
    "moved to nowhere": (
        {"prod-cluster": KEPT | {"moved": moved((KEY, "aws_kms_key.this"))}},
        (),
        [
            "prod-cluster/aws_kms_key.secrets: moved to aws_kms_key.this, which the stack does not contain; move it to an existing address"
        ],
    ),
    "a circle of moves": (
        {"prod-cluster": KEPT | {"moved": moved((KEY, "aws_kms_key.b"), ("aws_kms_key.b", KEY))}},
        (),
        [
            "prod-cluster/aws_kms_key.secrets: moved to aws_kms_key.b, which the stack does not contain; move it to an existing address"
        ],
    ),
    "moved to another type": (
        {"prod-cluster": KEPT | {"moved": moved((KEY, "aws_vpc.this"))}},
        (),
        [
            "prod-cluster/aws_kms_key.secrets: moved to aws_vpc.this, which is another type and would be recreated; move it within its type"
        ],
    ),
    "removed from another address": (
        {"prod-cluster": KEPT | {"removed": [{"from": "aws_kms_key.other", "lifecycle": {"destroy": False}}]}},
        (),
        [KEY_GONE],
    ),
}


def test_the_password_of_a_user_goes_with_the_user() -> None:
    secrets = document("aws_secretsmanager_secret.user_ada", "aws_secretsmanager_secret.database")
    assert holds_data(secrets, "aws_secretsmanager_secret.database")
    assert not holds_data(secrets, "aws_secretsmanager_secret.user_ada")


@pytest.mark.parametrize("case", REFUSED)
def test_what_holds_data_is_not_dropped_without_a_word(case: str) -> None:
    new, forget, messages = REFUSED[case]
    with pytest.raises(ValueError, match="prod-cluster") as caught:
        check_stateful(PREVIOUS, {"prod-network": NETWORK, **new}, forget=forget)
    assert str(caught.value).splitlines() == messages


def test_all_losses_of_all_stacks_are_named_at_once() -> None:
    with pytest.raises(ValueError, match="prod-network") as caught:
        check_stateful(PREVIOUS | {"test-cluster": ["aws_kms_key.secrets"]}, {"prod-cluster": KEPT, "test-cluster": {}})
    assert str(caught.value).splitlines() == [KEY_GONE, NETWORK_GONE, KEY_GONE.replace("prod-", "test-")]


def test_a_key_moved_onto_one_that_exists_is_refused_since_terraform_destroys_it() -> None:
    previous = {"prod-cluster": ["aws_kms_key.a", "aws_kms_key.b"]}
    refused = [
        "prod-cluster/aws_kms_key.a: moved to aws_kms_key.b, which exists already, so it would be destroyed; "
        "move it to a new address"
    ]
    onto_it = document("aws_kms_key.b", moved=moved(("aws_kms_key.a", "aws_kms_key.b")))
    through_it = document(
        "aws_kms_key.c", moved=moved(("aws_kms_key.a", "aws_kms_key.b"), ("aws_kms_key.b", "aws_kms_key.c"))
    )
    for new in (onto_it, through_it):
        with pytest.raises(ValueError, match="exists already") as caught:
            check_stateful(previous, {"prod-cluster": new})
        assert str(caught.value).splitlines() == refused


ALLOWED: dict[str, tuple[dict[str, Any], tuple[str, ...], list[str]]] = {
    "nothing dropped": (document("aws_eks_cluster.this", KEY), (), ["aws_eks_cluster.this", KEY]),
    "one added": (
        document("aws_eks_cluster.this", KEY, "aws_s3_bucket.logs"),
        (),
        ["aws_eks_cluster.this", KEY, "aws_s3_bucket.logs"],
    ),
    "moved": (
        document("aws_eks_cluster.this", "aws_kms_key.this", moved=moved((KEY, "aws_kms_key.this"))),
        (),
        ["aws_eks_cluster.this", "aws_kms_key.this"],
    ),
    "moved twice": (
        document(
            "aws_eks_cluster.this",
            "aws_kms_key.c",
            moved=moved((KEY, "aws_kms_key.b"), ("aws_kms_key.b", "aws_kms_key.c")),
        ),
        (),
        ["aws_eks_cluster.this", "aws_kms_key.c"],
    ),
    "moved, as one block": (
        document("aws_eks_cluster.this", "aws_kms_key.this", moved={"from": KEY, "to": "aws_kms_key.this"}),
        (),
        ["aws_eks_cluster.this", "aws_kms_key.this"],
    ),
    "removed": (
        KEPT | {"removed": [{"from": KEY, "lifecycle": {"destroy": False}}]},
        (),
        ["aws_eks_cluster.this"],
    ),
    "address forgotten": (KEPT, (f"prod-cluster/{KEY}",), ["aws_eks_cluster.this"]),
    "stack forgotten": (KEPT, ("prod-cluster",), ["aws_eks_cluster.this"]),
}


@pytest.mark.parametrize("case", ALLOWED)
def test_what_was_said_goes_through_and_the_new_list_is_given(case: str) -> None:
    new, forget, addresses = ALLOWED[case]
    listed = check_stateful(PREVIOUS, {"prod-network": NETWORK, "prod-cluster": new}, forget=forget)
    assert listed == {"prod-cluster": addresses, "prod-network": []}
    assert list(listed) == ["prod-cluster", "prod-network"]


def test_a_forgotten_stack_leaves_the_list() -> None:
    assert check_stateful(PREVIOUS, {"prod-network": NETWORK}, forget=["prod-cluster"]) == {"prod-network": []}


def test_a_first_run_lists_everything() -> None:
    assert check_stateful({}, {"prod-cluster": KEPT}) == {"prod-cluster": ["aws_eks_cluster.this"]}


def test_a_forget_that_forgets_nothing_is_reported() -> None:
    new = {"prod-network": [], "prod-cluster": ["aws_eks_cluster.this"]}
    used = [f"prod-cluster/{KEY}", "prod-cluster"]
    assert stale_forget(PREVIOUS, new, used) == []
    assert stale_forget({**PREVIOUS, "old": []}, new, ["old"]) == []
    assert stale_forget(new, new, [*used, "prod-cluster/aws_eks_cluster.this"]) == [
        "forget: 'prod-cluster' has no effect; delete it",
        "forget: 'prod-cluster/aws_eks_cluster.this' has no effect; delete it",
        "forget: 'prod-cluster/aws_kms_key.secrets' has no effect; delete it",
    ]


def test_the_list_is_read_back(tmp_path: Path) -> None:
    path = tmp_path / "protected_resources.json"
    path.write_text(json.dumps(PREVIOUS))  # as an earlier version wrote it
    found = read_recorded(path, tmp_path / "generated")
    assert (found.addresses, found.fixed) == (PREVIOUS, {})
    made = recorded({"prod-cluster": KEPT, "prod-network": NETWORK})
    path.write_text(json.dumps(made.content()))
    assert read_recorded(path, tmp_path / "generated") == made
    assert made.fixed["prod-network"]["values"] == {"aws_vpc.this": {"cidr_block": None}}


def test_without_a_list_the_tree_that_is_there_is_the_list(tmp_path: Path) -> None:
    stack = tmp_path / "generated/stacks/prod-cluster"
    assert read_recorded(tmp_path / "protected_resources.json", tmp_path / "generated").addresses == {}
    stack.mkdir(parents=True)
    (stack / "cdk.tf.json").write_text(json.dumps(document(KEY, "aws_vpc.this")))
    found = read_recorded(tmp_path / "protected_resources.json", tmp_path / "generated")
    assert found.addresses == {"prod-cluster": [KEY]}
    assert list(found.fixed) == ["prod-cluster"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            '{"prod',
            "{path}: is not JSON (Unterminated string starting at: line 1 column 2 (char 1)); "
            "restore it from git, or delete it if you created it",
        ),
        (
            "",
            "{path}: is not JSON (Expecting value: line 1 column 1 (char 0)); restore it from git, or delete it if you created it",
        ),
        ("[]", "{path}: holds a JSON list, not an object; restore it from git"),
        ('{"prod-cluster": "x"}', "{path}: 'prod-cluster' is not a list of addresses; restore the file from git"),
        (
            '{"prod-cluster": {"region": "a"}}',
            "{path}: 'prod-cluster' is not a list of addresses; restore the file from git",
        ),
        ('{"prod-cluster": [1]}', "{path}: 'prod-cluster' is not a list of addresses; restore the file from git"),
    ],
)
def test_a_broken_list_is_never_taken_for_an_empty_one(tmp_path: Path, content: str, message: str) -> None:
    path = tmp_path / "protected_resources.json"
    path.write_text(content)
    with pytest.raises(ValueError, match="restore") as caught:
        read_recorded(path, tmp_path)
    assert str(caught.value) == message.replace("{path}", str(path))


def test_an_unreadable_list_is_never_taken_for_an_empty_one(tmp_path: Path) -> None:
    (path := tmp_path / "protected_resources.json").mkdir()
    with pytest.raises(ValueError, match="unreadable") as caught:
        read_recorded(path, tmp_path)
    assert str(caught.value) == (
        f"{path}: unreadable (Is a directory), but required to know which resources hold data; "
        "make it readable and run again"
    )


def test_every_type_is_one_that_the_aws_provider_has() -> None:
    spec = importlib.util.find_spec("cdktf_cdktf_provider_aws")  # found, not imported: that takes 20 s
    assert spec is not None
    assert spec.origin is not None
    bindings = Path(spec.origin).parent
    assert [kind for kind in STATEFUL_TYPES if not (bindings / kind.removeprefix("aws_")).is_dir()] == []
    assert list(STATEFUL_TYPES) == sorted(STATEFUL_TYPES)


def test_nothing_here_imports_the_construct_library() -> None:
    code = "import sys, stacks.output, stacks.protected_resources, stacks.summary; print({'cdktf', 'jsii'} & sys.modules.keys())"
    ran = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert ran.stdout == "set()\n"


def test_one_text_is_not_a_list_of_what_may_go() -> None:
    said = 'forget: must be a tuple, not a string (a tuple of one value ends in a comma): forget=("prod-network-old",)'
    with pytest.raises(ValueError, match="forget: must be a tuple") as error:
        check_stateful({"prod-network": []}, {}, forget="prod-network-old")
    assert str(error.value) == said


def team(*, protected: bool) -> dict[str, Any]:
    lifecycle = {"lifecycle": {"prevent_destroy": True}} if protected else {}
    return {"resource": {"helm_release": {"team_a": {"name": "team-a", **lifecycle}, "katib": {"name": "katib"}}}}


def test_a_team_is_listed_while_it_is_protected_and_its_loss_says_how() -> None:
    listed = check_stateful({}, {"prod-teams": team(protected=True)})
    assert listed == {"prod-teams": ["helm_release.team_a"]}
    with pytest.raises(ValueError, match="removed, but it is a team") as error:
        check_stateful(listed, {"prod-teams": {}})
    assert str(error.value) == (
        "prod-teams/helm_release.team_a: removed, but it is a team. To delete it with its namespace, notebooks and volumes, "
        "restore it with deletion_protection=False at its profile, apply, then delete it. To remove it only from Terraform and "
        'keep its namespace in the cluster, set forget=("prod-teams/helm_release.team_a",) in main.py'
    )
    assert check_stateful(listed, {"prod-teams": {}}, forget=("prod-teams/helm_release.team_a",)) == {"prod-teams": []}
    assert check_stateful(listed, {"prod-teams": team(protected=False)}) == {"prod-teams": []}
