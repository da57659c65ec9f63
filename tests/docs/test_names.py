"""Pages name only what exists, and the test of it finds a name of each kind that does not."""

import re
from pathlib import Path

import pytest

from tests.docs.names import unknown
from tests.docs.pages import PAGES, ROOT, text

MANIFESTS = sorted((ROOT / "docs" / "capabilities").glob("*.yaml"))


@pytest.mark.parametrize("page", PAGES, ids=[page.name for page in PAGES])
def test_every_name_on_a_page_exists(page: Path) -> None:
    assert unknown(text(page)) == []


@pytest.mark.parametrize("manifest", MANIFESTS, ids=[manifest.name for manifest in MANIFESTS])
def test_every_name_in_the_comments_of_a_manifest_exists(manifest: Path) -> None:
    assert unknown("\n".join(re.findall(r"^ *#(.*)$", text(manifest), re.MULTILINE))) == []


@pytest.mark.parametrize(
    ("right", "wrong", "expected"),
    [
        ("`Cluster.admins`", "`Cluster.owners`", "setting Cluster.owners"),
        ("`Dex(users=())`", "`Dex(members=())`", "setting Dex.members"),
        ("`State.s3(create_bucket=True)`", "`State.s3(make_bucket=True)`", "setting State.s3.make_bucket"),
        ("`State.none()`", "`State.gcs()`", "setting State.gcs"),
        ("`machine_tokens=True`", "`machine_token=True`", "setting machine_token"),
        (
            "`Kubeflow(auth=Dex(users=()), enable=())`",
            "`Kubeflow(auth=Dex(users=()), also=())`",
            "setting Kubeflow.also",
        ),
        ("`credential_recovery_days`", "`credential_recover_days`", "name credential_recover_days"),
        ("`prod-network`", "`prod-vpc`", "stack vpc"),
        ("`make deploy STACK='prod-*'`", "`make deploy STACK='prod-all'`", "stack all"),
        ("the output `vpc_id`", "the output `vpc_name`", "output vpc_name"),
        (
            "`terraform -chdir=generated/stacks/prod-network output vpc_id`",
            "`terraform -chdir=generated/stacks/prod-network output cluster_name`",
            "output network.cluster_name",
        ),
        ("`make synth`", "`make synthesize`", "synthesize: no such target"),
        ("`make vendor synth`", "`make vendor plan`", "plan: no such target"),
        ("`make vendor UPDATE=1`", "`make vendor UPGRADE=1`", "make vendor: does not read UPGRADE"),
        ("`kubeflow-aws drift`", "`kubeflow-aws drifts`", "drifts: no such command"),
        ("`kubeflow-aws drift --json`", "`kubeflow-aws drift --yaml`", "drift --yaml: No such option: --yaml"),
        ("`stacks/order.py`", "`stacks/orders.py`", "file stacks/orders.py"),
        ("`STACKS` in `stacks/order.py`", "`ORDER` in `stacks/order.py`", "ORDER in stacks/order.py"),
        ('`enable=("kuberay",)`', '`enable=("ray",)`', "entry ray"),
        (
            "```sh\nfor stack in prod-network prod-cluster prod-services prod-addons prod-kubeflow prod-teams; do\n```",
            "```sh\nfor stack in prod-network prod-cluster prod-services prod-addons prod-kubeflow; do\n```",
            "stacks in prod-network prod-cluster prod-services prod-addons prod-kubeflow, instead of network cluster services addons kubeflow teams",
        ),
    ],
)
def test_a_wrong_name_of_each_kind_is_found(right: str, wrong: str, expected: str) -> None:
    assert unknown(f"Text with {right} in it." if right[:3] != "```" else right) == []
    assert expected in unknown(f"Text with {wrong} in it." if wrong[:3] != "```" else wrong)


def test_old_names_are_only_in_a_column_of_changes() -> None:
    assert unknown("| before | now |\n| --- | --- |\n| `make_bucket=True` | `create_bucket=True` |\n") == []
    assert unknown("| before | now |\n| --- | --- |\n| `create_bucket=True` | `make_bucket=True` |\n") != []
