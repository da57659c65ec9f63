"""Steps that `deploy`, `destroy` and `diff` share for one stack: init, state, plan, apply."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.text import Text

from cli import half_made
from cli.apply_progress import Progress
from cli.last_apply import State
from cli.plan_folder import plan_file
from cli.plan_table import Plan
from cli.signals import InterruptedRunError, Signals
from cli.stack_list import Stack
from cli.terraform_run import Ended, Event, Listener, run
from modules.program import run_on

PLAN_OPTIONS = ("-json", "-input=false", "-detailed-exitcode")


class FailedStackError(ValueError):
    """Terraform failed in one stack; the text is for the user."""


class UpstreamMissingError(FailedStackError):
    """A stack cannot be planned, since a stack that it reads is not applied, or not completely."""

    def __init__(self, stack: str, upstream: str) -> None:
        super().__init__(
            f"{stack}: reads outputs of {upstream}, which is not applied; run: {run_on('deploy', upstream, stack)}"
        )
        self.upstream = upstream


class StackRun:
    """Runs Terraform in the folders of stacks.

    Args:
        console: where progress is printed.
        errors: where failures are printed.
        signals: counts signals; installed.
    """

    def __init__(self, console: Console, errors: Console, signals: Signals) -> None:
        self.console, self.errors, self.signals = console, errors, signals

    def fail(self, line: str) -> None:
        """Print a failure, without wrapping."""
        self.errors.print(Text(line, style="red"), soft_wrap=True)

    def say(self, line: str, style: str = "") -> None:
        """Print a line as it is, without wrapping, so that commands can be copied."""
        self.console.print(Text(line, style=style), soft_wrap=True)

    def prepare(self, stack: Stack) -> State:
        """`terraform init`, and the state before anything is changed.

        Raises:
            FailedStackError: Terraform's message.
        """
        done = self._run(stack, "init", "-input=false", "-no-color")
        if done.code != 0:
            raise FailedStackError(f"{stack.name}: terraform init failed:\n{_said(done.stderr or done.text, done)}")
        try:
            return self.state(stack)
        finally:
            self.signals.check()  # a signal that ended it is an interruption, not a failure

    def state(self, stack: Stack) -> State:
        """The state as it is now, without its lock.

        Raises:
            FailedStackError: the backend does not answer.
        """
        done = run(stack, self.signals, "state", "pull", "-no-color")
        if done.code != 0:
            raise FailedStackError(f"{stack.name}: its state cannot be read:\n{_said(done.stderr, done)}")
        return State.parse(done.text)

    @contextmanager
    def planned(self, stack: Stack, *options: str) -> Iterator[tuple[Plan, Path]]:
        """Plan a stack into a file, which only this user can read and which is removed at the end, whatever happens.

        Raises:
            FailedStackError: Terraform's errors.
        """
        with plan_file(self.signals) as file:
            done = self._run(stack, "plan", *PLAN_OPTIONS, f"-out={file}", *options)
            if done.code not in (0, 2):
                raise _failure(stack, "plan", done)
            yield Plan.of(stack, done), file

    def shown(self, stack: Stack, file: Path) -> str:
        """A saved plan as Terraform shows it, without colors.

        Raises:
            FailedStackError: Terraform's message.
        """
        done = self._run(stack, "show", "-no-color", str(file))
        if done.code != 0:
            raise FailedStackError(f"{stack.name}: terraform show failed:\n{_said(done.stderr or done.text, done)}")
        return done.text

    def plan_text(self, stack: Stack) -> str:
        """Plan without a plan file, which runs in HCP Terraform do not write; what Terraform printed, empty without changes.

        Raises:
            FailedStackError: Terraform's errors.
        """
        done = self._run(stack, "plan", "-input=false", "-no-color", "-detailed-exitcode")
        if done.code not in (0, 2):
            raise _failure(stack, "plan", done)
        return done.text if done.code else ""

    def push(self, stack: Stack, file: Path) -> None:
        """Write a state to the stack's backend.

        Args:
            stack: initialized.
            file: the state, by its absolute path.

        Raises:
            FailedStackError: the backend refuses it.
        """
        done = run(stack, self.signals, "state", "push", "-no-color", str(file))
        if done.code != 0:
            raise FailedStackError(
                f"{stack.name}: its state cannot be written:\n{_said(done.stderr or done.text, done)}"
            )

    def apply(self, plan: Plan, file: Path) -> None:
        """Apply exactly a saved plan.

        Raises:
            FailedStackError: Terraform failed; with what is half-made.
            InterruptedRunError: a signal ended it; what is half-made is printed.
        """
        stack = plan.stack
        with Progress(self.console, plan.steps) as progress:
            listener = Listener(progress.event, progress.tick, lambda count: self._interrupted(count, progress))
            done = run(stack, self.signals, "apply", "-json", "-input=false", str(file), listener=listener)
        if done.code == 0 and not done.interrupted:
            return
        unsure = {one.address: one.action for one in progress.running.values()}
        if done.interrupted:
            unsure |= progress.failed
        left = list(self._half_made(stack, unsure))
        if done.interrupted:
            self._report_interrupted(stack, done, left)
            raise InterruptedRunError(self.signals.received[0].name)
        raise _failure(stack, "apply", done, left)

    def _half_made(self, stack: Stack, unsure: Mapping[str, str]) -> Iterator[str]:
        """What is half-made; also if the state cannot be read, as after a lost connection that failed the apply itself."""
        try:
            state = self.state(stack)
        except FailedStackError as error:
            yield str(error)
            yield from half_made.report(stack, unsure, None)
        else:
            yield from half_made.report(stack, unsure, state)

    def _run(self, stack: Stack, *arguments: str) -> Ended:
        """A command that changes nothing: a signal ends it without a report."""
        done = run(stack, self.signals, *arguments)
        self.signals.check()
        return done

    def _interrupted(self, count: int, progress: Progress) -> None:
        flight = [f"  {one.sentence(progress.now())}" for one in progress.running.values()]
        if count == 1:
            name = self.signals.received[-1].name
            self.say(f"{name}: Terraform starts nothing more and waits for {len(flight)} call(s) in flight:", "yellow")
        elif count == 2:
            self.say("Terraform is still waiting. A third signal ends it at once; then these are not recorded:", "red")
        else:
            self.say("Terraform is ended without waiting.", "red")
        for line in flight if count <= 2 else ():
            self.say(line)

    def _report_interrupted(self, stack: Stack, done: Ended, left: Sequence[str]) -> None:
        ended = "everything was applied" if done.code == 0 else "what was applied is recorded in its state"
        self.say(f"\n{stack.name}: interrupted; {ended}.", "yellow")
        for one in done.errors():
            if one["summary"] != "execution halted":  # one for each resource that was not started
                self.say(next(diagnostic_lines(one)))
        for line in left:
            self.say(f"  {line}")
        if not left:
            self.say("  Nothing is half-made, and the state is not locked.")


def _failure(stack: Stack, command: str, done: Ended, left: Sequence[str] = ()) -> FailedStackError:
    errors = done.errors()
    lines = [f"{stack.name}: terraform {command} failed{_killed(done)}:"]
    lines += [line for one in errors for line in diagnostic_lines(one)] or [_said(f"{done.text}\n{done.stderr}", done)]
    if (lock := half_made.lock_of_error(errors)) and not any(lock in line for line in left):
        left = [*left, half_made.unlock(stack, lock)]
    lines += [f"  {line}" for line in left]
    if missing := _missing_upstream(stack, errors):
        return UpstreamMissingError(stack.name, missing)
    return FailedStackError("\n".join(lines))


def _killed(done: Ended) -> str:
    return f" (ended by signal {-done.code})" if done.code < 0 else ""


def diagnostic_lines(diagnostic: Event) -> Iterator[str]:
    """An error of Terraform: where, what, and its detail."""
    where = diagnostic.get("address")
    yield f"  {where}: {diagnostic['summary']}" if where else f"  {diagnostic['summary']}"
    for line in diagnostic.get("detail", "").splitlines():
        yield f"    {line}".rstrip()


def _missing_upstream(stack: Stack, errors: Sequence[Event]) -> str | None:
    """The first stack without a state, or without outputs, of those that errors name."""
    for one in errors:
        for layer in stack.document.get("data", {}).get("terraform_remote_state", {}):
            source = f"data.terraform_remote_state.{layer}"
            if one.get("address") == source and one["summary"] == "Unable to find remote state":
                return f"{stack.platform}-{layer}"
            if one["summary"] == "Unsupported attribute" and source in str(one.get("snippet", "")):
                return f"{stack.platform}-{layer}"
    return None


def _said(text: str, done: Ended) -> str:
    return "\n".join(f"    {line}" for line in text.strip().splitlines()) or f"    no message, exit code {done.code}"
