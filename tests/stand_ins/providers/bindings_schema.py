"""Terraform schemas of providers, read out of their published CDKTF bindings.

The compiled JavaScript in a bindings wheel has lost which arguments are computed, optional or required; the source map
inside it still holds the generated TypeScript, which says so in comments. Checked once against the schema that the real
AWS provider 5.100.0 prints: of 1,507 resource types no required/optional/computed flag differed.

The shape is that of `terraform providers schema -json`.
Source: https://developer.hashicorp.com/terraform/cli/commands/providers/schema#providers-schema-representation
"""

import base64
import hashlib
import importlib.metadata
import json
import os
import re
import tarfile
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

Schema = dict[str, Any]
"""A block: `attributes` and `block_types`."""

CACHE = Path(__file__).parents[3] / ".cache" / "provider-schemas"
PRIMITIVES = {"string": "string", "number": "number", "boolean": "bool"}

_FIELD = re.compile(r'^ +(\w+): \{\s+value: (.+),\s+isBlock: \w+,\s+type: "(\w+)",', re.MULTILINE)
_COMMENT = re.compile(
    r"// (\w+) - computed: (\w+), optional: (\w+), required: (\w+)\n"
    r"(?: +private _\w+\??(?:: [^;\n]*;| = new ([\w.]+)\(.*;) *\n)?"
    r"(?: +public get \w+\(\)[^{]*\{\n +return (cdktf\.Fn\.tolist\()?(?:\w+\.)?[\w.]*?(?:get(\w+)Attribute)?\(?)?"
)
_READS = {
    "String": "string",
    "Number": "number",
    "Boolean": "bool",
    "List": ["list", "string"],
    "StringMap": ["map", "string"],
    "NumberList": ["list", "number"],
    "NumberMap": ["map", "number"],
    "BooleanMap": ["map", "bool"],
}


def bindings_version(provider: str) -> str:
    """Version of the installed bindings: `12.1.2`."""
    return importlib.metadata.version(f"cdktf-cdktf-provider-{provider}")


def provider_schemas(provider: str, resource_folders: Iterable[str]) -> dict[str, Schema]:
    """Schemas by type name, the provider's own configuration under `provider`; from a cache on the disk when it can.

    Args:
        provider: `helm` or `kubernetes`.
        resource_folders: folders of the bindings, such as `storage-class-v1`.

    Raises:
        ValueError: a type nests itself in a way that the generated code does not express.
    """
    folders = sorted(resource_folders)
    text = f"{bindings_version(provider)} {folders} {Path(__file__).read_text(encoding='utf-8')}"
    cached = CACHE / f"{provider}-{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"
    if cached.exists():
        found: dict[str, Schema] = json.loads(cached.read_text(encoding="utf-8"))
        return found
    sources = typescript(provider, ["provider", *folders])
    schemas = {"provider": _Module(sources.pop("provider")).schema()}
    for source in sources.values():
        module = _Module(source)
        schemas[module.type_name] = module.schema()
    cached.parent.mkdir(parents=True, exist_ok=True)
    unfinished = cached.with_suffix(f".{os.getpid()}")
    unfinished.write_text(json.dumps(schemas, indent=1, sort_keys=True), encoding="utf-8")
    unfinished.replace(cached)
    return schemas


def typescript(provider: str, folders: Iterable[str]) -> dict[str, str]:
    """The generated TypeScript of some folders of the bindings, out of the source maps in the wheel's npm tarball."""
    files = importlib.metadata.files(f"cdktf-cdktf-provider-{provider}") or []
    tarball = next(file.locate() for file in files if file.name.endswith(".jsii.tgz"))
    return typescript_in(str(tarball), provider, folders)


def typescript_in(tarball: str, provider: str, folders: Iterable[str]) -> dict[str, str]:
    """The same of any npm tarball; what bindings of CDK Terrain call `cdktn` is `cdktf` in it."""
    wanted = {f"package/lib/{folder}/index.js": folder for folder in folders}
    sources = {}
    with tarfile.open(tarball) as archive:
        for member in archive:
            opened = archive.extractfile(member) if member.name in wanted else None
            if opened is not None:
                encoded = opened.read().rpartition(b"sourceMappingURL=data:application/json;base64,")[2]
                source = json.loads(base64.b64decode(encoded))["sourcesContent"][0]
                sources[wanted[member.name]] = source.replace("cdktn.", "cdktf.")
    missing = sorted(set(wanted.values()) - sources.keys())
    if missing:
        raise ValueError(f"bindings of {provider}: no {', '.join(missing)}; look in the wheel how it is called now")
    return sources


def schema_of(source: str) -> Schema:
    """Schema of one generated file: a resource, a data source, an ephemeral resource or a provider."""
    return _Module(source).schema()


