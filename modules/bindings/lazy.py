"""Import of a provider package's submodules when they are first used, not all at once."""

import importlib.util
import os
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
from modules.bindings.compiled import CompiledLoader, KeptLoader

PREFIX = "cdktf_cdktf_provider_"
COMPILED = ("cdktf", "constructs")
"""Packages that are loaded compiled, but whole: their root uses all of their modules."""
_PROJECT = Path(__file__).parent.parent.parent
_OURS = tuple(f"{_PROJECT / package}{os.sep}" for package in ("cli", "kubeflow_aws", "modules", "stacks"))
# The last lines of a published package's root, one per submodule: what makes the stock import expensive.
_EAGER_IMPORT = re.compile(r"^from \. import \w+$", re.MULTILINE)
# A root with types of its own cannot be cut short; one with __getattr__ is lazy already (cdktn >= 0.24).
_MORE_THAN_IMPORTS = re.compile(r"^(?:class |@|def __getattr__)", re.MULTILINE)


def step_aside(reason: str) -> None:
    """Warn that the bindings are loaded as published, which is slow."""
    warnings.warn(f"modules.bindings steps aside: {reason}", RuntimeWarning, stacklevel=3)


class LazyBindings(MetaPathFinder):
    """Finds the same modules as Python, with another loader for provider packages."""

    def __init__(self) -> None:
        self._compiled: dict[str, bool] = {}
        self._unknown: str | None = None
        self._checked = False

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the spec of a provider package or of its submodule; None leaves the import to Python."""
        package, _, submodule = fullname.partition(".")
        if not (package.startswith(PREFIX) or package in COMPILED) or submodule == "_jsii":
            return _kept(fullname, path, target) if sys.dont_write_bytecode else None
        if submodule and not self._compiled.get(package):
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        if spec is None or not isinstance(spec.loader, SourceFileLoader):
            return None
        if not submodule and not self._may_be_compiled(package, Path(spec.loader.path)):
            return None
        lazy_root = not submodule and package not in COMPILED
        spec.loader = (_RootLoader if lazy_root else CompiledLoader)(fullname, spec.loader.path)
        return spec

    def _may_be_compiled(self, package: str, root: Path) -> bool:
        """Check the assumptions; warn once if one does not hold."""
        if not self._knows_jsii():
            return False
        source = root.read_text(encoding="utf-8")
        lazy = bool(_EAGER_IMPORT.search(source)) and not _MORE_THAN_IMPORTS.search(source)
        self._compiled[package] = lazy or package in COMPILED
        if not self._compiled[package]:
            step_aside(f"the root of {package} has types of its own or is lazy already")
        return self._compiled[package]

    def _knows_jsii(self) -> bool:
        """Change jsii for all packages, at the first of them, unless it is not the one that is expected."""
        if not self._checked:
            self._checked = True
            _import_when_used("cattr", "dateutil.parser")
            self._unknown = structs.unknown_jsii()
            if self._unknown:
                step_aside(self._unknown)
            else:
                structs.send_only_given()
                _run_in_one_process()
        return self._unknown is None


def _kept(fullname: str, path: Sequence[str] | None, target: ModuleType | None) -> ModuleSpec | None:
    """Return the spec of a module of this project or of an installed package, loaded from cached code; otherwise None."""
    if fullname in sys.builtin_module_names or fullname in sys.modules:
        return None
    spec = PathFinder.find_spec(fullname, path, target)
    if spec is None or type(spec.loader) is not SourceFileLoader:
        return None
    if not spec.loader.path.startswith(_OURS) and f"{os.sep}site-packages{os.sep}" not in spec.loader.path:
        return None  # the standard library is frozen or kept already; tests are rewritten by pytest
    spec.loader = KeptLoader(fullname, spec.loader.path)
    return spec


def _import_when_used(*names: str) -> None:
    """Put modules in `sys.modules` that load at the first use of an attribute.

    jsii imports these at its start, 50 ms, for requests and values that few programs have.
    """
    for name in names:
        if name not in sys.modules and (spec := importlib.util.find_spec(name)):
            sys.modules[name] = _Later(spec)


class _Later(ModuleType):
    """Placeholder of a module until first use. `importlib.util.LazyLoader` already loads at a second `import`, up to 3.11."""

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__file__ = spec.origin
        self.__path__ = spec.submodule_search_locations or []

    def __getattr__(self, name: str) -> Any:
        """Import the module and adopt its attributes."""
        if name.startswith("__"):  # attributes used by the import system
            raise AttributeError(name)
        if sys.modules.get(self.__name__) is self:
            del sys.modules[self.__name__]
        module = importlib.import_module(self.__name__)
        vars(self).update(vars(module))
        return getattr(module, name)


def _run_in_one_process() -> None:
    try:
        from modules.bindings import kernel  # here, since it imports jsii
    except (ImportError, AttributeError) as error:  # jsii was laid out in another way
        step_aside(f"jsii's runtime is not as in 1.142: {error}")
        return
    if unknown := kernel.unknown_runtime():
        step_aside(unknown)
    else:
        kernel.run_in_one_process()


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
