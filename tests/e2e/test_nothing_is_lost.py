"""Local state and Terraform's own files outlive every synth, also one that is killed in the middle."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.e2e.stage import admin_role
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform

pytestmark = pytest.mark.terraform
ROOT = Path(__file__).parents[2]
MAIN = """
import os, signal, sys
sys.path.insert(0, {root!r})
from modules.settings import NodeGroup
from stacks.platform import synthesize
from tests.e2e.stage import small

if "kill" in sys.argv:
    real, done = os.replace, []
    def replace(*arguments, **options):
        done.append(arguments)
        if len(done) == int(sys.argv[-1]):
            os.kill(os.getpid(), signal.SIGKILL)
        return real(*arguments, **options)
    os.replace = replace
platform = small()
groups = (NodeGroup(name="nodes"), NodeGroup(name="more"))
if "drop" in sys.argv:
    groups = groups[:1]
synthesize(platform.with_changes(cluster=platform.cluster.with_changes(node_groups=groups)))
"""


def synth(project: Path, *arguments: str) -> int:
    """Run `main.py` of the project as a user does; its exit code."""
    main = project / "main.py"
    main.write_text(MAIN.format(root=str(ROOT)), encoding="utf-8")
    environment = {name: value for name, value in os.environ.items() if name != "CDKTF_OUTDIR"}
    return subprocess.run(
        [sys.executable, str(main), *arguments], cwd=project, env=environment, capture_output=True, check=False
    ).returncode


def documents(project: Path) -> dict[str, bytes]:
    """What synth writes."""
    return {path.name + path.parent.name: path.read_bytes() for path in project.glob("generated/stacks/*/cdk.tf.json")}


def foreign(project: Path) -> dict[str, bytes]:
    """What Terraform wrote: states, lock files, its own folder."""
    found = [*project.glob("state/*"), *project.glob("generated/stacks/*/.terraform.lock.hcl")]
    found += [*project.glob("generated/stacks/*/.terraform/terraform.tfstate")]
    return {str(path.relative_to(project)): path.read_bytes() for path in found}


def test_synth_after_apply_keeps_what_is_terraforms(aws: Server, tmp_path: Path) -> None:
    admin_role(aws)
    assert synth(tmp_path) == 0
    folder = tmp_path / "generated" / "stacks" / "small-network"
    network = Terraform(folder, aws.endpoint, starts_provider=True)  # and locks its version
    network.apply()
    before, files = documents(tmp_path), foreign(tmp_path)
    assert set(files) >= {"state/small-network.tfstate", "generated/stacks/small-network/.terraform.lock.hcl"}
    for step in range(1, 3):
        backup = tmp_path.with_name(f"{tmp_path.name}-{step}")
        shutil.copytree(tmp_path, backup, symlinks=True)
        assert synth(backup, "drop", "kill", str(step)) == -signal.SIGKILL
        assert foreign(backup) == files
        assert synth(backup, "drop") == 0, "the next synth goes on where the killed one stopped"
        assert foreign(backup) == files
        assert b'"more"' not in documents(backup)["cdk.tf.jsonsmall-cluster"]
        shutil.rmtree(backup)
    assert documents(tmp_path) == before
    assert network.plan().is_empty
