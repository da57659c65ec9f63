"""Existing infrastructure of another Terraform configuration, `tests/foreign`, applied on moto."""

import json
import shutil
from pathlib import Path
from typing import Any

from tests.e2e.stage import admin_role
from tests.stand_ins.moto_extension import Server
from tests.terraform import Terraform

SOURCE = Path(__file__).parents[1] / "foreign" / "main.tf"


class Foreign:
    """Their configuration and their state.

    Args:
        folder: of the test.
        aws: an empty account.
        variables: of their configuration.
    """

    def __init__(self, folder: Path, aws: Server, **variables: Any):
        admin_role(aws)
        folder.mkdir()
        shutil.copy(SOURCE, folder)
        # Here, since our harness reads it: the provider that runs already serves them too.
        required = {"required_providers": {"aws": {"source": "hashicorp/aws"}}}
        (folder / "cdk.tf.json").write_text(json.dumps({"terraform": required}))
        self.terraform = Terraform(folder, aws.endpoint)
        self.change(**variables)

    def change(self, **variables: Any) -> None:
        """Apply it with other variables."""
        self.terraform.set_variables(**variables)
        self.terraform.apply()
        self.outputs = self.terraform.output()

    def check_untouched(self) -> None:
        """Assert that their Terraform finds everything as it left it."""
        plan = self.terraform.plan()
        assert plan.is_empty, plan.explain()
