"""What all tests share: the fast bindings, Node and moto started when they are first used, and the rule when tests with the real Terraform run."""

import modules  # noqa: F401  first of all, since it makes the provider bindings load lazily

# isort: split

import gc
import os
import signal
import subprocess
from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.provider_mirror import why_not
from tests.stand_ins.moto_extension import Server, start

settings.register_profile("fast", max_examples=5)

LOCAL = "127.0.0.1,localhost"
for _name in ("NO_PROXY", "no_proxy"):  # a company's proxy cannot reach what tests start on this machine
    os.environ[_name] = ",".join(filter(None, (os.environ.get(_name), LOCAL)))

# Programs in Go, Terraform and the AWS provider above all, collect garbage each time their memory has doubled: a fifth of their CPU time.
os.environ.setdefault("GOGC", "400")
os.environ.setdefault("GOMEMLIMIT", "800MiB")

for _signal in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    # A run in the background (`nohup`, `&` in a script) is started with signals ignored, and so would be what tests interrupt.
    if signal.getsignal(_signal) is signal.SIG_IGN:
        signal.signal(_signal, signal.default_int_handler if _signal is signal.SIGINT else signal.SIG_DFL)

pytest_plugins = [
    "tests.checkout_guard",
    "tests.chosen_files",
    "tests.compiled_once",
    "tests.failed_imports",
    "tests.random_order",
    "tests.signed_in",
    "tests.longest_first",
    "tests.parsed_once",
    "tests.provider_processes",
]


@pytest.hookimpl(wrapper=True)
def pytest_collection() -> Iterator[None]:
    """Collect without synthesizing: it would cost each run seconds, and a bug of the product would end the run.

    Node starts with the first construct, so it is enough to refuse every process.
    """

    def refuse(process: subprocess.Popen[bytes], args: object, **_: object) -> None:
        raise RuntimeError(f"{args} is started while tests are collected; synthesize in the test or in a fixture")

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(subprocess.Popen, "__init__", refuse)
        yield


@pytest.hookimpl(tryfirst=True)  # before -m chooses
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what talks to the AWS stand-in, and skip what needs the real Terraform where it cannot run; -ra prints the reason."""
    from tests.failed_imports import FailedImport  # a plugin that is imported before pytest loads it is not rewritten

    for item in items:
        if "moto" in getattr(item, "fixturenames", ()):
            item.add_marker("aws")
    marked = [item for item in items if item.get_closest_marker("terraform") and not isinstance(item, FailedImport)]
    reason = why_not() if marked else None
    if reason:
        for item in marked:
            item.add_marker(pytest.mark.skip(reason=reason))


@pytest.hookimpl(trylast=True)
def pytest_sessionfinish() -> None:
    """Leave out what exists from the two collections of garbage at pytest's end: 1 s each in a process with moto and the bindings."""
    gc.freeze()


@pytest.fixture(scope="session")
def moto() -> Server:
    """The AWS stand-in, started once; it keeps what earlier tests made. For module-wide fixtures: reset() it first."""
    return start()


@pytest.fixture
def aws(moto: Server) -> Server:
    """The AWS stand-in as an empty account."""
    moto.reset()
    return moto
