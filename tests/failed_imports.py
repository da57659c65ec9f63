"""A test file that cannot be imported is one failed test: the others run, and the run ends as for any bug of the product.

Test files build settings where they are imported, so that a broken rule of the product would otherwise end the whole run during
collection.
"""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from tests.chosen_files import markers


class FailedImport(pytest.Item):
    """The one test of a file that cannot be imported."""

    def __init__(self, *, error: Exception, **of_pytest: Any) -> None:
        super().__init__(**of_pytest)
        self.error = error

    def runtest(self) -> None:
        raise self.error

    def repr_failure(self, excinfo: pytest.ExceptionInfo[BaseException], style: Any = None) -> Any:
        """As collection would print it: pytest's own errors are text."""
        if isinstance(excinfo.value, pytest.Collector.CollectError):
            return str(excinfo.value)
        return super().repr_failure(excinfo, style)

    def reportinfo(self) -> tuple[Path, int, str]:
        return self.path, 0, self.name


class Module(pytest.Module):
    """A test file."""

    def collect(self) -> Iterable[pytest.Item | pytest.Collector]:
        try:
            return [*super().collect()]
        except Exception as error:  # of the file or of what it imports
            if any("::" in argument for argument in self.config.args):
                raise  # otherwise pytest would say that the named test does not exist
            failed = FailedImport.from_parent(self, name="import", error=error)
            for name in markers(self.path)[0]:  # so that `-m` chooses it where it would choose its tests
                failed.add_marker(name)
            return [failed]


def pytest_pycollect_makemodule(module_path: Path, parent: pytest.Collector) -> Module:
    """Use it for every test file."""
    return Module.from_parent(parent, path=module_path)
