"""Terraform's plugin protocol 6 as gRPC messages and handlers, made at run time; no generated code, no .proto file.

Source: https://developer.hashicorp.com/terraform/plugin/terraform-plugin-protocol (field names and numbers)
"""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import grpc  # type: ignore[import-untyped]
import msgpack  # type: ignore[import-untyped]
from google.protobuf import descriptor_pb2, descriptor_pool, message_factory  # type: ignore[import-untyped]

from .bindings_schema import Schema

SERVICE = "tfplugin6.Provider"
# message: field=number:type; `*` is repeated, and a map is what it is on the wire, a list of key and value.
_MESSAGES = """
Empty:
DynamicValue: msgpack=1:bytes json=2:bytes
Step: attribute_name=1:string element_key_string=2:string element_key_int=3:int64
AttributePath: steps=1:*Step
Diagnostic: severity=1:int32 summary=2:string detail=3:string attribute=4:AttributePath
RawState: json=1:bytes
Attribute: name=1:string type=2:bytes description=3:string required=4:bool optional=5:bool computed=6:bool \
sensitive=7:bool nested_type=10:Object write_only=11:bool
Object: attributes=1:*Attribute nesting=3:int32
NestedBlock: type_name=1:string block=2:Block nesting=3:int32 min_items=4:int64 max_items=5:int64
Block: version=1:int64 attributes=2:*Attribute block_types=3:*NestedBlock
Schema: version=1:int64 block=2:Block
NamedSchema: key=1:string value=2:Schema
ServerCapabilities: plan_destroy=1:bool get_provider_schema_optional=2:bool
GetProviderSchema: provider=1:Schema resource_schemas=2:*NamedSchema diagnostics=4:*Diagnostic \
server_capabilities=6:ServerCapabilities
NamedBytes: key=1:string value=2:bytes
ProviderTypes: resource_schemas=2:*NamedBytes data_source_schemas=3:*NamedBytes
TypeName: type_name=1:string
GetMetadata: server_capabilities=1:ServerCapabilities diagnostics=2:*Diagnostic resources=4:*TypeName
ValidateProviderConfigRequest: config=1:DynamicValue
ValidateProviderConfig: diagnostics=2:*Diagnostic
ValidateResourceConfigRequest: type_name=1:string config=2:DynamicValue
ValidateResourceConfig: diagnostics=1:*Diagnostic
UpgradeResourceStateRequest: type_name=1:string version=2:int64 raw_state=3:RawState
UpgradeResourceState: upgraded_state=1:DynamicValue diagnostics=2:*Diagnostic
ConfigureProviderRequest: terraform_version=1:string config=2:DynamicValue
ConfigureProvider: diagnostics=1:*Diagnostic
ReadResourceRequest: type_name=1:string current_state=2:DynamicValue private=3:bytes
ReadResource: new_state=1:DynamicValue diagnostics=2:*Diagnostic private=3:bytes
PlanResourceChangeRequest: type_name=1:string prior_state=2:DynamicValue proposed_new_state=3:DynamicValue \
config=4:DynamicValue prior_private=5:bytes
PlanResourceChange: planned_state=1:DynamicValue requires_replace=2:*AttributePath planned_private=3:bytes \
diagnostics=4:*Diagnostic legacy_type_system=5:bool
ApplyResourceChangeRequest: type_name=1:string prior_state=2:DynamicValue planned_state=3:DynamicValue \
config=4:DynamicValue planned_private=5:bytes
ApplyResourceChange: new_state=1:DynamicValue private=2:bytes diagnostics=3:*Diagnostic legacy_type_system=4:bool
ImportResourceStateRequest: type_name=1:string id=2:string
ImportedResource: type_name=1:string state=2:DynamicValue private=3:bytes
ImportResourceState: imported_resources=1:*ImportedResource diagnostics=2:*Diagnostic
StopProvider: Error=1:string
"""
METHODS = {
    name: f"{name}Request" if f"\n{name}Request:" in _MESSAGES else "Empty"
    for name in [
        "GetMetadata",
        "GetProviderSchema",
        "ValidateProviderConfig",
        "ValidateResourceConfig",
        "UpgradeResourceState",
        "ConfigureProvider",
        "ReadResource",
        "PlanResourceChange",
        "ApplyResourceChange",
        "ImportResourceState",
        "StopProvider",
    ]
}
_NESTING = {"single": 1, "list": 2, "set": 3, "map": 4}
# Plan files and states are small; the schema of a whole provider is not.
_LIMIT = [("grpc.max_receive_message_length", 64 << 20), ("grpc.max_send_message_length", 64 << 20)]


