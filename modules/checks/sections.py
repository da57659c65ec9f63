"""The sections of `check`, in the order of a report."""

from collections.abc import Callable, Mapping

from modules.checks.access.section import section as access
from modules.checks.admission.section import section as admission
from modules.checks.cost.section import section as cost
from modules.checks.ends.section import section as ends
from modules.checks.fit.section import section as fit
from modules.checks.images.section import section as images
from modules.checks.inputs import Inputs
from modules.checks.section import Section
from modules.checks.traffic.section import section as traffic

SECTIONS: Mapping[str, Callable[[Inputs], Section]] = {
    "fit": fit,
    "traffic": traffic,
    "admission": admission,
    "images": images,
    "ends": ends,
    "access": access,
}
"""Name on the command line to the function that makes the section of a platform; it raises ValueError if rendered objects are
missing."""
WITH_PRICES: Mapping[str, Callable[[Inputs], Section]] = {"cost": cost}
"""Sections that read prices from AWS, which `--prices` adds."""
