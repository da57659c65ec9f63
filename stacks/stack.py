"""One Terraform state of a platform: its provider, its backend, and how it reads the stacks before it."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar

from cdktf import (
    TerraformLocal,
    TerraformOutput,
    TerraformStack,
    TerraformVariable,
    TerraformVariableValidationConfig,
    Token,
)
from cdktf_cdktf_provider_aws.provider import AwsProvider, AwsProviderAssumeRole, AwsProviderDefaultTags
from constructs import Construct

from modules.account import Account
from modules.aws_data.terraform import NEWER_ARGUMENTS, TERRAFORM_VERSION, aws_provider
from modules.errors import ProblemsError
from modules.iam.role import Iam
from modules.naming import addressed, slug, tags
from modules.platform_context import PlatformContext
from modules.rules import problems
from modules.rules.report import line_of
from modules.settings import Platform
from modules.settings.state import NoState
from stacks.contract import Output
from stacks.state_backend import read_remote_state, write_backend

AWS_PROVIDER = aws_provider()
"""The bindings alone would pin one exact version."""


class PlatformStack(TerraformStack):
    """A stack named `<platform>-<layer>`.

    Args:
        platform: the settings; must be free of problems.
        name: last part of the stack's name, where a layer is several stacks; None: the class's `layer`.

    Raises:
        ValueError: the platform has problems; all of them are in the text.
    """

    layer: str = ""
    """Last part of the stack's name; of a numbered stack, with its number: `kubeflow-2`."""
    about: ClassVar[str] = ""
    """What it creates, for the pages of an exported platform."""
    outputs: ClassVar[tuple[Output, ...]] = ()
    """Exactly the outputs that it writes."""

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Whether a platform has this stack; for settings without problems."""
        raise NotImplementedError

    @classmethod
    def names(cls, platform: Platform) -> tuple[str, ...]:
        """Last parts of the names of its stacks on a platform; empty: none."""
        return (cls.layer,) if cls.wanted(platform) else ()

    @classmethod
    def create(cls, scope: Construct, platform: Platform, run: "Run") -> Iterator["PlatformStack"]:
        """Create its stacks on a platform, in order."""
        if cls.wanted(platform):
            yield cls(scope, platform)

    def __init__(self, scope: Construct, platform: Platform, name: str | None = None) -> None:
        found = [line_of(problem) for problem in problems(platform)]
        if found:
            raise ProblemsError(found)
        self.layer = name or type(self).layer
        super().__init__(scope, f"{platform.name}-{self.layer}")
        self.platform = platform
        self.iam = Iam.of(platform)
        self._upstream_stacks: dict[str, UpstreamStack] = {}
        AwsProvider(
            self,
            "aws",
            region=platform.region,
            allowed_account_ids=list(platform.allowed_account_ids) or None,
            default_tags=[AwsProviderDefaultTags(tags=tags(platform))] if self.tagged(platform) else None,
            assume_role=[
                AwsProviderAssumeRole(role_arn=platform.assume_role_arn, external_id=platform.assume_role_external_id)
            ]
            if platform.assume_role_arn
            else None,
        )
        self.add_override("terraform.required_providers.aws", AWS_PROVIDER)
        self.add_override("terraform.required_version", TERRAFORM_VERSION)
        write_backend(self, platform.state, platform.name, self.layer)
        self._moves()
        self.account = Account(self, "account", region=platform.region)
        self.context = PlatformContext(platform.name, self.account, self.iam, platform.deletion_protection)

    def needs_argument(self, resource_type: str, argument: str) -> None:
        """Want an AWS provider that has an argument, in this stack alone.

        Raises:
            KeyError: the argument is not in NEWER_ARGUMENTS.
        """
        newer = aws_provider(NEWER_ARGUMENTS[resource_type, argument])
        self.add_override("terraform.required_providers.aws", newer)

    def tagged(self, platform: Platform) -> bool:
        """Whether the platform's tags are on everything of this stack."""
        return True

    def _moves(self) -> None:
        moved = [
            {"from": move.from_address, "to": move.to_address}
            for move in self.platform.moved
            if move.layer == self.layer
        ]
        removed = [
            {"from": gone.from_address, "lifecycle": {"destroy": gone.destroy}}
            for gone in self.platform.removed
            if gone.layer == self.layer
        ]
        if moved:
            self.add_override("moved", moved)
        if removed:
            self.add_override("removed", removed)

    def upstream_stack(self, upstream: type["PlatformStack"]) -> "UpstreamStack":
        """The outputs of an earlier stack, read in the way that fits the platform's state."""
        if upstream.layer not in self._upstream_stacks:
            self._upstream_stacks[upstream.layer] = UpstreamStack(self, upstream)
        return self._upstream_stacks[upstream.layer]

    def write_locals(self, values: Mapping[str, Any]) -> None:
        """Write local values of the whole stack, by name."""
        for name, value in values.items():
            addressed(name, TerraformLocal(self, name, value))

    def write_outputs(self, values: Mapping[str, Any], conditions: Mapping[str, tuple[str, str]] | None = None) -> None:
        """Write the stack's outputs, exactly those of its contract.

        Args:
            values: name to value.
            conditions: name to (condition, message): checked before the output is written.

        Raises:
            ValueError: an output is missing, or one is not in the contract.
        """
        contract = {output.name: output for output in self.outputs}
        if set(values) != set(contract):
            raise ValueError(
                f"stack {self.layer}: {sorted(set(values) ^ set(contract))} are written or declared in `outputs`, and not both"
            )
        self.written_outputs = dict(values)
        outputs = Construct(self, "outputs")
        for name, value in values.items():
            output = addressed(
                name,
                TerraformOutput(outputs, name, value=value, description=contract[name].description, static_id=True),
            )
            if conditions and name in conditions:
                condition, message = conditions[name]
                output.add_override("precondition", [{"condition": condition, "error_message": message}])

    def export_tfvars(self, consumer: "PlatformStack") -> None:
        """In a hand-over: write what a later stack takes from this one as one more output, in the shape of its variables.

        `terraform output -json for_<layer>` is then, byte for byte, a `.tfvars.json` of that stack: no other tool is needed.
        """
        names = consumer.upstream_stack(type(self)).variables
        name = f"for_{slug(consumer.layer)}"
        addressed(
            name,
            TerraformOutput(
                self,
                name,
                value={taken: self.written_outputs[taken] for taken in sorted(names)},
                description=f"Inputs of the stack {consumer.node.id}, as its variables are named.",
                static_id=True,
            ),
        )

    def consumed_layers(self) -> list[str]:
        """Earlier stacks whose outputs are variables here, in the order of their names."""
        return sorted(layer for layer, found in self._upstream_stacks.items() if found.variables)