def _messages() -> dict[str, Any]:
    """Message classes by name."""
    file = descriptor_pb2.FileDescriptorProto(name="standin/tfplugin6.proto", package="tfplugin6", syntax="proto3")
    scalar: dict[str, Any] = {"bytes": 12, "string": 9, "bool": 8, "int32": 5, "int64": 3}
    names = []
    for line in _MESSAGES.strip().splitlines():
        name, _, fields = line.partition(":")
        message = file.message_type.add(name=name)
        names.append(name)
        for field in fields.split():
            label, _, kind = field.partition(":")
            field_name, _, number = label.partition("=")
            added = message.field.add(name=field_name, number=int(number), label=3 if kind.startswith("*") else 1)
            kind = kind.removeprefix("*")
            added.type = scalar.get(kind, 11)
            if kind not in scalar:
                added.type_name = f".tfplugin6.{kind}"
    # A oneof, so that an empty attribute name or index 0 still counts as given.
    step = next(message for message in file.message_type if message.name == "Step")
    step.oneof_decl.add(name="selector")
    for one in step.field:
        one.oneof_index = 0
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    return {name: message_factory.GetMessageClass(pool.FindMessageTypeByName(f"tfplugin6.{name}")) for name in names}


MESSAGES = _messages()


def decode(value: Any) -> Any:
    """A DynamicValue as Python objects; an unknown stays a msgpack.ExtType, so that it goes back as it came."""
    if value.msgpack:
        return msgpack.unpackb(value.msgpack, strict_map_key=False)
    return json.loads(value.json) if value.json else None


def encode(value: Any) -> Any:
    """Python objects as a DynamicValue."""
    return MESSAGES["DynamicValue"](msgpack=msgpack.packb(value))


def attribute_path(steps: tuple[str | int, ...]) -> Any:
    """The place of an attribute: names and list indexes."""
    return MESSAGES["AttributePath"](
        steps=[{"element_key_int" if isinstance(step, int) else "attribute_name": step} for step in steps]
    )


def diagnostic(summary: str, detail: str = "", path: tuple[str | int, ...] = ()) -> Any:
    """An error."""
    where = {"attribute": attribute_path(path)} if path else {}
    return MESSAGES["Diagnostic"](severity=1, summary=summary, detail=detail, **where)


def schema_message(schema: Schema) -> Any:
    """A schema in Terraform's JSON form as the protocol writes it."""
    return MESSAGES["Schema"](block=_block(schema))


def _block(schema: Schema) -> Any:
    blocks = [
        MESSAGES["NestedBlock"](
            type_name=name,
            block=_block(nested["block"]),
            nesting=_NESTING[nested["nesting_mode"]],
            min_items=nested.get("min_items", 0),
            max_items=nested.get("max_items", 0),
        )
        for name, nested in sorted(schema["block_types"].items())
    ]
    return MESSAGES["Block"](attributes=_attributes(schema["attributes"]), block_types=blocks)


def _attributes(attributes: dict[str, dict[str, Any]]) -> list[Any]:
    flags = ("required", "optional", "computed", "sensitive", "write_only")
    messages = []
    for name, one in sorted(attributes.items()):
        message = MESSAGES["Attribute"](name=name, **{flag: one.get(flag, False) for flag in flags})
        if "nested_type" in one:
            nested = one["nested_type"]
            message.nested_type.attributes.extend(_attributes(nested["attributes"]))
            message.nested_type.nesting = _NESTING[nested["nesting_mode"]]
        else:
            message.type = json.dumps(one["type"]).encode()
        messages.append(message)
    return messages


def grpc_server(handler: Callable[[str, Any, str], Any], on_shutdown: Callable[[], None] = lambda: None) -> Any:
    """A gRPC server, not yet listening, that speaks the provider service and what go-plugin requires around it.

    Args:
        handler: called with method name, request and the peer's address; answers with the response message.
        on_shutdown: called when Terraform requests the end of the process.
    """

    def method(name: str) -> Any:
        return grpc.unary_unary_rpc_method_handler(
            lambda request, context: handler(name, request, context.peer()),
            request_deserializer=MESSAGES[METHODS[name]].FromString,
            response_serializer=lambda message: message.SerializeToString(),
        )

    def shutdown(request: bytes, context: Any) -> bytes:
        on_shutdown()
        return b""

    def stdio(request: bytes, context: Any) -> Iterator[bytes]:
        return iter(())

    server = grpc.server(ThreadPoolExecutor(max_workers=64), options=_LIMIT)
    around = {
        "plugin.GRPCController": {"Shutdown": grpc.unary_unary_rpc_method_handler(shutdown)},
        "plugin.GRPCStdio": {"StreamStdio": grpc.unary_stream_rpc_method_handler(stdio)},
    }
    for service, methods in {SERVICE: {name: method(name) for name in METHODS}, **around}.items():
        server.add_generic_rpc_handlers((grpc.method_handlers_generic_handler(service, methods),))
    return server
