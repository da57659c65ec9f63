"""What a pod has and this machine has not: the names of the cluster's DNS, and the files of its service account.

Python imports this module at start where PYTHONPATH has its folder. POD_HOSTS is a JSON object of name to local port; other names do not
exist. POD_FILES is the folder in place of /var/run/secrets.
"""

import builtins
import io
import json
import os
import socket
import ssl
from collections.abc import Callable
from typing import Any

HOSTS = json.loads(os.environ["POD_HOSTS"])
SECRETS = "/var/run/secrets"


def local(path: Any) -> Any:
    """The file in place of one of a pod."""
    if isinstance(path, (str, os.PathLike)) and os.fspath(path).startswith(SECRETS):
        return os.environ["POD_FILES"] + os.fspath(path).removeprefix(SECRETS)
    return path


def by_path(function: Callable[..., Any]) -> Any:
    """A function of a path, as its first argument."""
    return lambda path, *arguments, **named: function(local(path), *arguments, **named)


def lookup(function: Callable[..., Any]) -> Any:
    """The cluster's DNS."""

    def found(host: Any, port: Any, *arguments: Any, **named: Any) -> Any:
        name = host.decode() if isinstance(host, bytes) else host
        if name in ("127.0.0.1", "localhost", None):
            return function(host, port, *arguments, **named)
        if name not in HOSTS:
            raise socket.gaierror(socket.EAI_NONAME, f"{name} is not a name of the cluster")
        return function("127.0.0.1", HOSTS[name], *arguments, **named)

    return found


builtins.open = io.open = by_path(io.open)
for name in ("isdir", "isfile", "exists"):
    setattr(os.path, name, by_path(getattr(os.path, name)))
socket.getaddrinfo = lookup(socket.getaddrinfo)
load: Any = ssl.SSLContext.load_verify_locations


def load_locally(self: ssl.SSLContext, cafile: Any = None, capath: Any = None, cadata: Any = None) -> None:
    """Read the cluster's authority."""
    load(self, local(cafile), capath, cadata)


ssl.SSLContext.load_verify_locations = load_locally  # type: ignore[method-assign]
