"""Where a run happens: an empty folder in a file system that holds terraform and the providers, and nothing else.

An empty PATH would be too weak: a run could still read files of this machine, and a provisioner finds /bin/sh. The jail is
a mount namespace of its own, so nothing is left behind; the network is this machine's, where the stand-ins listen.
"""

import os
import shlex
import shutil
import subprocess
import tarfile
import tempfile
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from pathlib import Path

from modules.aws_data.terraform import aws_provider
from tests.provider_mirror import find_mirror
from tests.provider_processes import attached, program
from tests.stand_ins.providers.aws_provider import AwsProvider

WORK, RUNNER, PLUGINS = "work", "runner", "plugins"
PROVIDER = Path("/", RUNNER, "aws-provider")
SYSTEM = {"PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": f"/{RUNNER}"}
AWS = Path("registry.terraform.io/hashicorp/aws")


@cache
def why_not() -> str | None:
    """Why there can be no jail on this machine; None when there can."""
    if shutil.which("unshare") is None or shutil.which("mount") is None:
        return "no unshare or mount program: the jail of a remote run needs Linux with util-linux"
    done = subprocess.run([*_unshare(), "true"], capture_output=True, text=True, check=False)
    return f"no mount namespace for the jail of a remote run: {done.stderr.strip()}" if done.returncode else None


def _unshare() -> list[str]:
    return ["unshare", "--mount", *([] if os.geteuid() == 0 else ["--map-root-user"])]


@cache
def provider_files() -> dict[Path, Path]:
    """The AWS provider as the jail gets it: path below its mirror to what is there, with no link to elsewhere."""
    top = providers() / AWS
    found = (inner for outer in top.iterdir() for inner in (outer.iterdir() if outer.is_dir() else [outer]))
    return {AWS / path.relative_to(top): path.resolve() for path in found}


def providers() -> Path:
    """This machine's mirror, or one made of a registry's."""
    if (mirror := find_mirror()) is not None:
        return mirror
    folder = Path(tempfile.mkdtemp(prefix="providers-"))
    wanted = 'terraform { required_providers { aws = { source = "hashicorp/aws", version = ">= 5.100.0, < 7.0.0" } } }'
    (folder / "main.tf").write_text(wanted, encoding="utf-8")
    subprocess.run(["terraform", "providers", "mirror", str(folder)], cwd=folder, check=True, capture_output=True)
    return folder


class Jail:
    """One run's machine.

    Args:
        root: an empty folder, which becomes its root.
        archive: what was uploaded: the content of its working folder.
        files: what else it has, from outside: path in the jail to the file or folder.
    """

    def __init__(self, root: Path, archive: bytes, files: Mapping[Path, Path] | None = None) -> None:
        self.root = root
        self._files = files or {}
        for folder in ("bin", "dev", "tmp", WORK, RUNNER, PLUGINS):
            (root / folder).mkdir(parents=True)
        for target, source in self._mounts().items():
            target.parent.mkdir(parents=True, exist_ok=True)
            target.mkdir() if source.is_dir() else target.touch(0o755)
        with tarfile.open(fileobj=BytesIO(archive), mode="r:gz") as packed:
            packed.extractall(root / WORK, filter="data")

    @property
    def work(self) -> Path:
        """Terraform's working folder, seen from outside."""
        return self.root / WORK

    @property
    def programs(self) -> set[str]:
        """Every program that can be started in it."""
        return {path.name for path in (self.root / "bin").iterdir()}

    def write(self, name: str, content: str) -> str:
        """Put a file of the runner next to the working folder, where `fileset` does not see it.

        Returns:
            Its path in the jail.
        """
        (self.root / RUNNER / name).write_text(content, encoding="utf-8")
        return f"/{RUNNER}/{name}"

    def _mounts(self) -> dict[Path, Path]:
        """Path in the jail to what is seen there."""
        terraform = shutil.which("terraform")
        assert terraform is not None
        devices = {self.root / device: Path("/", device) for device in ("dev/null", "dev/urandom")}
        plugins = {self.root / PLUGINS / path: there for path, there in provider_files().items()}
        given = {self.root / path.relative_to("/"): there for path, there in self._files.items()}
        return {self.root / "bin/terraform": Path(terraform).resolve(), **devices, **plugins, **given}

    def enter(self, *command: str) -> str:
        """Shell lines that become a program in the jail, once they are run by `sh` in a mount namespace of their own."""
        binds = [shlex.join(["mount", "--bind", str(there), str(here)]) for here, there in self._mounts().items()]
        return "\n".join([*binds, "exec " + shlex.join(["unshare", f"--root={self.root}", "--wd=/work", *command])])

    def run(self, arguments: tuple[str, ...], environment: Mapping[str, str], say: Callable[[bytes], None]) -> int:
        """Run terraform; all that it prints goes to `say` as it comes.

        Returns:
            Its exit code.
        """
        started = subprocess.Popen(
            [*_unshare(), "sh", "-ec", self.enter("/bin/terraform", *arguments)],
            env={**environment, **SYSTEM},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert started.stdout is not None
        while text := os.read(started.stdout.fileno(), 65536):
            say(text)
        return started.wait()


class RunningProvider:
    """The AWS provider of runs, each in the jail of its run, behind the proxy that spares Terraform its schema.

    Terraform neither installs nor starts it: 2 s of CPU less for each of two commands and an `init`.
    """

    def __init__(self, folder: Path) -> None:
        self._provider = AwsProvider()
        # The provider says in its jail where its socket is: at the same path there and here, and a short one.
        self._sockets = tempfile.TemporaryDirectory(prefix="provider-")
        self._program = folder / "aws-provider"
        folder.mkdir(parents=True, exist_ok=True)
        self._program.write_text(f'#!/bin/sh\nexec {shlex.join(_unshare())} sh -ec "$ENTER"\n', encoding="utf-8")
        self._program.chmod(0o755)

    def close(self) -> None:
        """End what waits for a connection."""
        self._provider.close()
        self._sockets.cleanup()

    @property
    def files(self) -> dict[Path, Path]:
        """What a jail must have."""
        return {PROVIDER: program(aws_provider()), Path(self._sockets.name): Path(self._sockets.name)}

    @contextmanager
    def serving(self, jail: Jail, environment: Mapping[str, str]) -> Iterator[dict[str, str]]:
        """The environment of a command in the jail, with the provider."""
        own = {**environment, **SYSTEM, "ENTER": jail.enter(str(PROVIDER), "-debug"), "TMPDIR": self._sockets.name}
        with self._provider.serving(self._program, own, [jail.work]) as served:
            yield attached(environment, served)
