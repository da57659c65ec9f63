"""Guard against loss of stateful resources: their addresses must not be dropped or renamed silently.

`prevent_destroy` is part of the resource's block: without the block Terraform plans to destroy the resource
(https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy). Therefore the addresses are
recorded in `protected_resources.json`, committed next to `generated/`: `{stack name: {"resources": [address, …], …}}`, with
what `fixed_values` records. Every stack is listed, even without such resources, since a dropped stack leaves unmanaged
resources in AWS. In a list of an earlier version a stack has its addresses only.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from modules.aws_data.stateful_types import STATEFUL_TYPES
from modules.errors import ProblemsError
from stacks.document import Document, documents, json_object, managed
from stacks.fixed_values import Fixed, changed, fixed_of, with_earlier

FILE_NAME = "protected_resources.json"

Addresses = dict[str, list[str]]
RESOURCES = "resources"
"""Key of the addresses of a stack in the list."""


@dataclass(frozen=True)
class Recorded:
    """What earlier runs recorded."""

    addresses: Addresses
    fixed: dict[str, Fixed]
    """Stack to its values that must stay; without stacks of a list of an earlier version."""

    def content(self) -> dict[str, Any]:
        """The content of the list."""
        return {stack: {RESOURCES: names, **self.fixed[stack]} for stack, names in self.addresses.items()}


SHIPPED_LIST_SHA256 = "bb6de522021d527087ab3ab68456c8370867d9541b026382b6ac6ea16ca95350"
"""Digest of the list that this project ships, for the platform in its own `main.py`."""

TEAM_TYPE = "helm_release"
"""A team is a release; removing it deletes its role, and its namespace unless protected."""


def read_recorded(path: Path, generated: Path) -> Recorded:
    """What earlier runs recorded in `path`; on a first run, what the tree in `generated` says, if there is one.

    Reading the tree if the file is missing keeps the guard active after the file is deleted, and supports a tree written by
    stock cdktf.

    Raises:
        ValueError: the file is unreadable or has no addresses per stack. It is never treated as empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        # Not the whole tree: `.terraform` folders in it hold providers of 700 MB.
        found = {path.relative_to(generated).as_posix(): path for path in generated.glob("stacks/*/cdk.tf.json")}
        return recorded(documents({name: path.read_bytes() for name, path in found.items()}))
    except OSError as error:
        raise ValueError(
            f"{path}: unreadable ({error.strerror}), but required to know which resources hold data; "
            "make it readable and run again"
        ) from error
    addresses: Addresses = {}
    fixed: dict[str, Fixed] = {}
    for stack, entry in json_object(str(path), content).items():
        names = entry.get(RESOURCES) if isinstance(entry, dict) else entry
        if not isinstance(names, list) or not all(isinstance(address, str) for address in names):
            raise ValueError(f"{path}: {stack!r} is not a list of addresses; restore the file from git")
        addresses[stack] = names
        if isinstance(entry, dict):
            fixed[stack] = {key: value for key, value in entry.items() if key != RESOURCES}
    return Recorded(addresses, fixed)


def recorded(new: Mapping[str, Document], earlier: Mapping[str, Fixed] | None = None) -> Recorded:
    """What is recorded of the documents of a run."""
    fixed = {stack: with_earlier(fixed_of(document), (earlier or {}).get(stack)) for stack, document in new.items()}
    return Recorded(_addresses(new), fixed)


def check(previous: Recorded, new: Mapping[str, Document], generated: Path, forget: Collection[str] = ()) -> Recorded:
    """Compare what was recorded with the new documents, and return what is recorded now.

    Args:
        previous: what earlier runs recorded, without stacks of the shipped list that were not applied.
        new: `{stack name: parsed cdk.tf.json}` of this run.
        generated: the output folder of the last run, with the JSON that names the backends.
        forget: `"<stack>"`, `"<stack>/<address>"` or `"<stack>/state"`: configured exceptions.

    Raises:
        ValueError: see `check_stateful`; or a stack moves away from its resources, or would rebuild one of them.
    """
    lines: list[str] = []
    try:
        check_stateful(previous.addresses, new, forget=forget)
    except ProblemsError as error:
        lines += error.lines
    lines += changed(may_be_applied(previous.fixed, generated), new, forget)
    if lines:
        raise ProblemsError(lines)
    return recorded(new, previous.fixed)


