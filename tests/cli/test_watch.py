"""`make watch` writes what a fresh run writes, at each save, and never from a module unchanged before.

One process watches a copy of the project while the tests save into it; each leaves `main.py` as it found it.
"""

import contextlib
import os
import queue
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from cli.watch import Files

REPOSITORY = Path(__file__).resolve().parents[2]
WAIT_SECONDS = 60
"""How long a machine under load may take; a run takes 0.5 s on a quiet one."""
QUIET_SECONDS = 0.3
"""After so long without a line, a run has printed all of its lines."""


class Watched:
    """A copy of the project with `kubeflow-aws watch` running in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for name in ("cli", "kubeflow_aws", "modules", "stacks"):
            shutil.copytree(
                REPOSITORY / name, folder / name, ignore=shutil.ignore_patterns("__pycache__", ".terraform")
            )
        shutil.copy(REPOSITORY / "docs" / "shipped_main.py", folder / "main.py")
        self.lines: queue.Queue[str] = queue.Queue()
        environment = {
            name: value for name, value in os.environ.items() if name not in ("NODE_OPTIONS", "CDKTF_OUTDIR")
        }
        self.process = subprocess.Popen(
            [sys.executable, "-m", "cli", "watch"],
            cwd=folder,
            env=environment | {"PYTHONUNBUFFERED": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        threading.Thread(target=self._read, daemon=True).start()
        self.until("watching")
        self.until("generated/:")

    def _read(self) -> None:
        assert self.process.stdout
        for line in self.process.stdout:
            self.lines.put(line)

    def until(self, text: str) -> list[str]:
        """Return the lines up to the first that holds a text."""
        found: list[str] = []
        deadline = time.monotonic() + WAIT_SECONDS
        while not (found and text in found[-1]):
            try:
                found.append(self.lines.get(timeout=deadline - time.monotonic()))
            except (queue.Empty, ValueError):
                pytest.fail(f"no {text!r} within {WAIT_SECONDS} s; printed: {''.join(found)}")
        return found

    def save(self, before: str, after: str, file: str = "main.py") -> None:
        """Replace a text once in a file, as an editor does: a new file in the place of the old one."""
        path = self.folder / file
        content = path.read_text(encoding="utf-8")
        assert before in content
        new = path.with_name(f".{path.name}.new")
        new.write_text(content.replace(before, after, 1), encoding="utf-8")
        new.replace(path)

    def settle(self) -> None:
        """Read all lines that are still to come of what was saved before."""
        with contextlib.suppress(queue.Empty):
            while True:
                self.lines.get(timeout=QUIET_SECONDS)

    def generated(self, folder: Path | None = None) -> dict[str, bytes]:
        """All of `generated/` but the charts, whose presence depends on the cache."""
        root = folder or self.folder / "generated"
        paths = (path for path in root.rglob("*") if path.is_file() and "charts" not in path.parts)
        return {path.relative_to(root).as_posix(): path.read_bytes() for path in paths}

    def fresh(self, output: Path) -> dict[str, bytes]:
        """What a fresh run of the same files writes."""
        shutil.copytree(self.folder / "generated", output)
        environment = os.environ | {"CDKTF_OUTDIR": str(output), "PYTHONPATH": str(self.folder)}
        shutil.copy(self.folder / "protected_resources.json", output.parent)
        subprocess.run([sys.executable, "main.py"], cwd=self.folder, env=environment, check=True, capture_output=True)
        return self.generated(output)


@contextlib.contextmanager
def running(folder: Path) -> Iterator[Watched]:
    made = Watched(folder)
    try:
        yield made
    finally:
        if made.process.poll() is None:
            os.killpg(made.process.pid, signal.SIGKILL)
            made.process.wait()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    with running(tmp_path_factory.mktemp("watched")) as made:
        yield made


@pytest.fixture
def watched(shared: Watched) -> Watched:
    shared.settle()
    return shared


@pytest.mark.slow
class TestSaves:
    def test_write_what_a_fresh_run_writes(self, watched: Watched, tmp_path: Path) -> None:
        edits = [
            ("max_size=5", "max_size=6"),
            ('FIRST_USER = "you@', 'FIRST_USER = "we@'),
        ]
        for number, (before, after) in enumerate(edits):
            watched.save(before, after)
            watched.until("generated/:")
            folder = tmp_path / str(number)
            folder.mkdir()
            assert watched.fresh(folder / "generated") == watched.generated()
        for before, after in edits:
            watched.save(after, before)
            watched.until("generated/:")

    def test_print_what_changed(self, watched: Watched) -> None:
        watched.save("max_size=5", "max_size=7")
        assert watched.until("generated/:")[-1].startswith("generated/: 1 change in ")
        line = "  ~ prod-cluster: aws_eks_node_group.linux_nodes.scaling_config.max_size: 5 -> 7\n"
        assert watched.until("max_size")[-1] == line
        watched.save("max_size=7", "max_size=5")
        watched.until("7 -> 5")

    @pytest.mark.parametrize(
        ("before", "after", "printed"),
        [
            ("max_size=5", "max_sizes=5", "cluster.node_groups[0].max_sizes"),
            ("max_size=5", "max_size=(5", "SyntaxError"),
            ("PROD = Platform(", "PROD = 1 / 0\nPROD = Platform(", "ZeroDivisionError"),
            ("synthesize(PROD)", "print('no')", "does not call synthesize()"),
        ],
    )
    def test_that_are_refused_leave_all_as_it_was(
        self, watched: Watched, before: str, after: str, printed: str
    ) -> None:
        good = watched.generated()
        watched.save(before, after)
        said = watched.until("unchanged" if "Error" in printed or "call" in printed else printed)
        assert printed in "".join(said)
        assert watched.generated() == good
        watched.save(after, before)
        assert "nothing changed" in watched.until("generated/:")[-1]

    def test_during_the_preparation_are_not_lost(self, watched: Watched) -> None:
        watched.save("max_size=5", "max_size=8")
        watched.save("max_size=8", "max_size=9")
        deadline = time.monotonic() + WAIT_SECONDS
        while b'"max_size": 9' not in watched.generated()["stacks/prod-cluster/cdk.tf.json"]:
            assert time.monotonic() < deadline
            time.sleep(0.2)
        watched.save("max_size=9", "max_size=5")
        watched.until("9 -> 5")

    def test_of_a_module_are_used(self, watched: Watched) -> None:
        watched.save(
            '"managed-by": "terraform"', '"managed-by": "opentofu!"', "modules/naming.py"
        )  # of the same length
        watched.until("starting again")
        watched.until("generated/:")
        assert '"terraform" -> "opentofu!"' in watched.until("managed-by")[-1]
        watched.save('"managed-by": "opentofu!"', '"managed-by": "terraform"', "modules/naming.py")
        watched.until("starting again")
        watched.until("generated/:")

    def test_of_a_module_next_to_main_are_used(self, watched: Watched) -> None:
        (watched.folder / "sizes.py").write_text("LARGEST = 5\n")
        watched.until("starting again")
        watched.until("generated/:")
        watched.save("max_size=5", "max_size=__import__('sizes').LARGEST")
        assert "nothing changed" in watched.until("generated/:")[-1]
        for size in (8, 9):
            (watched.folder / "sizes.py").write_text(f"LARGEST = {size}\n")
            watched.until(f"-> {size}")
        watched.save("max_size=__import__('sizes').LARGEST", "max_size=5")
        watched.until("9 -> 5")

    def test_of_a_broken_module_are_reported(self, watched: Watched) -> None:
        watched.save("import", "import nothing_of_the_kind\nimport", "modules/account.py")
        watched.until("fix the error above")
        watched.save("import nothing_of_the_kind\n", "", "modules/account.py")
        watched.until("generated/:")

    def test_end_with_ctrl_c(self, tmp_path: Path) -> None:
        """What was written is whole."""
        with running(tmp_path) as watched:
            os.killpg(watched.process.pid, signal.SIGINT)
            assert watched.process.wait(WAIT_SECONDS) == 0
            assert not list((watched.folder / "generated").glob(".staging*"))
            assert not list((watched.folder / "generated").glob(".commit"))
            rest = []
            while not watched.lines.empty():
                rest.append(watched.lines.get())
            assert "Traceback" not in "".join(rest)


INTERRUPTED = """
import os, signal, sys
from cli.standby import Standby
os.register_at_fork(after_in_parent=lambda: os.kill(os.getpid(), signal.SIGINT), after_in_child=lambda: os.kill(os.getpid(), signal.SIGINT))
try:
    Standby(rehearse=False)
