"""AWS providers that keep running between commands of Terraform, in the mode that HashiCorp has for debuggers.

A command that starts the provider itself costs 3.5 s of CPU before it does anything, one that finds it running 1.9 s (measured with
5.100.0: the process builds all its schemas once). It is the same program with the same configuration: Terraform configures it again for
each command.

Source: https://developer.hashicorp.com/terraform/plugin/debugging#running-terraform-with-a-provider-in-debug-mode
"""

import json
import re
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import pytest

ADDRESS = "registry.terraform.io/hashicorp/aws"
USES = 40
"""Commands for one process: its memory grows by 5 MB each."""
IDLE = 2
"""Processes that wait for a command, of each test worker."""
_SAID = re.compile(r"TF_REATTACH_PROVIDERS='(?P<reattach>.*)'")


@dataclass
class Process:
    """One running provider.

    Args:
        key: its program and environment, which cannot change while it runs.
        process: the operating system's.
        reattach: the configuration for Terraform, under the provider's address.
    """

    key: tuple[Path, tuple[tuple[str, str], ...]]
    process: "subprocess.Popen[str]"
    reattach: object
    uses: int = 0

    def stop(self) -> None:
        """End it."""
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


_idle: list[Process] = []
_lock = Lock()


@contextmanager
def running(program: Path, environment: Mapping[str, str]) -> Iterator[dict[str, object]]:
    """A provider for one command, and for no other at the same time: it has one configuration.

    Args:
        program: the provider's executable.
        environment: of the command; a running provider is used again only for an equal one.

    Yields:
        The entry of TF_REATTACH_PROVIDERS.
    """
    # The caller and the request do not concern the provider; certificates do: configured again with a bundle, it fails.
    own = {
        name: value
        for name, value in environment.items()
        if name not in ("TF_APPEND_USER_AGENT", "TF_CLI_CONFIG_FILE", "TF_REATTACH_PROVIDERS", "AWS_CA_BUNDLE")
    }
    key = (program, tuple(sorted(own.items())))
    with _lock:
        found = next((one for one in _idle if one.key == key and one.process.poll() is None), None)
        if found is not None:
            _idle.remove(found)
    if found is None:
        found = _start(key, own)
    try:
        yield {ADDRESS: found.reattach}
    except BaseException:  # a command that was killed leaves requests behind
        found.stop()
        raise
    found.uses += 1
    with _lock:
        _idle.append(found)
        gone = [one for one in _idle if one.uses >= USES]
        gone += [one for one in _idle if one not in gone][:-IDLE]
        for one in gone:
            _idle.remove(one)
    for one in gone:
        one.stop()


def _start(key: tuple[Path, tuple[tuple[str, str], ...]], environment: Mapping[str, str]) -> Process:
    process = subprocess.Popen(
        [key[0], "-debug"],
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:
        if said := _SAID.search(line):
            return Process(key, process, json.loads(said["reattach"])[ADDRESS])
    raise AssertionError(f"{key[0]} -debug ended with {process.wait()} before it said where it listens")


@pytest.hookimpl(trylast=True)
def pytest_unconfigure() -> None:
    """End what still runs."""
    with _lock:
        while _idle:
            _idle.pop().stop()
