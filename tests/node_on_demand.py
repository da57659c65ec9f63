"""Starts Node when a test first creates a construct, not when `cdktf` is imported: most tests never need it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any

_waiting: list[Any] = []
_started = False
_forbidden = ""
_NODE = "_started_process"
"""Attribute that keeps the process of the platform's own provider."""


def install() -> None:
    """Make imports of jsii libraries record what Node is to load; must run before the first import of `cdktf`."""
    sys.meta_path.insert(0, _Constructs())


@contextmanager
def forbidden(reason: str) -> Iterator[None]:
    """Within it, the first construct is an error.

    Args:
        reason: completes "a construct is created ".
    """
    global _forbidden
    _forbidden = reason
    try:
        yield
    finally:
        _forbidden = ""


class _Constructs(MetaPathFinder):
    """Patches jsii at the first import of a library that uses it, since jsii itself takes a third of a second."""

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        if name == "constructs":
            sys.meta_path.remove(self)
            _patch()
        return None


def _patch() -> None:
    from jsii._kernel.providers.process import ProcessProvider
    from jsii._kernel.types import LoadRequest

    from modules.bindings.kernel import Provider

    load = ProcessProvider.load

    def load_later(provider: ProcessProvider, request: LoadRequest) -> Any:
        if _started:
            return load(provider, request)
        _waiting.append(request)
        return None  # jsii's kernel does not read the response

    def on_demand(start: Callable[[Any], Any]) -> Callable[[Any], Any]:
        def process(provider: Any) -> Any:
            global _started
            if _forbidden:
                raise RuntimeError(f"a construct is created {_forbidden}")
            if not _started:
                _started = True
                for request in _waiting:
                    load(provider, request)
            return start(provider)

        return process

    own = vars(Provider)["_process"].func

    def one_process(provider: Any) -> Any:
        if _NODE not in vars(provider):
            vars(provider)[_NODE] = own(provider)
        return vars(provider)[_NODE]

    ProcessProvider.load = load_later  # type: ignore[method-assign,assignment]
    ProcessProvider._process = property(on_demand(ProcessProvider._process.fget))  # type: ignore[method-assign]
    Provider._process = property(on_demand(one_process))  # type: ignore[assignment]  # has a property of its own
