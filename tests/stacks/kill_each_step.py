"""Child of test_output.py: writes one tree over another, again and again, and dies at each file system call in turn.

Reads `{"old": tree, "new": tree, "beside": [old, new], "foreign": {...}}` from stdin (contents as text) and prints one
JSON line per death. A process of its own, since it forks: nothing with threads or a node pipe may be loaded here.
"""

import json
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path

from stacks.output import COMMIT, open_output
from tests.stacks.output_folder import write_tree

STEPS = {"open", "os.rename", "os.remove", "os.rmdir", "os.mkdir", "os.listdir", "os.scandir", "fcntl.flock", "fsync"}


def dies_at(step: int, number: int, work: Callable[[], object]) -> int | None:
    """Run `work` in a fork that gets signal `number` before its `step`-th call; the signal it died of, or None."""
    child = os.fork()
    if child == 0:
        left = step

        def hook(event: str, _: object) -> None:
            nonlocal left
            if event in STEPS:
                left -= 1
                if left == 0:
                    os.kill(os.getpid(), number)

        signal.signal(signal.SIGINT, signal.default_int_handler)
        sys.addaudithook(hook)
        try:
            work()
        except KeyboardInterrupt:
            os._exit(signal.SIGINT)
        os._exit(0 if left > 0 else 200)  # 200: the step was there, and the signal had no effect
    _, status = os.waitpid(child, 0)
    code = os.waitstatus_to_exitcode(status)
    return None if code == 0 else abs(code)


def snapshot(folder: Path) -> dict[str, str]:
    """Every file below `folder` but synth's own unfinished business."""
    files = {path.relative_to(folder).as_posix(): path for path in folder.rglob("*") if path.is_file()}
    ours = ("generated/.staging-", f"generated/{COMMIT}/", "generated/.lock")
    return {name: path.read_text() for name, path in sorted(files.items()) if not name.startswith(ours)}


def report(folder: Path, number: int, write_new: Callable[[], object]) -> dict[str, object]:
    """What is there after a death, after a recovery alone, and after one more run."""
    generated = folder / "generated"
    committed = (generated / COMMIT).exists()
    dead = snapshot(folder)
    with open_output(generated):
        pass
    recovered, rest = snapshot(folder), hidden(generated)
    write_new()
    return {"signal": number, "committed": committed, "dead": dead, "recovered": recovered} | {
        "again": snapshot(folder),
        "rest": rest,
    }


def hidden(generated: Path) -> list[str]:
    """Bookkeeping that a recovered folder must not have."""
    return sorted(path.name for path in generated.iterdir() if path.name.startswith("."))


def main() -> None:
    """Every step with SIGKILL, SIGTERM and SIGINT; then SIGKILL at every step of the recovery from some of them."""
    job = json.load(sys.stdin)
    # A step to die at, but no wait for the disk: a killed process, unlike a power cut, loses nothing that it has written.
    os.fsync = lambda fd: sys.audit("fsync")

    def write(folder: Path, tree: Mapping[str, str], stateful: str) -> None:
        files = {path: content.encode() for path, content in tree.items()}
        write_tree(files, folder / "generated", {"protected_resources.json": stateful.encode()})

    with tempfile.TemporaryDirectory() as scratch:
        before, folder, second = Path(scratch, "before"), Path(scratch, "work"), Path(scratch, "second")
        write(before, job["old"], job["beside"][0])
        for path, content in job["foreign"].items():
            (before / path).parent.mkdir(parents=True, exist_ok=True)
            (before / path).write_text(content)

        def renew(source: Path, target: Path) -> Callable[[], None]:
            shutil.rmtree(target, ignore_errors=True)
            shutil.copytree(source, target)
            return lambda: write(target, job["new"], job["beside"][1])

        # The two that are deferred go through the same code, so they share the steps between them.
        for number, steps in ((signal.SIGKILL, count(1)), (signal.SIGTERM, count(1, 2)), (signal.SIGINT, count(2, 2))):
            for step in steps:
                write_new = renew(before, folder)
                died = dies_at(step, number, write_new)
                if died is None:
                    break
                # Each of 19 states times 31 steps takes 17 s, two of them 1 s; steps between repeat, file by file.
                if number == signal.SIGKILL and step % 9 == 0 and (folder / "generated" / COMMIT).exists():
                    for recovery_step in count(1):
                        again = renew(folder, second)
                        if dies_at(recovery_step, number, again) is None:
                            break
                        print(json.dumps({"step": step, "recovery_step": recovery_step} | report(second, died, again)))
                print(json.dumps({"step": step, "recovery_step": None} | report(folder, died, write_new)))


if __name__ == "__main__":
    main()
