"""Each worker process compiles its share of the test files first: in a new clone each of them compiled all files, at the same time.

pytest rewrites the assertions of a file when it is imported, and keeps the result on disk. A plugin of pytest for runs of all tests.
"""

import contextlib
import importlib
from collections.abc import Iterator

import pytest


@pytest.hookimpl(wrapper=True, trylast=True)  # within what watches over imports
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Import the share; collection imports the other files, which are compiled by then."""
    config = session.config
    worker = getattr(config, "workerinput", None)
    if worker and config.args == config.getini("testpaths") and not config.option.markexpr:
        files = sorted((config.rootpath / "tests").rglob("test_*.py"))
        for path in files[int(worker["workerid"].removeprefix("gw")) :: worker["workercount"]]:
            with contextlib.suppress(Exception):  # collection imports it again, and reports the error
                importlib.import_module(".".join(path.relative_to(config.rootpath).with_suffix("").parts))
    yield
