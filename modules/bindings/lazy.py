"""Import of a provider package's submodules when they are first used, not all at once."""

import importlib
import re
import sys
import warnings
from collections.abc import Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType, ModuleType
from typing import Any

from modules.bindings import structs
from modules.bindings.compiled import CompiledLoader

PREFIX = "cdktf_cdktf_provider_"
# The last lines of a published package's root, one per submodule: what makes the stock import expensive.
_EAGER_IMPORT = re.compile(r"^from \. import \w+$", re.MULTILINE)
# A root with types of its own cannot be cut short; one with __getattr__ is lazy already (cdktn >= 0.24).
_MORE_THAN_IMPORTS = re.compile(r"^(?:class |@|def __getattr__)", re.MULTILINE)


def step_aside(reason: str) -> None:
    """Say why the bindings are loaded as published, which is slow."""
    warnings.warn(f"modules.bindings steps aside: {reason}", RuntimeWarning, stacklevel=3)


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
        elif self._may_be_lazy(package, Path(spec.loader.path)):
            spec.loader = _RootLoader(fullname, spec.loader.path)
        else:
            return None
        return spec

    def _may_be_lazy(self, package: str, root: Path) -> bool:
        """Check what laziness rests on; warn, once, when it does not hold."""
        if unknown := structs.unknown_jsii():
            sys.meta_path.remove(self)  # holds for all packages, so this is the only warning
            step_aside(unknown)
            return False
        source = root.read_text(encoding="utf-8")
        self._lazy[package] = bool(_EAGER_IMPORT.search(source)) and not _MORE_THAN_IMPORTS.search(source)
        if self._lazy[package]:
            structs.send_only_given()
        else:
            step_aside(f"the root of {package} has types of its own or is lazy already")
        return self._lazy[package]


class _RootLoader(CompiledLoader):
    """Runs a package's root without the lines that import its submodules, and imports those on first use."""

    def compile(self, source: bytes, path: str) -> CodeType:
        """Compile the root without its eager imports; line numbers stay those of the file."""
        return super().compile(_EAGER_IMPORT.sub("", source.decode()).encode(), path)

    def exec_module(self, module: ModuleType) -> None:
        """Run the root, then answer for its submodules as PEP 562 provides."""
        super().exec_module(module)
        # publication.publish(), the root's last statement, puts another module object in sys.modules: the one that
        # importers get. `module` is its `_private` from then on.
        package = module.__name__
        public: Any = sys.modules[package]
        submodules = frozenset(public.__all__)

        def import_submodule(name: str) -> ModuleType:
            if name in submodules:
                return importlib.import_module(f"{package}.{name}")
            raise AttributeError(f"module {package!r} has no attribute {name!r}")

        public.__getattr__ = import_submodule
        public.__dir__ = lambda: sorted({*vars(public), *submodules})
        structs.register_submodules(module.__jsii_assembly__.name, package, submodules)
