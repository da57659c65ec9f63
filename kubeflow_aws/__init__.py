"""What a `main.py` imports: `from kubeflow_aws import Platform, …, synthesize`, in a clone and with the installed package.

These are all names of `modules.settings`, and `synthesize`. They are loaded when they are used, so that
`kubeflow-aws --help` and shell completion, which import this package first, load neither the settings (155 ms) nor the
construct library.
"""

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from modules.settings import *  # noqa: F403
    from stacks.platform import synthesize as synthesize

__version__ = "0.1.0"


def __getattr__(name: str) -> Any:
    """Return a public name from its module. Not kept here: `watch` exchanges `synthesize` there for each run."""
    if name == "synthesize":
        return importlib.import_module("stacks.platform").synthesize
    settings = None if name.startswith("_") else importlib.import_module("modules.settings")
    if settings and name in settings.__all__:
        return getattr(settings, name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return [*importlib.import_module("modules.settings").__all__, "__version__", "synthesize"]
