"""The guard of what holds data: an address that was ever written is never dropped or renamed without a word.

`prevent_destroy` lives in the resource's block and vanishes with it: Terraform then plans to destroy the resource
(https://developer.hashicorp.com/terraform/language/meta-arguments/lifecycle#prevent_destroy). So the addresses stand in
a file of their own, `protected_resources.json`, committed beside `generated/`: `{stack name: [address, …]}`. Every stack is listed,
also one that holds no data, since a dropped stack leaves resources in AWS that nothing manages.
"""

import hashlib
import json
from collections.abc import Collection, Iterator, Mapping
from pathlib import Path
from typing import Any

from modules.errors import ProblemsError
from stacks.document import Document, documents, json_object, managed

FILE_NAME = "protected_resources.json"

Addresses = dict[str, list[str]]

SHIPPED_LIST_SHA256 = "bb6de522021d527087ab3ab68456c8370867d9541b026382b6ac6ea16ca95350"
"""Digest of the list that this project ships, for the platform in its own `main.py`."""

# Terraform type: what is lost with it.
STATEFUL_TYPES: Mapping[str, str] = {
    "aws_backup_vault": "recovery points",
    "aws_cloudwatch_log_group": "logs, audit logs among them",
    "aws_cognito_user_pool": "users, their passwords and second factors",
    "aws_db_instance": "a database: pipeline runs, metadata, experiments",
    "aws_docdb_cluster": "a database",
    "aws_dynamodb_table": "items; state locks where it serves as one",
    "aws_ebs_snapshot": "a copy of a volume",
    "aws_ebs_volume": "a volume's files",
    "aws_ecr_repository": "images",
    "aws_efs_file_system": "notebook homes and shared files",
    "aws_eks_cluster": "every Kubernetes object (etcd), and its identity in all trust policies",
    "aws_elasticache_replication_group": "cached and queued items",
    "aws_fsx_lustre_file_system": "training data and checkpoints",
    "aws_fsx_ontap_file_system": "files",
    "aws_fsx_openzfs_file_system": "files",
    "aws_glue_catalog_database": "table definitions of a data lake",
    "aws_grafana_workspace": "dashboards and alerts",
    "aws_kms_key": "everything encrypted with it: unreadable once the key is gone",
    "aws_opensearch_domain": "indexes and logs",
    "aws_prometheus_workspace": "metrics",
    "aws_rds_cluster": "a database: pipeline runs, metadata, experiments",
    "aws_route53_zone": "name records and the delegation from the parent zone",
    "aws_s3_bucket": "artifacts, models, logs, state",
    "aws_secretsmanager_secret": "credentials that exist nowhere else",
}
TEAM_TYPE = "helm_release"
"""A team is a release; with it goes its role, and its namespace unless that is protected."""


def read_stateful(path: Path, generated: Path) -> Addresses:
    """What earlier runs listed in `path`; on a first run, what the tree in `generated` already holds (else nothing).

    Reading the tree when the file is missing keeps the guard alive after somebody deleted the file, and serves a tree
    that stock cdktf wrote.

    Raises:
        ValueError: the file cannot be read or is not a list of addresses per stack. It is never taken for empty.
    """
    try:
        content = path.read_bytes()
    except FileNotFoundError:
        # Not the whole tree: `.terraform` folders in it hold providers of 700 MB.
        found = {path.relative_to(generated).as_posix(): path for path in generated.glob("stacks/*/cdk.tf.json")}
        return _addresses(documents({name: path.read_bytes() for name, path in found.items()}))
    except OSError as error:
        raise ValueError(
            f"{path}: cannot be read ({error.strerror}), and without it nobody knows which resources hold data; "
            "make it readable and run again"
        ) from error
    parsed = json_object(str(path), content)
    for stack, addresses in parsed.items():
        if not isinstance(addresses, list) or not all(isinstance(address, str) for address in addresses):
            raise ValueError(f"{path}: {stack!r} is not a list of addresses; take the file back from git")
    return parsed


