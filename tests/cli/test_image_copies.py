"""The script that copies images, run for real against stand-in registries over HTTP, with either program."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest

from cli.image_copies import copies, script, write
from modules.kubeflow.images.names import parse
from modules.rules import problems
from modules.settings import Dex, Kubeflow, Platform, PullThrough, Repositories, Services
from modules.settings.repositories import RepositoryName
from modules.settings.section import Section
from tests.modules.settings.valid import platform
from tests.stand_ins.registry import programs
from tests.stand_ins.registry.server import Registry, digest_of, running

ECR = "111122223333.dkr.ecr.us-west-2.amazonaws.com"
DEX = "ghcr.io/dexidp/dex"
KFAM = "ghcr.io/kubeflow/dashboard/access-management"


class Named(Section):
    name: RepositoryName


def mirrored(kind: str = "copies", **changes: object) -> Platform:
    pull_through = (PullThrough(registry="quay.io"),) if kind == "pull_through" else ()
    repositories = Repositories(mirror=kind, pull_through=pull_through)
    services = Services(repositories=repositories)
    return platform(kubeflow=Kubeflow(auth=Dex(users=("ada@example.company",)), services=services, **changes))


def small(*sources: str) -> str:
    """The script of a platform, with some of its lines only."""
    text = script(mirrored())
    assert text is not None
    lines = text.splitlines(keepends=True)
    wanted = [line for line in lines if line.startswith("image ") and line.split()[2] in sources]
    assert len(wanted) == len(sources)
    first = next(number for number, line in enumerate(lines) if line.startswith("image "))
    return "".join([*lines[:first], *wanted, *(line for line in lines[first:] if not line.startswith("image "))])


@dataclass
class Stage:
    """Registries, programs, and a folder that the script runs in."""

    folder: Path
    upstream: Registry
    ecr: Registry

    def run(self, text: str, tool: str = "crane") -> subprocess.CompletedProcess[str]:
        bin_folder = self.folder / "bin"
        shutil.rmtree(bin_folder, ignore_errors=True)
        bin_folder.mkdir()
        for name in (tool, "aws"):
            program = bin_folder / name
            program.write_text(
                f'#!/bin/sh\nexec "{sys.executable}" "{programs.__file__}" {name} "$@"\n', encoding="utf-8"
            )
            program.chmod(0o755)
        (self.folder / "copies.sh").write_text(text, encoding="utf-8")
        hosts = dict.fromkeys(("ghcr.io", "docker.io", "quay.io", "gcr.io"), self.upstream.address)
        environment = {
            "PATH": f"{bin_folder}:{os.defpath}",
            "REGISTRIES": json.dumps({**hosts, ECR: self.ecr.address}),
            "REPOSITORIES": str(self.folder / "repositories"),
            "IMAGE_COPIES_PAUSE": "0",
        }
        (self.folder / "repositories").touch()
        return subprocess.run(
            ["sh", "copies.sh"],
            cwd=self.folder,
            env=environment,
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )

    def digests(self) -> list[str]:
        return (self.folder / "image-digests-prod.txt").read_text(encoding="utf-8").splitlines()


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with ExitStack() as stack:
        yield Stage(tmp_path, stack.enter_context(running(Registry())), stack.enter_context(running(Registry())))


def tag_of(name: str) -> str:
    return next(one.tag for one in copies(mirrored()) if one.name == name)


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["crane", "skopeo"])
def test_an_image_comes_with_all_architectures_and_its_digest(stage: Stage, tool: str) -> None:
    digest = stage.upstream.image("dexidp/dex", tag_of(DEX), "amd64", "arm64")
    ran = stage.run(small(DEX), tool)
    assert ran.returncode == 0, ran.stderr
    repository = "prod/copies/ghcr.io/dexidp/dex"
    assert stage.ecr.tags == {(repository, tag_of(DEX)): digest}
    assert len(stage.ecr.manifests) == 3
    assert len(stage.ecr.blobs) == 4
    assert all(digest_of(content) == name for (_, name), content in stage.ecr.blobs.items())
    assert (stage.folder / "repositories").read_text(encoding="utf-8").split() == [repository]
    assert stage.digests() == [f"{DEX}:{tag_of(DEX)} {digest}"]


@pytest.mark.slow
@pytest.mark.parametrize("tool", ["crane", "skopeo"])
def test_a_second_run_copies_nothing(stage: Stage, tool: str) -> None:
    stage.upstream.image("dexidp/dex", tag_of(DEX))
    assert stage.run(small(DEX), tool).returncode == 0
    again = stage.run(small(DEX), tool)
    assert again.returncode == 0, again.stderr
    assert f"there    {DEX}" in again.stdout
    assert len(stage.ecr.pushed) == 1


@pytest.mark.slow
def test_a_registry_that_fails_for_a_moment_is_called_again(stage: Stage) -> None:
    stage.upstream.image("dexidp/dex", tag_of(DEX), "amd64", "arm64")
    stage.upstream.failures = 2
    ran = stage.run(small(DEX))
    assert ran.returncode == 0, ran.stderr
    assert len(stage.digests()) == 1


@pytest.mark.slow
def test_what_cannot_be_copied_is_named_and_the_rest_is_copied(stage: Stage) -> None:
    stage.upstream.image("dexidp/dex", tag_of(DEX))
    ran = stage.run(small(DEX, KFAM))
    assert ran.returncode == 1
    assert f"FAILED   {KFAM}:{tag_of(KFAM)}: its registry gives no digest" in ran.stderr
    assert "1 of " in ran.stderr
    assert len(stage.digests()) == 1


@pytest.mark.slow
def test_a_tag_that_upstream_has_moved_stays_as_it_was_copied(stage: Stage) -> None:
    old = stage.upstream.image("dexidp/dex", tag_of(DEX), "amd64")
    assert stage.run(small(DEX)).returncode == 0
    new = stage.upstream.image("dexidp/dex", tag_of(DEX), "amd64", "arm64")
    ran = stage.run(small(DEX))
    assert ran.returncode == 0
    assert f"KEPT     {DEX}:{tag_of(DEX)}: the copy is {old}, and the tag is now {new}" in ran.stdout
    assert stage.digests() == [f"{DEX}:{tag_of(DEX)} {old}"]


@pytest.mark.slow
def test_a_copy_that_is_another_image_is_an_error(stage: Stage) -> None:
    stage.upstream.image("dexidp/dex", tag_of(DEX))
    stage.ecr.corrupt = True
    ran = stage.run(small(DEX))
    assert ran.returncode == 1
    assert "it is not sha256:" in ran.stderr
    assert stage.digests() == []


@pytest.mark.slow
def test_an_image_named_by_digest_alone_is_copied_by_it(stage: Stage) -> None:
    digest = stage.upstream.image("dexidp/dex", "v1", "amd64")
    text = script(mirrored(images={DEX: f"{DEX}@{digest}"}))
    assert text is not None
    line = next(line for line in text.splitlines() if line.startswith(f"image {DEX}@"))
    assert line == f"image {DEX}@{digest} {DEX} prod/copies/ghcr.io/dexidp/dex {digest.replace(':', '-')}"
    start = text.index("image ", text.index(': >"$work/digests"'))
    ran = stage.run(text[:start] + line + "\n" + text[text.index('\nsort "$work') :])
    assert ran.returncode == 0, ran.stderr
    assert ("prod/copies/ghcr.io/dexidp/dex", digest) in stage.ecr.manifests


@pytest.mark.slow
def test_without_a_program_it_says_which(stage: Stage) -> None:
    ran = stage.run(small(DEX), tool="nothing")
    assert ran.returncode == 1
    assert ran.stderr == "image-copies: neither crane nor skopeo is on PATH; install one of them\n"


def test_pull_through_leaves_out_what_ecr_fetches_itself() -> None:
    everything, rest = copies(mirrored()), copies(mirrored("pull_through"))
    assert {one.source for one in everything} - {one.source for one in rest} == {
        one.source for one in everything if one.name.startswith("quay.io/")
    }
    assert copies(platform()) == []


def test_every_repository_has_a_name_that_ecr_takes_and_every_tag_one_that_registries_take() -> None:
    for one in copies(mirrored(enable=("kube-prometheus-stack", "model-registry", "mpi-operator", "kuberay"))):
        assert list(problems(Named(name=one.repository))) == []
        assert len(one.repository) <= 256
        assert parse(f"{one.name}:{one.tag}").tag == one.tag


def test_the_command_writes_a_script_for_each_platform_with_a_mirror(tmp_path: Path) -> None:
    other = platform(name="other")
    said = list(write([mirrored(), other], tmp_path / "out"))
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["prod.sh"]
    assert "images; run sh" in said[0]
    assert said[1] == "other: nothing to copy (services.repositories.mirror)"
    with pytest.raises(ValueError, match=r"kubeflow\.images"):
        list(write([mirrored(images={"x": "y"})], tmp_path))


def test_the_script_is_plain_posix_shell(tmp_path: Path) -> None:
    text = script(mirrored())
    assert text is not None
    (tmp_path / "copies.sh").write_text(text, encoding="utf-8")
    checked = subprocess.run(["sh", "-n", tmp_path / "copies.sh"], capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "{{" not in text
