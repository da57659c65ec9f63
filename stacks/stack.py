"""Base class of stacks: provider, backend, and access to outputs of earlier stacks."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, ClassVar
from weakref import WeakValueDictionary

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
_valid: WeakValueDictionary[int, Platform] = WeakValueDictionary()
"""Platforms without a problem, by identity: settings never change, and each of the stacks of one requires it."""


def _require_valid(platform: Platform) -> None:
    """Check a platform once.

    Raises:
        ProblemsError: it is invalid; the message lists all errors.
    """
    if _valid.get(id(platform)) is platform:
        return
    found = [line_of(problem) for problem in problems(platform)]
    if found:
        raise ProblemsError(found)
    _valid[id(platform)] = platform


class PlatformStack(TerraformStack):
    """A stack named `<platform>-<layer>`.

    Args:
        platform: valid platform settings.
        name: suffix of the stack's name if a layer has several stacks; None: the class's `layer`.

    Raises:
        ValueError: the platform is invalid; the message lists all errors.
    """

    layer: str = ""
    """Suffix of the stack's name, including the number of a numbered stack: `kubeflow-2`."""
    about: ClassVar[str] = ""
    """Summary of its resources, for the pages of an exported platform."""
    outputs: ClassVar[tuple[Output, ...]] = ()
    """All of its outputs."""

    @classmethod
    def wanted(cls, platform: Platform) -> bool:
        """Whether a platform has this stack; requires valid settings."""
        raise NotImplementedError

    @classmethod
    def names(cls, platform: Platform) -> tuple[str, ...]:
        """Layer names of its stacks on a platform; empty: none."""
        return (cls.layer,) if cls.wanted(platform) else ()

    @classmethod
    def create(cls, scope: Construct, platform: Platform, run: "Run") -> Iterator["PlatformStack"]:
        """Create its stacks on a platform, in order."""
        if cls.wanted(platform):
            yield cls(scope, platform)

    def __init__(self, scope: Construct, platform: Platform, name: str | None = None) -> None:
        _require_valid(platform)
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

    def complete(self, run: "Run") -> None:
        """Add what follows from the other stacks, once all of them are created."""

    def needs_arguments(self, resource_type: str, arguments: Iterable[str]) -> None:
        """Raise the minimum AWS provider version of this stack to one that supports some arguments.

        Raises:
            KeyError: an argument is not in NEWER_ARGUMENTS.
        """
        versions = [NEWER_ARGUMENTS[resource_type, argument] for argument in arguments]
        if versions:
            newest = max(versions, key=lambda version: [int(part) for part in version.split(".")])
            self.add_override("terraform.required_providers.aws", aws_provider(newest))

    def tagged(self, platform: Platform) -> bool:
        """Whether the platform's default tags apply to this stack."""
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
        """The outputs of an earlier stack, read according to the platform's state settings."""
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

        ValueError: an output is missing or not declared.
        """
        contract = {output.name: output for output in self.outputs}
        if set(values) != set(contract):
            raise ValueError(
                f"stack {self.layer}: {sorted(set(values) ^ set(contract))} are not both written and declared in `outputs`"
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
        """For an exported platform: write the values consumed by a later stack as one output in the shape of its variables.

        `terraform output -json for_<layer>` is then a valid `.tfvars.json` of that stack, without other tools.
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
    """Layer names of all stacks, in apply order."""
    stacks: dict[str, PlatformStack] = field(default_factory=dict)
    """Stacks created so far, by layer name."""


class UpstreamStack:
    """Outputs of an earlier stack: read from its state, or as variables in an exported platform."""

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
        """Outputs converted to variables in an exported platform."""

    def expression(self, name: str) -> str:
        """An output as Terraform expression, without `${}`."""
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
        """A list-valued Terraform expression as a token for list(string) arguments."""
        return Token.as_list(f"${{{expression}}}")
