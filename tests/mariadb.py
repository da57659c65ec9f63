"""A MariaDB server of Debian's package, for the SQL that RDS runs.

Differences between MariaDB 10.11 and MySQL 8.4 that touch our statements: the client has no `--ssl-mode`, there is no
`caching_sha2_password`, root signs in by the socket, and `mysql.user` is a view. CREATE USER with IDENTIFIED BY, ALTER USER, GRANT on
one database with an escaped underscore, DROP USER IF EXISTS and REGEXP are the same in both.
Source: https://mariadb.com/kb/en/mariadb-vs-mysql-compatibility/
"""

import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = ("mariadbd", "mariadb-install-db", "mysql")
MASTER, PASSWORD = "kubeflow", "Master0"


def missing() -> list[str]:
    """Programs that this machine lacks."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


@dataclass(frozen=True)
class Server:
    """A running server with a master user that has what RDS's has."""

    port: int

    def query(self, text: str, user: str = MASTER, password: str = PASSWORD) -> str:
        """What a statement prints.

        Raises:
            PermissionError: the server refuses it; its reason.
        """
        done = subprocess.run(
            ["mysql", "--no-defaults", "--host=127.0.0.1", f"--port={self.port}", f"--user={user}", "-N", "-B"],
            input=text,
            env={"PATH": "/usr/bin:/bin", "MYSQL_PWD": password},
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise PermissionError(done.stderr)
        return done.stdout


@contextmanager
def server(folder: Path) -> Iterator[Server]:
    """Start one below a folder, and stop it."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    data, pipe = folder / "data", folder / "socket"
    subprocess.run(
        ["mariadb-install-db", "--no-defaults", f"--datadir={data}", "--user=root", "--skip-test-db"],
        capture_output=True,
        check=True,
    )
    running = subprocess.Popen(
        [
            *("mariadbd", "--no-defaults", f"--datadir={data}", f"--socket={pipe}", "--user=root"),
            *(f"--port={port}", "--bind-address=127.0.0.1", f"--pid-file={folder / 'pid'}"),
        ],
        stdout=subprocess.DEVNULL,
        stderr=(folder / "log").open("wb"),
    )
    try:
        _wait(folder / "log", running)
        subprocess.run(
            ["mysql", "--no-defaults", f"--socket={pipe}"],
            input=f"CREATE USER '{MASTER}'@'%' IDENTIFIED BY '{PASSWORD}'; GRANT ALL ON *.* TO '{MASTER}'@'%' WITH GRANT OPTION;",
            text=True,
            check=True,
        )
        yield Server(port)
    finally:
        running.terminate()
        running.wait(30)


def _wait(log: Path, running: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + 60
    while b"ready for connections" not in log.read_bytes():
        if running.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text(encoding="utf-8"))
        time.sleep(0.1)