def may_be_applied(fixed: Mapping[str, Fixed], generated: Path) -> dict[str, Fixed]:
    """Leave out stacks whose state is a local file that does not exist: their settings are still free."""
    return {stack: values for stack, values in fixed.items() if not _never_applied(generated / "stacks" / stack)}


def without_shipped(previous: Recorded, generated: Path) -> Recorded:
    """Leave out stacks of the shipped list that were not applied here, so that another `main.py` synthesizes in a fresh clone.

    The list that a clone contains protects a platform that only its authors could have applied. It is recognized by its
    addresses; any other list is returned unchanged. A stack stays in the list if its state file exists, and also without evidence:
    its state is not local (S3, HCP Terraform, a hand-over), or its JSON is missing.

    Args:
        previous: the list as read.
        generated: the output folder of the last run, with the JSON that names the backends.
    """
    if digest_of(previous.addresses) != SHIPPED_LIST_SHA256:
        return previous
    names = previous.addresses.items()
    kept = {stack: found for stack, found in names if not _never_applied(generated / "stacks" / stack)}
    return Recorded(kept, previous.fixed)


def digest_of(addresses: Mapping[str, Collection[str]]) -> str:
    """SHA-256 of a list, independent of its layout."""
    content = {stack: sorted(names) for stack, names in addresses.items()}
    return hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()


def _never_applied(stack: Path) -> bool:
    """Whether the stack's state is a local file that does not exist."""
    document = stack / "cdk.tf.json"
    if not document.is_file():
        return False
    backend = json_object(str(document), document.read_bytes()).get("terraform", {}).get("backend", {})
    path = backend.get("local", {}).get("path") if isinstance(backend, dict) else None
    return isinstance(path, str) and not (stack / path).exists()


def check_stateful(
    previous: Mapping[str, Collection[str]], new: Mapping[str, Document], *, forget: Collection[str] = ()
) -> Addresses:
    """Compare recorded addresses with the new documents, and return the new list.

    Args:
        previous: `{stack name: addresses}` of the last run.
        new: `{stack name: parsed cdk.tf.json}` of this run.
        forget: `"<stack>/<address>"` or `"<stack>"`: configured exceptions.

    Raises:
        ValueError: an address or a stack was removed without `moved`, `removed` or `forget`; the message lists all. Or
            `forget` is a string, in which every substring would match.
    """
    if isinstance(forget, str):
        raise ValueError(
            f'forget: must be a tuple, not a string (a tuple of one value ends in a comma): forget=("{forget}",)'
        )
    errors: list[str] = []
    for stack, addresses in sorted(previous.items()):
        if stack in forget:
            continue
        if stack not in new:
            errors.append(_stack_gone(stack, addresses))
            continue
        kept = [address for address in sorted(addresses) if f"{stack}/{address}" not in forget]
        errors += _dropped(stack, kept, new[stack], set(addresses))
    if errors:
        raise ProblemsError(errors)
    return _addresses(new)


def stale_forget(
    previous: Mapping[str, Collection[str]], new: Addresses, forget: Collection[str], used: Collection[str] = ()
) -> list[str]:
    """One warning per unused `forget` entry, which would allow a later loss.

    Args:
        previous: `{stack name: addresses}` of the last run.
        new: the same of this run.
        forget: the entries.
        used: entries that allowed a change of fixed values.
    """
    dropped = [(stack, name) for stack, names in previous.items() for name in names if name not in new.get(stack, ())]
    gone = {stack for stack in previous if stack not in new}
    gone |= {stack for stack, _ in dropped} | {f"{stack}/{name}" for stack, name in dropped}
    return [f"forget: {entry!r} has no effect; delete it" for entry in sorted({*forget} - gone - {*used})]


