"""Uses of jsii internals, and the check that they exist."""

import inspect
import re
from collections.abc import Iterable
from typing import Any


def unknown_jsii() -> str | None:
    """Return which internal used here is missing or different; None if all are as in jsii 1.142."""
    from jsii import _kernel, _reference_map  # here, so that `import modules` does not cost jsii's 0.1 s

    convert = getattr(_kernel, "_make_reference_for_native", None)
    if not inspect.isfunction(convert) or list(inspect.signature(convert).parameters) != ["kernel", "d"]:
        return "jsii has no _kernel._make_reference_for_native(kernel, d) as in 1.142"
    if not isinstance(getattr(_reference_map, "_submodule_fqn_map", None), dict):
        return "jsii has no table _reference_map._submodule_fqn_map as in 1.142"
    return None


def register_submodules(assembly: str, package: str, submodules: Iterable[str]) -> None:
    """Set the submodule that jsii imports for a type that Node returns before Python has used it.

    Newer generated packages contain this table. In the installed ones, the name in Node is the Python name in camel case.
    """
    from jsii import _reference_map

    for name in submodules:
        camel = re.sub(r"_(\w)", lambda match: match[1].upper(), name)
        _reference_map._submodule_fqn_map[f"{assembly}.{camel}"] = f"{package}.{name}"


def send_only_given() -> None:
    """Make jsii send a struct's given arguments to Node and leave out the rest, in its own order.

    A node group has 31 arguments and is given about 12: stock sends the others as null, and Node drops them.
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
