import errno
import fcntl
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from itertools import count
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stacks import interruption
from stacks.output import open_output
from tests.stacks.output_folder import write_tree

ROOT = Path(__file__).parents[2]

OLD = {
    "manifest.json": "m1",
    "stacks/prod-cluster/cdk.tf.json": "cluster",
    "stacks/prod-network/cdk.tf.json": "network 1",
    "stacks/prod-old/cdk.tf.json": "old",
    "stacks/prod-runner/cdk.tf.json": "runner",
}
NEW = {
    "manifest.json": "m2",
    "stacks/prod-cluster/cdk.tf.json": "cluster",
    "stacks/prod-network/cdk.tf.json": "network 2",
    "stacks/prod-services/cdk.tf.json": "services",
}
FOREIGN = {
    "generated/stacks/prod-network/.terraform/providers/x": "provider",
    "generated/stacks/prod-network/.terraform.lock.hcl": "lock",
    "generated/stacks/prod-network/terraform.tfstate": "state",
    "generated/stacks/prod-old/terraform.tfstate.backup": "state of a stack that is dropped",
    "generated/notes.txt": "mine",
    "state/prod-network.tfstate": "state elsewhere",
}


def encoded(tree: Mapping[str, str]) -> dict[str, bytes]:
    return {path: content.encode() for path, content in tree.items()}


def put(folder: Path, tree: Mapping[str, str]) -> None:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(content)


def everything(folder: Path) -> dict[str, str]:
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_text() for path in files}


def folders(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_dir()}


@pytest.fixture
def generated(tmp_path: Path) -> Path:
    root = tmp_path / "generated"
    write_tree(encoded(OLD), root, {"protected_resources.json": b"s1"})
    put(tmp_path, FOREIGN)
    return root


def refusal(files: Mapping[str, str], root: Path, adjacent_files: Mapping[str, bytes] | None = None) -> str:
    """The message with which `files` are refused; nothing may have changed."""
    before = everything(root.parent)
    with pytest.raises(ValueError, match=r"[:;]") as caught:
        write_tree(encoded(files), root, adjacent_files)
    assert everything(root.parent) == before
    return str(caught.value)


# What a run writes


def test_a_run_writes_what_changed_and_deletes_only_what_it_listed(generated: Path) -> None:
    before = (generated / "stacks/prod-cluster/cdk.tf.json").stat()
    changed = write_tree(encoded(NEW), generated, {"protected_resources.json": b"s2"})
    assert changed == [
        "../protected_resources.json",
        "files.json",
        "manifest.json",
        "stacks/prod-network/cdk.tf.json",
        "stacks/prod-old/cdk.tf.json",
        "stacks/prod-runner/cdk.tf.json",
        "stacks/prod-services/cdk.tf.json",
    ]
    there = everything(generated.parent)
    manifest = there.pop("generated/files.json")
    assert there == {f"generated/{path}": content for path, content in NEW.items()} | FOREIGN | {
        "protected_resources.json": "s2"
    }
    assert json.loads(manifest).keys() == NEW.keys()
    assert manifest == json.dumps(json.loads(manifest), indent=2, sort_keys=True) + "\n"
    after = (generated / "stacks/prod-cluster/cdk.tf.json").stat()
    assert (after.st_mtime_ns, after.st_ino) == (before.st_mtime_ns, before.st_ino)
    assert "stacks/prod-runner" not in folders(generated)  # empty now
    assert "stacks/prod-old" in folders(generated)  # holds a state


def test_a_second_run_writes_nothing(generated: Path) -> None:
    before = {path: path.stat().st_mtime_ns for path in generated.parent.rglob("*") if path.is_file()}
    assert write_tree(encoded(OLD), generated, {"protected_resources.json": b"s1"}) == []
    assert {path: path.stat().st_mtime_ns for path in generated.parent.rglob("*") if path.is_file()} == before


