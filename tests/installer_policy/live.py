"""Requests of a life cycle in another test, judged with the policies of the product."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from modules.installer_policy.measured import Phase
from modules.settings import Platform
from tests.installer_policy.judge import policy, refused
from tests.installer_policy.needs import needs
from tests.installer_policy.recorded_requests import as_ask
from tests.stand_ins.moto_extension.recording import Recorded
from tests.terraform import Terraform

PHASES: Mapping[str, Phase] = {"apply": "apply", "destroy": "destroy"}
"""Terraform's command to the phase; all other commands only read."""


@dataclass
class Judge:
    """Collects the configurations of a life cycle.

    Args:
        documents: by stack, each that was applied.
    """

    documents: dict[str, list[dict[str, Any]]] = field(default_factory=dict)

    def saw(self, stacks: Iterable[Terraform]) -> None:
        """Note the configurations that stacks have now."""
        for stack in stacks:
            document = json.loads((stack.folder / "cdk.tf.json").read_text(encoding="utf-8"))
            self.documents.setdefault(stack.folder.name, []).append(document)

    def refusals(self, platform: Platform, requests: Iterable[Recorded]) -> list[str]:
        """Requests that no policy of their stack and phase allows; empty, or `python -m tests.installer_policy.record` is to run.

        Args:
            platform: settings of the stacks.
            requests: of Terraform.
        """
        by_phase: dict[tuple[str, Phase], list[Recorded]] = {}
        for one in requests:
            by_phase.setdefault((one.stack, PHASES.get(one.phase, "plan")), []).append(one)
        found = []
        for (stack, phase), sent in by_phase.items():
            layer = stack.removeprefix(f"{platform.name}-")
            statements = policy(platform, layer, self.documents[stack], phase)
            asks = {need for one in sent for need in needs(one, platform.name)}
            found += [f"{stack} {phase}: {as_ask(need)}" for need in refused(statements, asks, platform.name)]
        return sorted(found)
