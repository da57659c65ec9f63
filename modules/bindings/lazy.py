"""Import of a provider package's submodules when they are first used, not all at once."""

import importlib
import re
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

from modules.bindings import structs
from modules.bindings.compiled import CompiledLoader

PREFIX = "cdktf_cdktf_provider_"
# The last lines of a published package's root, one per submodule: what makes a stock import expensive.
_EAGER_IMPORT = re.compile(r"^from \. import (\w+)$", re.MULTILINE)
# A root with types of its own cannot be cut short; one with __getattr__ is lazy already (cdktn >= 0.24).
_ROOT_HAS_MORE = re.compile(r"^(?:class |@|def __getattr__)", re.MULTILINE)


def step_aside(reason: str) -> None:
    """Say once why the bindings are loaded the stock way."""
    warnings.warn(f"modules.bindings: {reason}. Loading the stock way, which is slow.", RuntimeWarning, stacklevel=3)


class LazyBindings(MetaPathFinder):
    """Finds what Python itself would find, and gives provider packages another loader."""

    def __init__(self) -> None:
        self._lazy: dict[str, bool] = {}

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a provider package or of its submodule; None leaves the import to Python."""
        package, _, submodule = fullname.partition(".")
        if not package.startswith(PREFIX) or submodule == "_jsii" or (submodule and not self._lazy.get(package)):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        if submodule:
            spec.loader = CompiledLoader(fullname, spec.loader.path)
            return spec
        problem = structs.unknown_jsii() or _not_lazy(Path(spec.loader.path))
        self._lazy[package] = problem is None
        if problem:
            step_aside(f"{package}: {problem}")
            return None
        structs.send_only_given()
        spec.loader = _RootLoader(fullname, spec.loader.path)
        return spec


def _not_lazy(root: Path) -> str | None:
    """Say why this package's root cannot be loaded without its submodules, or None."""
    source = root.read_text(encoding="utf-8")
    if _ROOT_HAS_MORE.search(source) or not _EAGER_IMPORT.search(source):
        return "its root is not just a list of submodules, or is lazy already"
    return None


class _RootLoader(CompiledLoader):
    """Runs a package's root without the lines that import its submodules, and imports those on first use."""

    def source_to_code(self, data: Any, path: Any = "<string>", *, _optimize: int = -1) -> Any:
        """Compile the root without its eager imports; line numbers stay those of the file."""
        return super().source_to_code(_EAGER_IMPORT.sub("", data.decode()).encode(), path)

    def exec_module(self, module: ModuleType) -> None:
        """Run the root, then answer for its submodules (PEP 562)."""
        super().exec_module(module)
        # publication.publish(), the root's last statement, puts another module object in sys.modules: that is the one
        # that callers get, and `module` is from then on its `_private`.
        public: Any = sys.modules[module.__name__]
        submodules = frozenset(public.__all__)

        def import_submodule(name: str) -> ModuleType:
            if name in submodules:
                return importlib.import_module(f"{module.__name__}.{name}")
            raise AttributeError(f"module {module.__name__!r} has no attribute {name!r}")

        public.__getattr__ = import_submodule
        public.__dir__ = lambda: sorted({*vars(public), *submodules})
        structs.register_submodules(module.__jsii_assembly__.name, module.__name__, submodules)