class _Module:
    """One generated TypeScript file: a resource or a provider."""

    def __init__(self, source: str):
        self._source = source
        kind = re.search(r'static readonly tfResourceType = "(\w+)"', source)
        if kind is None:
            raise ValueError("bindings: a file without tfResourceType is neither a resource nor a provider")
        self.type_name = kind[1]
        self._structs = dict(_functions(source))

    def schema(self) -> Schema:
        """The block of the resource or provider itself."""
        name = re.search(
            r"^export class (\w+) extends cdktf\.Terraform(?:Resource|Provider|DataSource|EphemeralResource)",
            self._source,
            re.MULTILINE,
        )
        if name is None:
            raise ValueError(f"bindings of {self.type_name}: its class was not found")
        body = self._class(name[1])
        found = self._members(_fields(body.partition("synthesizeHclAttributes")[2]), body, f"{name[1]}Config")
        # `alias` is Terraform's own argument of a provider block, not the provider's.
        if "TerraformProvider" in name[0]:
            found["attributes"].pop("alias", None)
        return found

    @cache  # noqa: B019  a module lives as long as the schema is read
    def _struct(self, function: str) -> Schema:
        if function not in self._structs:
            raise ValueError(f"bindings of {self.type_name}: {function} lies in another file; leave the type out")
        name = function.removesuffix("ToHclTerraform")
        name = name[0].upper() + name[1:]
        return self._members(_fields(self._structs[function]), self._class(f"{name}OutputReference"), name)

    def _members(self, fields: dict[str, tuple[str, str]], body: str, interface: str) -> Schema:
        schema: Schema = {"attributes": {}, "block_types": {}}
        said = {one[0]: one for one in _COMMENT.findall(body)}
        for name, (value, kind) in fields.items():
            if name in said:
                flags = _flags(said[name])
            else:
                optional = self._is_optional(interface, name)
                flags = {"computed": False, "optional": optional, "required": not optional}
            self._place(schema, name, value, kind, flags)
        for name, comment in said.items():
            if name not in fields:
                schema["attributes"][name] = {"computed": True, "optional": False, "required": False} | self._read(
                    comment
                )
        return schema

    def _place(self, schema: Schema, name: str, value: str, kind: str, flags: dict[str, bool]) -> None:
        """Put an argument where it belongs: the shape of the conversion code distinguishes blocks from attributes."""
        struct = re.search(r"(?<!cdktf\.)\b(\w+ToHclTerraform)\b", value)
        if struct is None:
            schema["attributes"][name] = {"type": _type(value, kind)} | flags
            return
        inner, nesting = self._struct(struct[1]), "single" if kind == "struct" else kind
        is_block = "listMapperHcl" in value and value.split(",")[1].startswith(" true")
        single = "listMapperHcl" not in value and (kind in ("list", "set") or self._is_documented_block(name))
        if is_block or single:
            limits = {"max_items": 1} if single and kind != "struct" else {}
            limits |= {"min_items": 1} if flags["required"] else {}
            schema["block_types"][name] = {"nesting_mode": nesting, "block": inner} | limits
        else:
            schema["attributes"][name] = {"nested_type": _nested(inner, nesting)} | flags

    def _read(self, comment: tuple[str, ...]) -> dict[str, Any]:
        """The type of what a provider only answers, from the getter that reads it."""
        name, wrapper, as_list, getter = comment[0], comment[4], comment[5], comment[6]
        if wrapper.startswith("cdktf."):
            return {"type": _READS[wrapper.removeprefix("cdktf.")]}
        if wrapper:
            struct = wrapper.removesuffix("OutputReference").removesuffix("List")
            inner = self._struct(struct[0].lower() + struct[1:] + "ToHclTerraform")
            if wrapper.endswith("OutputReference"):
                return {"nested_type": _nested(inner, "single")}
            return {"type": ["list", ["object", {key: one["type"] for key, one in inner["attributes"].items()}]]}
        if getter not in _READS:
            raise ValueError(f"bindings of {self.type_name}: the type of {name} is not to be read; leave the type out")
        kind = _READS[getter]
        return {"type": ["set", *kind[1:]] if as_list else kind}

    def _class(self, name: str) -> str:
        found = re.search(rf"^export class {name} extends .*?^\}}", self._source, re.MULTILINE | re.DOTALL)
        return found[0] if found else ""

    def _is_documented_block(self, name: str) -> bool:
        return f"* {name} block\n" in self._source

    def _is_optional(self, interface: str, name: str) -> bool:
        """Structs of a provider's own configuration carry no comments; the interface has the question mark."""
        text = re.search(rf"^export interface {interface}\b.*?^\}}", self._source, re.MULTILINE | re.DOTALL)
        plain = name.replace("_", "")
        found = re.findall(r"readonly (\w+)(\??):", text[0]) if text else []
        return "?" in next(mark for property_name, mark in found if property_name.lower() == plain)


def _flags(comment: tuple[str, ...]) -> dict[str, bool]:
    return {name: said == "true" for name, said in zip(("computed", "optional", "required"), comment[1:4], strict=True)}


def _functions(source: str) -> list[tuple[str, str]]:
    return re.findall(r"^export function (\w+ToHclTerraform)\((.*?)^\}", source, re.MULTILINE | re.DOTALL)


def _fields(body: str) -> dict[str, tuple[str, str]]:
    return {name: (value, kind) for name, value, kind in _FIELD.findall(body)}


def _type(value: str, kind: str) -> Any:
    """A cty type: `string`, `["list", "string"]`, `["map", "string"]`."""
    if value.startswith("cdktf.anyToHclTerraform("):
        return "dynamic"
    found = re.search(r"cdktf\.(\w+)ToHclTerraform", value)
    if found is None or found[1] not in PRIMITIVES or value.count("MapperHcl") > 1:
        raise ValueError(f"bindings: {value} is of a type that the generated code does not express; leave the type out")
    return PRIMITIVES[found[1]] if kind == "simple" else [kind, PRIMITIVES[found[1]]]


def _nested(block: Schema, nesting: str) -> dict[str, Any]:
    if block["block_types"]:
        raise ValueError(f"bindings: blocks {sorted(block['block_types'])} inside an attribute; leave the type out")
    return {"attributes": block["attributes"], "nesting_mode": nesting}
