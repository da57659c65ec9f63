"""How a provider turns configuration into a plan: defaults, what is known after apply, what forces a replacement.

Source: https://github.com/hashicorp/terraform/blob/main/docs/resource-instance-change-lifecycle.md
"""

from collections.abc import Iterator
from itertools import zip_longest
from typing import Any

import msgpack  # type: ignore[import-untyped]

from .bindings_schema import Schema

UNKNOWN = msgpack.ExtType(0, b"\x00")
"""Known only after apply. Terraform writes unknowns also as type 12, with what it knows about them, such as a prefix."""


def is_unknown(value: Any) -> bool:
    """Whether Terraform does not know this value yet."""
    return isinstance(value, msgpack.ExtType)


def holds_unknown(value: Any) -> bool:
    """Whether this value, or anything inside it, is not known yet."""
    if isinstance(value, dict):
        return any(map(holds_unknown, value.values()))
    return any(map(holds_unknown, value)) if isinstance(value, list) else is_unknown(value)


def planned(schema: Schema, prior: Any, proposed: Any, config: Any) -> dict[str, Any]:
    """The state that an apply would lead to.

    A null argument takes its default; computed without a default it keeps the prior value, and is unknown on a create.
    Write-only arguments are null in every plan and state.

    Args:
        schema: with `default` in addition to Terraform's own keys.
        prior: state before, None on a create.
        proposed: Terraform's own merge of the configuration with the prior state.
        config: as written, references resolved.
    """
    state = {
        name: _attribute(one, prior is not None, (prior or {}).get(name), proposed[name], config[name])
        for name, one in schema["attributes"].items()
    }
    for name, nested in schema["block_types"].items():
        state[name] = _blocks(nested, (prior or {}).get(name), proposed[name], config[name])
    return state


def _attribute(one: dict[str, Any], has_prior: bool, prior: Any, proposed: Any, config: Any) -> Any:
    if one.get("write_only"):
        return None
    if config is None:
        if "default" in one:
            return one["default"]
        # What is computed and null in the configuration, Terraform itself proposes with its prior value.
        return (proposed if has_prior else UNKNOWN) if one["computed"] else None
    if "nested_type" not in one or is_unknown(config):
        return proposed
    inner = {"attributes": one["nested_type"]["attributes"], "block_types": {}}
    if isinstance(config, dict):
        return planned(inner, prior, proposed, config)
    old = prior or []
    return [
        planned(inner, old[at] if at < len(old) else None, proposed[at], config[at])
        if not is_unknown(config[at])
        else proposed[at]
        for at in range(len(config))
    ]


def _blocks(nested: dict[str, Any], prior: Any, proposed: Any, config: Any) -> Any:
    if is_unknown(config) or config is None:
        return proposed
    if isinstance(config, dict):
        return planned(nested["block"], prior, proposed, config)
    old = prior or []
    return [
        planned(nested["block"], old[at] if at < len(old) else None, proposed[at], config[at])
        for at in range(len(config))
    ]


def replacements(
    schema: Schema, prior: Any, plan: Any, at: tuple[str | int, ...] = ()
) -> Iterator[tuple[str | int, ...]]:
    """Paths of arguments whose change the object cannot take in place."""
    for name, one in schema["attributes"].items():
        if one.get("force_new") and prior.get(name) != plan.get(name):
            yield (*at, name)
    for name, nested in schema["block_types"].items():
        olds, news = _as_list(prior.get(name)), _as_list(plan.get(name))
        for index, (old, new) in enumerate(zip_longest(olds, news)):
            inside = (*at, name) if nested["nesting_mode"] == "single" else (*at, name, index)
            yield from replacements(nested["block"], old or {}, new or {}, inside)


def read_only_arguments(schema: Schema, config: Any, at: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    """Paths of what is set though only the provider sets it: Terraform's core lets that pass."""
    for name, one in schema["attributes"].items():
        if config.get(name) is not None and one["computed"] and not one["optional"]:
            yield (*at, name)
    for name, nested in schema["block_types"].items():
        for index, block in enumerate(_as_list(config.get(name))):
            inside = (*at, name) if nested["nesting_mode"] == "single" else (*at, name, index)
            yield from read_only_arguments(nested["block"], block, inside)


def _as_list(value: Any) -> list[Any]:
    if value is None or is_unknown(value):
        return []
    return value if isinstance(value, list) else [value]
