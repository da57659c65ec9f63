"""Plans that `diff --plans` saves in a folder, for a `deploy --plans` that applies exactly what was shown.

A plan file holds values of the state in clear text: the folder is for its owner only, and a plan is removed once it is applied.
"""

import hashlib
import json
import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from pathlib import Path
from typing import Any

from cli.last_apply import State
from cli.lock_providers import LOCK_FILE
from cli.plan_table import Change, Plan
from cli.stack_list import Stack
from cli.stack_run import StackRun
from modules.errors import ProblemsError
from stacks.handover.pipelines import PLAN_FILE, PLAN_TEXT

INDEX = "plans.json"
"""What each plan was made from, and its table; it exists without a plan, too."""


class SavedPlans:
    """A folder of plans: `<stack>/saved.tfplan`, `plan.txt` as Terraform shows it, and the lock file of its providers.

    Args:
        folder: the folder.
        index: stack to what its plan was made from.
    """

    def __init__(self, folder: Path, index: dict[str, Any]) -> None:
        self.folder, self._index = folder, index

    @classmethod
    def new(cls, folder: Path) -> "SavedPlans":
        """An empty folder, with mode 0700.

        Raises:
            ValueError: it has files, such as plans of an earlier run.
        """
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        if any(folder.iterdir()):
            raise ValueError(f"{folder}: has files; delete it, or choose another folder for the plans")
        folder.chmod(0o700)
        made = cls(folder, {})
        made._write()
        return made

    @classmethod
    def of(cls, folder: Path) -> "SavedPlans":
        """A folder that `diff --plans` wrote.

        Raises:
            ValueError: it has no plans.json.
        """
        try:
            return cls(folder, json.loads((folder / INDEX).read_bytes()))
        except FileNotFoundError as error:
            raise ValueError(
                f"{folder}: has no {INDEX}; save plans first: kubeflow-aws diff --plans {folder}"
            ) from error

    def __contains__(self, name: str) -> bool:
        """Whether a stack has a plan here."""
        return name in self._index

    def save(self, run: StackRun, plan: Plan, file: Path, states: Mapping[str, State]) -> None:
        """Keep a plan.

        Args:
            run: shows it.
            plan: the plan, with changes.
            file: its plan file, with mode 0600.
            states: by name, of the stack and of those that it reads.

        Raises:
            FailedStackError: Terraform cannot show the plan.
        """
        stack = plan.stack
        there = self.folder / stack.name
        there.mkdir(mode=0o700)
        shutil.copy(file, there / PLAN_FILE)
        (there / PLAN_TEXT).write_text(f"# {stack.name}\n{run.shown(stack, file)}\n", encoding="utf-8")
        if (lock := stack.folder / LOCK_FILE).is_file():  # Terraform compares it with the plan
            shutil.copy(lock, there / LOCK_FILE)
        self._index[stack.name] = {"of": _made_from(stack, states), "changes": [asdict(one) for one in plan.changes]}
        self._write()

    def provide_lock_files(self, stacks: Iterable[Stack]) -> None:
        """Give stacks without a lock file the one of their plan, before `terraform init` chooses other providers."""
        for stack in stacks:
            saved, lock = self.folder / stack.name / LOCK_FILE, stack.folder / LOCK_FILE
            if saved.is_file() and not lock.exists():
                shutil.copy(saved, lock)

    def check(self, stacks: Sequence[Stack], states: Mapping[str, State]) -> None:
        """Refuse plans of an earlier configuration or state.

        Args:
            stacks: with a plan.
            states: by name, of these stacks and of those that they read.

        Raises:
            ValueError: a plan is outdated, with the reason.
        """
        problems = []
        for stack in stacks:
            before, now = self._index[stack.name]["of"], _made_from(stack, states)
            problems += [
                f"{stack.name}: {what} has changed since this plan; plan again and review it: delete {self.folder}, "
                f"then kubeflow-aws diff --plans {self.folder}"
                for what in sorted({*before, *now})
                if before.get(what) != now.get(what)
            ]
        if problems:
            raise ProblemsError(problems)

    @contextmanager
    def opened(self, stack: Stack) -> Iterator[tuple[Plan, Path]]:
        """The plan of a stack and its file, as `StackRun.planned` has them."""
        changes = (
            Change(one["address"], tuple(one["columns"]), one["data"]) for one in self._index[stack.name]["changes"]
        )
        yield Plan(stack, tuple(changes), empty=False), (self.folder / stack.name / PLAN_FILE).absolute()

    def remove(self, stack: Stack) -> None:
        """Remove a plan that is applied: it cannot be applied again."""
        shutil.rmtree(self.folder / stack.name)
        del self._index[stack.name]
        self._write()

    def _write(self) -> None:
        (self.folder / INDEX).write_text(json.dumps(self._index, indent=1) + "\n", encoding="utf-8")


def _made_from(stack: Stack, states: Mapping[str, State]) -> dict[str, str]:
    """What a plan follows from, each with a digest."""
    own = {name: states[stack.name].content.get(name) for name in ("lineage", "serial")}
    read = {f"{name} (its outputs)": states[name].content.get("outputs") for name in stack.reads}
    document = {"its configuration": stack.document, "its state": own, **read}
    return {
        name: hashlib.sha256(json.dumps(content, sort_keys=True).encode()).hexdigest()
        for name, content in document.items()
    }