def test_the_manifest_holds_the_sha256_of_each_file(tmp_path: Path) -> None:
    write_tree({"manifest.json": b"{}"}, tmp_path / "deep/generated")
    assert everything(tmp_path)["deep/generated/files.json"] == (
        '{\n  "manifest.json": "44136fa355b3678a1146ad16f7e8649e94fb4fc21fe77e8310c060f61caaff8a"\n}\n'
    )


def test_a_hand_edit_and_a_lost_file_are_put_right(generated: Path) -> None:
    (generated / "stacks/prod-network/cdk.tf.json").write_text("edited")
    (generated / "stacks/prod-cluster/cdk.tf.json").unlink()
    assert write_tree(encoded(OLD), generated) == ["stacks/prod-cluster/cdk.tf.json", "stacks/prod-network/cdk.tf.json"]


def test_what_stock_cdktf_left_is_taken_over(tmp_path: Path) -> None:
    put(tmp_path / "generated", {"manifest.json": "stock", "stacks/prod-network/cdk.tf.json": "stock"})
    write_tree(encoded(NEW), tmp_path / "generated")
    assert everything(tmp_path / "generated").items() >= NEW.items()


def test_a_linked_output_folder_is_written_and_its_neighbour_stays_next_to_the_link(tmp_path: Path) -> None:
    (tmp_path / "elsewhere/real").mkdir(parents=True)
    (tmp_path / "generated").symlink_to(tmp_path / "elsewhere/real")
    write_tree(encoded(NEW), tmp_path / "generated", {"protected_resources.json": b"s"})
    assert (tmp_path / "protected_resources.json").read_text() == "s"
    assert everything(tmp_path / "elsewhere/real").items() >= NEW.items()


# What a run refuses


@pytest.mark.parametrize(
    ("path", "fault"),
    [
        ("../outside", "is not a plain path inside the folder"),
        ("stacks/../../outside", "is not a plain path inside the folder"),
        ("/etc/passwd", "is not a plain path inside the folder"),
        ("stacks//x", "is not a plain path inside the folder"),
        ("stacks\\x", "is not a plain path inside the folder"),
        ("", "is not a plain path inside the folder"),
        ("stacks/x/terraform.tfstate", "belongs to Terraform (state, lock file or provider cache)"),
        ("stacks/x/terraform.tfstate.backup", "belongs to Terraform (state, lock file or provider cache)"),
        ("stacks/x/terraform.tfstate.d/dev/y", "belongs to Terraform (state, lock file or provider cache)"),
        ("stacks/x/.terraform.lock.hcl", "belongs to Terraform (state, lock file or provider cache)"),
        ("stacks/x/.terraform/modules", "belongs to Terraform (state, lock file or provider cache)"),
        ("files.json", "is synth's own bookkeeping"),
        (".commit/plan.json", "is synth's own bookkeeping"),
        (".staging-1/plan.json", "is synth's own bookkeeping"),
        (".lock", "is synth's own bookkeeping"),
    ],
)
def test_a_path_of_another_program_is_neither_written_nor_deleted(generated: Path, path: str, fault: str) -> None:
    assert refusal({**NEW, path: "x"}, generated) == f"{generated / path}: {fault}; synth does not write there"
    (generated / "files.json").write_text(json.dumps({path: "sha"}))
    assert refusal(NEW, generated) == (
        f"{generated}/files.json: lists {path!r}, which {fault}; restore the file from git"
    )


def test_a_foreign_file_is_not_overwritten_unless_it_is_the_same(generated: Path) -> None:
    notes = (
        f"{generated}/notes.txt: exists, was not written by synth and differs from what synth would write; "
        "move it (synth does not overwrite files it did not write)"
    )
    assert refusal({**NEW, "notes.txt": "ours"}, generated) == notes
    stack = f"{generated}/stacks/prod-network"
    assert refusal({**NEW, "stacks/prod-network": "x", "notes.txt": "ours"}, generated).splitlines() == [
        f"{stack}/cdk.tf.json: {stack} is a file, not a folder; synth does not write there",
        f"{stack}: is a folder with files not written by synth; synth does not write there",
        notes,
    ]
    assert "notes.txt" not in write_tree(encoded({**NEW, "notes.txt": "mine"}), generated)


