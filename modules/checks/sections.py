"""The sections of `check`, in the order of a report."""

from collections.abc import Callable, Mapping

from modules.checks.fit.section import section as fit
from modules.checks.section import Section
from modules.kubeflow.cache import Cache
from modules.settings import Platform

SECTIONS: Mapping[str, Callable[[Platform, Cache], Section]] = {"fit": fit}
"""Name on the command line to the function that makes the section of a platform with valid settings from the cache of rendered
objects; it raises ValueError if objects are missing."""
