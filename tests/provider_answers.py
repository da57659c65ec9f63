"""Reads from the real AWS provider, by Terraform's plugin protocol 5, which changed argument replaces a resource: no request goes to AWS.

`python -m tests.provider_answers TYPE…` prints entries for modules/aws_data/replacing_attributes.py.
Source: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol
"""

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import grpc  # type: ignore[import-untyped]
import msgpack  # type: ignore[import-untyped]
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

from tests.provider_mirror import REGISTRY, find_mirror

VERSION = "5.100.0"
# message: field=number:type; `*` is repeated, and a map is a list of key and value
MESSAGES = """
Empty:
Value: msgpack=1:bytes
Step: attribute_name=1:string
Path: steps=1:*Step
Diagnostic: severity=1:int32 summary=2:string
Attribute: name=1:string type=2:bytes required=4:bool optional=5:bool
NestedBlock: type_name=1:string block=2:Block nesting=3:int32 min_items=4:int64
Block: attributes=2:*Attribute block_types=3:*NestedBlock
Schema: block=2:Block
NamedSchema: key=1:string value=2:Schema
GetSchema: provider=1:Schema resource_schemas=2:*NamedSchema
Configuration: terraform_version=1:string config=2:Value
Configured: diagnostics=1:*Diagnostic
Change: type_name=1:string prior_state=2:Value proposed_new_state=3:Value config=4:Value
Plan: requires_replace=2:*Path diagnostics=4:*Diagnostic
"""
FIELD_TYPES = {"bytes": 12, "string": 9, "int64": 3, "int32": 5, "bool": 8, "message": 11}
SINGLE, LIST, SET = 1, 2, 3
COOKIE = {"TF_PLUGIN_MAGIC_COOKIE": "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"}
CONFIGURATION = {
    "region": "us-west-2",
    "access_key": "AKIAIOSFODNN7EXAMPLE",
    "secret_key": "x" * 40,
    "skip_credentials_validation": True,
    "skip_requesting_account_id": True,
    "skip_metadata_api_check": "true",
}
BASE: dict[str, dict[str, Any]] = {
    "aws_lb_target_group": {"port": 80, "protocol": "HTTP", "vpc_id": "vpc-1", "target_type": "ip"},
    "aws_wafv2_web_acl": {"scope": "REGIONAL"},
}
"""Values without which the provider refuses a resource."""
DEEPEST = {"aws_wafv2_web_acl": 1}
"""Depth to which arguments are tried, where there are thousands."""
PLAN_SECONDS = 20.0


class AwsProvider:
    """The provider in a process of its own.

    Args:
        program: its executable.
    """

    def __init__(self, program: Path) -> None:
        environment = {"PATH": os.environ["PATH"], "HOME": os.environ["HOME"], "AWS_EC2_METADATA_DISABLED": "true"}
        self._process = subprocess.Popen(
            [program],
            env={**environment, **COOKIE, "PLUGIN_PROTOCOL_VERSIONS": "5"},
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        assert self._process.stdout is not None
        _, _, network, address, *_ = self._process.stdout.readline().split("|")
        limit = [("grpc.max_receive_message_length", 256 << 20)]
        self._channel = grpc.insecure_channel(f"unix:{address}" if network == "unix" else address, options=limit)
        schema = self._call("GetSchema", message("Empty")(), "GetSchema", 300)
        self._types = {one.key: one.value.block for one in schema.resource_schemas}
        config = {**empty(schema.provider.block), **CONFIGURATION}
        self._call(
            "Configure", message("Configuration")(terraform_version="1.11.0", config=value(config)), "Configured"
        )

    def __enter__(self) -> "AwsProvider":
        return self

    def __exit__(self, *_: object) -> None:
        self._channel.close()
        self._process.kill()
        self._process.wait()

    def replacing(self, kind: str) -> tuple[str, ...]:
        """Paths of the arguments of a type whose change replaces a resource."""
        block, found = self._types[kind], []
        for path in paths(block, DEEPEST.get(kind, 99)):
            before, after = (made(block, path, number) | copy.deepcopy(BASE.get(kind, {})) for number in (0, 1))
            for number, state in enumerate((before, after)):
                put(state, block, path, number)
            if any(covers(name, path) for name in self._replaced(kind, before, after)):
                found.append(".".join(path))
        return tuple(found)

    def _replaced(self, kind: str, before: dict[str, Any], after: dict[str, Any]) -> set[tuple[str, ...]]:
        known = {"id": "x-1"} if "id" in before else {}
        change = message("Change")(
            type_name=kind,
            prior_state=value({**before, **known}),
            proposed_new_state=value({**after, **known}),
            config=value(after),
        )
        plan = self._call("PlanResourceChange", change, "Plan")
        return {
            tuple(step.attribute_name for step in path.steps if step.attribute_name) for path in plan.requires_replace
        }

    def _call(self, method: str, request: Any, answer: str, seconds: float = PLAN_SECONDS) -> Any:
        call = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=lambda one: one.SerializeToString(),
            response_deserializer=message(answer).FromString,
        )
        return call(request, timeout=seconds)