except KeyboardInterrupt:
    print("interrupted")
try:
    os.waitpid(-1, 0)
except ChildProcessError:
    print("and nothing is left")
"""


@pytest.mark.slow
def test_ctrl_c_while_the_next_process_is_forked_is_not_lost(tmp_path: Path) -> None:
    """Python ignores an exception of what is called at a fork, and the handler of a signal may run there."""
    ended = subprocess.run(
        [sys.executable, "-c", INTERRUPTED],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(REPOSITORY)},
        capture_output=True,
        text=True,
        timeout=WAIT_SECONDS,
        check=False,
    )
    assert (ended.stdout.splitlines(), ended.stderr) == (["interrupted", "and nothing is left"], "")


@pytest.mark.parametrize("variable", ["CDKTF_STOCK_BINDINGS", "JSII_RUNTIME"])
def test_bindings_that_are_off_are_refused_before_anything_is_loaded(tmp_path: Path, variable: str) -> None:
    environment = os.environ | {variable: "1", "PYTHONPATH": str(REPOSITORY)}
    command = [sys.executable, "-X", "importtime", "-m", "cli", "watch"]
    ended = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=False)
    assert ended.returncode == 1
    *imports, said = ended.stderr.splitlines()
    assert said == "watch: the fast bindings are off: unset CDKTF_STOCK_BINDINGS and JSII_RUNTIME"
    assert [line for line in imports if "cdktf" in line or "jsii" in line] == []


class TestFiles:
    @pytest.mark.parametrize(
        ("file", "seen"),
        [
            ("main.py", True),
            ("other.py", True),
            ("modules/kubeflow/values.yaml.j2", True),
            ("adopted/legacy.json", True),
            ("generated/stacks/a/cdk.tf.json", False),
            ("protected_resources.json", False),
            (".main.py.swp", False),
            ("main.py~", False),
            ("modules/__pycache__/a.py", False),
        ],
    )
    def test_that_decide_what_is_written_are_seen(self, tmp_path: Path, file: str, seen: bool) -> None:
        (tmp_path / "main.py").write_text("1\n")
        files = Files(tmp_path)
        (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / file).write_text("2 \n")
        assert self.changed(files, lambda: (tmp_path / "main.py").write_text("three\n")) == (
            {file, "main.py"} if seen else {"main.py"}
        )

    def changed(self, files: Files, then: Callable[[], object]) -> set[str]:
        then()
        return files.wait()

    def test_an_empty_or_missing_main_is_waited_for(self, tmp_path: Path) -> None:
        """Some editors remove or empty a file before they write it."""
        main = tmp_path / "main.py"
        main.write_text("1\n")
        files = Files(tmp_path)
        main.unlink()

        def save() -> None:
            time.sleep(0.3)
            main.touch()
            time.sleep(0.3)
            main.write_text("whole\n")

        threading.Thread(target=save).start()
        assert files.wait() == {"main.py"}
        assert main.read_text() == "whole\n"
