"""generated/ of another git revision."""

import subprocess
from pathlib import Path

import pytest

from cli.rehearsal.earlier import Earlier

MAIN = """
from modules.settings import ExistingCluster, Platform, ServiceAccountRole
from stacks.platform import synthesize

READER = ServiceAccountRole(
    namespace="a", service_account="b", policy_arns=("arn:aws:iam::aws:policy/AmazonS3ReadOnlyAccess",)
)
CLUSTER = ExistingCluster(name="legacy", network_policies="other")
synthesize(Platform(name="first", region="us-west-2", cluster=CLUSTER, service_account_roles=(READER,)))
"""


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a main.py in a folder, which is the current one."""
    folder = tmp_path / "repository" / "platforms"
    folder.mkdir(parents=True)
    (folder / "main.py").write_text(MAIN, encoding="utf-8")
    for command in ("init -q", "add .", "-c user.name=a -c user.email=a@b commit -q -m first"):
        subprocess.run(["git", *command.split()], cwd=folder.parent, check=True)
    monkeypatch.chdir(folder)
    return folder


@pytest.mark.slow
def test_a_revision_is_synthesized_in_a_folder_of_its_own(repository: Path, tmp_path: Path) -> None:
    (repository / "main.py").write_text("not Python", encoding="utf-8")
    base = Earlier.of("HEAD", tmp_path / "base")
    assert base.generated == tmp_path / "base" / "platforms" / "generated"
    assert list(base.documents("first")) == [f"first-services of {base.commit}"]
    assert base.documents("second") == {}
    assert [path.name for path in repository.iterdir()] == ["main.py"]


@pytest.mark.slow
def test_a_revision_that_does_not_synthesize_says_why(repository: Path, tmp_path: Path) -> None:
    (repository / "main.py").write_text(MAIN.replace("us-west-2", "us-west-9"), encoding="utf-8")
    subprocess.run(
        ["git", "-c", "user.name=a", "-c", "user.email=a@b", "commit", "-q", "-a", "-m", "wrong"],
        cwd=repository,
        check=True,
    )
    with pytest.raises(ValueError, match=r"(?s)--from HEAD: that revision cannot be synthesized: .*us-west-9"):
        Earlier.of("HEAD", tmp_path / "base")


def test_a_revision_without_a_main_file_is_refused(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (repository.parent / "other").mkdir()
    monkeypatch.chdir(repository.parent / "other")
    with pytest.raises(ValueError, match=r"--from HEAD: other/main\.py is not tracked by git; commit it first"):
        Earlier.of("HEAD", tmp_path / "base")


def test_an_unknown_revision_and_a_folder_without_git_are_refused(
    repository: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(ValueError, match=r"--from v9: the repository of .* has no such commit, branch or tag"):
        Earlier.of("v9", tmp_path / "base")
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ValueError, match=r"--from v9: .* is not in a git repository"):
        Earlier.of("v9", tmp_path / "second")