def _pool() -> Any:
    file = descriptor_pb2.FileDescriptorProto(name="answers.proto", package="answers", syntax="proto3")
    for line in MESSAGES.strip().splitlines():
        name, _, fields = line.partition(":")
        made_of = file.message_type.add(name=name)
        for field in fields.split():
            key, _, rest = field.partition("=")
            number, _, kind = rest.partition(":")
            one = made_of.field.add(name=key, number=int(number), label=3 if kind.startswith("*") else 1)
            one.type = FIELD_TYPES.get(kind, FIELD_TYPES["message"])
            if kind not in FIELD_TYPES:
                one.type_name = f".answers.{kind.removeprefix('*')}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return pool


POOL = _pool()


def message(name: str) -> Any:
    """The class of a message."""
    return message_factory.GetMessageClass(POOL.FindMessageTypeByName(f"answers.{name}"))


def value(content: dict[str, Any]) -> Any:
    """A state or configuration as the protocol has it."""
    return message("Value")(msgpack=msgpack.packb(content))


def empty(block: Any) -> dict[str, Any]:
    """A block without values."""
    nested: dict[str, Any] = {
        one.type_name: None if one.nesting == SINGLE else [] if one.nesting in (LIST, SET) else {}
        for one in block.block_types
    }
    return {one.name: None for one in block.attributes} | nested


def made(block: Any, path: tuple[str, ...], number: int) -> dict[str, Any]:
    """A block with all that is required; the argument that is tried has another value for another number."""
    found = empty(block)
    for one in block.attributes:
        if one.required:
            found[one.name] = example(json.loads(one.type), one.name, number if path == (one.name,) else 0)
    for nested in block.block_types:
        if nested.min_items:
            inner = made(nested.block, path[1:] if path[:1] == (nested.type_name,) else (), number)
            found[nested.type_name] = inner if nested.nesting == SINGLE else [inner]
    return found


def put(state: dict[str, Any], block: Any, path: tuple[str, ...], number: int) -> None:
    """Set the value at a path."""
    name, *rest = path
    if not rest:
        (kind,) = (json.loads(one.type) for one in block.attributes if one.name == name)
        state[name] = example(kind, name, number)
        return
    (nested,) = (one for one in block.block_types if one.type_name == name)
    if not state[name]:
        inner = made(nested.block, (), 0)
        state[name] = inner if nested.nesting == SINGLE else [inner]
    put(state[name] if nested.nesting == SINGLE else state[name][0], nested.block, tuple(rest), number)


def example(kind: Any, name: str, number: int) -> Any:
    """A value of a type; another number gives another value."""
    match kind:
        case "string":
            return f"arn:aws:iam::11112222333{number}:role/x" if name.endswith("arn") else f"v{number}"
        case "number":
            return number + 1
        case "bool":
            return bool(number)
        case ["list" | "set", inner]:
            return [example(inner, name, number)]
        case ["map", inner]:
            return {"k": example(inner, name, number)}
        case ["object", fields]:
            return {key: example(inner, key, number) for key, inner in fields.items()}
    raise ValueError(f"{name}: no example of {kind}")


def paths(block: Any, depth: int, inside: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """Paths of all arguments down to a depth, without what the provider sets for every resource."""
    for one in block.attributes:
        if (one.required or one.optional) and (inside or one.name not in ("id", "tags_all")):
            yield (*inside, one.name)
    for nested in block.block_types if depth > 1 else ():
        if nested.type_name != "timeouts" and nested.nesting in (SINGLE, LIST, SET):
            yield from paths(nested.block, depth - 1, (*inside, nested.type_name))


def covers(replaced: tuple[str, ...], path: tuple[str, ...]) -> bool:
    """Whether one path is the other, or a part of it."""
    shared = min(len(replaced), len(path))
    return replaced[:shared] == path[:shared]


def program() -> Path | None:
    """The executable of the version that the table is of; None if this machine does not have it unpacked."""
    mirror = find_mirror()
    found = mirror.glob(f"{REGISTRY}/hashicorp/aws/{VERSION}/*/terraform-provider-aws_v*") if mirror else ()
    return next(iter(found), None)


if __name__ == "__main__":
    if (executable := program()) is None:
        sys.exit(f"hashicorp/aws {VERSION} is not in a mirror of providers, unpacked; set TERRAFORM_PROVIDER_MIRROR")
    with AwsProvider(executable) as provider:
        for name in sys.argv[1:]:
            print(f'    "{name}": {provider.replacing(name)!r},')
