"""examples/quickstart as it is in its file: applied, nothing left to do, taken down without a trace."""

from pathlib import Path

import pytest

from tests.e2e.example_stage import ROLES, example, make_roles, staged
from tests.stand_ins.moto_extension import Server, leftovers

pytestmark = pytest.mark.terraform


def test_the_quickstart_is_applied_and_leaves_nothing(aws: Server, tmp_path: Path) -> None:
    make_roles(aws)
    with staged(tmp_path, aws, example("quickstart")) as stage:
        assert list(stage.stacks) == ["network", "cluster", "services", "addons", "kubeflow", "teams"]
        stage.apply()
        stage.check_settled()
        stage.check_releases()
        assert aws.client("rds").describe_db_instances()["DBInstances"] == []
        outputs = {layer: stack.output() for layer, stack in stage.stacks.items()}
        assert outputs["cluster"]["configure_kubectl"].startswith("aws eks update-kubeconfig ")
        assert list(outputs["services"]["user_password_commands"]) == ["you@example.com"]
        assert outputs["kubeflow"]["port_forward_command"].startswith("kubectl ")
        for stack in reversed(stage.stacks.values()):
            stack.destroy()
    assert [one for one in leftovers("us-west-2") if not one.endswith(ROLES)] == []
