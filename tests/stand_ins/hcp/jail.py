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
from collections.abc import Callable, Mapping
from functools import cache
from io import BytesIO
from pathlib import Path

from tests.provider_mirror import find_mirror

WORK, RUNNER, PLUGINS = "work", "runner", "plugins"
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
    """

    def __init__(self, root: Path, archive: bytes) -> None:
        self.root = root
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
        return {self.root / "bin/terraform": Path(terraform).resolve(), **devices, **plugins}

    def run(self, arguments: tuple[str, ...], environment: Mapping[str, str], say: Callable[[bytes], None]) -> int:
        """Run terraform; all that it prints goes to `say` as it comes.

        Returns:
            Its exit code.
        """
        binds = [shlex.join(["mount", "--bind", str(there), str(here)]) for here, there in self._mounts().items()]
        command = shlex.join(["unshare", f"--root={self.root}", "--wd=/work", "/bin/terraform", *arguments])
        started = subprocess.Popen(
            [*_unshare(), "sh", "-ec", "\n".join([*binds, f"exec {command}"])],
            env={**environment, "PATH": "/usr/sbin:/usr/bin:/sbin:/bin", "HOME": "/runner"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )
        assert started.stdout is not None
        while text := os.read(started.stdout.fileno(), 65536):
            say(text)
        return started.wait()