def without_shipped(previous: Addresses, generated: Path) -> Addresses:
    """Leave out stacks of the shipped list that were not applied here, so that another `main.py` synthesizes in a fresh clone.

    The list that a clone contains protects a platform that only its authors could have applied. It is recognized by its
    content; any other list is returned unchanged. A stack stays in the list if its state file exists, and also without evidence: its
    state is not local (S3, HCP Terraform, a hand-over), or its JSON is missing.

    Args:
        previous: the list as read.
        generated: the output folder of the last run, with the JSON that names the backends.
    """
    if digest_of(previous) != SHIPPED_LIST_SHA256:
        return previous
    return {stack: names for stack, names in previous.items() if not _never_applied(generated / "stacks" / stack)}


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
    """Compare what held data before with the documents about to be written, and give the new list.

    Args:
        previous: `{stack name: addresses}` of the last run.
        new: `{stack name: parsed cdk.tf.json}` of this run.
        forget: `"<stack>/<address>"` or `"<stack>"`: what the user says may go.

    Raises:
        ValueError: an address or a stack is gone without `moved`, `removed` or `forget`; names all of them at once. Or
            `forget` is one text, in which every part of it would be found.
    """
    if isinstance(forget, str):
        raise ValueError(
            f'forget: is a text; write it as a tuple, which of one value has a comma, too: forget=("{forget}",)'
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


def stale_forget(previous: Mapping[str, Collection[str]], new: Addresses, forget: Collection[str]) -> list[str]:
    """One sentence for each `forget` entry that forgets nothing: left in place it would let a later loss through."""
    dropped = [(stack, name) for stack, names in previous.items() for name in names if name not in new.get(stack, ())]
    gone = {stack for stack in previous if stack not in new}
    gone |= {stack for stack, _ in dropped} | {f"{stack}/{name}" for stack, name in dropped}
    return [f"forget: {entry!r} forgets nothing; delete it" for entry in sorted(set(forget) - gone)]


def _addresses(new: Mapping[str, Document]) -> Addresses:
    return {
        stack: [address for address in managed(document) if holds_data(document, address)]
        for stack, document in sorted(new.items())
    }


def holds_data(document: Document, address: str) -> bool:
    """By its type; of releases those that are protected, which are teams: what others hold in the cluster is kept there.

    Not the password of a user, which goes with the user, and is made anew with the next one.
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
            yield f"{where}: moved to {target}, which the stack does not have; move it to an address that it has"
        elif target.partition(".")[0] != address.partition(".")[0]:
            yield f"{where}: moved to {target}, which is another type and would be made anew; move it within its type"
        elif occupied:
            # Terraform keeps the occupant and destroys the one moved ("Unresolved resource instance address changes").
            yield f"{where}: moved to {occupied}, which exists already, so it would be destroyed; move it to a new address"


def _chain(address: str, moved: Mapping[Any, Any]) -> list[str]:
    """Where `moved` blocks lead from `address`, step by step; a cycle ends before it closes."""
    seen = [address]
    while (following := moved.get(seen[-1])) is not None and following not in seen:
        seen.append(following)
    return seen[1:]


def _list(document: Document, name: str) -> list[dict[str, Any]]:
    blocks = document.get(name, [])  # Terraform's JSON syntax takes one block as an object, several as a list
    return [blocks] if isinstance(blocks, dict) else list(blocks)


def _address_gone(stack: str, address: str) -> str:
    kind = address.partition(".")[0]
    if kind == TEAM_TYPE:
        return (
            f"{stack}/{address}: is gone, and it is a team. To take it out with its namespace and all notebooks and volumes in it, put "
            "it back with deletion_protection=False at its profile, apply, and delete it after that; to let only Terraform go of it, "
            f'so that its namespace stays in the cluster, write forget=("{stack}/{address}",) in main.py'
        )
    held = STATEFUL_TYPES.get(kind, "data")
    return (
        f"{stack}/{address}: is gone, and it holds {held}. Its prevent_destroy goes with its block, so the next apply "
        "would destroy it; say where it went with Platform.moved, let go of it with Platform.removed, or, "
        f'if it may be destroyed, write forget=("{stack}/{address}",) in main.py'
    )


def _stack_gone(stack: str, addresses: Collection[str]) -> str:
    some = f"{len(addresses)} of its addresses hold data: {', '.join(sorted(addresses))}"
    return (
        f"{stack}: the whole stack is gone ({some if addresses else 'none of its addresses holds data'}). "
        "Its file would be deleted, prevent_destroy with it, and what it made would stay in AWS with nothing to manage it; "
        "put the stack back, or, once `terraform destroy` has run in it or its state lives elsewhere, "
        f'write forget=("{stack}",) in main.py'
    )
