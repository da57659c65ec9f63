"""What an apply left half-made after a signal or a failure, and what to do about it."""

import fcntl
import json
from collections.abc import Iterator, Mapping, Sequence

from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped]

from cli.last_apply import State
from cli.stack_list import Stack
from cli.state_client import state_client
from cli.terraform_run import Event

RESCUED_STATE = "errored.tfstate"
"""Terraform writes it into the stack's folder if it cannot write the state to its backend."""


def report(stack: Stack, unsure: Mapping[str, str], state: State | None) -> Iterator[str]:
    """One sentence for each thing that is half-made.

    Args:
        stack: the stack.
        unsure: address to `create`, `update` or `delete`, of operations that did not end, or that the signal canceled.
        state: the state afterwards; None: it cannot be read.
    """
    if state is None:
        yield from (f"{address}: its {action} did not end" for address, action in sorted(unsure.items()))
    else:
        yield from _compared(stack, unsure, state)
    if (stack.folder / RESCUED_STATE).exists():
        yield (
            f"{stack.folder / RESCUED_STATE}: Terraform could not write the state to its backend. Write it before anything else: "
            f"{stack.command} state push {RESCUED_STATE}"
        )
    if lock := lock_id(stack):
        yield unlock(stack, lock)


def _compared(stack: Stack, unsure: Mapping[str, str], state: State) -> Iterator[str]:
    recorded = set(state.resources)
    for address in state.tainted:
        yield (
            f"{address} is tainted: its create did not end, and the next apply replaces it. If it is complete in AWS, keep it: "
            f"{stack.command} untaint {address}"
        )
    for address, action in sorted(unsure.items()):
        plain = address.partition("[")[0]
        if action == "create" and plain not in recorded:
            yield (
                f"{address}: its create was started and is not recorded in the state. If AWS has it (look for the tags of the platform "
                f"{stack.platform}), delete it there, or import it: {stack.command} import '{address}' <id>"
            )
        elif action != "create" and plain in recorded:
            yield f"{address}: its {action} did not end; the next plan reads what AWS made of it"


def unlock(stack: Stack, lock: str) -> str:
    """How to remove a lock that no run holds."""
    return f"the state is locked ({lock}). If no other run is active, the lock is stale: {stack.command} force-unlock {lock}"


def lock_id(stack: Stack) -> str | None:
    """Id of the lock on the stack's state in S3; None: not locked, or not in S3.

    A lock of a local state ends with its process, and HCP Terraform shows locks in the workspace.
    """
    try:
        return _s3_lock(stack)
    except ClientError as error:
        return f"unknown, since S3 refuses to show the lock: {error}"
    except BotoCoreError as error:
        return f"unknown, since S3 is unreachable: {error}"


def refuse_locked(stacks: Sequence[Stack]) -> None:
    """Refuse stacks on which another run works, before anything is changed: Helm's records of that run look stale.

    A lock that cannot be read is left to Terraform.

    Raises:
        ValueError: the state of a stack is locked.
    """
    lines = []
    for stack in stacks:
        try:
            lock = _s3_lock(stack)
        except (ClientError, BotoCoreError):
            lock = None
        if lock:
            lines.append(f"{stack.name}: {unlock(stack, lock)}")
        elif _is_held(stack):
            lines.append(
                f"{stack.name}: another run holds the lock of its state on this machine; wait until it has ended"
            )
    if lines:
        raise ValueError("\n".join(lines))


def _s3_lock(stack: Stack) -> str | None:
    kind, settings = stack.backend
    if kind != "s3":
        return None
    role = settings.get("assume_role") or {}
    try:
        found = state_client(settings["region"], role.get("role_arn"), role.get("external_id")).get_object(
            Bucket=settings["bucket"], Key=f"{settings['key']}.tflock"
        )
    except ClientError as error:
        if error.response["Error"]["Code"] in ("NoSuchKey", "NoSuchBucket", "404"):
            return None
        raise
    return str(json.loads(found["Body"].read())["ID"])


def _is_held(stack: Stack) -> bool:
    """Whether a process holds the lock of a local state: Terraform takes a POSIX lock on the file."""
    kind, settings = stack.backend
    path = stack.folder / settings.get("path", "terraform.tfstate")
    if kind != "local" or not path.exists():
        return False
    with path.open("r+b") as state:
        try:
            fcntl.lockf(state, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except (BlockingIOError, PermissionError):
            return True
    return False


def lock_of_error(diagnostics: list[Event]) -> str | None:
    """Id of the lock that an error of Terraform names."""
    for one in diagnostics:
        if one["summary"] == "Error acquiring the state lock":
            for line in one.get("detail", "").splitlines():
                if line.strip().startswith("ID:"):
                    return str(line.partition("ID:")[2].strip())
    return None
