"""What a stack's state records of earlier applies."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import boto3  # type: ignore[import-untyped]
from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.stack_list import Stack


@dataclass(frozen=True)
class State:
    """A state as `terraform state pull` prints it.

    Args:
        content: the JSON document, version 4; empty before the first apply.
    """

    content: Mapping[str, Any] = field(default_factory=dict)

    @classmethod
    def parse(cls, text: str) -> "State":
        """Parse the output of `terraform state pull`, which is empty without a state."""
        return cls(json.loads(text) if text.strip() else {})

    @property
    def applied(self) -> bool:
        """Whether it holds anything."""
        return bool(self.resources) or bool(self.content.get("outputs"))

    @property
    def resources(self) -> list[str]:
        """Addresses of managed resources, without instance keys."""
        return [f"{one['type']}.{one['name']}" for one in self._of_mode("managed")]

    @property
    def tainted(self) -> list[str]:
        """Addresses of resources whose create did not end: the next apply replaces them."""
        return [
            f"{one['type']}.{one['name']}"
            for one in self._of_mode("managed")
            if any(instance.get("status") == "tainted" for instance in one["instances"])
        ]

    @property
    def ids(self) -> frozenset[str]:
        """Ids, ARNs and names of managed resources in AWS."""
        return frozenset(
            str(value)
            for one in self._of_mode("managed")
            for instance in one["instances"]
            for key in ("id", "arn", "name")
            if (value := instance["attributes"].get(key))
        )

    @property
    def account(self) -> str | None:
        """Account of the last apply; every stack reads `data.aws_caller_identity.current`."""
        for one in self._of_mode("data"):
            if one["type"] == "aws_caller_identity":
                for instance in one["instances"]:
                    return str(instance["attributes"]["account_id"])
        return None

    def output(self, name: str) -> Any:
        """The value of an output that is not sensitive; None without it."""
        found = self.content.get("outputs", {}).get(name, {})
        return None if found.get("sensitive") else found.get("value")

    def _of_mode(self, mode: str) -> list[Any]:
        return [one for one in self.content.get("resources", []) if one["mode"] == mode and one["instances"]]


def account_of_caller(stack: Stack) -> str:
    """The account in which the stack's provider works: that of the role it assumes, or of the credentials.

    Raises:
        ValueError: AWS does not answer, or refuses the credentials.
    """
    for role in stack.aws.get("assume_role") or ():
        return str(role["role_arn"].split(":")[4])
    try:
        return str(boto3.client("sts", region_name=stack.aws["region"]).get_caller_identity()["Account"])
    except (BotoCoreError, ClientError) as error:
        raise ValueError(
            f"{stack.name}: AWS does not say to which account these credentials belong: {error}"
        ) from error


def account_problem(stack: Stack, state: State, caller: str) -> str | None:
    """Why this apply would be in the wrong account, with the way out; None: it would not."""
    if state.account in (None, caller) or not state.resources:  # an apply that created nothing records the account, too
        return None
    return (
        f"{stack.name}: last applied in account {state.account}, but these credentials belong to {caller}: Terraform would not find "
        f"its resources, and create all of them again. Use credentials of {state.account} (AWS_PROFILE=…). For a second platform in "
        f"{caller}: give it another name or another state in main.py"
    )