def test_a_foreign_file_where_a_folder_must_be_stops_the_run(generated: Path) -> None:
    assert refusal({**NEW, "notes.txt/x": "x"}, generated) == (
        f"{generated}/notes.txt/x: {generated}/notes.txt is a file, not a folder; synth does not write there"
    )


def test_no_link_leads_out_of_the_folder(generated: Path, tmp_path: Path) -> None:
    (tmp_path / "outside").mkdir()
    (generated / "stacks/prod-services").symlink_to(tmp_path / "outside")
    assert refusal(NEW, generated) == (
        f"{generated}/stacks/prod-services/cdk.tf.json: {generated}/stacks/prod-services is a symbolic link; "
        "synth does not write there"
    )
    (generated / "stacks/prod-services").unlink()
    (generated / "stacks/prod-runner").rename(tmp_path / "outside/prod-runner")
    (generated / "stacks/prod-runner").symlink_to(tmp_path / "outside/prod-runner")
    assert refusal(NEW, generated) == (
        f"{generated}/stacks/prod-runner/cdk.tf.json: {generated}/stacks/prod-runner is a symbolic link; "
        "delete it yourself"
    )


@pytest.mark.parametrize("name", ["../x", "a/b", "..", "", "generated", "link"])
def test_next_to_the_folder_only_a_plain_file_is_written(generated: Path, name: str) -> None:
    (generated.parent / "link").symlink_to("elsewhere")
    assert refusal(NEW, generated, {name: b"x"}) == f"{generated.parent / name}: is not a plain file"


def test_a_broken_manifest_stops_the_run(generated: Path) -> None:
    (generated / "files.json").write_text("{")
    assert refusal(NEW, generated) == (
        f"{generated}/files.json: is not JSON (Expecting property name enclosed in double quotes: line 1 column 2 "
        "(char 1)); restore it from git, or delete it if you created it"
    )


def test_a_file_in_the_place_of_the_folder_is_named(tmp_path: Path) -> None:
    (tmp_path / "generated").write_text("x")
    assert refusal(NEW, tmp_path / "generated") == (
        f"{tmp_path}/generated: cannot be written: File exists; move that file and run again "
        "(existing files are unchanged)"
    )


@pytest.mark.parametrize(
    ("number", "cause"),
    [
        (errno.ENOSPC, "No space left on device; free some space"),
        (errno.EDQUOT, "Disk quota exceeded; free some of your quota"),
        (errno.EROFS, "Read-only file system; make its file system writable, or choose another folder"),
        (errno.EACCES, "Permission denied; make it writable"),
        (errno.EIO, "Input/output error; resolve the cause"),
    ],
)
def test_a_disk_that_refuses_is_one_sentence_and_no_change(
    generated: Path, monkeypatch: pytest.MonkeyPatch, number: int, cause: str
) -> None:
    def refuse(descriptor: int) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(os, "fsync", refuse)
    assert refusal(NEW, generated) == (
        f"{generated}: cannot be written: {cause} and run again (existing files are unchanged)"
    )


