"""What HCP Terraform remembers: workspaces, uploads, runs and states."""

import itertools
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

_numbers = itertools.count(1)
START, END = b"\x02", b"\x03"
"""First and last byte of a log; a reader goes on until it has seen both."""


def new_id(prefix: str) -> str:
    """An id such as ws-7."""
    return f"{prefix}-{next(_numbers)}"


@dataclass
class StateVersion:
    """One state of a workspace."""

    serial: int
    lineage: str
    id: str = field(default_factory=lambda: new_id("sv"))
    content: bytes | None = None
    """The state as Terraform writes it; None until it is uploaded."""


@dataclass
class Workspace:
    """One workspace, with what a person sets in the browser.

    Args:
        name: unique in the organization.
        project: name of its project.
        remote: runs are here (execution mode remote); else it keeps the state alone.
        agent_pool: id of the pool whose agents run it (execution mode agent).
        global_state: every workspace of the organization may read its state.
        triggered_by: ids of the workspaces whose applies start a run.
        variables: environment variables of its runs.
        shares_state_with: names of workspaces whose runs may read its state.
    """

    name: str
    project: str
    remote: bool = True
    agent_pool: str | None = None
    global_state: bool = False
    triggered_by: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    shares_state_with: set[str] = field(default_factory=set)
    id: str = field(default_factory=lambda: new_id("ws"))
    terraform_version: str = ""
    states: list[StateVersion] = field(default_factory=list)
    locked_by: str | None = None

    @property
    def current(self) -> StateVersion | None:
        """The newest state that arrived."""
        return next((one for one in reversed(self.states) if one.content is not None), None)


@dataclass
class VariableSet:
    """Variables of several workspaces."""

    name: str
    workspaces: list[Workspace]
    id: str = field(default_factory=lambda: new_id("varset"))
    variables: dict[str, dict[str, Any]] = field(default_factory=dict)
    """Id to `key`, `value`, `category`."""


@dataclass
class AgentPool:
    """Agents of one network; without agents here, runs of its workspaces would wait."""

    name: str
    for_all: bool
    allowed: list[str]
    """Ids of the workspaces that may use it, unless it is for all."""
    id: str = field(default_factory=lambda: new_id("apool"))


@dataclass
class Upload:
    """A configuration version: the folder as the command line packed it."""

    workspace: Workspace
    speculative: bool
    id: str = field(default_factory=lambda: new_id("cv"))
    archive: bytes | None = None


@dataclass
class Phase:
    """Plan or apply of a run."""

    kind: str
    id: str
    status: str = "pending"
    log: bytes = b""
    read: threading.Event = field(default_factory=threading.Event)
    """Set once a client has read its status."""

    def write(self, text: bytes) -> None:
        """Add to the log."""
        self.log += text

    def end(self, status: str) -> None:
        """Publish the end: the status first, since a reader stops at the last byte."""
        self.status = status
        self.log += END


@dataclass
class Run:
    """One run; what a test asserts on."""

    workspace: Workspace
    upload: Upload
    settings: Mapping[str, Any]
    """As the command line requested: `is-destroy`, `auto-apply`, `variables`, …."""
    id: str = field(default_factory=lambda: new_id("run"))
    status: str = "pending"
    has_changes: bool = False
    confirmed: threading.Event = field(default_factory=threading.Event)
    done: threading.Event = field(default_factory=threading.Event)
    plan: Phase = field(default_factory=lambda: Phase("plans", new_id("plan"), log=START))
    apply: Phase = field(default_factory=lambda: Phase("applies", new_id("apply"), log=START))
    roles: dict[str, str] = field(default_factory=dict)
    """Phase to the AWS role that it took."""

    @property
    def token(self) -> str:
        """What the run itself shows to the API."""
        return f"token-of-{self.id}"

    @property
    def log(self) -> str:
        """Both logs as text."""
        return b"".join(one.log.strip(START + END) for one in (self.plan, self.apply)).decode()