def _addresses(new: Mapping[str, Document]) -> Addresses:
    return {
        stack: [address for address in managed(document) if holds_data(document, address)]
        for stack, document in sorted(new.items())
    }


def holds_data(document: Document, address: str) -> bool:
    """By type; of releases the protected ones, which are teams: their namespaces in the cluster contain user data.

    User passwords are excluded: they belong to the user and are regenerated with the next one.
    """
    kind, _, name = address.partition(".")
    if kind == "aws_secretsmanager_secret" and name.startswith("user_"):
        return False
    if kind == TEAM_TYPE:
        return bool(document["resource"][kind][name].get("lifecycle", {}).get("prevent_destroy"))
    return kind in STATEFUL_TYPES


def _dropped(stack: str, addresses: list[str], document: Document, listed: set[str]) -> Iterator[str]:
    present = set(managed(document))
    moved = {block.get("from"): block.get("to") for block in _list(document, "moved")}
    removed = {block.get("from") for block in _list(document, "removed")}
    for address in addresses:
        if address in present or address in removed:
            continue
        where = f"{stack}/{address}"
        chain = _chain(address, moved)
        occupied = next((step for step in chain if step in listed), None)
        target = chain[-1] if chain else None
        if target is None:
            yield _address_gone(stack, address)
        elif target not in present:
            yield f"{where}: moved to {target}, which the stack does not contain; move it to an existing address"
        elif target.partition(".")[0] != address.partition(".")[0]:
            yield f"{where}: moved to {target}, which is another type and would be recreated; move it within its type"
        elif occupied:
            # Terraform keeps the occupant and destroys the one moved ("Unresolved resource instance address changes").
            yield f"{where}: moved to {occupied}, which exists already, so it would be destroyed; move it to a new address"


def _chain(address: str, moved: Mapping[Any, Any]) -> list[str]:
    """Addresses that `moved` blocks lead to from `address`, in order; stops at a cycle."""
    seen = [address]
    while (following := moved.get(seen[-1])) is not None and following not in seen:
        seen.append(following)
    return seen[1:]


def _list(document: Document, name: str) -> list[dict[str, Any]]:
    blocks = document.get(name, [])  # In Terraform's JSON syntax one block is an object, several are a list
    return [blocks] if isinstance(blocks, dict) else list(blocks)


def _address_gone(stack: str, address: str) -> str:
    kind = address.partition(".")[0]
    if kind == TEAM_TYPE:
        return (
            f"{stack}/{address}: removed, but it is a team. To delete it with its namespace, notebooks and volumes, restore it "
            "with deletion_protection=False at its profile, apply, then delete it. To remove it only from Terraform and keep its "
            f'namespace in the cluster, set forget=("{stack}/{address}",) in main.py'
        )
    held = STATEFUL_TYPES.get(kind, "data")
    return (
        f"{stack}/{address}: no longer generated, but it holds {held}. Without its block prevent_destroy has no effect, and "
        "the next apply would destroy it; declare its new address with Platform.moved, remove it from state with Platform.removed, or, "
        f'to destroy it, set forget=("{stack}/{address}",) in main.py'
    )


def _stack_gone(stack: str, addresses: Collection[str]) -> str:
    some = f"{len(addresses)} of its addresses hold data: {', '.join(sorted(addresses))}"
    return (
        f"{stack}: the whole stack was removed ({some if addresses else 'none of its addresses holds data'}). "
        "Its file would be deleted, including prevent_destroy, and its resources would be unmanaged in AWS; "
        "restore the stack, or, if it was never applied, was destroyed or its state was moved, "
        f'set forget=("{stack}",) in main.py'
    )