def test_a_folder_without_permission_is_found_before_anything_is_written(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    locked = generated / "stacks/prod-network"
    monkeypatch.setattr(os, "access", lambda path, mode: Path(path) != locked)  # root, in CI, may write everywhere
    assert refusal(NEW, generated) == (
        f"{locked}: not writable; change its permissions and run again (existing files are unchanged)"
    )


def test_a_failure_after_the_decision_says_so_and_the_next_run_completes_it(
    generated: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(path: Path, missing_ok: bool = False) -> None:
        raise OSError(errno.EIO, "Input/output error", str(path))

    with monkeypatch.context() as patched:
        patched.setattr(Path, "unlink", refuse)
        patched.setattr(interruption, "fcntl", None)  # its lock is unlinked too; this is how it runs without flock
        with pytest.raises(ValueError, match="cannot be written") as caught:
            write_tree(encoded(NEW), generated)
    assert str(caught.value) == (
        f"{generated}: cannot be written: Input/output error at {generated}/stacks/prod-old/cdk.tf.json; resolve the cause and run again (the next run first completes the pending files)"
    )
    with open_output(generated):
        there = everything(generated)
    assert there.items() >= NEW.items()
    assert "stacks/prod-old/cdk.tf.json" not in there


# Killed at every step


@pytest.fixture(scope="module")
def deaths() -> list[dict[str, object]]:
    job = json.dumps({"old": OLD, "new": NEW, "beside": ["s1", "s2"], "foreign": FOREIGN})
    child = Path(__file__).with_name("kill_each_step.py")
    ran = subprocess.run(
        [sys.executable, child], input=job, capture_output=True, text=True, env={**os.environ, "PYTHONPATH": str(ROOT)}
    )
    assert ran.returncode == 0, ran.stderr
    return [json.loads(line) for line in ran.stdout.splitlines()]


def states() -> tuple[dict[str, str], dict[str, str]]:
    """All files of a project before and after the run."""
    with tempfile.TemporaryDirectory() as scratch:
        whole = []
        for tree, stateful in ((OLD, b"s1"), (NEW, b"s2")):
            write_tree(encoded(tree), Path(scratch, "generated"), {"protected_resources.json": stateful})
            whole.append(everything(Path(scratch)) | FOREIGN)
    return whole[0], whole[1]


@pytest.mark.slow
def test_a_kill_at_any_step_leaves_the_old_tree_or_one_that_the_next_run_completes(
    deaths: list[dict[str, object]],
) -> None:
    old, new = states()
    assert {death["signal"] for death in deaths} == {2, 9, 15}
    for death in deaths:
        if not death["committed"]:
            assert death["dead"] in (old, new), death["step"]
            assert death["recovered"] == death["dead"], death["step"]
        else:
            assert death["recovered"] == new, death["step"]
        assert death["again"] == new, death["step"]
        assert death["rest"] == [], death["step"]


@pytest.mark.slow
def test_the_kills_hit_before_within_and_after_the_commit(deaths: list[dict[str, object]]) -> None:
    old, new = states()
    killed = [death for death in deaths if death["signal"] == 9]
    first = [death for death in killed if death["recovery_step"] is None]
    assert len([death for death in first if death["dead"] == old and not death["committed"]]) > 10
    assert len([death for death in first if death["committed"] and death["dead"] not in (old, new)]) > 10
    assert len([death for death in first if death["dead"] == new and not death["committed"]]) > 2
    assert len([death for death in killed if death["recovery_step"] is not None and death["committed"]]) > 20


@pytest.mark.slow
def test_ctrl_c_and_sigterm_wait_for_a_commit_to_end(deaths: list[dict[str, object]]) -> None:
    old, new = states()
    asked = [death for death in deaths if death["signal"] in (2, 15)]
    assert not any(death["committed"] for death in asked)
    assert {death["dead"] == new for death in asked} == {True, False}
    assert all(death["dead"] in (old, new) for death in asked)


# Two runs at once


def test_a_second_run_waits_for_the_first(generated: Path) -> None:
    entered, times = threading.Event(), {}

    def first() -> None:
        with open_output(generated) as output:
            entered.set()
            time.sleep(0.3)
            output.write(encoded(OLD))
            times["first"] = time.monotonic()

    thread = threading.Thread(target=first)
    thread.start()
    entered.wait()
    with open_output(generated) as output:
        times["second"] = time.monotonic()
        output.write(encoded(NEW))
    thread.join()
    assert times["second"] > times["first"]
    assert everything(generated).items() >= NEW.items()


def test_a_second_run_that_times_out_names_the_first(generated: Path) -> None:
    with (
        open_output(generated),
        pytest.raises(ValueError, match="another synth") as caught,
        open_output(generated, wait_seconds=0.1),
    ):
        pytest.fail("two runs were let in")
    assert str(caught.value) == (
        f"{generated}: locked by another synth (process {os.getpid()}) for 0.1 s; wait for it or stop it, then run again"
    )


def test_a_lock_file_that_its_holder_removed_meanwhile_is_not_a_lock(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / ".lock"
    flock, calls = fcntl.flock, count()

    def removed_just_before(descriptor: int, operation: int) -> None:
        if next(calls) == 0:
            path.unlink()
            path.touch()  # and a third run has made its own
        flock(descriptor, operation)

    monkeypatch.setattr(fcntl, "flock", removed_just_before)
    with interruption.locked(tmp_path, wait_seconds=5):
        assert path.read_text() == str(os.getpid())
    assert not path.exists()


def test_many_runs_at_once_leave_one_whole_tree(tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from tests.stacks.output_folder import write_tree\n"
        "for turn in range(10):\n"
        "    name = f'{sys.argv[2]}-{turn}'\n"
        "    files = {f'stacks/{name}/cdk.tf.json': name.encode(), 'manifest.json': name.encode()}\n"
        "    write_tree(files, Path(sys.argv[1]), {'protected_resources.json': name.encode()})\n"
    )
    runs = [
        subprocess.Popen([sys.executable, "-c", code, tmp_path / "generated", str(number)], cwd=ROOT)
        for number in range(4)
    ]
    assert [run.wait(timeout=60) for run in runs] == [0] * 4
    there = everything(tmp_path)
    last = there["protected_resources.json"]
    assert there.keys() == {
        "protected_resources.json",
        "generated/files.json",
        "generated/manifest.json",
        f"generated/stacks/{last}/cdk.tf.json",
    }
    assert folders(tmp_path) == {"generated", "generated/stacks", f"generated/stacks/{last}"}


# Any sequence of trees

PATHS = ["a", "a/b", "a/b/c", "stacks/x/cdk.tf.json", "stacks/y/cdk.tf.json", "stacks/y/assets/z", "manifest.json"]
CONTENT = st.sampled_from(["", "1", "2"])


def clash(one: str, other: str) -> bool:
    """Whether one path needs a folder where the other is a file."""
    return one.startswith(f"{other}/") or other.startswith(f"{one}/")


def whole(tree: Mapping[str, str]) -> bool:
    return not any(clash(one, other) for one in tree for other in tree)


TREES = st.dictionaries(st.sampled_from(PATHS), CONTENT).filter(whole)
FOREIGN_TREES = st.dictionaries(st.sampled_from(["a/b/state", "stacks/y/x.tfstate", "a"]), CONTENT).filter(whole)


@pytest.fixture(scope="module")
def fast_disk() -> Iterator[None]:
    """No waiting for the disk in hundreds of runs, none of which survives a power cut anyhow."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(os, "fsync", lambda descriptor: None)
        yield


@pytest.mark.usefixtures("fast_disk")
@settings(deadline=None)
@given(foreign=FOREIGN_TREES, trees=st.lists(TREES, min_size=1, max_size=4))
def test_any_sequence_of_trees_is_written_whole_or_refused_whole(
    foreign: dict[str, str], trees: list[dict[str, str]]
) -> None:
    with tempfile.TemporaryDirectory() as scratch:
        root = Path(scratch, "generated")
        put(root, foreign)
        present: dict[str, str] = {}
        for tree in trees:
            stands_in_the_way = any(
                clash(path, other) or (path == other and path not in present and tree[path] != foreign[path])
                for path in tree
                for other in foreign
            )
            before = everything(root)
            try:
                write_tree(encoded(tree), root)
            except ValueError:
                assert stands_in_the_way
                assert everything(root) == before
                continue
            assert not stands_in_the_way
            present = tree
            foreign = {path: content for path, content in foreign.items() if path not in tree}
            there = everything(root)
            assert json.loads(there.pop("files.json")).keys() == tree.keys()
            assert there == tree | foreign
            needed = {str(parent) for path in there for parent in Path(path).parents} - {"."}
            assert folders(root) == needed
