"""What we ask of jsii beyond its public interface, in one place, with the check that it is there."""

import inspect
import re
from collections.abc import Iterable
from typing import Any


def unknown_jsii() -> str | None:
    """Say which of the jsii internals used here is missing or of another shape, or None (seen: jsii 1.138 to 1.142)."""
    import jsii._kernel  # only here: `import modules` stays free of jsii's 0.1 s
    import jsii._reference_map

    convert = getattr(jsii._kernel, "_make_reference_for_native", None)
    if not inspect.isfunction(convert) or list(inspect.signature(convert).parameters) != ["kernel", "d"]:
        return "jsii._kernel._make_reference_for_native(kernel, d) is not what it was in jsii 1.142"
    if not isinstance(getattr(jsii._reference_map, "_submodule_fqn_map", None), dict):
        return "jsii._reference_map._submodule_fqn_map is not what it was in jsii 1.142"
    return None


def register_submodules(assembly: str, package: str, submodules: Iterable[str]) -> None:
    """Tell jsii which submodule to import for a type that Node returns before Python has used it.

    Newer generated packages bring this table; in ours the name in Node is the Python name in camel case.
    """
    from jsii import _reference_map

    for name in submodules:
        camel = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
        _reference_map._submodule_fqn_map[f"{assembly}.{camel}"] = f"{package}.{name}"


def send_only_given() -> None:
    """Send a struct's given arguments to Node and leave out the rest, in the order that jsii uses.

    A security group has 24 arguments and gets 4; stock sends 20 nulls, which Node drops again.
    """
    from jsii import _kernel

    convert = _kernel._make_reference_for_native
    if getattr(convert, "given_only", False):
        return

    def convert_given(kernel: Any, d: Any) -> Any:
        names, given = getattr(d, "__jsii_name_mapping__", None), getattr(d, "_values", None)
        if not isinstance(names, dict) or not isinstance(given, dict):
            return convert(kernel, d)
        data = {
            jsii_name: convert_given(kernel, getattr(d, name))
            for name, jsii_name in names.items()
            if given.get(name) is not None
        }
        return {"$jsii.struct": {"fqn": d.__jsii_type__, "data": data}}

    convert_given.given_only = True  # type: ignore[attr-defined]
    _kernel._make_reference_for_native = convert_given