@dataclass
class Run:
    """The stacks of one platform while they are created."""

    layers: tuple[str, ...]
    """Last parts of all stack names, in the order they are applied."""
    stacks: dict[str, PlatformStack] = field(default_factory=dict)
    """Those created so far, by the last part of their names."""


class UpstreamStack:
    """Outputs of an earlier stack as a later one reads them: from its state, or as variables in a hand-over."""

    def __init__(self, stack: PlatformStack, upstream: type[PlatformStack]) -> None:
        self.stack = stack
        self.layer = upstream.layer
        self.contract = {output.name: output for output in upstream.outputs}
        self._remote_state = (
            None
            if isinstance(stack.platform.state, NoState)
            else read_remote_state(stack, stack.platform.state, stack.platform.name, self.layer)
        )
        self.variables: set[str] = set()
        """Outputs that were made variables, in a hand-over."""

    def expression(self, name: str) -> str:
        """An output in Terraform's language, without `${}`."""
        output = self.contract[name]
        if self._remote_state is not None:
            return f"data.terraform_remote_state.{self.layer}.outputs.{name}"
        if name not in self.variables:
            self.variables.add(name)
            self._variable(output)
        return f"var.{name}"

    def _variable(self, output: Output) -> None:
        checks: Sequence[TerraformVariableValidationConfig] = []
        if output.condition:
            checks = [
                TerraformVariableValidationConfig(
                    condition="${" + output.condition.replace("value", f"var.{output.name}") + "}",
                    error_message=f"{output.name}: {output.condition_message}; it is output {output.name} of the {self.layer} stack.",
                )
            ]
        addressed(
            output.name,
            TerraformVariable(
                self.stack,
                f"{self.layer}-{output.name}",
                type=output.type,
                nullable=False,
                description=f"{output.description} Output {output.name} of the {self.layer} stack.",
                validation=list(checks) or None,
            ),
        )

    def string(self, name: str) -> str:
        """An output of type string (a reference, known at apply)."""
        return f"${{{self.expression(name)}}}"

    def strings(self, name: str) -> list[str]:
        """An output of type list(string) (a token, known at apply)."""
        return self.list_of(self.expression(name))

    @staticmethod
    def list_of(expression: str) -> list[str]:
        """A list-valued expression in Terraform's language, as a token that lists of strings take."""
        return Token.as_list(f"${{{expression}}}")
